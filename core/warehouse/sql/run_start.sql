-- grain:  one row a run
-- inputs: run_base, profiles, versions, journeys
-- output: run_base with profile_key, version and sub_account_id decided
-- why:    version: named by an entered event, else in force at the start, else the catalog's lowest published one, else its lowest (interface §3)
SELECT
    base.run_key, base.journey_id, base.entry_id, base.profile_id, profiles.profile_key, base.started_at, base.start_moment, base.last_position,
    coalesce(base.version_named, in_force.version, fallback.version) AS version,
    coalesce(base.sub_account_named, journeys.sub_account_id) AS sub_account_id
FROM run_base AS base
JOIN profiles ON profiles.profile_id = base.profile_id
LEFT JOIN journeys ON journeys.journey_id = base.journey_id
LEFT JOIN (
    SELECT journey_id, version, published_at, lead(published_at) OVER (PARTITION BY journey_id ORDER BY published_at, version) AS until
    FROM versions
    WHERE is_catalogued AND published_at IS NOT NULL
) AS in_force
    ON in_force.journey_id = base.journey_id AND base.started_at >= in_force.published_at AND (in_force.until IS NULL OR base.started_at < in_force.until)
LEFT JOIN (
    SELECT journey_id, coalesce(min(version) FILTER (WHERE published_at IS NOT NULL), min(version)) AS version
    FROM versions
    WHERE is_catalogued
    GROUP BY journey_id
) AS fallback ON fallback.journey_id = base.journey_id
