-- grain:  one row a (goal event, run it counts for)
-- inputs: goal_base, runs
-- output: the run's attributes, name, value, and the event's own time
SELECT
    run.run_key, run.profile_key, run.journey_id, run.version, run.sub_account_id, run.arm, run.run_day, run.run_hour,
    goal.position, goal.name, goal.performed_at, local_day(goal.performed_at) AS performed_day, local_hour(goal.performed_at) AS performed_hour,
    goal.value_amount, goal.value_currency
FROM goal_base AS goal
JOIN runs AS run ON run.run_key = goal.run_key
