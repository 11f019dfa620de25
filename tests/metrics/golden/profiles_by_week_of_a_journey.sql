WITH reach_1 AS (
    SELECT date_trunc('week', day)::DATE AS week, sum(n) FILTER (series_key = 2)::BIGINT AS profiles_in_journey, sum(n) FILTER (false)::BIGINT AS profiles_exited
    FROM reach_cells
    WHERE series_key = 2
      AND day >= ?
      AND day <= ?
      AND (previous_day IS NULL OR previous_day < greatest(?::DATE, date_trunc('week', day)::DATE))
    GROUP BY ALL
)
SELECT week, coalesce(profiles_in_journey, 0) AS profiles_in_journey, coalesce(profiles_exited, 0) AS profiles_exited
FROM reach_1
ORDER BY week ASC NULLS LAST
-- [datetime.date(2026, 3, 1), datetime.date(2026, 3, 31), datetime.date(2026, 3, 1)]
