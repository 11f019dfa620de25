-- grain:  one row a (scope, place, channel)
-- inputs: places, messages
-- output: scope, place, channel, the columns that the scope shows, and series: the number of what the scope tells apart
SELECT scope, place, channel, sub_account_id, journey_id, version, arm, shown_channel,
       dense_rank() OVER (ORDER BY scope, journey_id, sub_account_id, version, arm, shown_channel) AS series
FROM (
    SELECT places.place, channels.channel, scopes.scope,
           CASE WHEN scopes.by_sub_account THEN places.sub_account_id END AS sub_account_id, CASE WHEN scopes.by_journey THEN places.journey_id END AS journey_id,
           CASE WHEN scopes.by_version THEN places.version END AS version, CASE WHEN scopes.by_arm THEN places.arm END AS arm,
           CASE WHEN scopes.by_channel THEN channels.channel END AS shown_channel
    FROM places
    CROSS JOIN (SELECT DISTINCT channel FROM messages UNION SELECT NULL) AS channels
    CROSS JOIN (VALUES
        ('account', FALSE, FALSE, FALSE, FALSE, FALSE), ('sub_account', TRUE, FALSE, FALSE, FALSE, FALSE), ('journey', FALSE, TRUE, FALSE, FALSE, FALSE),
        ('journey_version', FALSE, TRUE, TRUE, FALSE, FALSE), ('journey_arm', FALSE, TRUE, FALSE, TRUE, FALSE), ('journey_version_arm', FALSE, TRUE, TRUE, TRUE, FALSE),
        ('account_channel', FALSE, FALSE, FALSE, FALSE, TRUE), ('sub_account_channel', TRUE, FALSE, FALSE, FALSE, TRUE), ('journey_channel', FALSE, TRUE, FALSE, FALSE, TRUE),
        ('journey_version_channel', FALSE, TRUE, TRUE, FALSE, TRUE), ('journey_arm_channel', FALSE, TRUE, FALSE, TRUE, TRUE),
        ('journey_version_arm_channel', FALSE, TRUE, TRUE, TRUE, TRUE)
    ) AS scopes(scope, by_sub_account, by_journey, by_version, by_arm, by_channel)
) AS masked
