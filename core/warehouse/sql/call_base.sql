-- grain:  one row a call (source, call_id) that belongs to a run or, without one, to a journey that its events name
-- inputs: event_run
-- output: call_key, identity, run_key or journey_id, direction, sender, outcome, duration, what the caller reached, cost
-- why:    interface §3: run, sender and direction of its earliest event that finds a run; outcome and duration of its latest call.ended
SELECT
    min(position) AS call_key,
    source,
    call_id,
    min_by(run_key, moment) FILTER (WHERE run_key IS NOT NULL) AS run_key,
    min_by(journey_id, moment) FILTER (WHERE journey_id IS NOT NULL) AS journey_named,
    coalesce(
        (min_by({'value': direction}, moment) FILTER (WHERE run_key IS NOT NULL)).value,
        min_by(direction, moment) FILTER (WHERE direction IS NOT NULL)
    ) AS direction,
    coalesce(
        (min_by({'value': sender}, moment) FILTER (WHERE run_key IS NOT NULL)).value,
        min_by(sender, moment) FILTER (WHERE sender IS NOT NULL)
    ) AS sender,
    max_by({'status': status, 'duration_s': duration_s}, moment) FILTER (WHERE event_type = 'call.ended') AS ending,
    bool_or(event_type IN ('call.answered', 'call.menu_entered', 'call.input', 'call.collected')) AS has_answer,
    min_by(element_id, moment) FILTER (WHERE element_id IS NOT NULL AND event_type IN ('call.menu_entered', 'call.input', 'call.collected')) AS first_element_id,
    max_by(element_id, moment) FILTER (WHERE element_id IS NOT NULL AND event_type IN ('call.menu_entered', 'call.input', 'call.collected')) AS last_element_id,
    min(occurred_at) AS started_at,
    min(occurred_at) FILTER (WHERE event_type = 'call.answered') AS answered_at,
    min(occurred_at) FILTER (WHERE event_type IN ('call.input', 'call.collected') AND coalesce(status, 'ok') = 'ok') AS ok_at,
    max_by(cost_amount, position) FILTER (WHERE cost_amount IS NOT NULL) AS cost_amount,
    max_by(coalesce(cost_currency, account_currency()), position) FILTER (WHERE cost_amount IS NOT NULL) AS cost_currency,
    min(position) AS first_position,
    max(position) AS last_position
FROM event_run
WHERE event_type LIKE 'call.%'
GROUP BY source, call_id
HAVING count(run_key) > 0 OR count(journey_id) > 0
