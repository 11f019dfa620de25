WITH reach_1 AS (
    SELECT sum(n)::BIGINT AS profiles_in_journey
    FROM reach_cells
    WHERE series_key = 1
      AND day >= ?
      AND day <= ?
      AND (previous_day IS NULL OR previous_day < ?::DATE)
)
SELECT coalesce(profiles_in_journey, 0) AS profiles_in_journey
FROM reach_1
-- [datetime.date(2026, 3, 1), datetime.date(2026, 3, 31), datetime.date(2026, 3, 1)]
