"""An increment: the facts of the touched runs are made again from their events, and the rollups moved by the difference."""
from core.warehouse import reach, sqlfile, touched
from core.warehouse.engine import BASE_STEPS, FACTS, ORDER, Engine

TOUCHED_LIMIT = 0.20  # of all runs; above it a full build is the cheaper way
BY_RUN = ("runs", "messages", "clicks", "goals", "visits", "arrivals")
BY_CALL = ("calls", "call_steps")
KEPT_ASIDE = ("orphans", "pending")
IN_DAILY = ("runs", "messages", "clicks", "goals", "calls", "arrivals")
IN_PRESENCE = ("runs", "messages", "goals", "calls")


class TooMuchTouched(Exception):
    """More runs are touched than an increment is good for."""


def build(engine: Engine, after: int, limit: float) -> None:
    """Bring the copied snapshot from log position `after` to the end of `log_event`; raises TooMuchTouched over `limit` (a share of all runs)."""
    engine.run(f"CREATE OR REPLACE TABLE memory.main.fresh AS SELECT * FROM log_event WHERE position > {after}")
    name_new(engine)
    touched.find(engine, after)
    found, runs = engine.number("SELECT count(*) FROM touched"), engine.number("SELECT count(*) FROM snap.runs")
    if found > limit * runs:
        raise TooMuchTouched(f"{found} of {runs} runs")
    read_events(engine, after)
    remake(engine)
    move_rollups(engine)
    add_mep(engine)


def name_new(engine: Engine) -> None:
    """Profiles and journeys that the new records are the first to name."""
    engine.run("""INSERT INTO snap.profiles SELECT min(fresh.position), fresh.profile_id FROM fresh
                  ANTI JOIN snap.profiles AS known ON known.profile_id = fresh.profile_id WHERE fresh.profile_id IS NOT NULL GROUP BY fresh.profile_id""")
    engine.run("""INSERT INTO snap.named_journeys SELECT DISTINCT fresh.journey_id FROM fresh
                  ANTI JOIN snap.named_journeys AS known ON known.journey_id = fresh.journey_id WHERE fresh.journey_id IS NOT NULL""")


def read_events(engine: Engine, after: int) -> None:
    """`picked`, seen as `event`: all events of the touched runs, whatever leads to them, and all of the messages and calls among these."""
    engine.run("""CREATE OR REPLACE TABLE memory.main.touched_run AS
        SELECT run.run_key, run.journey_id, run.entry_id, profiles.profile_id, run.started_at, run.first_position
        FROM snap.runs AS run SEMI JOIN touched ON touched.run_key = run.run_key JOIN snap.profiles AS profiles ON profiles.profile_key = run.profile_key
        UNION ALL SELECT run_key, journey_id, entry_id, profile_id, started_at, run_key FROM changed_run""")
    engine.run("CREATE OR REPLACE TABLE memory.main.picked AS SELECT * FROM moved_event")
    first = engine.number("SELECT least((SELECT min(first_position) FROM touched_run), (SELECT min(position) FROM moved_event))")
    since = engine.rows("SELECT coalesce(min(started_at), TIMESTAMPTZ '9999-01-01')::VARCHAR FROM touched_run")[0][0]
    by_entry = "SEMI JOIN (SELECT DISTINCT journey_id, entry_id FROM touched_run) AS run ON run.journey_id = old.journey_id AND run.entry_id = old.entry_id"
    by_profile = """SEMI JOIN (SELECT DISTINCT journey_id, profile_id FROM touched_run) AS run
                    ON run.journey_id = old.journey_id AND run.profile_id = old.profile_id"""
    anywhere = """SEMI JOIN (SELECT DISTINCT run.profile_id, versions.goal_event FROM touched_run AS run
                             JOIN versions ON versions.journey_id = run.journey_id AND versions.goal_event IS NOT NULL) AS goal
                  ON goal.profile_id = old.profile_id AND goal.goal_event = old.name"""
    moved = f"old.position BETWEEN {first} AND {after} AND old.event_type <> 'event.performed'"
    performed = f"old.position <= {after} AND old.event_type = 'event.performed' AND old.occurred_at >= TIMESTAMPTZ '{since}'"
    for join, where in (
        (by_entry, moved), (by_profile, f"{moved} AND old.entry_id IS NULL"), (by_entry, performed), (by_profile, f"{performed} AND old.entry_id IS NULL"),
        (anywhere, f"{performed} AND old.journey_id IS NULL"),
    ):
        engine.run(f"""INSERT INTO memory.main.picked SELECT old.* FROM log_event AS old {join}
                       ANTI JOIN (SELECT position FROM picked) AS have ON have.position = old.position WHERE {where}""")
    touched.identities(engine, "picked")
    touched.whole(engine, "picked", after)
    engine.run("CREATE OR REPLACE VIEW memory.main.event AS SELECT * FROM picked")


