-- grain:  one row a message that belongs to a run: (source, message_id), or the event itself where it has no message_id
-- inputs: event_run
-- output: message_key, identity, run_key, channel, sender, element_id, a time a rung, reason, cost, and where it says the run was
-- why:    it belongs to the run of its earliest sent event that finds one, else of its earliest event that finds one; `turn` puts the events in that
--         order. Each rung is implied by those after it; a machine proves delivery alone; failed is a failed event and no proof of delivery (interface §3)
SELECT
    message_key, source, message_id, decided.run_key AS run_key,
    coalesce(decided.channel, first_channel) AS channel, coalesce(decided.sender, first_sender) AS sender, coalesce(decided.element_id, first_element_id) AS element_id,
    sent_at, delivered_at, viewed_at, clicked_at, replied_at, any_failed_at, unsubscribed_at, complained_at, any_machine_viewed_at, failure.reason AS any_failed_reason,
    cost_amount, cost_currency, first_at, element_moment, least_element_id, has_many_elements, last_position
FROM (
    SELECT
        min(position) AS message_key,
        source,
        message_id,
        min_by(channel, moment) FILTER (WHERE channel IS NOT NULL) AS first_channel,
        min_by(sender, moment) FILTER (WHERE sender IS NOT NULL) AS first_sender,
        min_by(element_id, moment) FILTER (WHERE element_id IS NOT NULL) AS first_element_id,
        min(occurred_at) FILTER (WHERE event_type <> 'message.failed') AS sent_at,
        min(occurred_at) FILTER (WHERE event_type NOT IN ('message.sent', 'message.failed')) AS delivered_at,
        min(occurred_at) FILTER (WHERE is_view AND NOT is_machine) AS viewed_at,
        min(occurred_at) FILTER (WHERE event_type = 'message.clicked' AND NOT is_machine) AS clicked_at,
        min(occurred_at) FILTER (WHERE event_type = 'message.replied' AND NOT is_machine) AS replied_at,
        min(occurred_at) FILTER (WHERE event_type = 'message.failed') AS any_failed_at,
        min(occurred_at) FILTER (WHERE event_type = 'message.unsubscribed' AND NOT is_machine) AS unsubscribed_at,
        min(occurred_at) FILTER (WHERE event_type = 'message.complained' AND NOT is_machine) AS complained_at,
        min(occurred_at) FILTER (WHERE is_view AND is_machine) AS any_machine_viewed_at,
        max_by({'reason': reason}, moment) FILTER (WHERE event_type = 'message.failed') AS failure,
        max_by(cost_amount, position) FILTER (WHERE cost_amount IS NOT NULL) AS cost_amount,
        max_by(coalesce(cost_currency, account_currency()), position) FILTER (WHERE cost_amount IS NOT NULL) AS cost_currency,
        min(occurred_at) AS first_at,
        min(moment) FILTER (WHERE element_id IS NOT NULL) AS element_moment,
        min(element_id) AS least_element_id,
        coalesce(min(element_id) <> max(element_id), FALSE) AS has_many_elements,
        max(position) AS last_position,
        min_by({'run_key': run_key, 'channel': channel, 'sender': sender, 'element_id': element_id}, turn) AS decided
    FROM (
        SELECT *, event_type IN ('message.seen', 'message.opened', 'message.clicked', 'message.replied') AS is_view,
               CASE WHEN message_id IS NULL THEN position END AS own,
               moment + CASE WHEN run_key IS NULL THEN later() + later() WHEN event_type = 'message.sent' THEN 0 ELSE later() END AS turn
        FROM event_run
        WHERE event_type LIKE 'message.%'
    ) AS message_event
    GROUP BY source, message_id, own
) AS told
WHERE decided.run_key IS NOT NULL
