WITH facts_1 AS (
    SELECT count(DISTINCT profile_key) AS profiles_in_journey
    FROM runs
    WHERE run_day >= ?
      AND run_day <= ?
      AND (journey_id IN (?, ?) OR journey_id IS NULL)
)
SELECT coalesce(profiles_in_journey, 0) AS profiles_in_journey
FROM facts_1
-- [datetime.date(2026, 3, 1), datetime.date(2026, 3, 31), 'a', 'b']
