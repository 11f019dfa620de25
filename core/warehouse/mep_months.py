"""What is kept of the people of the newest months: by journey, and by the rules by which a monthly engaged person is counted."""
from core.warehouse import merging
from core.warehouse.engine import Engine, Works

KEPT = ("mep_engaged", "mep_kinds")
KEYS = ("month", "is_whole", "sub_account_id", "journey_id")
MONTHS_BEFORE = 3  # the page MEP consumption offers the running month and as many before it; older ones are counted when they are asked for
SINCE = f"(SELECT max(month) - INTERVAL {MONTHS_BEFORE} MONTH FROM mep)"
GIVEN = ("month_run", "month_message", "month_line")
_RUN = "SELECT {month} AS month, {scope}, profile_key, journey_id, version, messages FROM runs WHERE {which}"
_MESSAGE = "SELECT {month} AS month, {scope}, profile_key, channel FROM messages WHERE sent_at IS NOT NULL AND ({which})"
_MONTH = "date_trunc('month', run_day)::DATE"
_SCOPES = ("TRUE AS is_whole, CAST(NULL AS VARCHAR) AS sub_account_id", "FALSE AS is_whole, sub_account_id")  # a person of two is one of all of them


def given(which: str, lines: str, *, month: str | None = None) -> dict[str, str]:
    """The SELECTs of GIVEN: of runs (and messages of runs) `which`, of `lines` of the ledger. `month`: all of it is one, of that first day, and whole."""
    scopes, first = (_SCOPES[:1], f"DATE '{month}'") if month else (_SCOPES, _MONTH)
    made = {name: " UNION ALL ".join(text.format(month=first, scope=scope, which=which) for scope in scopes)
            for name, text in (("month_run", _RUN), ("month_message", _MESSAGE))}
    return made | {"month_line": f"SELECT {first if month else 'month'} AS month, profile_key FROM mep WHERE {lines}"}


def keep(engine: Works) -> None:
    """Both tables from all the facts."""
    _look(engine, f"run_day >= {SINCE}", f"month >= {SINCE}")
    engine.step("mep_pair")
    for name in KEPT:
        engine.fill(name)
    engine.drop("mep_pair")


def note(engine: Engine) -> None:
    """`moved_person`: whom the new records may count otherwise; old_NAME: what these people gave before. Given: `touched`, new_runs, `fresh`.

    Everything that is kept adds up over people, and a person moves by own runs and lines alone: the line of a run is its first record's person's.
    """
    engine.run("""CREATE OR REPLACE TABLE memory.main.moved_person AS
        SELECT profile_key FROM new_runs
        UNION SELECT profile_key FROM old_runs
        UNION SELECT profiles.profile_key FROM fresh JOIN snap.profiles AS profiles ON profiles.profile_id = fresh.profile_id
              WHERE fresh.event_type = 'journey.entered'""")
    _contribute(engine, "old")


def move(engine: Engine) -> None:
    """Both by the difference of what these people give now and gave before; facts and ledger are as they are now. Months that are no longer offered go."""
    _contribute(engine, "new")
    for name, people in (("mep_engaged", "sum(engaged) <> 0 AND "), ("mep_kinds", "")):
        added = [column for (column,) in engine.rows(f"SELECT column_name FROM (DESCRIBE snap.{name})") if column not in KEYS]
        merging.merge(engine, name, dict.fromkeys(added, "BIGINT"), keep=f"{people}month >= {SINCE}")
    engine.run("""DELETE FROM snap.mep_kinds AS kinds WHERE NOT EXISTS (
                      SELECT 1 FROM snap.mep_engaged AS engaged WHERE engaged.month = kinds.month AND engaged.is_whole = kinds.is_whole
                      AND engaged.sub_account_id IS NOT DISTINCT FROM kinds.sub_account_id)""")
    engine.drop("moved_person", *(f"{side}_{name}" for side in ("old", "new") for name in KEPT))


def _contribute(engine: Engine, side: str) -> None:
    people = "profile_key IN (SELECT profile_key FROM moved_person)"
    _look(engine, f"run_day >= {SINCE} AND {people}", f"month >= {SINCE} AND {people}")
    engine.step("mep_pair")
    for name in KEPT:
        engine.step(name)
        engine.run(f"ALTER TABLE memory.main.{name} RENAME TO {side}_{name}")
    engine.drop("mep_pair")


def _look(engine: Works, which: str, lines: str) -> None:
    for name, select in given(which, lines).items():
        engine.view_of(name, select)
