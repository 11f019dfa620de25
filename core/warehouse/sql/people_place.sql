-- grain:  one row a (side, run) of the people whose days moved
-- inputs: people_run, places
-- output: side (1 before, 2 now, 3 both), run_key, journey_id, place
SELECT run.side, run.run_key, run.journey_id, place.place
FROM people_run AS run
JOIN places AS place
    ON place.journey_id = run.journey_id AND place.version IS NOT DISTINCT FROM run.version AND place.sub_account_id IS NOT DISTINCT FROM run.sub_account_id
   AND place.arm IS NOT DISTINCT FROM run.arm
