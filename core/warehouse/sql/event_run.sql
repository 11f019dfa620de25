-- grain:  one row an event that is no journey.entered
-- inputs: event, known_run, found
-- output: the event with moment (its place in time) and run_key: the run that it finds by itself, null where none
SELECT event.position, event.event_type, event.occurred_at, moment_of(event.occurred_at, event.position) AS moment,
       event.source, event.journey_id, event.entry_id, event.profile_id, event.element_id, event.channel, event.sender, event.message_id, event.status,
       event.reason, event.url, event.direction, event.is_machine, event.cost_amount, event.cost_currency, event.name, event.value_amount, event.value_currency,
       event.call_id, event.input, event.collect_name, event.next_element_id, event.duration_s,
       coalesce(by_entry.run_key, by_profile.run_key) AS run_key
FROM event
LEFT JOIN known_run AS by_entry ON by_entry.journey_id = event.journey_id AND by_entry.entry_id = event.entry_id
LEFT JOIN found AS by_profile ON by_profile.position = event.position AND by_profile.journey_id = event.journey_id AND event.entry_id IS NULL
WHERE event.event_type <> 'journey.entered'
