-- grain:  one row a probe that found a run
-- inputs: probe, known_run
-- output: position, journey_id, run_key
-- why:    the latest run of that journey and profile, of either kind, that started at or before the event; of runs that started together
--         the one whose earliest entered event has the highest position (interface §3)
SELECT position, journey_id, found_key AS run_key
FROM (
    SELECT position, journey_id, run_key,
           last_value(run_key IGNORE NULLS) OVER (
               PARTITION BY journey_id, profile_id ORDER BY seen_at, is_probe, moment, position ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
           ) AS found_key,
           is_probe
    FROM (
        SELECT position, journey_id, profile_id, occurred_at AS seen_at, 1 AS is_probe, NULL AS moment, NULL AS run_key FROM probe
        UNION ALL
        SELECT NULL, known.journey_id, known.profile_id, known.started_at, 0, known.start_moment, known.run_key
        FROM known_run AS known
        SEMI JOIN probe ON probe.journey_id = known.journey_id AND probe.profile_id = known.profile_id
    ) AS both_kinds
) AS ordered
WHERE is_probe = 1 AND found_key IS NOT NULL
