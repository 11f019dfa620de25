WITH facts_1 AS (
    SELECT run_hour AS hour, count(*) FILTER (sent_at IS NOT NULL) AS messages_sent, count(*) FILTER (viewed_at IS NOT NULL) AS messages_viewed
    FROM messages
    WHERE ((sent_at IS NOT NULL) OR (viewed_at IS NOT NULL))
      AND run_day >= ?
      AND run_day <= ?
    GROUP BY ALL
)
SELECT hour, coalesce(messages_sent, 0) AS messages_sent, coalesce(messages_viewed, 0) AS messages_viewed
FROM facts_1
ORDER BY hour ASC NULLS LAST
-- [datetime.date(2026, 3, 1), datetime.date(2026, 3, 31)]
