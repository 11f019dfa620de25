WITH daily_1 AS (
    SELECT element_id AS element, sum(n) FILTER (measure = 'element_arrived')::BIGINT AS element_arrived, sum(n) FILTER (measure = 'element_waiting')::BIGINT AS element_waiting
    FROM daily
    WHERE measure IN ('element_arrived', 'element_waiting')
      AND basis = 'entered'
      AND journey_id = ?
    GROUP BY ALL
),
facts_2 AS (
    SELECT element_id AS element, median(seconds) AS element_time_median_s
    FROM visits
    WHERE seconds IS NOT NULL
      AND journey_id = ?
    GROUP BY ALL
),
joined AS (
    SELECT element, max(element_arrived) AS element_arrived, max(element_waiting) AS element_waiting, max(element_time_median_s) AS element_time_median_s
    FROM (
        FROM daily_1
        UNION ALL BY NAME FROM facts_2
    )
    GROUP BY element
)
SELECT element, coalesce(element_arrived, 0) AS element_arrived, coalesce(element_waiting, 0) AS element_waiting, element_time_median_s
FROM joined
ORDER BY element ASC NULLS LAST
-- ['cart', 'cart']
