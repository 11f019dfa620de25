"""The rollup that counts people: cells by series in a full build, moved by the difference in an increment."""
from core.warehouse import sqlfile
from core.warehouse.engine import Engine

IN_ORDER = "measure, basis, scope, journey_id, sub_account_id, version, arm, channel"
SHOWN = ("scope", "sub_account_id", "journey_id", "version", "arm", "channel")
PEOPLE = ("profiles_in_journey", "profiles_exited", "active_profiles", "goal_performers", "profiles_messaged", "profiles_viewing")
SLICES = tuple((measure, basis) for measure in PEOPLE for basis in ("entered", "happened") if (measure, basis) != ("profiles_in_journey", "happened"))
SAME = " AND ".join(f"kept.{column} IS NOT DISTINCT FROM named.{column}" for column in ("measure", "basis", *SHOWN))


def cells(engine: Engine, target: str, only: str | None = None) -> None:
    """Table `target` of work: (measure, basis, series, day, previous_day, n) of the facts in view, with TARGET_named for what a series is.

    `only` is a table of the (measure, basis, profile_key, journey_id) whose days moved: the scopes of a journey are then made of the person's days in
    that journey, the wide ones of all the person's days. None counts everybody. A slice at a time, so that no window holds them all.
    """
    engine.view("presence")
    for step in ("places", "run_place", "reach_scopes"):
        engine.step(step)
    engine.run(f"CREATE OR REPLACE TABLE memory.main.{target} (measure VARCHAR, basis VARCHAR, series BIGINT, day DATE, previous_day DATE, n BIGINT)")
    for measure, basis in SLICES:
        here = f"measure = '{measure}' AND basis = '{basis}'"
        for scopes, who in parts(here, only):
            engine.run(f"CREATE OR REPLACE VIEW memory.main.scopes_asked AS SELECT * FROM reach_scopes WHERE {scopes}")
            engine.run(f"CREATE OR REPLACE VIEW memory.main.presence_slice AS SELECT * FROM presence WHERE {here} AND {who}")
            engine.run(f"INSERT INTO memory.main.{target} SELECT '{measure}', '{basis}', * FROM ({sqlfile.select('reach_slice')}) AS slice")
    engine.run(f"""CREATE OR REPLACE TABLE memory.main.{target}_named AS
        SELECT used.measure, used.basis, used.series,
               named.scope, named.sub_account_id, named.journey_id, named.version, named.arm, named.shown_channel AS channel
        FROM (SELECT DISTINCT measure, basis, series FROM {target}) AS used
        JOIN (SELECT DISTINCT series, scope, sub_account_id, journey_id, version, arm, shown_channel FROM reach_scopes) AS named
            ON named.series = used.series""")
    engine.drop("places", "run_place", "reach_scopes")


def parts(here: str, only: str | None) -> tuple[tuple[str, str], ...]:
    """(which scopes, whose days) of one measure and basis, as conditions on reach_scopes and presence."""
    if only is None:
        return (("TRUE", "TRUE"),)
    people = f"profile_key IN (SELECT profile_key FROM {only} WHERE {here})"
    in_journey = f"run_key IN (SELECT run_key FROM runs WHERE (profile_key, journey_id) IN (SELECT profile_key, journey_id FROM {only} WHERE {here}))"
    return ("scope NOT LIKE 'journey%'", people), ("scope LIKE 'journey%'", f"{people} AND {in_journey}")


def fill(engine: Engine) -> None:
    """`reach_series` and `reach_cells` from all the facts, series beside series and days in order, and the view `reach`."""
    cells(engine, "all_reach")
    engine.run(f"""CREATE OR REPLACE TABLE snap.reach_series AS
        SELECT row_number() OVER (ORDER BY {IN_ORDER})::INTEGER AS series_key, measure, basis, {', '.join(SHOWN)}
        FROM all_reach_named""")
    engine.run("SET preserve_insertion_order=true")
    engine.run(f"""CREATE OR REPLACE TABLE snap.reach_cells AS
        SELECT kept.series_key, cell.day, cell.previous_day, cell.n FROM all_reach AS cell {keyed('all_reach')}
        ORDER BY kept.series_key, cell.day, cell.previous_day""")
    engine.run("SET preserve_insertion_order=false")
    engine.run(f"CREATE OR REPLACE VIEW snap.reach AS {sqlfile.select('reach')}")
    engine.drop("all_reach", "all_reach_named")


def keyed(target: str) -> str:
    """The join from cells of `target` to the series that are kept."""
    return f"""JOIN (
                   SELECT named.measure, named.basis, named.series, kept.series_key FROM {target}_named AS named JOIN snap.reach_series AS kept ON {SAME}
               ) AS kept ON kept.measure = cell.measure AND kept.basis = cell.basis AND kept.series = cell.series"""


def move(engine: Engine, new: str, old: str) -> None:
    """Add the cells of `new` and take away those of `old`, both as `cells` made them; cells that become 0 go, and series without a cell."""
    engine.run(f"""INSERT INTO snap.reach_series
        SELECT (SELECT coalesce(max(series_key), 0) FROM snap.reach_series) + row_number() OVER (ORDER BY {IN_ORDER}),
               measure, basis, {', '.join(SHOWN)}
        FROM {new}_named AS named ANTI JOIN snap.reach_series AS kept ON {SAME}""")
    engine.run(f"""CREATE OR REPLACE TABLE memory.main.moved_cell AS
        SELECT series_key, day, previous_day, sum(n)::BIGINT AS n FROM (
            SELECT kept.series_key, cell.day, cell.previous_day, cell.n FROM {new} AS cell {keyed(new)}
            UNION ALL
            SELECT kept.series_key, cell.day, cell.previous_day, -cell.n FROM {old} AS cell {keyed(old)}
        ) AS moved GROUP BY series_key, day, previous_day HAVING sum(n) <> 0""")
    engine.run("""CREATE OR REPLACE TABLE memory.main.next_cell AS
        SELECT moved.series_key, moved.day, moved.previous_day, moved.n + coalesce(cell.n, 0) AS n FROM moved_cell AS moved
        LEFT JOIN snap.reach_cells AS cell
            ON cell.series_key = moved.series_key AND cell.day = moved.day AND cell.previous_day IS NOT DISTINCT FROM moved.previous_day""")
    engine.run("""DELETE FROM snap.reach_cells AS cell USING moved_cell AS moved
                  WHERE cell.series_key = moved.series_key AND cell.day = moved.day AND cell.previous_day IS NOT DISTINCT FROM moved.previous_day""")
    engine.run("INSERT INTO snap.reach_cells SELECT * FROM next_cell WHERE n <> 0 ORDER BY series_key, day, previous_day")
    engine.run("DELETE FROM snap.reach_series WHERE series_key NOT IN (SELECT DISTINCT series_key FROM snap.reach_cells)")
    engine.drop(new, old, f"{new}_named", f"{old}_named", "moved_cell", "next_cell")
