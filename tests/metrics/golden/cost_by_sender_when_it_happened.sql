WITH facts_1 AS (
    SELECT sender, sum(cost_amount) AS traffic_cost
    FROM (
        SELECT sender, cost_amount
        FROM messages
        WHERE cost_amount IS NOT NULL
          AND cost_day >= ?
          AND cost_day <= ?
        UNION ALL
        SELECT sender, cost_amount
        FROM calls
        WHERE cost_amount IS NOT NULL
          AND call_day >= ?
          AND call_day <= ?
    )
    GROUP BY ALL
)
SELECT sender, traffic_cost
FROM facts_1
ORDER BY sender ASC NULLS LAST
-- [datetime.date(2026, 3, 1), datetime.date(2026, 3, 31), datetime.date(2026, 3, 1), datetime.date(2026, 3, 31)]
