-- grain:  one row a (day, journey, version, sub-account, arm, step, step that followed it) of runs that arrived at no element
-- inputs: runs, messages, goals
-- output: from_step (null: the run's first), to_step (null: its last so far), n times that the one followed the other, by the day on which the run started
-- why:    the map learned from events, where none names an element. A step is an entry, a rung of a message by channel, a goal or an exit; at one moment they
--         come in this order, an exit last. A run is followed here or in `moves`, so that what names its elements costs nothing
WITH unplaced AS (
    SELECT run_key, journey_id, version, sub_account_id, arm, run_day, started_at, exited_at, exit_reason FROM runs WHERE at_element_id IS NULL
),
rung AS (
    SELECT message.run_key, rungs.place, rungs.name || coalesce(' ' || message.channel, '') AS step,
           CASE rungs.name WHEN 'sent' THEN message.sent_at WHEN 'delivered' THEN message.delivered_at WHEN 'viewed' THEN message.viewed_at
                WHEN 'clicked' THEN message.clicked_at WHEN 'replied' THEN message.replied_at WHEN 'failed' THEN message.failed_at END AS happened_at
    FROM messages AS message
    JOIN unplaced ON unplaced.run_key = message.run_key
    CROSS JOIN (VALUES (1, 'sent'), (2, 'delivered'), (3, 'viewed'), (4, 'clicked'), (5, 'replied'), (6, 'failed')) AS rungs(place, name)
),
happened AS (
    SELECT run_key, 0 AS place, 'entered' AS step, started_at AS happened_at FROM unplaced
    UNION ALL
    SELECT run_key, place, step, happened_at FROM rung WHERE happened_at IS NOT NULL
    UNION ALL
    SELECT goal.run_key, 8, 'goal ' || goal.name, goal.performed_at FROM goals AS goal JOIN unplaced ON unplaced.run_key = goal.run_key
    UNION ALL
    SELECT run_key, 9, 'exited ' || exit_reason, exited_at FROM unplaced WHERE exited_at IS NOT NULL
),
followed AS (
    SELECT run_key, step, lag(step) OVER (PARTITION BY run_key ORDER BY happened_at, place, step) AS before_step,
           lead(step) OVER (PARTITION BY run_key ORDER BY happened_at, place, step) IS NULL AS is_last
    FROM happened
)
SELECT run.run_day AS day, run.journey_id, run.version, run.sub_account_id, run.arm, line.from_step, line.to_step, count(*) AS n
FROM (
    SELECT run_key, before_step AS from_step, step AS to_step FROM followed
    UNION ALL
    SELECT run_key, step, NULL FROM followed WHERE is_last
) AS line
JOIN unplaced AS run ON run.run_key = line.run_key
GROUP BY run.run_day, run.journey_id, run.version, run.sub_account_id, run.arm, line.from_step, line.to_step
