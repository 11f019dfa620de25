-- grain:  one row a (month, sub-account or all of them, journey) with a run that started in the month
-- inputs: mep_pair
-- output: month, is_whole, sub_account_id, journey_id, engaged (its people), alone (those of them who are in no other journey there)
-- why:    people of journeys do not add up; counted once here, they are not counted again by whoever asks first
SELECT month, is_whole, sub_account_id, journey_id, sum(engaged)::BIGINT AS engaged, sum(alone)::BIGINT AS alone
FROM (
    SELECT month, is_whole, sub_account_id, journey_id, count(*) AS engaged, 0 AS alone
    FROM mep_pair GROUP BY month, is_whole, sub_account_id, journey_id
    UNION ALL
    SELECT month, is_whole, sub_account_id, journey_id, 0, count(*)
    FROM (
        SELECT month, is_whole, sub_account_id, min(journey_id) AS journey_id
        FROM mep_pair GROUP BY month, is_whole, sub_account_id, profile_key HAVING count(*) = 1
    ) AS of_one
    GROUP BY month, is_whole, sub_account_id, journey_id
) AS both_parts
GROUP BY month, is_whole, sub_account_id, journey_id
