-- grain:  one row an event that names a journey and is in no run or journey's call, neither by itself nor through its message or call
-- inputs: event_run, message_base
-- output: position, event_type, source, occurred_at, journey_id, profile_id, entry_id, message_id, call_id
-- why:    counted on the Trust page, in no measure; an event.performed is never one, and a call event that names a journey is at least its journey's call
SELECT event.position, event.event_type, event.source, event.occurred_at, event.journey_id, event.profile_id, event.entry_id, event.message_id, event.call_id
FROM event_run AS event
LEFT JOIN (SELECT source, message_id FROM message_base WHERE message_id IS NOT NULL) AS known ON known.source = event.source AND known.message_id = event.message_id
WHERE event.journey_id IS NOT NULL AND event.run_key IS NULL AND known.source IS NULL
  AND event.event_type <> 'event.performed' AND event.event_type NOT LIKE 'call.%'
