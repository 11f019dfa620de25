"""What is kept of the people of the newest months: by journey, and by the rules by which a monthly engaged person is counted."""
from core.warehouse import sqlfile
from core.warehouse.engine import Engine, Works

KEPT = ("mep_engaged", "mep_kinds")
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
    """`moved_month`: the months of the touched runs, before these are replaced and after. Given: `touched`, new_runs."""
    engine.run(f"""CREATE OR REPLACE TABLE memory.main.moved_month AS SELECT DISTINCT {_MONTH} AS month FROM (
                       SELECT run_day FROM new_runs UNION ALL SELECT run_day FROM snap.runs WHERE run_key IN (SELECT run_key FROM touched)) AS run""")


def move(engine: Engine, after: int) -> None:
    """Both with the months in `moved_month`, and those of the lines after position `after`, counted again; facts and ledger are as they are now."""
    engine.run(f"INSERT INTO memory.main.moved_month SELECT month FROM snap.mep WHERE position > {after}")
    moved = f"IN (SELECT month FROM moved_month WHERE month >= {SINCE})"
    _look(engine, f"{_MONTH} {moved}", f"month {moved}")
    engine.step("mep_pair")
    for name in KEPT:
        engine.run(f"DELETE FROM snap.{name} WHERE month < {SINCE} OR month IN (SELECT month FROM moved_month)")
        engine.run(f"INSERT INTO snap.{name} {sqlfile.select(name)}")
    engine.drop("mep_pair", "moved_month")


def _look(engine: Works, which: str, lines: str) -> None:
    for name, select in given(which, lines).items():
        engine.view_of(name, select)
