WITH daily_1 AS (
    SELECT day, sum(amount) AS traffic_cost
    FROM daily
    WHERE measure = 'traffic_cost'
      AND basis = 'entered'
      AND currency = ?
    GROUP BY ALL
),
daily_2 AS (
    SELECT day, sum(n)::BIGINT AS messages_sent
    FROM daily
    WHERE measure = 'messages_sent'
      AND basis = 'entered'
    GROUP BY ALL
),
joined AS (
    SELECT day, max(traffic_cost) AS traffic_cost, max(messages_sent) AS messages_sent
    FROM (
        FROM daily_1
        UNION ALL BY NAME FROM daily_2
    )
    GROUP BY day
)
SELECT day, traffic_cost, coalesce(messages_sent, 0) AS messages_sent
FROM joined
ORDER BY day ASC NULLS LAST
-- ['EUR']
