-- grain:  one row a run: the entry that bills, its first received entered event
-- inputs: event, run_base, profiles, journeys, document_names
-- output: one candidate line of the ledger; campaign_name as the log knew it when the record came
-- why:    the name in the newest document that the log held before the line's record, else in the first one put, else the id (interface §3)
SELECT
    date_trunc('month', local_day(event.occurred_at))::DATE AS month, profiles.profile_key, event.position,
    event.occurred_at AS engaged_at, local_day(event.occurred_at) AS engaged_day, event.received_at AS billed_at, event.journey_id,
    coalesce(named.name, event.journey_id) AS campaign_name,
    coalesce(event.sub_account_id, journeys.sub_account_id) AS sub_account_id,
    event.received_at >= local_month_end(event.occurred_at) AS is_late
FROM event
JOIN run_base ON run_base.run_key = event.position
JOIN profiles ON profiles.profile_id = event.profile_id
LEFT JOIN journeys ON journeys.journey_id = event.journey_id
LEFT JOIN document_names AS named
    ON named.journey_id = event.journey_id AND event.position > named.after_position AND (named.until_position IS NULL OR event.position <= named.until_position)
WHERE event.event_type = 'journey.entered'
