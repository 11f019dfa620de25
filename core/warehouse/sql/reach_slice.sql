-- grain:  one row a (series, day, previous_day)
-- inputs: presence_slice, run_place, reach_scopes
-- output: series, day, previous_day (null: first), n people
-- why:    in any range exactly one day a profile has its previous day, in exactly this scope, before the range, so n adds up to people (design §5).
--         The engine runs it a slice of presence at a time: one measure and basis; only the two measures that have a channel go by it.
SELECT series, day, previous_day, count(*) AS n
FROM (
    SELECT series, day, lag(day) OVER (PARTITION BY series, profile_key ORDER BY day) AS previous_day
    FROM (
        SELECT DISTINCT scopes.series, slice.profile_key, slice.day
        FROM (
            SELECT DISTINCT slice.measure, run_place.place, slice.channel, slice.profile_key, slice.day
            FROM presence_slice AS slice JOIN run_place ON run_place.run_key = slice.run_key
        ) AS slice
        JOIN reach_scopes AS scopes ON scopes.place = slice.place AND scopes.channel IS NOT DISTINCT FROM slice.channel
        WHERE slice.measure IN ('profiles_messaged', 'profiles_viewing') OR scopes.scope NOT LIKE '%_channel'
    ) AS profile_days
) AS with_previous
GROUP BY series, day, previous_day
