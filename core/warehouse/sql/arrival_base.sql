-- grain:  one row an arrival of a run at an element
-- inputs: event_run, exit_base, message_base, call_base
-- output: run_key, element_id, arrived_at, moment
-- why:    each element.entered; the run's exit, if it names an element; where it has neither for an element, its earliest message or call event that
--         names it (interface §3). A message whose events name one element needs no second look at its events.
WITH direct AS (
    SELECT run_key, element_id, moment FROM event_run WHERE event_type = 'element.entered' AND run_key IS NOT NULL
    UNION ALL
    SELECT run_key, ending.element_id, exit_moment FROM exit_base WHERE ending.element_id IS NOT NULL
),
told AS (
    SELECT run_key, least_element_id AS element_id, element_moment AS moment FROM message_base WHERE element_moment IS NOT NULL AND NOT has_many_elements
    UNION ALL
    SELECT many.run_key, event_run.element_id, event_run.moment
    FROM event_run
    JOIN (SELECT source, message_id, run_key FROM message_base WHERE has_many_elements) AS many
        ON many.source = event_run.source AND many.message_id = event_run.message_id
    WHERE event_run.event_type LIKE 'message.%' AND event_run.element_id IS NOT NULL
    UNION ALL
    SELECT call_base.run_key, event_run.element_id, event_run.moment
    FROM event_run
    JOIN call_base ON call_base.source = event_run.source AND call_base.call_id = event_run.call_id
    WHERE event_run.event_type LIKE 'call.%' AND event_run.element_id IS NOT NULL AND call_base.run_key IS NOT NULL
)
SELECT run_key, element_id, moment FROM direct
UNION ALL
SELECT told.run_key, told.element_id, min(told.moment)
FROM told
ANTI JOIN direct ON direct.run_key = told.run_key AND direct.element_id = told.element_id
GROUP BY told.run_key, told.element_id
