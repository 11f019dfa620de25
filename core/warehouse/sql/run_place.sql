-- grain:  one row a run
-- inputs: runs, places
-- output: run_key, place
SELECT run.run_key, place.place
FROM runs AS run
JOIN places AS place
    ON place.journey_id = run.journey_id AND place.version IS NOT DISTINCT FROM run.version AND place.sub_account_id IS NOT DISTINCT FROM run.sub_account_id
   AND place.arm IS NOT DISTINCT FROM run.arm
