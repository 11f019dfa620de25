-- grain:  one row a (basis, day, journey, version, sub-account, arm, element, element it was followed by)
-- inputs: visits, arrivals, runs
-- output: from_element_id (null: the run's first), to_element_id (null: its last so far), n runs that went straight from the one to the other
-- why:    the lines of a map. A run's way: its visits in time, then the elements at which it first arrived at its exit or later. It counts once a line, by
--         the day on which it started or, on happened, first took the line; so the lines of any range add up
WITH step AS (
    SELECT run_key, element_id, arrived_day, lag(element_id) OVER way AS before_id, lead(element_id) OVER way IS NULL AS is_last
    FROM (
        SELECT run_key, element_id, arrived_at, arrived_day, position, 0 AS is_after FROM visits
        UNION ALL
        SELECT arrival.run_key, arrival.element_id, arrival.arrived_at, arrival.arrived_day, CASE WHEN arrival.state = 'passed' THEN 0 ELSE 1 END, 1
        FROM arrivals AS arrival
        JOIN (SELECT run_key, exited_at FROM runs WHERE exited_at IS NOT NULL) AS ended ON ended.run_key = arrival.run_key
        WHERE arrival.arrived_at >= ended.exited_at
    ) AS there
    WINDOW way AS (PARTITION BY run_key ORDER BY is_after, arrived_at, position, element_id)
),
cell AS (
    SELECT run.journey_id, run.version, run.sub_account_id, run.arm, run.run_day, line.own_day, line.from_element_id, line.to_element_id, count(*) AS n
    FROM (
        SELECT run_key, before_id AS from_element_id, element_id AS to_element_id, min(arrived_day) AS own_day
        FROM step WHERE before_id IS DISTINCT FROM element_id GROUP BY run_key, before_id, element_id
        UNION ALL
        SELECT run_key, element_id, NULL, arrived_day FROM step WHERE is_last
    ) AS line
    JOIN runs AS run ON run.run_key = line.run_key
    GROUP BY run.journey_id, run.version, run.sub_account_id, run.arm, run.run_day, line.own_day, line.from_element_id, line.to_element_id
)
SELECT basis, day, journey_id, version, sub_account_id, arm, from_element_id, to_element_id, sum(n)::BIGINT AS n
FROM (
    SELECT 'entered' AS basis, run_day AS day, journey_id, version, sub_account_id, arm, from_element_id, to_element_id, n FROM cell
    UNION ALL
    SELECT 'happened', own_day, journey_id, version, sub_account_id, arm, from_element_id, to_element_id, n FROM cell
) AS placed
GROUP BY basis, day, journey_id, version, sub_account_id, arm, from_element_id, to_element_id
