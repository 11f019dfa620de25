WITH facts_1 AS (
    SELECT outcome, count(*) AS calls, count(*) FILTER (is_completed) AS calls_completed, count(*) FILTER (is_answered) AS calls_answered, fsum(duration_s) FILTER (duration_s IS NOT NULL) AS call_duration_s
    FROM calls
    WHERE call_day >= ?
      AND call_day <= ?
    GROUP BY ALL
)
SELECT outcome, coalesce(calls, 0) AS calls, coalesce(calls_completed, 0) / nullif(calls_answered, 0) AS call_completion_rate, call_duration_s
FROM facts_1
ORDER BY outcome ASC NULLS LAST
-- [datetime.date(2026, 3, 1), datetime.date(2026, 3, 31)]
