-- grain:  one row a (slice, place, channel, person, local day) of the people whose days moved
-- inputs: people_presence, slices, people_place, moved_slice
-- output: slice, place, channel, person (a small number instead of a profile_key, for the windows), day, side (bits: 1 there before, 2 there now),
--         in_journey (the days in this journey moved, not only in another)
-- why:    kept are the days from the first that moved to the last and, of each place and channel, the nearest before and the nearest after: in any scope
--         a day's previous one is among these, as the latest of the nearest, and what lies further off has the same previous day before and now
SELECT gathered.slice, gathered.place, gathered.channel, gathered.person, gathered.day, gathered.side,
       in_journey.person IS NOT NULL AS in_journey
FROM (
    SELECT slice, place, journey_id, channel, person, CASE WHEN stretch = DATE '0001-01-01' THEN max(day) ELSE min(day) END AS day, bit_or(side) AS side
    FROM (
        SELECT slices.slice, run.place, run.journey_id, presence.channel, moved.person, presence.day, presence.side,
               CASE WHEN presence.day < moved.first_day THEN DATE '0001-01-01' WHEN presence.day > moved.last_day THEN DATE '9999-12-31'
                    ELSE presence.day END AS stretch
        FROM people_presence AS presence
        JOIN slices ON slices.measure = presence.measure AND slices.basis = presence.basis
        JOIN (
            SELECT slice, person, profile_key, min(first_day) AS first_day, max(last_day) AS last_day FROM moved_slice GROUP BY slice, person, profile_key
        ) AS moved
            ON moved.slice = slices.slice AND moved.profile_key = presence.profile_key
        JOIN people_place AS run ON run.run_key = presence.run_key AND run.side = presence.side
    ) AS placed
    GROUP BY slice, place, journey_id, channel, person, stretch
) AS gathered
LEFT JOIN moved_slice AS in_journey
    ON in_journey.slice = gathered.slice AND in_journey.person = gathered.person AND in_journey.journey_id = gathered.journey_id
