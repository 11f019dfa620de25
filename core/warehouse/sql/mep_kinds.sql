-- grain:  one row a (month, sub-account or all of them) with a run that started in the month
-- inputs: mep_pair, month_message, month_line
-- output: month, is_whole, sub_account_id; of each rule of counting that is about people with an entry: whom, what of it, and their lines
-- why:    the rules that the page MEP consumption shows (core.metrics.mep_rules); whoever asks first need not wait for a count of everybody
SELECT month, is_whole, sub_account_id,
       count(*) FILTER (WHERE entries > 1) AS people_entries, coalesce(sum(entries) FILTER (WHERE entries > 1), 0)::BIGINT AS counted_entries,
       coalesce(sum(lines) FILTER (WHERE entries > 1), 0)::BIGINT AS mep_entries,
       count(*) FILTER (WHERE journeys > 1) AS people_journeys, coalesce(sum(journeys) FILTER (WHERE journeys > 1), 0)::BIGINT AS counted_journeys,
       coalesce(sum(lines) FILTER (WHERE journeys > 1), 0)::BIGINT AS mep_journeys,
       count(*) FILTER (WHERE channels > 1) AS people_channels, coalesce(sum(channels) FILTER (WHERE channels > 1), 0)::BIGINT AS counted_channels,
       coalesce(sum(lines) FILTER (WHERE channels > 1), 0)::BIGINT AS mep_channels,
       count(*) FILTER (WHERE messages = 0) AS people_silent, coalesce(sum(entries) FILTER (WHERE messages = 0), 0)::BIGINT AS counted_silent,
       coalesce(sum(lines) FILTER (WHERE messages = 0), 0)::BIGINT AS mep_silent,
       count(*) FILTER (WHERE has_no_send) AS people_no_send, coalesce(sum(entries) FILTER (WHERE has_no_send), 0)::BIGINT AS counted_no_send,
       coalesce(sum(lines) FILTER (WHERE has_no_send), 0)::BIGINT AS mep_no_send
FROM (
    SELECT person.month, person.is_whole, person.sub_account_id, entries, journeys, messages, has_no_send, channels, lines
    FROM (
        SELECT month, is_whole, sub_account_id, profile_key, sum(entries)::BIGINT AS entries, count(*) AS journeys, sum(messages)::BIGINT AS messages,
               bool_and(has_no_send) AS has_no_send
        FROM mep_pair GROUP BY month, is_whole, sub_account_id, profile_key
    ) AS person
    LEFT JOIN (
        SELECT month, is_whole, sub_account_id, profile_key, count(DISTINCT channel) AS channels
        FROM month_message GROUP BY month, is_whole, sub_account_id, profile_key HAVING count(DISTINCT channel) > 1
    ) AS many
        ON many.month = person.month AND many.is_whole = person.is_whole AND many.sub_account_id IS NOT DISTINCT FROM person.sub_account_id
        AND many.profile_key = person.profile_key
    LEFT JOIN (SELECT month, profile_key, count(*) AS lines FROM month_line GROUP BY month, profile_key) AS line
        ON line.month = person.month AND line.profile_key = person.profile_key
) AS known
GROUP BY month, is_whole, sub_account_id
