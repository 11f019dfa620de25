-- grain:  one row a (goal event, run it counts for)
-- inputs: event, known_run, found, versions
-- output: position, run_key, name, performed_at, value_amount, value_currency
-- why:    the run is chosen first, then it counts or counts for no run of that journey: the name of the version's goal, the run's profile, start ≤ time ≤ start
--         + within_days × 24 h (interface §3)
SELECT chosen.position, chosen.run_key, chosen.name, chosen.occurred_at AS performed_at, chosen.value_amount,
       CASE WHEN chosen.value_amount IS NOT NULL THEN coalesce(chosen.value_currency, account_currency()) END AS value_currency
FROM (
    SELECT event.position, known.run_key, event.name, event.occurred_at, event.profile_id, event.value_amount, event.value_currency
    FROM event
    JOIN known_run AS known ON known.journey_id = event.journey_id AND known.entry_id = event.entry_id
    WHERE event.event_type = 'event.performed'
    UNION ALL
    SELECT event.position, found.run_key, event.name, event.occurred_at, event.profile_id, event.value_amount, event.value_currency
    FROM event
    JOIN found ON found.position = event.position
    WHERE event.event_type = 'event.performed'
) AS chosen
JOIN known_run AS run ON run.run_key = chosen.run_key
JOIN versions ON versions.journey_id = run.journey_id AND versions.version = run.version
WHERE versions.goal_event = chosen.name
  AND (chosen.profile_id IS NULL OR chosen.profile_id = run.profile_id)
  AND chosen.occurred_at >= run.started_at
  AND (versions.within_days IS NULL OR epoch_us(chosen.occurred_at) - epoch_us(run.started_at) <= round(versions.within_days * 86400000000))