def remake(engine: Engine) -> None:
    """Every fact of the touched runs, in tables of `work` named like the facts."""
    engine.step("run_base")
    engine.step("run_start")
    engine.run("DELETE FROM memory.main.run_start WHERE run_key NOT IN (SELECT run_key FROM touched)")
    touched.know(engine, changed="run_start")
    engine.view("event_run")
    for step in BASE_STEPS:
        engine.step(step)
    for aside in (*KEPT_ASIDE, "loose"):
        engine.step(aside)
    for base in ("message_base", "call_base", "goal_base", "arrival_base", "exit_base"):
        engine.run(f"DELETE FROM memory.main.{base} WHERE run_key IS NOT NULL AND run_key NOT IN (SELECT run_key FROM touched)")
    for fact in FACTS:
        if fact not in (*KEPT_ASIDE, "loose"):
            engine.step(fact)


def move_rollups(engine: Engine) -> None:
    """Facts, `daily` and `reach`: what the touched runs and their people gave before goes, what they give now comes."""
    contribute(engine, "new")
    for fact in (*BY_RUN, *BY_CALL):
        engine.run(f"ALTER TABLE memory.main.{fact} RENAME TO new_{fact}")
    engine.run("""CREATE OR REPLACE TABLE memory.main.touched_call AS
                  SELECT call_key FROM new_calls UNION SELECT call_key FROM snap.calls WHERE run_key IN (SELECT run_key FROM touched)""")
    for fact in IN_DAILY:
        key, keys = ("call_key", "touched_call") if fact in BY_CALL else ("run_key", "touched")
        engine.run(f"CREATE OR REPLACE VIEW memory.main.{fact} AS SELECT * FROM snap.{fact} WHERE {key} IN (SELECT {key} FROM {keys})")
    contribute(engine, "old")
    move_people(engine)
    people(engine)
    reach.cells(engine, "old_reach", only="moved_profile")
    merge_facts(engine)
    people(engine)
    reach.cells(engine, "new_reach", only="moved_profile")
    for fact in IN_DAILY:
        engine.run(f"DROP VIEW memory.main.{fact}")
    reach.move(engine, "new_reach", "old_reach")
    merge_daily(engine)


def contribute(engine: Engine, side: str) -> None:
    """SIDE_daily and SIDE_presence: what the facts in view, those of the touched runs, give to the rollups."""
    engine.step("daily")
    engine.run(f"ALTER TABLE memory.main.daily RENAME TO {side}_daily")
    engine.step("presence")
    engine.run(f"ALTER TABLE memory.main.presence RENAME TO {side}_presence")


