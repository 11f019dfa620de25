-- grain:  one row a (source, local day of its events)
-- inputs: event
-- output: source, day, events, last_occurred_at and last_received_at of the day's events, and how many were received within an hour, a day, a week of it
-- why:    what each feed brings, how late, and since when one is silent; rows of several builds merge by sum and maximum
SELECT source, local_day(occurred_at) AS day, count(*) AS events, max(occurred_at) AS last_occurred_at, max(received_at) AS last_received_at,
       count(*) FILTER (WHERE epoch_us(received_at) - epoch_us(occurred_at) <= 3600000000) AS within_hour,
       count(*) FILTER (WHERE epoch_us(received_at) - epoch_us(occurred_at) <= 86400000000) AS within_day,
       count(*) FILTER (WHERE epoch_us(received_at) - epoch_us(occurred_at) <= 604800000000) AS within_week
FROM event
GROUP BY source, local_day(occurred_at)
