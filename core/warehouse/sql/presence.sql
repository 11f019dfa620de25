-- grain:  one row a row of a people measure: who was there on which local day, in which run, over which channel
-- inputs: runs, messages, goals, calls
-- output: measure, basis, profile_key, run_key, channel, day
-- why:    reach is built of these days; entered: the run's day, happened: the day of the measure's own rows (design §5). profiles_in_journey is the same on
--         both bases and is kept once.
SELECT 'profiles_in_journey' AS measure, 'entered' AS basis, profile_key, run_key, NULL::VARCHAR AS channel, run_day AS day FROM runs
UNION ALL
SELECT 'profiles_exited', 'entered', profile_key, run_key, NULL, run_day FROM runs WHERE is_exit_point
UNION ALL
SELECT 'profiles_exited', 'happened', profile_key, run_key, NULL, exit_day FROM runs WHERE is_exit_point
UNION ALL
SELECT 'active_profiles', 'entered', profile_key, run_key, NULL, run_day FROM runs WHERE is_active
UNION ALL
SELECT 'active_profiles', 'happened', profile_key, run_key, NULL, viewed_day FROM messages WHERE viewed_day IS NOT NULL
UNION ALL
SELECT 'active_profiles', 'happened', profile_key, run_key, NULL, ok_day FROM calls WHERE ok_day IS NOT NULL AND run_key IS NOT NULL
UNION ALL
SELECT 'goal_performers', 'entered', profile_key, run_key, NULL, run_day FROM goals
UNION ALL
SELECT 'goal_performers', 'happened', profile_key, run_key, NULL, performed_day FROM goals
UNION ALL
SELECT 'profiles_messaged', 'entered', profile_key, run_key, channel, run_day FROM messages WHERE sent_day IS NOT NULL
UNION ALL
SELECT 'profiles_messaged', 'happened', profile_key, run_key, channel, sent_day FROM messages WHERE sent_day IS NOT NULL
UNION ALL
SELECT 'profiles_viewing', 'entered', profile_key, run_key, channel, run_day FROM messages WHERE viewed_day IS NOT NULL
UNION ALL
SELECT 'profiles_viewing', 'happened', profile_key, run_key, channel, viewed_day FROM messages WHERE viewed_day IS NOT NULL
