-- grain:  one row a message.clicked event by a human, of a message that belongs to a run
-- inputs: event_run, messages
-- output: the message's attributes, url, and the click's own time
WITH click AS (
    SELECT position, source, message_id, url, occurred_at FROM event_run WHERE event_type = 'message.clicked' AND NOT is_machine
),
of_message AS (
    SELECT click.position, click.url, click.occurred_at, message.message_key
    FROM click JOIN messages AS message ON message.source = click.source AND message.message_id = click.message_id
    UNION ALL
    SELECT position, url, occurred_at, position FROM click WHERE message_id IS NULL
)
SELECT
    message.run_key, message.profile_key, message.journey_id, message.version, message.sub_account_id, message.arm, message.run_day, message.run_hour,
    click.position, message.message_key, message.channel, message.sender, message.element_id, click.url,
    click.occurred_at AS clicked_at, local_day(click.occurred_at) AS clicked_day, local_hour(click.occurred_at) AS clicked_hour
FROM of_message AS click
JOIN messages AS message ON message.message_key = click.message_key
