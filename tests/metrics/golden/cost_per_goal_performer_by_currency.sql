WITH daily_1 AS (
    SELECT currency, journey_id AS journey, sum(amount) AS traffic_cost
    FROM daily
    WHERE measure = 'traffic_cost'
      AND basis = 'entered'
      AND day >= ?
      AND day <= ?
    GROUP BY ALL
),
reach_2 AS (
    SELECT journey_id AS journey, n AS goal_performers
    FROM (
        SELECT series_key, sum(n)::BIGINT AS n
        FROM reach_cells
        WHERE series_key = 6
          AND day >= ?
          AND day <= ?
          AND (previous_day IS NULL OR previous_day < ?::DATE)
        GROUP BY ALL
    )
    JOIN reach_series USING (series_key)
)
SELECT daily_1.currency, daily_1.journey, traffic_cost, CAST(sign(traffic_cost) * ((2 * CAST(abs(traffic_cost) * 1000000 AS HUGEINT) + nullif(goal_performers, 0)) // (2 * nullif(goal_performers, 0))) AS DECIMAL(32, 0)) * CAST(0.000001 AS DECIMAL(6, 6)) AS cost_per_goal_performer
FROM daily_1
LEFT JOIN reach_2 ON reach_2.journey IS NOT DISTINCT FROM daily_1.journey
ORDER BY currency ASC NULLS LAST, journey ASC NULLS LAST
-- [datetime.date(2026, 3, 1), datetime.date(2026, 3, 31), datetime.date(2026, 3, 1), datetime.date(2026, 3, 31), datetime.date(2026, 3, 1)]