def move_people(engine: Engine) -> None:
    """`moved_profile`: the (measure, basis, profile) whose days the touched runs changed: other days than before, or a run that is told apart otherwise."""
    engine.run("""CREATE OR REPLACE TABLE memory.main.told_apart AS
        SELECT new.run_key FROM new_runs AS new JOIN snap.runs AS old ON old.run_key = new.run_key
        WHERE old.version IS DISTINCT FROM new.version OR old.sub_account_id IS DISTINCT FROM new.sub_account_id OR old.arm IS DISTINCT FROM new.arm""")
    engine.run("""CREATE OR REPLACE TABLE memory.main.moved_profile AS
        SELECT measure, basis, profile_key FROM (SELECT * FROM old_presence EXCEPT SELECT * FROM new_presence) AS gone
        UNION SELECT measure, basis, profile_key FROM (SELECT * FROM new_presence EXCEPT SELECT * FROM old_presence) AS come
        UNION SELECT measure, basis, profile_key FROM new_presence WHERE run_key IN (SELECT run_key FROM told_apart)""")


def people(engine: Engine) -> None:
    """The facts of the people whose days moved, as the snapshot has them at this moment."""
    for fact in IN_PRESENCE:
        engine.run(f"CREATE OR REPLACE VIEW memory.main.{fact} AS SELECT * FROM snap.{fact} WHERE profile_key IN (SELECT profile_key FROM moved_profile)")


def merge_facts(engine: Engine) -> None:
    """Replace the facts of the touched runs and calls, and what is kept aside for the events that were read."""
    for fact in BY_RUN:
        engine.run(f"DELETE FROM snap.{fact} WHERE run_key IN (SELECT run_key FROM touched)")
    for fact in BY_CALL:
        engine.run(f"DELETE FROM snap.{fact} WHERE call_key IN (SELECT call_key FROM touched_call)")
    for fact in (*BY_RUN, *BY_CALL):
        engine.run(f"INSERT INTO snap.{fact} SELECT * FROM new_{fact}")
    for aside in KEPT_ASIDE:
        engine.run(f"DELETE FROM snap.{aside} WHERE position IN (SELECT position FROM picked)")
        engine.run(f"INSERT INTO snap.{aside} SELECT * FROM memory.main.{aside}")
    engine.run("DELETE FROM snap.loose WHERE (kind, source, id) IN (SELECT kind, source, id FROM identity)")
    engine.run("INSERT INTO snap.loose SELECT * FROM memory.main.loose")


def merge_daily(engine: Engine) -> None:
    """`daily` plus new_daily less old_daily; cells that become 0 go. Null amounts stay null: a cell without amounts has none on either side."""
    name, sums = "daily", ("n", "amount")
    keys = ", ".join(column for (column,) in engine.rows(f"SELECT column_name FROM (DESCRIBE snap.{name})") if column not in sums)
    types = {"n": "BIGINT", "amount": "DECIMAL(38, 6)"}
    added = ", ".join(f"sum({column})::{types[column]} AS {column}" for column in sums)
    negative = ", ".join(f"-{column} AS {column}" for column in sums)
    plain = ", ".join(sums)
    engine.run("SET preserve_insertion_order=true")
    engine.run(f"""CREATE OR REPLACE TABLE snap.{name}_next AS
        SELECT {keys}, {added} FROM (
            SELECT {keys}, {plain} FROM snap.{name} UNION ALL SELECT {keys}, {plain} FROM new_{name} UNION ALL SELECT {keys}, {negative} FROM old_{name}
        ) AS moved GROUP BY {keys} HAVING sum(n) <> 0 ORDER BY {ORDER[name]}""")
    engine.run("SET preserve_insertion_order=false")
    engine.run(f"DROP TABLE snap.{name}")
    engine.run(f"ALTER TABLE snap.{name}_next RENAME TO {name}")


def add_mep(engine: Engine) -> None:
    """Lines of the (profile, month) that had none: an entry received later never changes a line."""
    engine.run("CREATE OR REPLACE TABLE memory.main.run_base AS SELECT * FROM changed_run")
    engine.run("CREATE OR REPLACE VIEW memory.main.event AS SELECT * FROM fresh")
    engine.step("mep_entry")
    engine.run(f"""INSERT INTO snap.mep SELECT line.* FROM ({sqlfile.select('mep')}) AS line
                   ANTI JOIN snap.mep AS held ON held.month = line.month AND held.profile_key = line.profile_key""")
