-- grain:  one row a series
-- inputs: reach_scopes
-- output: series, kin: the first of the series of like scopes that are made of the same places and channels, and so have the same cells
-- why:    where a journey has one version, or no arms, or an account no sub-accounts, several scopes tell the same people apart: they are counted once
SELECT series, min(series) OVER (PARTITION BY is_wide, is_by_channel, members) AS kin
FROM (
    SELECT series, scope NOT LIKE 'journey%' AS is_wide, scope LIKE '%_channel' AS is_by_channel,
           list({'place': place, 'channel': channel} ORDER BY place, channel) AS members
    FROM reach_scopes
    GROUP BY series, is_wide, is_by_channel
) AS described
