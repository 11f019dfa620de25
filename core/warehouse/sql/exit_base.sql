-- grain:  one row a run that has an exit
-- inputs: event_run
-- output: run_key, exited_at, exit_moment, reason and element of its earliest journey.exited
SELECT run_key, min(occurred_at) AS exited_at, min(moment) AS exit_moment, min_by({'reason': reason, 'element_id': element_id}, moment) AS ending,
       min(position) AS first_position, max(position) AS last_position
FROM event_run
WHERE event_type = 'journey.exited' AND run_key IS NOT NULL
GROUP BY run_key
