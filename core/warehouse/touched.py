"""Which runs do the new records touch? Their own, those that old records now find instead, and those of every message and call that moved."""
from core.warehouse.engine import FIND_STEPS, Engine

KNOWN = "run_key, journey_id, entry_id, profile_id, profile_key, started_at, start_moment, last_position, version, sub_account_id"
RUN = "run_key, journey_id, entry_id, profile_key, started_at, start_position, last_position, version, sub_account_id"
CHUNK = 122_880  # positions; a row group of a segment
PIECES = 12
IDENTITY = """SELECT 'message' AS kind, source, message_id AS id FROM {events} WHERE event_type LIKE 'message.%' AND message_id IS NOT NULL
              UNION SELECT 'call', source, call_id FROM {events} WHERE event_type LIKE 'call.%'"""
KIND_OF = "CASE WHEN {event}.event_type LIKE 'call.%' THEN 'call' ELSE 'message' END"
ID_OF = "CASE WHEN {event}.event_type LIKE 'call.%' THEN {event}.call_id ELSE {event}.message_id END"


def find(engine: Engine, after: int) -> None:
    """Make `changed_run`, `moved_event` and `touched` (run_key of every run to make again) from `fresh`, the records after position `after`."""
    change(engine, after)
    recall(engine, after)
    move(engine, after)
    collect(engine)


def change(engine: Engine, after: int) -> None:
    """`changed_run`: the runs that have a new entered event, as they now are; `old_entered`: as they were."""
    engine.run("""CREATE OR REPLACE TABLE memory.main.entered_entry AS
                  SELECT DISTINCT journey_id, entry_id FROM fresh WHERE event_type = 'journey.entered' AND entry_id IS NOT NULL""")
    engine.run("""CREATE OR REPLACE TABLE memory.main.old_entered AS
                  SELECT run.run_key, run.journey_id, run.entry_id, run.profile_key, run.started_at
                  FROM snap.runs AS run SEMI JOIN entered_entry ON entered_entry.journey_id = run.journey_id AND entered_entry.entry_id = run.entry_id""")
    first = engine.number("SELECT min(run_key) FROM old_entered") or after + 1
    engine.run(f"""CREATE OR REPLACE VIEW memory.main.event AS
                   SELECT * FROM fresh WHERE event_type = 'journey.entered'
                   UNION ALL
                   SELECT old.* FROM log_event AS old SEMI JOIN old_entered ON old_entered.journey_id = old.journey_id AND old_entered.entry_id = old.entry_id
                   WHERE old.event_type = 'journey.entered' AND old.position BETWEEN {first} AND {after}""")
    engine.step("run_base")
    engine.step("run_start")
    engine.run(f"CREATE OR REPLACE TABLE memory.main.changed_run AS SELECT {KNOWN} FROM run_start")


def recall(engine: Engine, after: int) -> None:
    """`recalled`: old events that may find another run now: they named a run not known before, or look by profile and time past a start that changed."""
    engine.run("""CREATE OR REPLACE TABLE memory.main.changed_pair AS
                  SELECT journey_id, profile_id, min(started_at) AS since FROM (
                      SELECT journey_id, profile_id, started_at FROM changed_run
                      UNION ALL
                      SELECT old.journey_id, profiles.profile_id, old.started_at
                      FROM old_entered AS old JOIN snap.profiles AS profiles ON profiles.profile_key = old.profile_key
                  ) AS starts GROUP BY journey_id, profile_id""")
    engine.run("""CREATE OR REPLACE TABLE memory.main.waited AS SELECT pending.position FROM snap.pending AS pending
                  SEMI JOIN entered_entry ON entered_entry.journey_id = pending.journey_id AND entered_entry.entry_id = pending.entry_id""")
    since = engine.rows("SELECT coalesce(min(since), TIMESTAMPTZ '9999-01-01')::VARCHAR FROM changed_pair")[0][0]
    past = f"old.position <= {after} AND old.occurred_at >= TIMESTAMPTZ '{since}' AND old.occurred_at >= pair.since"
    engine.run(f"""CREATE OR REPLACE TABLE memory.main.recalled_position AS
        SELECT position FROM waited
        UNION
        SELECT old.position FROM log_event AS old JOIN changed_pair AS pair ON pair.journey_id = old.journey_id AND pair.profile_id = old.profile_id
        WHERE {past} AND old.entry_id IS NULL AND old.event_type <> 'journey.entered'
        UNION
        SELECT old.position FROM log_event AS old JOIN changed_pair AS pair ON pair.profile_id = old.profile_id
        JOIN (SELECT DISTINCT journey_id, goal_event FROM versions WHERE goal_event IS NOT NULL) AS goal
            ON goal.journey_id = pair.journey_id AND goal.goal_event = old.name
        WHERE {past} AND old.journey_id IS NULL AND old.event_type = 'event.performed'
        UNION
        SELECT old.position FROM log_event AS old JOIN old_entered AS run ON run.journey_id = old.journey_id AND run.entry_id = old.entry_id
        WHERE old.position <= {after} AND old.occurred_at >= TIMESTAMPTZ '{since}' AND old.event_type = 'event.performed'""")
    low, high = engine.rows("SELECT coalesce(min(position), 0), coalesce(max(position), 0) FROM recalled_position")[0]
    engine.run(f"""CREATE OR REPLACE TABLE memory.main.recalled AS SELECT old.* FROM log_event AS old
                   SEMI JOIN recalled_position ON recalled_position.position = old.position WHERE old.position BETWEEN {low} AND {high}""")
    engine.drop("waited", "recalled_position")


