-- grain:  one row a (slice, place, channel, profile, local day) of the people whose days moved
-- inputs: people_presence, slices, people_place, moved_slice
-- output: slice, place, channel, profile_key, day, side (bits: 1 there before, 2 there now), in_journey (the days in this journey moved, not only in another)
SELECT gathered.slice, gathered.place, gathered.channel, gathered.profile_key, gathered.day, gathered.side,
       in_journey.profile_key IS NOT NULL AS in_journey
FROM (
    SELECT slices.slice, person.place, person.journey_id, presence.channel, presence.profile_key, presence.day, bit_or(presence.side) AS side
    FROM people_presence AS presence
    JOIN slices ON slices.measure = presence.measure AND slices.basis = presence.basis
    JOIN people_place AS person ON person.run_key = presence.run_key AND person.side = presence.side
    JOIN (SELECT DISTINCT slice, profile_key FROM moved_slice) AS moved ON moved.slice = slices.slice AND moved.profile_key = presence.profile_key
    GROUP BY slices.slice, person.place, person.journey_id, presence.channel, presence.profile_key, presence.day
) AS gathered
LEFT JOIN moved_slice AS in_journey
    ON in_journey.slice = gathered.slice AND in_journey.profile_key = gathered.profile_key AND in_journey.journey_id = gathered.journey_id
