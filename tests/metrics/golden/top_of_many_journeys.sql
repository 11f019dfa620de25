WITH reach_1 AS (
    SELECT journey_id AS journey, sum(n) FILTER (measure = 'profiles_in_journey')::BIGINT AS profiles_in_journey, sum(n) FILTER (measure = 'profiles_exited')::BIGINT AS profiles_exited
    FROM reach
    WHERE measure IN ('profiles_in_journey', 'profiles_exited')
      AND basis = 'entered'
      AND scope = 'journey'
      AND day >= ?
      AND day <= ?
      AND (previous_day IS NULL OR previous_day < ?::DATE)
    GROUP BY ALL
)
SELECT journey, coalesce(profiles_in_journey, 0) AS profiles_in_journey, coalesce(profiles_exited, 0) / nullif(profiles_in_journey, 0) AS exit_rate
FROM reach_1
ORDER BY profiles_in_journey DESC NULLS LAST, journey ASC NULLS LAST
LIMIT 10
