-- grain:  one row a run, as its journey.entered events alone tell it
-- inputs: event
-- output: run_key (first received entered event), identity, profile_id and start (of the earliest), the version and sub-account named, and the entry that bills
-- why:    with an entry_id the run is (journey, entry_id); without one each entered event is a run (interface §3)
SELECT
    min(position) AS run_key,
    journey_id,
    entry_id,
    min_by(profile_id, moment) AS profile_id,
    min(occurred_at) AS started_at,
    min(moment) AS start_moment,
    min_by(journey_version, moment) FILTER (WHERE journey_version IS NOT NULL) AS version_named,
    min_by(sub_account_id, moment) FILTER (WHERE sub_account_id IS NOT NULL) AS sub_account_named,
    max(position) AS last_position
FROM (
    SELECT position, occurred_at, moment_of(occurred_at, position) AS moment, journey_id, entry_id, profile_id, journey_version, sub_account_id,
           CASE WHEN entry_id IS NULL THEN position END AS own
    FROM event
    WHERE event_type = 'journey.entered'
) AS entered
GROUP BY journey_id, entry_id, own
