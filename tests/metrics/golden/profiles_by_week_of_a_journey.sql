WITH reach_1 AS (
    SELECT date_trunc('week', day)::DATE AS week, sum(n) FILTER (measure = 'profiles_in_journey')::BIGINT AS profiles_in_journey, sum(n) FILTER (measure = 'profiles_exited')::BIGINT AS profiles_exited
    FROM reach
    WHERE measure IN ('profiles_in_journey', 'profiles_exited')
      AND basis = 'entered'
      AND scope = 'journey'
      AND day >= ?
      AND day <= ?
      AND journey_id = ?
      AND (previous_day IS NULL OR previous_day < greatest(?::DATE, date_trunc('week', day)::DATE))
    GROUP BY ALL
)
SELECT week, coalesce(profiles_in_journey, 0) AS profiles_in_journey, coalesce(profiles_exited, 0) AS profiles_exited
FROM reach_1
ORDER BY week ASC NULLS LAST
-- [datetime.date(2026, 3, 1), datetime.date(2026, 3, 31), 'cart', datetime.date(2026, 3, 1)]
