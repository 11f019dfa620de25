-- grain:  one row a combination of journey, version, sub-account and arm that a run has
-- inputs: runs
-- output: the combination and its number
-- why:    the windows of reach run over whole numbers instead of four texts
SELECT row_number() OVER (ORDER BY journey_id, version, sub_account_id, arm) AS place, journey_id, version, sub_account_id, arm
FROM (SELECT DISTINCT journey_id, version, sub_account_id, arm FROM runs) AS combination
