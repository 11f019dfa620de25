-- grain:  one row an (event, journey) that has to find its run by profile and time
-- inputs: event, versions
-- output: position, journey_id, profile_id, occurred_at
-- why:    an event with journey_id alone asks in that journey; a performed event with neither asks in each journey that has a goal of its name
SELECT position, journey_id, profile_id, occurred_at
FROM event
WHERE journey_id IS NOT NULL AND entry_id IS NULL AND profile_id IS NOT NULL AND event_type <> 'journey.entered'
UNION ALL
SELECT event.position, goal.journey_id, event.profile_id, event.occurred_at
FROM event
JOIN (SELECT DISTINCT journey_id, goal_event FROM versions WHERE goal_event IS NOT NULL) AS goal ON goal.goal_event = event.name
WHERE event.event_type = 'event.performed' AND event.journey_id IS NULL AND event.profile_id IS NOT NULL
