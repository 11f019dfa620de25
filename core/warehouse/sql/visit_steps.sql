-- grain:  one row a (basis, day, journey, element, step of time)
-- inputs: visits
-- output: least_s, the least second of the step (durations.STEPS), and n ended visits that lasted as long, by the day that places the visit
-- why:    the step that holds the middle of all visits is found without them; their seconds are read in that step alone, so a median is exact and quick
SELECT basis, day, journey_id, element_id, least_s, count(*) AS n
FROM (
    SELECT placed.basis, placed.day, placed.journey_id, placed.element_id,
           CASE WHEN placed.seconds < 60 THEN placed.seconds
                WHEN placed.seconds < 600 THEN placed.seconds - placed.seconds % 60
                WHEN placed.seconds < 3600 THEN placed.seconds - placed.seconds % 300
                WHEN placed.seconds < 86400 THEN placed.seconds - placed.seconds % 900
                WHEN placed.seconds < 604800 THEN placed.seconds - placed.seconds % 3600
                WHEN placed.seconds < 2592000 THEN placed.seconds - placed.seconds % 21600
                ELSE placed.seconds - placed.seconds % 86400 END AS least_s
    FROM (
        SELECT 'entered' AS basis, run_day AS day, journey_id, element_id, seconds FROM visits WHERE seconds IS NOT NULL
        UNION ALL
        SELECT 'happened', arrived_day, journey_id, element_id, seconds FROM visits WHERE seconds IS NOT NULL
    ) AS placed
) AS stepped
GROUP BY basis, day, journey_id, element_id, least_s
