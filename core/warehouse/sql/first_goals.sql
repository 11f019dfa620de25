-- grain:  one row a run with a goal event
-- inputs: goals, runs
-- output: the run's attributes, the day of its first goal event, and the whole seconds (cut) from its start to it
-- why:    how long people took to the goal is asked by whole ranges; the first goal event of a run is the same whatever the range
SELECT
    run.run_key, run.profile_key, run.journey_id, run.version, run.sub_account_id, run.arm, run.run_day, run.run_hour,
    first.goal_day, (epoch_us(first.performed_at) - epoch_us(run.started_at)) // 1000000 AS seconds
FROM (SELECT run_key, min(performed_at) AS performed_at, min(performed_day) AS goal_day FROM goals GROUP BY run_key) AS first
JOIN runs AS run ON run.run_key = first.run_key
