-- grain:  one row an arrival that begins a visit
-- inputs: arrival_base, runs
-- output: the run's attributes, element, arrival; seconds (whole, cut) once the visit has ended
-- why:    a visit lasts to the run's next arrival, or to its exit where that comes first; an arrival at the time of the exit or later begins none
SELECT
    run.run_key, run.profile_key, run.journey_id, run.version, run.sub_account_id, run.arm, run.run_day, run.run_hour,
    (arrival.moment % later_unit())::BIGINT AS position, arrival.element_id, time_of(arrival.moment) AS arrived_at, local_day(time_of(arrival.moment)) AS arrived_day,
    (epoch_us(least(time_of(arrival.next_moment), run.exited_at)) - epoch_us(time_of(arrival.moment))) // 1000000 AS seconds
FROM (
    SELECT run_key, element_id, moment, lead(moment) OVER (PARTITION BY run_key ORDER BY moment) AS next_moment FROM arrival_base
) AS arrival
JOIN runs AS run ON run.run_key = arrival.run_key
WHERE run.exited_at IS NULL OR time_of(arrival.moment) < run.exited_at
