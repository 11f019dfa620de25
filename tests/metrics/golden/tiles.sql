WITH reach_1 AS (
    SELECT sum(n) FILTER (series_key = 2)::BIGINT AS profiles_in_journey, sum(n) FILTER (series_key = 5)::BIGINT AS active_profiles, sum(n) FILTER (series_key = 6)::BIGINT AS goal_performers
    FROM reach_cells
    WHERE series_key IN (2, 5, 6)
      AND day >= ?
      AND day <= ?
      AND (previous_day IS NULL OR previous_day < ?::DATE)
),
daily_2 AS (
    SELECT sum(n) FILTER (measure = 'entries')::BIGINT AS entries, sum(n) FILTER (measure = 'messages_sent')::BIGINT AS messages_sent, sum(amount) FILTER (measure = 'traffic_cost') AS traffic_cost
    FROM daily
    WHERE measure IN ('entries', 'messages_sent', 'traffic_cost')
      AND basis = 'entered'
      AND day >= ?
      AND day <= ?
      AND journey_id = ?
),
joined AS (
    SELECT max(profiles_in_journey) AS profiles_in_journey, max(active_profiles) AS active_profiles, max(goal_performers) AS goal_performers, max(entries) AS entries, max(messages_sent) AS messages_sent, max(traffic_cost) AS traffic_cost
    FROM (
        FROM reach_1
        UNION ALL BY NAME FROM daily_2
    )
)
SELECT coalesce(profiles_in_journey, 0) AS profiles_in_journey, coalesce(entries, 0) AS entries, coalesce(active_profiles, 0) AS active_profiles, coalesce(goal_performers, 0) AS goal_performers, coalesce(messages_sent, 0) AS messages_sent, traffic_cost
FROM joined
-- [datetime.date(2026, 3, 1), datetime.date(2026, 3, 31), datetime.date(2026, 3, 1), datetime.date(2026, 3, 1), datetime.date(2026, 3, 31), 'cart']
