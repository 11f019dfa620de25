WITH daily_1 AS (
    SELECT channel, sum(n) FILTER (measure = 'messages_sent')::BIGINT AS messages_sent, sum(n) FILTER (measure = 'messages_viewed')::BIGINT AS messages_viewed, sum(n) FILTER (measure = 'messages_delivered')::BIGINT AS messages_delivered
    FROM daily
    WHERE measure IN ('messages_sent', 'messages_viewed', 'messages_delivered')
      AND basis = 'entered'
      AND day >= ?
      AND day <= ?
      AND journey_id = ?
    GROUP BY ALL
),
reach_2 AS (
    SELECT channel, n AS profiles_messaged
    FROM (
        SELECT series_key, sum(n)::BIGINT AS n
        FROM reach_cells
        WHERE series_key IN (7, 8)
          AND day >= ?
          AND day <= ?
          AND (previous_day IS NULL OR previous_day < ?::DATE)
        GROUP BY ALL
    )
    JOIN reach_series USING (series_key)
),
joined AS (
    SELECT channel, max(messages_sent) AS messages_sent, max(messages_viewed) AS messages_viewed, max(messages_delivered) AS messages_delivered, max(profiles_messaged) AS profiles_messaged
    FROM (
        FROM daily_1
        UNION ALL BY NAME FROM reach_2
    )
    GROUP BY channel
)
SELECT channel, coalesce(messages_sent, 0) AS messages_sent, coalesce(messages_viewed, 0) / nullif(messages_delivered, 0) AS view_rate, coalesce(profiles_messaged, 0) AS profiles_messaged
FROM joined
ORDER BY channel ASC NULLS LAST
-- [datetime.date(2026, 3, 1), datetime.date(2026, 3, 31), 'cart', datetime.date(2026, 3, 1), datetime.date(2026, 3, 31), datetime.date(2026, 3, 1)]
