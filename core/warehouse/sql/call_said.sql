-- grain:  one row a menu entered, input or collect of a call in `calls`
-- inputs: event_run, calls
-- output: the call's attributes and what the step says; placed by the call's start
SELECT
    call.run_key, call.profile_key, call.journey_id, call.version, call.sub_account_id, call.arm, call.run_day, call.run_hour,
    step.position, call.call_key,
    CASE step.event_type WHEN 'call.menu_entered' THEN 'menu' WHEN 'call.input' THEN 'input' ELSE 'collect' END AS kind,
    step.element_id, step.input, CASE WHEN step.event_type <> 'call.menu_entered' THEN coalesce(step.status, 'ok') END AS input_status,
    step.collect_name, step.next_element_id, step.occurred_at AS stepped_at,
    call.call_day, call.call_hour, call.direction, call.last_element_id, call.outcome
FROM event_run AS step
JOIN calls AS call ON call.source = step.source AND call.call_id = step.call_id
WHERE step.event_type IN ('call.menu_entered', 'call.input', 'call.collected')
