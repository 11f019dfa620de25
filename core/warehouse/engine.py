"""The embedded engine: DuckDB, one private file a build; `work` tables live beside it and go with the build."""
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import duckdb
import polars as pl

from core.eventlog import SCHEMA, Segment
from core.warehouse import sqlfile
from core.warehouse.snapshots import Published, opened, quoted
from core.warehouse.zones import Zones, duckdb_macros

# in the order of their inputs; `work` tables are steps on the way, facts and rollups are published
RUN_STEPS = ("run_base", "run_start")
FIND_STEPS = ("probe", "found")
BASE_STEPS = ("exit_base", "message_base", "call_base", "goal_base", "arrival_base")
FACTS = ("runs", "messages", "clicks", "goals", "calls", "call_steps", "visits", "arrivals", "orphans", "pending", "loose")
SEEN_FIRST = {"call_steps": "call_said"}  # a fact → the view that it is made of
ORDER = {
    "daily": "measure, basis, journey_id, day, version, sub_account_id, arm, channel, element_id, detail, currency",
    "mep": "position",
    "visits": "journey_id, element_id, seconds",  # a median reads the visits of a few seconds (durations.py)
    "arrivals": "journey_id, run_day",  # a question of one journey and a range reads its own stretch of them
    "messages": "journey_id, run_day",
    "first_goals": "journey_id, run_day",
    "moves": "basis, journey_id, day, version, sub_account_id, arm, from_element_id, to_element_id",
    "ways": "basis, journey_id, day, version, sub_account_id, arm, element_id, next_element_id",
    "event_moves": "journey_id, day, version, sub_account_id, arm, from_step, to_step",
    "mep_engaged": "month, is_whole, sub_account_id, journey_id",
    "mep_kinds": "month, is_whole, sub_account_id",
    "visit_steps": "basis, journey_id, element_id, day, least_s",
}
POSITION_SPACE = 10**12  # positions are below this; a moment is microseconds since year 1 times this, plus the position
EPOCH_SHIFT = 62_135_596_800_000_000
LATER = 10**30  # above every moment


class Works(Protocol):
    """What a full build asks of an engine. A SELECT reads tables and views by their bare names."""

    def view_of(self, name: str, select: str) -> None:
        """A view of `work`."""

    def view(self, name: str) -> None:
        """A view of `work` from its .sql file."""

    def step(self, name: str) -> None:
        """A table of `work` from its .sql file."""

    def gather(self, name: str, selects: Iterable[str]) -> None:
        """A table of `work`: the rows of these SELECTs, computed one after the other."""

    def publish(self, name: str, select: str) -> None:
        """A table of the snapshot."""

    def fill(self, name: str) -> None:
        """A table of the snapshot from its .sql file."""

    def drop(self, *names: str) -> None:
        """Tables of `work` that nobody reads any more."""