def move(engine: Engine, after: int) -> None:
    """`moved_event`: the new and recalled events, and all events of the messages and calls that these belong to; `old_identity`: where those were."""
    engine.run("CREATE OR REPLACE TABLE memory.main.moved_event AS SELECT * FROM fresh UNION ALL SELECT * FROM recalled")
    identities(engine, "moved_event")
    whole(engine, "moved_event", after)
    engine.run("CREATE OR REPLACE TABLE memory.main.moved_identity AS SELECT * FROM identity")


def identities(engine: Engine, events: str) -> None:
    """`identity`: the messages and calls of these events; `old_identity`: where the snapshot has them, and from which position on."""
    engine.run(f"CREATE OR REPLACE TABLE memory.main.identity AS {IDENTITY.format(events=events)}")
    engine.run("""CREATE OR REPLACE TABLE memory.main.old_identity AS
        SELECT 'message' AS kind, old.source, old.message_id AS id, old.run_key, old.first_position, old.last_position FROM snap.messages AS old
        SEMI JOIN (SELECT source, id FROM identity WHERE kind = 'message') AS wanted ON wanted.source = old.source AND wanted.id = old.message_id
        UNION ALL
        SELECT 'call', old.source, old.call_id, old.run_key, old.first_position, old.last_position FROM snap.calls AS old
        SEMI JOIN (SELECT source, id FROM identity WHERE kind = 'call') AS wanted ON wanted.source = old.source AND wanted.id = old.call_id
        UNION ALL
        SELECT old.kind, old.source, old.id, NULL, old.first_position, old.last_position FROM snap.loose AS old
        SEMI JOIN identity ON identity.kind = old.kind AND identity.source = old.source AND identity.id = old.id""")


def whole(engine: Engine, events: str, after: int) -> None:
    """Add to table `events` the other old events of its messages and calls, so that each of them is there with all its evidence."""
    if not engine.number("SELECT count(*) FROM old_identity"):
        return
    near(engine, "SELECT first_position, last_position FROM old_identity", after)
    engine.run(f"""INSERT INTO memory.main.{events}
        SELECT old.* FROM near_event AS old
        SEMI JOIN identity AS wanted ON wanted.source = old.source AND wanted.id = {ID_OF.format(event="old")} AND wanted.kind = {KIND_OF.format(event="old")}
        ANTI JOIN (SELECT position FROM {events}) AS have ON have.position = old.position
        WHERE old.event_type LIKE 'message.%' OR old.event_type LIKE 'call.%'""")


def near(engine: Engine, intervals: str, after: int) -> list[tuple[int, int]]:
    """View `near_event`: the old events around these intervals of positions (a SELECT of first_position, last_position), in few pieces of the log.

    A run that lay still for a year has a short interval far back: it must not make every look at the log a look at the whole of it. Gives the pieces,
    (first, last) position each, ascending.
    """
    chunks = engine.rows(f"""SELECT DISTINCT unnest(range(low, high + 1)) AS chunk FROM (
                                 SELECT DISTINCT first_position // {CHUNK} AS low, least(last_position, {after}) // {CHUNK} AS high FROM ({intervals}) AS wanted
                             ) AS spans ORDER BY chunk""")
    pieces = [(low * CHUNK, min((high + 1) * CHUNK - 1, after)) for low, high in joined([chunk for (chunk,) in chunks])]
    engine.run(f"CREATE OR REPLACE VIEW memory.main.near_event AS {within(pieces)}")
    return pieces


