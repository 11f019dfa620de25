-- grain:  one row a menu entered, input or collect of a call in `calls`
-- inputs: call_said
-- output: call_said and, nth_heard: of a menu, which time the call hears it; choice_s: of an ok input that follows a menu of the same element among menus and
--         inputs, the whole seconds between (cut); place, came_from_id, goes_to_id: of a step that gets to an element other than that of the step before,
--         its number on the call's path (from 1), the element before and the one after; a step that names no element is passed over
-- why:    questions mean whole calls, and an increment makes whole calls again: the path of a call is the same whatever is asked
WITH told AS (
    SELECT *,
        lag(kind) OVER (PARTITION BY call_key, kind = 'collect' ORDER BY stepped_at, position) AS kind_before,
        lag(element_id) OVER (PARTITION BY call_key, kind = 'collect' ORDER BY stepped_at, position) AS asked_before,
        lag(stepped_at) OVER (PARTITION BY call_key, kind = 'collect' ORDER BY stepped_at, position) AS at_before,
        lag(element_id) OVER (PARTITION BY call_key, element_id IS NULL ORDER BY stepped_at, position) AS element_before
    FROM call_said
),
moved AS (
    SELECT *, element_id IS NOT NULL AND element_id IS DISTINCT FROM element_before AS is_move FROM told
)
SELECT
    run_key, profile_key, journey_id, version, sub_account_id, arm, run_day, run_hour,
    position, call_key, kind, element_id, input, input_status, collect_name, next_element_id, stepped_at,
    call_day, call_hour, direction, last_element_id, outcome,
    CASE WHEN kind = 'menu' THEN row_number() OVER (PARTITION BY call_key, kind, element_id ORDER BY stepped_at, position) END AS nth_heard,
    CASE WHEN kind = 'input' AND input_status = 'ok' AND kind_before = 'menu' AND asked_before IS NOT DISTINCT FROM element_id
         THEN (epoch_us(stepped_at) - epoch_us(at_before)) // 1000000 END AS choice_s,
    CASE WHEN is_move THEN row_number() OVER (PARTITION BY call_key, is_move ORDER BY stepped_at, position) END AS place,
    CASE WHEN is_move THEN element_before END AS came_from_id,
    CASE WHEN is_move THEN lead(element_id) OVER (PARTITION BY call_key, is_move ORDER BY stepped_at, position) END AS goes_to_id
FROM moved
