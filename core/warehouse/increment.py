"""An increment: the facts of the touched runs are made again from their events, and the rollups moved by the difference."""
from core.warehouse import durations, mep_months, merging, moves, reach, sqlfile, touched
from core.warehouse.engine import BASE_STEPS, FACTS, SEEN_FIRST, Engine

TOUCHED_LIMIT = 0.20  # of all runs; above it a full build is the cheaper way
FAR = 8 * touched.CHUNK  # positions between the first and last record of a run that lasts long
BY_RUN = ("runs", "messages", "clicks", "goals", "visits", "arrivals")
BY_CALL = ("calls", "call_steps")
KEPT_ASIDE = ("orphans", "pending")
IN_DAILY = ("runs", "messages", "clicks", "goals", "calls", "arrivals")
IN_PRESENCE = ("runs", "messages", "goals", "calls")


class TooMuchTouched(Exception):
    """More runs are touched than an increment is good for."""


def build(engine: Engine, after: int, limit: float) -> None:
    """Bring the copied snapshot from log position `after` to the end of `log_event`; raises TooMuchTouched over `limit` (a share of all runs)."""
    engine.run("SET checkpoint_threshold='1TB'")  # one at the end: those on the way, of memory too, took a tenth of the time
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
    mep_months.move(engine)
    add_sources(engine)


def name_new(engine: Engine) -> None:
    """Profiles and journeys that the new records are the first to name."""
    engine.run("""INSERT INTO snap.profiles SELECT min(fresh.position), fresh.profile_id FROM fresh
                  ANTI JOIN snap.profiles AS known ON known.profile_id = fresh.profile_id WHERE fresh.profile_id IS NOT NULL GROUP BY fresh.profile_id""")
    engine.run("""INSERT INTO snap.named_journeys SELECT DISTINCT fresh.journey_id FROM fresh
                  ANTI JOIN snap.named_journeys AS known ON known.journey_id = fresh.journey_id WHERE fresh.journey_id IS NOT NULL""")


def read_events(engine: Engine, after: int) -> None:
    """`picked`, seen as `event`: all events of the touched runs, whatever leads to them, and all of the messages and calls among these.

    A run's events lie between its first and last position; what it may newly get is among the moved events already.
    """
    engine.run("""CREATE OR REPLACE TABLE memory.main.touched_run AS
        SELECT run.run_key, run.journey_id, run.entry_id, profiles.profile_id, run.first_position, run.last_position
        FROM snap.runs AS run SEMI JOIN touched ON touched.run_key = run.run_key JOIN snap.profiles AS profiles ON profiles.profile_key = run.profile_key""")
    pieces = touched.near(engine, f"SELECT first_position, last_position FROM touched_run WHERE last_position - first_position <= {FAR}", after)
    fetch_far(engine, touched.around(pieces, after))
    engine.run(f"CREATE OR REPLACE VIEW memory.main.near_event AS SELECT * FROM far_event UNION ALL {touched.within(pieces)}")
    engine.run("""CREATE OR REPLACE TABLE memory.main.near_key AS
                  SELECT position, event_type, journey_id, entry_id, profile_id, source, message_id, call_id FROM near_event""")
    want(engine)
    engine.run("CREATE OR REPLACE TABLE memory.main.picked AS SELECT * FROM moved_event")
    engine.run("""INSERT INTO memory.main.picked SELECT old.* FROM near_event AS old
                  SEMI JOIN (SELECT position FROM wanted EXCEPT SELECT position FROM picked) AS more ON more.position = old.position""")
    engine.drop("near_key", "far_run", "far_position", "wanted")
    touched.identities(engine, "picked")
    # what belongs to a touched run lies within its positions, and what moved was made whole before
    engine.run("""DELETE FROM memory.main.old_identity
                  WHERE run_key IN (SELECT run_key FROM touched) OR (kind, source, id) IN (SELECT kind, source, id FROM moved_identity)""")
    touched.whole(engine, "picked", after)
    engine.run("CREATE OR REPLACE VIEW memory.main.event AS SELECT * FROM picked")