def within(pieces: list[tuple[int, int]]) -> str:
    """The SELECT of the log's events at these positions."""
    read = [f"SELECT * FROM log_event WHERE position BETWEEN {low} AND {high}" for low, high in pieces]
    return " UNION ALL ".join(read) or "SELECT * FROM log_event WHERE FALSE"


def around(pieces: list[tuple[int, int]], after: int) -> list[tuple[int, int]]:
    """What lies before, between and after these pieces, up to position `after`."""
    starts = [0, *(high + 1 for _, high in pieces)]
    ends = [*(low - 1 for low, _ in pieces), after]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if start <= end]


def joined(chunks: list[int]) -> list[tuple[int, int]]:
    """Ascending chunk numbers as at most PIECES (first, last): the narrowest gaps are read along."""
    if not chunks:
        return []
    gaps = sorted(range(1, len(chunks)), key=lambda at: chunks[at] - chunks[at - 1], reverse=True)
    cuts = sorted(at for at in gaps[: PIECES - 1] if chunks[at] - chunks[at - 1] > 1)
    return [(chunks[first], chunks[last - 1]) for first, last in zip([0, *cuts], [*cuts, len(chunks)], strict=True)]


def know(engine: Engine, changed: str | None) -> None:
    """`known_run`: every run that an event of view `event` could find; runs in table `changed` as they now are, the others as the snapshot has them."""
    engine.step("probe")
    engine.run("""CREATE OR REPLACE TABLE memory.main.asked_entry AS
                  SELECT DISTINCT journey_id, entry_id FROM event WHERE journey_id IS NOT NULL AND entry_id IS NOT NULL""")
    engine.run("""CREATE OR REPLACE TABLE memory.main.asked_pair AS SELECT DISTINCT probe.journey_id, profiles.profile_key
                  FROM probe JOIN snap.profiles AS profiles ON profiles.profile_id = probe.profile_id""")
    same = f"ANTI JOIN {changed} AS changed ON changed.run_key = run.run_key" if changed else ""
    engine.run(f"""CREATE OR REPLACE TABLE memory.main.known_run AS
        SELECT run.run_key, run.journey_id, run.entry_id, profiles.profile_id, run.profile_key, run.started_at,
               moment_of(run.started_at, run.start_position) AS start_moment, run.last_position, run.version, run.sub_account_id
        FROM (
            SELECT {RUN} FROM snap.runs AS run SEMI JOIN asked_entry ON asked_entry.journey_id = run.journey_id AND asked_entry.entry_id = run.entry_id
            UNION
            SELECT {RUN} FROM snap.runs AS run SEMI JOIN asked_pair ON asked_pair.journey_id = run.journey_id AND asked_pair.profile_key = run.profile_key
        ) AS run JOIN snap.profiles AS profiles ON profiles.profile_key = run.profile_key {same}""")
    if changed:
        engine.run(f"INSERT INTO memory.main.known_run SELECT {KNOWN} FROM {changed}")
    engine.step("found")


def collect(engine: Engine) -> None:
    """`touched`: the runs of the moved events and of their messages, calls and goals as these are found now and as they were before, and the changed ones.

    A performed event touches a run only where it counts for it: it finds the latest run in every journey, most of them long over.
    """
    engine.run("CREATE OR REPLACE VIEW memory.main.event AS SELECT * FROM recalled")
    know(engine, changed=None)
    engine.view("event_run")
    engine.run("CREATE OR REPLACE TABLE memory.main.found_before AS SELECT run_key FROM event_run WHERE event_type <> 'event.performed'")
    engine.run("CREATE OR REPLACE VIEW memory.main.event AS SELECT * FROM moved_event")
    know(engine, changed="changed_run")
    for step in ("message_base", "call_base", "goal_base"):
        engine.step(step)
    engine.run("""CREATE OR REPLACE TABLE memory.main.touched AS
        SELECT DISTINCT run_key FROM (
            SELECT run_key FROM changed_run
            UNION ALL SELECT run_key FROM found_before
            UNION ALL SELECT run_key FROM event_run
                      WHERE event_type <> 'event.performed' AND position IN (SELECT position FROM fresh UNION ALL SELECT position FROM recalled)
            UNION ALL SELECT run_key FROM message_base
            UNION ALL SELECT run_key FROM call_base
            UNION ALL SELECT run_key FROM goal_base
            UNION ALL SELECT run_key FROM snap.goals WHERE position IN (SELECT position FROM recalled)
            UNION ALL SELECT run_key FROM old_identity
        ) AS every_key WHERE run_key IS NOT NULL""")
    engine.drop("message_base", "call_base", "goal_base", *FIND_STEPS)
