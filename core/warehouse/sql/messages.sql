-- grain:  one row a message that belongs to a run
-- inputs: message_base, runs
-- output: the run's attributes, channel, sender, element, a time a rung (null: not on it), failure, cost; day and hour of each in the account's zone
SELECT
    run.run_key, run.profile_key, run.journey_id, run.version, run.sub_account_id, run.arm, run.run_day, run.run_hour,
    base.message_key, base.source, base.message_id, base.channel, base.sender, base.element_id,
    base.sent_at, local_day(base.sent_at) AS sent_day, local_hour(base.sent_at) AS sent_hour,
    base.delivered_at, local_day(base.delivered_at) AS delivered_day, local_hour(base.delivered_at) AS delivered_hour,
    base.viewed_at, local_day(base.viewed_at) AS viewed_day, local_hour(base.viewed_at) AS viewed_hour,
    base.clicked_at, local_day(base.clicked_at) AS clicked_day, local_hour(base.clicked_at) AS clicked_hour,
    base.replied_at, local_day(base.replied_at) AS replied_day, local_hour(base.replied_at) AS replied_hour,
    base.failed_at, local_day(base.failed_at) AS failed_day, local_hour(base.failed_at) AS failed_hour,
    base.unsubscribed_at, local_day(base.unsubscribed_at) AS unsubscribed_day, local_hour(base.unsubscribed_at) AS unsubscribed_hour,
    base.complained_at, local_day(base.complained_at) AS complained_day, local_hour(base.complained_at) AS complained_hour,
    base.machine_viewed_at, local_day(base.machine_viewed_at) AS machine_viewed_day, local_hour(base.machine_viewed_at) AS machine_viewed_hour,
    base.failed_reason, base.cost_amount, base.cost_currency,
    base.cost_at, local_day(base.cost_at) AS cost_day, local_hour(base.cost_at) AS cost_hour,
    base.message_key AS first_position, base.last_position
FROM (
    SELECT *,
           CASE WHEN delivered_at IS NULL THEN any_failed_at END AS failed_at,
           CASE WHEN delivered_at IS NULL THEN any_failed_reason END AS failed_reason,
           CASE WHEN viewed_at IS NULL THEN any_machine_viewed_at END AS machine_viewed_at,
           coalesce(sent_at, first_at) AS cost_at
    FROM message_base
) AS base
JOIN runs AS run ON run.run_key = base.run_key
