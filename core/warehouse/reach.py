"""The rollup that counts people: cells by series in a full build, moved by the difference in an increment."""
from core.warehouse import sqlfile
from core.warehouse.engine import Engine, Works

IN_ORDER = "measure, basis, scope, journey_id, sub_account_id, version, arm, channel"
SHOWN = ("scope", "sub_account_id", "journey_id", "version", "arm", "channel")
PEOPLE = ("profiles_in_journey", "profiles_exited", "active_profiles", "goal_performers", "profiles_messaged", "profiles_viewing")
SLICES = tuple((measure, basis) for measure in PEOPLE for basis in ("entered", "happened") if (measure, basis) != ("profiles_in_journey", "happened"))
SAME = " AND ".join(f"kept.{column} IS NOT DISTINCT FROM named.{column}" for column in ("measure", "basis", *SHOWN))


def cells(engine: Works) -> None:
    """`all_reach` of work: (measure, basis, series, day, previous_day, n) of all the facts; `reach_scopes` says what each series is of.

    A slice, one measure and basis, at a time, so that no window holds them all.
    """
    engine.view("presence")
    for step in ("places", "run_place", "reach_scopes"):
        engine.step(step)
    engine.gather("all_reach", (sliced(measure, basis) for measure, basis in SLICES))
    engine.drop("places", "run_place")


def sliced(measure: str, basis: str) -> str:
    """The SELECT of one slice's cells."""
    slice_of = f"SELECT * FROM presence WHERE measure = '{measure}' AND basis = '{basis}'"
    return f"""WITH presence_slice AS ({slice_of}), slice AS ({sqlfile.select('reach_slice')})
               SELECT '{measure}' AS measure, '{basis}' AS basis, series, day, previous_day, n FROM slice"""


def name(engine: Engine, target: str) -> None:
    """TARGET_named: what each series of TARGET is of."""
    engine.run(f"""CREATE OR REPLACE TABLE memory.main.{target}_named AS
        SELECT used.measure, used.basis, used.series,
               named.scope, named.sub_account_id, named.journey_id, named.version, named.arm, named.shown_channel AS channel
        FROM (SELECT DISTINCT measure, basis, series FROM {target}) AS used
        JOIN (SELECT DISTINCT series, scope, sub_account_id, journey_id, version, arm, shown_channel FROM reach_scopes) AS named
            ON named.series = used.series""")


def keep(engine: Engine) -> None:
    """`reach_series` and `reach_cells` from what `cells` made, series beside series and days in order, and the view `reach`."""
    name(engine, "all_reach")
    engine.run(f"""CREATE OR REPLACE TABLE snap.reach_series AS
        SELECT row_number() OVER (ORDER BY {IN_ORDER})::INTEGER AS series_key, measure, basis, {', '.join(SHOWN)}
        FROM all_reach_named""")
    engine.run("SET preserve_insertion_order=true")
    engine.run(f"""CREATE OR REPLACE TABLE snap.reach_cells AS
        SELECT kept.series_key, cell.day, cell.previous_day, cell.n FROM all_reach AS cell {keyed('all_reach')}
        ORDER BY kept.series_key, cell.day, cell.previous_day""")
    engine.run("SET preserve_insertion_order=false")
    engine.run(f"CREATE OR REPLACE VIEW snap.reach AS {sqlfile.select('reach')}")
    engine.drop("all_reach", "all_reach_named", "reach_scopes")


def keyed(target: str) -> str:
    """The join from cells of `target` to the series that are kept."""
    return f"""JOIN (
                   SELECT named.measure, named.basis, named.series, kept.series_key FROM {target}_named AS named JOIN snap.reach_series AS kept ON {SAME}
               ) AS kept ON kept.measure = cell.measure AND kept.basis = cell.basis AND kept.series = cell.series"""


def move(engine: Engine) -> None:
    """Bring series and cells to what the moved people now give. Cells that become 0 go, and series without a cell.

    Given: `moved` (measure, basis, profile_key, journey_id whose days changed, from first_day to last_day), `people_presence` and `people_run` (those
    people's days and runs; side, as bits: 1 before, 2 now, 3 both).
    """
    difference(engine)
    engine.run(f"""INSERT INTO snap.reach_series
        SELECT (SELECT coalesce(max(series_key), 0) FROM snap.reach_series) + row_number() OVER (ORDER BY {IN_ORDER}),
               measure, basis, {', '.join(SHOWN)}
        FROM moved_reach_named AS named ANTI JOIN snap.reach_series AS kept ON {SAME}""")
    engine.run(f"""CREATE OR REPLACE TABLE memory.main.moved_cell AS
        SELECT kept.series_key, cell.day, cell.previous_day, cell.n FROM moved_reach AS cell {keyed('moved_reach')}""")
    engine.run("""CREATE OR REPLACE TABLE memory.main.next_cell AS
        SELECT moved.series_key, moved.day, moved.previous_day, moved.n + coalesce(cell.n, 0) AS n FROM moved_cell AS moved
        LEFT JOIN snap.reach_cells AS cell
            ON cell.series_key = moved.series_key AND cell.day = moved.day AND cell.previous_day IS NOT DISTINCT FROM moved.previous_day""")
    engine.run("""DELETE FROM snap.reach_cells AS cell USING moved_cell AS moved
                  WHERE cell.series_key = moved.series_key AND cell.day = moved.day AND cell.previous_day IS NOT DISTINCT FROM moved.previous_day""")
    engine.run("INSERT INTO snap.reach_cells SELECT * FROM next_cell WHERE n <> 0 ORDER BY series_key, day, previous_day")
    engine.run("DELETE FROM snap.reach_series WHERE series_key NOT IN (SELECT DISTINCT series_key FROM snap.reach_cells)")
    engine.drop("moved_reach", "moved_reach_named", "moved_cell", "next_cell")


def difference(engine: Engine) -> None:
    """`moved_reach`: cells as `cells` makes them, of what people give now less what they gave before; and its names."""
    engine.run("""CREATE OR REPLACE TABLE memory.main.slices AS
        SELECT row_number() OVER (ORDER BY measure, basis)::TINYINT AS slice, measure, basis,
               measure IN ('profiles_messaged', 'profiles_viewing') AS has_channel
        FROM (SELECT DISTINCT measure, basis FROM moved) AS used""")
    engine.run("""CREATE OR REPLACE TABLE memory.main.moved_slice AS
        SELECT slices.slice, dense_rank() OVER (ORDER BY moved.profile_key)::INTEGER AS person, moved.profile_key, moved.journey_id,
               moved.first_day, moved.last_day
        FROM moved JOIN slices ON slices.measure = moved.measure AND slices.basis = moved.basis""")
    engine.step("places", runs="people_run")
    engine.step("people_place")
    engine.step("reach_people")
    engine.step("reach_scopes", messages="reach_people")  # for the channels that there are
    engine.step("reach_kin")
    engine.run(f"""CREATE OR REPLACE TABLE memory.main.moved_reach AS
        SELECT slices.measure, slices.basis, cell.series, cell.day, cell.previous_day, cell.n FROM ({sqlfile.select('reach_moved')}) AS cell
        JOIN slices ON slices.slice = cell.slice""")
    name(engine, "moved_reach")
    engine.drop("slices", "moved_slice", "places", "people_place", "reach_scopes", "reach_kin", "reach_people")
