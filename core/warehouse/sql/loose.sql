-- grain:  one row a message or call that belongs to nothing yet: (source, message_id), or the event itself where it has no message_id
-- inputs: event_run, message_base, call_base
-- output: kind, source, id, first_position, last_position, day (of a message: it was sent, else of its earliest event)
-- why:    an increment that brings it a run has to know from where on the log holds its other events; a message without an entry is no MEP (design §6)
SELECT 'message' AS kind, event.source, event.message_id AS id, min(event.position) AS first_position, max(event.position) AS last_position,
       local_day(coalesce(min(event.occurred_at) FILTER (WHERE event.event_type = 'message.sent'), min(event.occurred_at))) AS day
FROM event_run AS event
ANTI JOIN (SELECT source, message_id FROM message_base WHERE message_id IS NOT NULL) AS known ON known.source = event.source AND known.message_id = event.message_id
WHERE event.event_type LIKE 'message.%' AND (event.message_id IS NOT NULL OR event.run_key IS NULL)
GROUP BY event.source, event.message_id, CASE WHEN event.message_id IS NULL THEN event.position END
UNION ALL
SELECT 'call', event.source, event.call_id, min(event.position), max(event.position), local_day(min(event.occurred_at))
FROM event_run AS event
ANTI JOIN call_base AS known ON known.source = event.source AND known.call_id = event.call_id
WHERE event.event_type LIKE 'call.%'
GROUP BY event.source, event.call_id
