WITH reach_1 AS (
    SELECT day, sum(n)::BIGINT AS profiles_in_journey
    FROM reach_cells
    WHERE series_key = 1
      AND day >= ?
      AND day <= ?
    GROUP BY ALL
)
SELECT day, coalesce(profiles_in_journey, 0) AS profiles_in_journey
FROM reach_1
ORDER BY day ASC NULLS LAST
-- [datetime.date(2026, 3, 1), datetime.date(2026, 3, 31)]
