WITH facts_1 AS (
    SELECT month, count(DISTINCT profile_key) AS active_profiles
    FROM (
        SELECT date_trunc('month', viewed_day)::DATE AS month, profile_key
        FROM messages
        WHERE viewed_at IS NOT NULL
          AND sub_account_id IN (?, ?)
        UNION ALL
        SELECT date_trunc('month', ok_day)::DATE AS month, profile_key
        FROM calls
        WHERE ok_at IS NOT NULL AND run_key IS NOT NULL
          AND sub_account_id IN (?, ?)
    )
    GROUP BY ALL
)
SELECT month, coalesce(active_profiles, 0) AS active_profiles
FROM facts_1
ORDER BY month ASC NULLS LAST
-- ['n', 's', 'n', 's']
