-- grain:  one row a (slice, series, day, previous_day) whose number of people changed
-- inputs: reach_people, reach_scopes, reach_kin, slices
-- output: slice, series, day, previous_day (null: first), n people more or, where negative, fewer
-- why:    both sides go through one window: a day that is there before and now, each time after the same day, changes nothing and goes no further;
--         neither do the people of a series who have no other day in it than before
WITH member AS (
    SELECT there.slice, scopes.series::INTEGER AS series, there.person, there.day, there.side
    FROM reach_people AS there
    JOIN slices ON slices.slice = there.slice
    JOIN reach_scopes AS scopes ON scopes.place = there.place AND scopes.channel IS NOT DISTINCT FROM there.channel
    JOIN reach_kin AS kin ON kin.series = scopes.series AND kin.kin = kin.series
    WHERE (there.in_journey OR scopes.scope NOT LIKE 'journey%') AND (slices.has_channel OR scopes.scope NOT LIKE '%_channel')
),
profile_days AS (
    SELECT member.slice, member.series, member.person, member.day, bit_or(member.side) AS side
    FROM member
    SEMI JOIN (SELECT slice, series, person FROM member WHERE side <> 3) AS changed
        ON changed.slice = member.slice AND changed.series = member.series AND changed.person = member.person
    GROUP BY member.slice, member.series, member.person, member.day
),
with_previous AS (
    SELECT slice, series, day, side,
           lag(CASE WHEN side IN (1, 3) THEN day END IGNORE NULLS) OVER earlier AS before,
           lag(CASE WHEN side IN (2, 3) THEN day END IGNORE NULLS) OVER earlier AS now
    FROM profile_days
    WINDOW earlier AS (PARTITION BY slice, series, person ORDER BY day)
)
SELECT cell.slice, kin.series, cell.day, cell.previous_day, cell.n
FROM (
    SELECT slice, series, day, previous_day, sum(n)::BIGINT AS n
    FROM (
        SELECT slice, series, day, before AS previous_day, -1 AS n FROM with_previous WHERE side IN (1, 3) AND (side = 1 OR before IS DISTINCT FROM now)
        UNION ALL
        SELECT slice, series, day, now, 1 FROM with_previous WHERE side IN (2, 3) AND (side = 2 OR before IS DISTINCT FROM now)
    ) AS either
    GROUP BY slice, series, day, previous_day
    HAVING sum(n) <> 0
) AS cell
JOIN reach_kin AS kin ON kin.kin = cell.series
