-- grain:  one row a (month, sub-account or all of them, profile, journey) with a run that started in the month
-- inputs: month_run, elements
-- output: month, is_whole (all sub-accounts together), sub_account_id, profile_key, journey_id, entries, messages, has_no_send
-- why:    what somebody did in a month by journey; whoever wants fewer sub-accounts or other months gives other runs
SELECT run.month, run.is_whole, run.sub_account_id, run.profile_key, run.journey_id, count(*) AS entries, sum(run.messages)::BIGINT AS messages,
       bool_and(coalesce(NOT mapped.has_send, FALSE)) AS has_no_send
FROM month_run AS run
LEFT JOIN (SELECT journey_id, version, bool_or(kind = 'send') AS has_send FROM elements GROUP BY journey_id, version) AS mapped
    ON mapped.journey_id = run.journey_id AND mapped.version IS NOT DISTINCT FROM run.version
GROUP BY run.month, run.is_whole, run.sub_account_id, run.profile_key, run.journey_id
