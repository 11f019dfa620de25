-- grain:  one row a (source, local day of its events)
-- inputs: event
-- output: source, day, events, last_occurred_at and last_received_at of the day's events
-- why:    what each feed brings, and since when one is silent; rows of several builds merge by sum and maximum
SELECT source, local_day(occurred_at) AS day, count(*) AS events, max(occurred_at) AS last_occurred_at, max(received_at) AS last_received_at
FROM event
GROUP BY source, local_day(occurred_at)
