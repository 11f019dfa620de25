-- grain:  one row a (basis, day, journey, version, sub-account, arm, element from which the map leads on in two ways or more, next element)
-- inputs: arrivals, exits
-- output: next_element_id (null: none of them yet), n runs
-- why:    the shares of splits and waits for events: of an element's next ones the first at which the run arrived at that moment or later, by the day on which
--         the run started or, on happened, arrived at the element; it is the same whatever the range, so it adds up
WITH parting AS (
    SELECT journey_id, version, element_id FROM exits GROUP BY journey_id, version, element_id HAVING count(*) > 1
),
arrived AS (
    SELECT arrivals.run_key, arrivals.journey_id, arrivals.version, arrivals.sub_account_id, arrivals.arm, arrivals.run_day, arrivals.element_id,
           arrivals.arrived_at, arrivals.arrived_day
    FROM arrivals
    JOIN parting
        ON parting.journey_id = arrivals.journey_id AND parting.version = arrivals.version AND parting.element_id = arrivals.element_id
),
onward AS (
    SELECT arrived.run_key, arrived.element_id, min_by(later.element_id, {'at': later.arrived_at, 'id': later.element_id}) AS next_id
    FROM arrived
    JOIN exits ON exits.journey_id = arrived.journey_id AND exits.version = arrived.version AND exits.element_id = arrived.element_id
    JOIN arrivals AS later ON later.run_key = arrived.run_key AND later.element_id = exits.to_id AND later.arrived_at >= arrived.arrived_at
    GROUP BY arrived.run_key, arrived.element_id
),
cell AS (
    SELECT arrived.journey_id, arrived.version, arrived.sub_account_id, arrived.arm, arrived.run_day, arrived.arrived_day, arrived.element_id, onward.next_id,
           count(*) AS n
    FROM arrived LEFT JOIN onward ON onward.run_key = arrived.run_key AND onward.element_id = arrived.element_id
    GROUP BY arrived.journey_id, arrived.version, arrived.sub_account_id, arrived.arm, arrived.run_day, arrived.arrived_day, arrived.element_id, onward.next_id
)
SELECT basis, day, journey_id, version, sub_account_id, arm, element_id, next_element_id, sum(n)::BIGINT AS n
FROM (
    SELECT 'entered' AS basis, run_day AS day, journey_id, version, sub_account_id, arm, element_id, next_id AS next_element_id, n FROM cell
    UNION ALL
    SELECT 'happened', arrived_day, journey_id, version, sub_account_id, arm, element_id, next_id, n FROM cell
) AS placed
GROUP BY basis, day, journey_id, version, sub_account_id, arm, element_id, next_element_id
