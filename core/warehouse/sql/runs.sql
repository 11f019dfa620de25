-- grain:  one row a run
-- inputs: run_start, exit_base, message_base, call_base, goal_base, arrival_base, arms
-- output: see docs/warehouse.md: identity, start, exit, arm, activity, and the first and last position of its evidence
SELECT
    run.run_key, run.profile_key, run.journey_id, run.version, run.sub_account_id, arm.name AS arm, local_day(run.started_at) AS run_day, local_hour(run.started_at) AS run_hour,
    run.entry_id, run.started_at,
    exit_base.exited_at, local_day(exit_base.exited_at) AS exit_day, local_hour(exit_base.exited_at) AS exit_hour,
    CASE WHEN exit_base.run_key IS NOT NULL THEN coalesce(exit_base.ending.reason, 'exit_point') END AS exit_reason,
    exit_base.run_key IS NOT NULL AND coalesce(exit_base.ending.reason, 'exit_point') = 'exit_point' AS is_exit_point,
    exit_base.ending.element_id AS exit_element_id,
    coalesce(message.is_viewed, FALSE) OR coalesce(call.is_ok, FALSE) AS is_active,
    place.element_id AS at_element_id,
    coalesce(message.n, 0) AS messages,
    coalesce(goal.n, 0) AS goal_events,
    (run.start_moment % later_unit())::BIGINT AS start_position,
    least(run.run_key, exit_base.first_position, message.first_position, call.first_position, goal.first_position, place.first_position) AS first_position,
    greatest(run.last_position, exit_base.last_position, message.last_position, call.last_position, goal.last_position, place.last_position) AS last_position
FROM run_start AS run
LEFT JOIN exit_base ON exit_base.run_key = run.run_key
LEFT JOIN (
    SELECT run_key, bool_or(viewed_at IS NOT NULL) AS is_viewed, count(*) AS n, min(message_key) AS first_position, max(last_position) AS last_position
    FROM message_base GROUP BY run_key
) AS message ON message.run_key = run.run_key
LEFT JOIN (
    SELECT run_key, bool_or(ok_at IS NOT NULL) AS is_ok, min(first_position) AS first_position, max(last_position) AS last_position
    FROM call_base WHERE run_key IS NOT NULL GROUP BY run_key
) AS call ON call.run_key = run.run_key
LEFT JOIN (
    SELECT run_key, count(*) AS n, min(position) AS first_position, max(position) AS last_position FROM goal_base GROUP BY run_key
) AS goal ON goal.run_key = run.run_key
LEFT JOIN (
    SELECT run_key, max_by(element_id, moment) AS element_id,
           min((moment % later_unit())::BIGINT) AS first_position, max((moment % later_unit())::BIGINT) AS last_position
    FROM arrival_base GROUP BY run_key
) AS place ON place.run_key = run.run_key
LEFT JOIN (
    SELECT arrival_base.run_key, min_by(arms.name, arrival_base.moment * 1000 + arms.ordinal) AS name
    FROM arrival_base
    JOIN run_start ON run_start.run_key = arrival_base.run_key
    JOIN arms ON arms.journey_id = run_start.journey_id AND arms.version = run_start.version AND arms.element_id = arrival_base.element_id
    GROUP BY arrival_base.run_key
) AS arm ON arm.run_key = run.run_key