def fetch_far(engine: Engine, rest: list[tuple[int, int]]) -> None:
    """`far_event`: in these pieces of the log, what may belong to the touched runs that last long.

    There are few of them and their events lie far apart, so the log is looked through for them by one column after the other, instead of being read.
    """
    engine.run(f"CREATE OR REPLACE TABLE memory.main.far_run AS SELECT * FROM touched_run WHERE last_position - first_position > {FAR}")
    engine.run("CREATE OR REPLACE TABLE memory.main.far_position (position BIGINT)")
    first = engine.number("SELECT min(first_position) FROM far_run")
    rest = [(max(low, first), high) for low, high in rest if high >= first and first]
    if rest:
        engine.run(f"""INSERT INTO memory.main.far_position SELECT position FROM ({touched.within(rest)}) AS old
                       JOIN far_run AS run ON run.profile_id = old.profile_id AND old.position BETWEEN run.first_position AND run.last_position
                       WHERE old.journey_id = run.journey_id OR (old.journey_id IS NULL AND old.event_type = 'event.performed')""")
    for name, ids in (
        ("far_entry", "journey_id, entry_id FROM far_run WHERE entry_id IS NOT NULL"),
        ("far_message", "source, message_id FROM snap.messages SEMI JOIN far_run ON far_run.run_key = messages.run_key"),
        ("far_call", "source, call_id FROM snap.calls SEMI JOIN far_run ON far_run.run_key = calls.run_key"),
    ):
        engine.run(f"CREATE OR REPLACE TABLE memory.main.{name} AS SELECT DISTINCT {ids}")  # a table: the engine sees that it is small and asks the log by it
        if rest and engine.number(f"SELECT count(*) FROM {name}"):
            columns = ids.partition(" FROM ")[0]
            engine.run(f"INSERT INTO memory.main.far_position SELECT position FROM ({touched.within(rest)}) AS old SEMI JOIN {name} USING ({columns})")
        engine.drop(name)
    engine.run(f"""CREATE OR REPLACE TABLE memory.main.far_event AS SELECT old.* FROM ({touched.within(rest)}) AS old
                   SEMI JOIN (SELECT DISTINCT position FROM far_position) AS far ON far.position = old.position""")


def want(engine: Engine) -> None:
    """`wanted`: positions in `near_key` of what leads to a touched run, and of the messages and calls among that."""
    within = "near_key.position BETWEEN run.first_position AND run.last_position"
    engine.run(f"""CREATE OR REPLACE TABLE memory.main.wanted AS
        SELECT position FROM near_key SEMI JOIN touched_run AS run ON run.journey_id = near_key.journey_id AND run.entry_id = near_key.entry_id AND {within}
        UNION ALL
        SELECT position FROM near_key SEMI JOIN touched_run AS run ON run.journey_id = near_key.journey_id AND run.profile_id = near_key.profile_id AND {within}
        WHERE near_key.entry_id IS NULL
        UNION ALL
        SELECT position FROM near_key SEMI JOIN touched_run AS run ON run.profile_id = near_key.profile_id AND {within}
        WHERE near_key.journey_id IS NULL AND near_key.event_type = 'event.performed'""")
    engine.run("""CREATE OR REPLACE VIEW memory.main.led AS
        SELECT event_type, source, message_id, call_id FROM moved_event
        UNION ALL SELECT event_type, source, message_id, call_id FROM near_key SEMI JOIN wanted ON wanted.position = near_key.position""")
    engine.run(f"CREATE OR REPLACE TABLE memory.main.identity AS {touched.IDENTITY.format(events='led')}")
    for kind, column in (("message", "message_id"), ("call", "call_id")):
        engine.run(f"""INSERT INTO memory.main.wanted SELECT position FROM near_key
                       SEMI JOIN (SELECT source, id FROM identity WHERE kind = '{kind}') AS asked
                           ON asked.source = near_key.source AND asked.id = near_key.{column}
                       WHERE near_key.event_type LIKE '{kind}.%'""")


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
        if fact in SEEN_FIRST:
            engine.view(SEEN_FIRST[fact])
        if fact not in (*KEPT_ASIDE, "loose"):
            engine.step(fact)


def move_rollups(engine: Engine) -> None:
    """Facts, `daily` and `reach`: what the touched runs and their people gave before goes, what they give now comes."""
    contribute(engine, "new")
    for fact in (*BY_RUN, *BY_CALL):
        engine.run(f"ALTER TABLE memory.main.{fact} RENAME TO new_{fact}")
    engine.run("""CREATE OR REPLACE TABLE memory.main.touched_call AS
                  SELECT call_key FROM new_calls UNION SELECT call_key FROM snap.calls WHERE run_key IN (SELECT run_key FROM touched)""")
    for fact in (*IN_DAILY, "visits"):
        key, keys = ("call_key", "touched_call") if fact in BY_CALL else ("run_key", "touched")
        engine.run(f"CREATE OR REPLACE TABLE memory.main.old_{fact} AS SELECT * FROM snap.{fact} WHERE {key} IN (SELECT {key} FROM {keys})")
    for fact in IN_DAILY:
        engine.view_of(fact, f"SELECT * FROM old_{fact}")
    contribute(engine, "old")
    move_people(engine)
    gather_people(engine)
    reach.move(engine)
    for fact in IN_DAILY:
        engine.run(f"DROP VIEW memory.main.{fact}")
    durations.move(engine)
    moves.move(engine)
    mep_months.note(engine)
    merge_facts(engine)
    merging.merge(engine, "daily", {"n": "BIGINT", "amount": "DECIMAL(38, 6)"})


