-- grain:  one row a (measure, basis, scope, what the scope tells apart, day, previous_day)
-- inputs: reach_series, reach_cells
-- output: measure, basis, scope, sub_account_id, journey_id, version, arm, channel, day, previous_day, n
-- why:    the rollup of people as it is asked: a view over whole numbers; profiles_in_journey counts by the run's start on both bases
SELECT series.measure, series.basis, series.scope, series.sub_account_id, series.journey_id, series.version, series.arm, series.channel,
       cells.day, cells.previous_day, cells.n
FROM (
    SELECT series_key, measure, basis, scope, sub_account_id, journey_id, version, arm, channel FROM reach_series
    UNION ALL
    SELECT series_key, measure, 'happened', scope, sub_account_id, journey_id, version, arm, channel FROM reach_series WHERE measure = 'profiles_in_journey'
) AS series
JOIN reach_cells AS cells ON cells.series_key = series.series_key
