-- grain:  one row a (run, element) that the run arrived at
-- inputs: arrival_base, runs
-- output: the run's attributes, element, its first arrival there, state: passed, waiting or ended
-- why:    the run is at the element of its latest arrival; ended if it has an exit, else waiting (interface §3)
SELECT
    run.run_key, run.profile_key, run.journey_id, run.version, run.sub_account_id, run.arm, run.run_day, run.run_hour,
    first.element_id, first.arrived_at, local_day(first.arrived_at) AS arrived_day,
    CASE WHEN first.element_id <> run.at_element_id THEN 'passed' WHEN run.exited_at IS NULL THEN 'waiting' ELSE 'ended' END AS state
FROM (SELECT run_key, element_id, time_of(min(moment)) AS arrived_at FROM arrival_base GROUP BY run_key, element_id) AS first
JOIN runs AS run ON run.run_key = first.run_key
