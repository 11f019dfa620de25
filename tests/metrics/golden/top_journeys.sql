WITH reach_1 AS (
    SELECT journey_id AS journey, max(n) FILTER (measure = 'profiles_in_journey') AS profiles_in_journey, max(n) FILTER (measure = 'profiles_exited') AS profiles_exited
    FROM (
        SELECT series_key, sum(n)::BIGINT AS n
        FROM reach_cells
        WHERE series_key IN (2, 3, 4)
          AND day >= ?
          AND day <= ?
          AND (previous_day IS NULL OR previous_day < ?::DATE)
        GROUP BY ALL
    )
    JOIN reach_series USING (series_key)
    GROUP BY ALL
)
SELECT journey, coalesce(profiles_in_journey, 0) AS profiles_in_journey, coalesce(profiles_exited, 0) / nullif(profiles_in_journey, 0) AS exit_rate
FROM reach_1
ORDER BY profiles_in_journey DESC NULLS LAST, journey ASC NULLS LAST
LIMIT 10
-- [datetime.date(2026, 3, 1), datetime.date(2026, 3, 31), datetime.date(2026, 3, 1)]
