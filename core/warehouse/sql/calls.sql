-- grain:  one row a call that belongs to a run or is a journey's
-- inputs: call_base, runs, journeys
-- output: the run's attributes (null but journey and sub-account where there is no run), outcome, duration, what the caller reached, cost; placed by its start
SELECT
    call.run_key, run.profile_key, coalesce(run.journey_id, call.journey_named) AS journey_id, run.version,
    CASE WHEN call.run_key IS NULL THEN journeys.sub_account_id ELSE run.sub_account_id END AS sub_account_id,
    run.arm, run.run_day, run.run_hour,
    call.call_key, call.source, call.call_id, call.direction, call.sender,
    CASE WHEN call.ending IS NULL THEN 'open' ELSE coalesce(call.ending.status, 'unknown') END AS outcome,
    call.has_answer OR coalesce(call.ending.status IN ('completed', 'transferred'), FALSE) AS is_answered,
    coalesce(call.ending.status IN ('completed', 'transferred'), FALSE) AS is_completed,
    call.first_element_id, call.last_element_id, call.ending.duration_s AS duration_s,
    call.started_at, local_day(call.started_at) AS call_day, local_hour(call.started_at) AS call_hour,
    call.answered_at, call.ok_at, local_day(call.ok_at) AS ok_day, local_hour(call.ok_at) AS ok_hour,
    call.cost_amount, call.cost_currency, call.first_position, call.last_position
FROM call_base AS call
LEFT JOIN runs AS run ON run.run_key = call.run_key
LEFT JOIN journeys ON journeys.journey_id = call.journey_named