class Engine:
    """One build's DuckDB: `work` (in memory, spills to disk) and `snap` (the file to publish)."""

    def __init__(self, file: Path, *, zones: Zones, currency: str, memory: str, threads: int = 2) -> None:
        self.connection = duckdb.connect(":memory:")
        self.run(f"SET memory_limit='{memory}'")
        self.run(f"SET threads={threads}")
        self.run("SET GLOBAL timezone='UTC'")
        self.run(f"SET temp_directory='{quoted(file.parent / 'spill')}'")
        self.run("SET autoinstall_known_extensions=false")
        self.run("SET enable_progress_bar=false")  # it would go to stdout, between the lines of a JSON answer
        self.run("SET preserve_insertion_order=false")
        self.run(f"ATTACH '{quoted(file)}' AS snap (RECOVERY_MODE no_wal_writes)")  # a build that ends early is begun anew: nobody recovers its file
        self.run("SET search_path='memory.main,snap.main'")
        for macro in (
            *duckdb_macros(zones),
            f"CREATE MACRO moment_of(t, p) AS (epoch_us(t) + {EPOCH_SHIFT})::HUGEINT * {POSITION_SPACE} + p",
            f"CREATE MACRO time_of(m) AS make_timestamptz((m // {POSITION_SPACE} - {EPOCH_SHIFT})::BIGINT)",
            f"CREATE MACRO later() AS {LATER}::HUGEINT",
            f"CREATE MACRO later_unit() AS {POSITION_SPACE}::HUGEINT",
            f"CREATE MACRO account_currency() AS '{currency.replace(chr(39), '')}'",
        ):
            self.run(macro)

    def run(self, sql: str, params: Sequence[Any] = ()) -> None:
        """Execute one statement to its end."""
        self.connection.execute(sql, list(params))

    def number(self, sql: str) -> int:
        """The one whole number that the SELECT gives; null is 0."""
        row = self.connection.execute(sql).fetchall()[0]
        return int(row[0] or 0)

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a small SELECT."""
        return list(self.connection.execute(sql, list(params)).fetchall())

    def read_log(self, segments: Sequence[Segment]) -> None:
        """`log_event`: the records of these segments, or a table without a row where the log is empty."""
        if segments:
            paths = ", ".join(f"'{quoted(segment.path)}'" for segment in segments)
            self.run(f"CREATE OR REPLACE VIEW memory.main.log_event AS SELECT * FROM read_parquet([{paths}])")
        else:
            self.frame("log_event", pl.DataFrame(schema={"position": pl.Int64(), **SCHEMA}))

    def step(self, name: str, **read: str) -> None:
        """Make one table of `work` from its .sql file. `read`: inputs of the file that are read from another table (of at least the columns asked for)."""
        inputs = ", ".join(f"{given} AS (SELECT * FROM {table})" for given, table in read.items())
        self.run(f"CREATE OR REPLACE TABLE memory.main.{name} AS {f'WITH {inputs} ' if inputs else ''}{sqlfile.select(name)}")

    def gather(self, name: str, selects: Iterable[str]) -> None:
        """Make one table of `work` of the rows of these SELECTs, one after the other, so that no window holds them all."""
        for number, select in enumerate(selects):
            self.run(f"INSERT INTO memory.main.{name} {select}" if number else f"CREATE OR REPLACE TABLE memory.main.{name} AS {select}")

    def view_of(self, name: str, select: str) -> None:
        """Make one view of `work`."""
        self.run(f"CREATE OR REPLACE VIEW memory.main.{name} AS {select}")

    def view(self, name: str) -> None:
        """Make one view of `work` from its .sql file."""
        self.view_of(name, sqlfile.select(name))

    def publish(self, name: str, select: str) -> None:
        """Publishable table, in the order that readers want."""
        order = f" ORDER BY {ORDER[name]}" if name in ORDER else ""
        if order:
            self.run("SET preserve_insertion_order=true")
        self.run(f"CREATE OR REPLACE TABLE snap.{name} AS SELECT * FROM ({select}){order}")
        if order:
            self.run("SET preserve_insertion_order=false")

    def fill(self, name: str) -> None:
        """Publishable table from its .sql file."""
        self.publish(name, sqlfile.select(name))

    def frame(self, name: str, frame: pl.DataFrame, catalog: str = "memory.main") -> None:
        """Make a table from a frame."""
        self.connection.register("given_frame", frame)
        self.run(f"CREATE OR REPLACE TABLE {catalog}.{name} AS SELECT * FROM given_frame")
        self.connection.unregister("given_frame")

    def drop(self, *names: str) -> None:
        """Give back the memory of steps that nobody reads any more."""
        for name in names:
            self.run(f"DROP TABLE IF EXISTS memory.main.{name}")

    def record(self, published: Published) -> None:
        """Table `build`: the snapshot's own record."""
        row = {name: [getattr(published, name)] for name in Published.__dataclass_fields__}
        self.frame("build", pl.DataFrame(row).with_columns(pl.col("as_of").dt.convert_time_zone("UTC")), "snap")

    def finish(self) -> None:
        """Everything into the file, and the file closed."""
        self.run("CHECKPOINT snap")
        self.connection.close()


def reopened(file: Path, expected: Published) -> None:
    """Open the finished file as a reader would and hold it to what was built; a cut file must never be published."""
    with opened(file) as connection:
        held = connection.execute("SELECT snapshot, events, (SELECT count(*) FROM runs), (SELECT count(*) FROM reach) FROM build").fetchall()
    if [row[:2] for row in held] != [(expected.snapshot, expected.events)]:
        raise OSError(f"{file} does not hold what was built: {held}")