def contribute(engine: Engine, side: str) -> None:
    """SIDE_daily and SIDE_presence: what the facts in view, those of the touched runs, give to the rollups."""
    engine.step("daily")
    engine.run(f"ALTER TABLE memory.main.daily RENAME TO {side}_daily")
    engine.step("presence")
    engine.run(f"ALTER TABLE memory.main.presence RENAME TO {side}_presence")


def move_people(engine: Engine) -> None:
    """`moved`: the (measure, basis, profile, journey) whose days the touched runs changed, and from which day to which.

    Changed: other days than before, or a run that is told apart otherwise.
    """
    engine.run("""CREATE OR REPLACE TABLE memory.main.told_apart AS
        SELECT new.run_key FROM new_runs AS new JOIN old_runs AS old ON old.run_key = new.run_key
        WHERE old.version IS DISTINCT FROM new.version OR old.sub_account_id IS DISTINCT FROM new.sub_account_id OR old.arm IS DISTINCT FROM new.arm""")
    engine.run("""CREATE OR REPLACE TABLE memory.main.moved AS
        SELECT day.measure, day.basis, day.profile_key, run.journey_id, min(day.day) AS first_day, max(day.day) AS last_day
        FROM (
            (SELECT * FROM old_presence EXCEPT SELECT * FROM new_presence)
            UNION ALL (SELECT * FROM new_presence EXCEPT SELECT * FROM old_presence)
            UNION ALL SELECT * FROM new_presence WHERE run_key IN (SELECT run_key FROM told_apart)
        ) AS day
        JOIN (SELECT run_key, journey_id FROM new_runs UNION SELECT run_key, journey_id FROM old_runs) AS run
            ON run.run_key = day.run_key
        GROUP BY day.measure, day.basis, day.profile_key, run.journey_id""")


def gather_people(engine: Engine) -> None:
    """`people_presence` and `people_run`: days and runs of the people in `moved`; side 1: of the touched runs before, 2: as they are now, 3: of the others."""
    for fact in IN_PRESENCE:
        engine.run(f"""CREATE OR REPLACE VIEW memory.main.{fact} AS SELECT * FROM snap.{fact}
                       WHERE profile_key IN (SELECT profile_key FROM moved) AND run_key NOT IN (SELECT run_key FROM touched)""")
    presence = f"SELECT 3::TINYINT AS side, * FROM ({sqlfile.select('presence')}) AS kept"
    engine.run(f"""CREATE OR REPLACE VIEW memory.main.people_presence AS
                   {presence} UNION ALL SELECT 1::TINYINT, * FROM old_presence UNION ALL SELECT 2::TINYINT, * FROM new_presence""")
    told_apart = "run_key, journey_id, version, sub_account_id, arm"
    engine.run(f"""CREATE OR REPLACE TABLE memory.main.people_run AS
        SELECT 3::TINYINT AS side, {told_apart} FROM runs
        UNION ALL SELECT 1::TINYINT, {told_apart} FROM old_runs
        UNION ALL SELECT 2::TINYINT, {told_apart} FROM new_runs""")


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
    engine.run("DELETE FROM snap.loose WHERE id IS NULL AND first_position IN (SELECT position FROM picked)")
    engine.run("INSERT INTO snap.loose SELECT * FROM memory.main.loose")


def add_mep(engine: Engine) -> None:
    """Lines of the (profile, month) that had none: an entry received later never changes a line."""
    engine.run("CREATE OR REPLACE TABLE memory.main.run_base AS SELECT * FROM changed_run")
    engine.run("CREATE OR REPLACE VIEW memory.main.event AS SELECT * FROM fresh")
    engine.step("mep_entry")
    engine.run(f"""INSERT INTO snap.mep SELECT line.* FROM ({sqlfile.select('mep')}) AS line
                   ANTI JOIN snap.mep AS held ON held.month = line.month AND held.profile_key = line.profile_key""")


def add_sources(engine: Engine) -> None:
    """`sources` with the new records."""
    engine.run("CREATE OR REPLACE VIEW memory.main.event AS SELECT * FROM fresh")
    engine.step("sources")
    counts = ", ".join(f"sum({name})::BIGINT AS {name}" for name in ("within_hour", "within_day", "within_week"))
    engine.run(f"""CREATE OR REPLACE TABLE snap.sources_next AS
        SELECT source, day, sum(events)::BIGINT AS events, max(last_occurred_at) AS last_occurred_at, max(last_received_at) AS last_received_at, {counts}
        FROM (SELECT * FROM snap.sources UNION ALL SELECT * FROM memory.main.sources) AS both_parts GROUP BY source, day""")
    engine.run("DROP TABLE snap.sources")
    engine.run("ALTER TABLE snap.sources_next RENAME TO sources")
