-- grain:  one row an event that names a run (journey, entry_id) which the log does not know yet
-- inputs: event_run
-- output: position, journey_id, entry_id
-- why:    an increment that brings the run looks here for what waited for it, instead of reading the whole log again
SELECT position, journey_id, entry_id FROM event_run WHERE run_key IS NULL AND journey_id IS NOT NULL AND entry_id IS NOT NULL
