-- grain:  one row a (basis, measure, day, journey, version, sub-account, arm, channel, element, detail, currency)
-- inputs: runs, messages, clicks, goals, calls, arrivals
-- output: n facts and the sum of their amounts, by the day that places the fact; detail: exit_reason of exits, reason of failed messages
-- why:    what adds up is added up once (design §5); sender, hour and url stay with the facts
WITH message_day AS (
    SELECT rung.measure, message.journey_id, message.version, message.sub_account_id, message.arm, message.channel, message.element_id, message.run_day,
           CASE rung.measure WHEN 'messages_failed' THEN message.failed_reason END AS detail,
           CASE rung.measure
               WHEN 'messages_sent' THEN sent_day WHEN 'messages_delivered' THEN delivered_day WHEN 'messages_failed' THEN failed_day
               WHEN 'messages_viewed' THEN viewed_day WHEN 'messages_clicked' THEN clicked_day WHEN 'messages_replied' THEN replied_day
               WHEN 'messages_unsubscribed' THEN unsubscribed_day WHEN 'messages_complained' THEN complained_day
               WHEN 'messages_viewed_machine' THEN machine_viewed_day
           END AS own_day
    FROM messages AS message
    CROSS JOIN (VALUES ('messages_sent'), ('messages_delivered'), ('messages_failed'), ('messages_viewed'), ('messages_clicked'), ('messages_replied'),
                       ('messages_unsubscribed'), ('messages_complained'), ('messages_viewed_machine')) AS rung(measure)
),
fact AS (
    SELECT 'entries' AS measure, journey_id, version, sub_account_id, arm, NULL::VARCHAR AS channel, NULL::VARCHAR AS element_id, NULL::VARCHAR AS detail,
           NULL::VARCHAR AS currency, run_day, run_day AS own_day, NULL::DECIMAL(18, 6) AS amount, 1 AS n
    FROM runs
    UNION ALL
    SELECT 'currently_in_journey', journey_id, version, sub_account_id, arm, NULL, NULL, NULL, NULL, run_day, run_day, NULL, 1 FROM runs WHERE exited_at IS NULL
    UNION ALL
    SELECT 'exits', journey_id, version, sub_account_id, arm, NULL, NULL, exit_reason, NULL, run_day, exit_day, NULL, 1 FROM runs WHERE exited_at IS NOT NULL
    UNION ALL
    SELECT 'goal_events', journey_id, version, sub_account_id, arm, NULL, NULL, NULL, NULL, run_day, performed_day, NULL, 1 FROM goals
    UNION ALL
    SELECT 'goal_value', journey_id, version, sub_account_id, arm, NULL, NULL, NULL, value_currency, run_day, performed_day, value_amount, 1
    FROM goals WHERE value_amount IS NOT NULL
    UNION ALL
    SELECT measure, journey_id, version, sub_account_id, arm, channel, element_id, detail, NULL, run_day, own_day, NULL, 1 FROM message_day WHERE own_day IS NOT NULL
    UNION ALL
    SELECT 'link_clicks', journey_id, version, sub_account_id, arm, channel, element_id, NULL, NULL, run_day, clicked_day, NULL, 1 FROM clicks
    UNION ALL
    SELECT 'traffic_cost', journey_id, version, sub_account_id, arm, channel, element_id, NULL, cost_currency, run_day, cost_day, cost_amount, 1
    FROM messages WHERE cost_amount IS NOT NULL
    UNION ALL
    SELECT 'wasted_cost', journey_id, version, sub_account_id, arm, channel, element_id, NULL, cost_currency, run_day, cost_day, cost_amount, 1
    FROM messages WHERE cost_amount IS NOT NULL AND viewed_day IS NULL
    UNION ALL
    SELECT 'traffic_cost', journey_id, version, sub_account_id, arm, 'VOICE', last_element_id, NULL, cost_currency, run_day, call_day, cost_amount, 1
    FROM calls WHERE cost_amount IS NOT NULL
    UNION ALL
    SELECT 'element_arrived', journey_id, version, sub_account_id, arm, NULL, element_id, NULL, NULL, run_day, arrived_day, NULL, 1 FROM arrivals
    UNION ALL
    SELECT 'element_' || state, journey_id, version, sub_account_id, arm, NULL, element_id, NULL, NULL, run_day, arrived_day, NULL, 1 FROM arrivals
)
SELECT basis, measure, day, journey_id, version, sub_account_id, arm, channel, element_id, detail, currency, count(*) AS n, sum(amount)::DECIMAL(38, 6) AS amount
FROM (
    SELECT 'entered' AS basis, run_day AS day, * FROM fact WHERE run_day IS NOT NULL
    UNION ALL
    SELECT 'happened', own_day, * FROM fact
) AS placed
GROUP BY basis, measure, day, journey_id, version, sub_account_id, arm, channel, element_id, detail, currency
