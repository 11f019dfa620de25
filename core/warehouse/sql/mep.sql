-- grain:  one row a (profile, month of the account's zone)
-- inputs: mep_entry
-- output: month, profile_key, position, engaged_at, engaged_day, billed_at, journey_id, campaign_name, sub_account_id, is_late
-- why:    the first received entry of the month bills and gives the line all that it says
SELECT mep_entry.*
FROM mep_entry
JOIN (SELECT month, profile_key, min(position) AS position FROM mep_entry GROUP BY month, profile_key) AS billing
    ON billing.month = mep_entry.month AND billing.profile_key = mep_entry.profile_key AND billing.position = mep_entry.position
