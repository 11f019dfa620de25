"""The engine for logs that outgrow one machine: the same .sql files on Apache Spark; what they give goes into the DuckDB file that pages read."""
import shutil
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any

import polars as pl

from core.errors import JourneysError
from core.eventlog import SCHEMA, Segment
from core.warehouse import full, reach, sqlfile
from core.warehouse.engine import EPOCH_SHIFT, LATER, ORDER, POSITION_SPACE, Engine
from core.warehouse.snapshots import quoted
from core.warehouse.zones import Zones, spark_functions

MISSING = "The engine spark needs PySpark and Java 17: pip install 'journeys[spark]', and a Java runtime."
MOMENT = "DECIMAL(38, 0)"


class SparkEngine:
    """One full build on Spark; `target` is the DuckDB engine of the file to publish. A context: Spark ends with it.

    Where it runs is Spark's own matter: a spark-defaults.conf in SPARK_CONF_DIR names the cluster, without one it is this machine. All its machines must
    see the account's folder under one path. Raises JourneysError where Spark cannot start.
    """

    def __init__(self, target: Engine, scratch: Path, *, zones: Zones, currency: str) -> None:
        self.target = target
        self.scratch = scratch
        self.published: list[str] = []
        self.spark = _session(scratch)
        for function in (
            *spark_functions(zones),
            f"""CREATE OR REPLACE TEMPORARY FUNCTION moment_of(t TIMESTAMP, p BIGINT) RETURNS {MOMENT}
                RETURN CAST(unix_micros(t) + {EPOCH_SHIFT} AS {MOMENT}) * CAST({POSITION_SPACE} AS {MOMENT}) + CAST(p AS {MOMENT})""",
            f"""CREATE OR REPLACE TEMPORARY FUNCTION time_of(m {MOMENT}) RETURNS TIMESTAMP
                RETURN timestamp_micros(m DIV CAST({POSITION_SPACE} AS {MOMENT}) - {EPOCH_SHIFT})""",
            f"CREATE OR REPLACE TEMPORARY FUNCTION later() RETURNS {MOMENT} RETURN CAST({LATER} AS {MOMENT})",
            f"CREATE OR REPLACE TEMPORARY FUNCTION later_unit() RETURNS {MOMENT} RETURN CAST({POSITION_SPACE} AS {MOMENT})",
            "CREATE OR REPLACE TEMPORARY FUNCTION epoch_us(t TIMESTAMP) RETURNS BIGINT RETURN unix_micros(t)",
            f"CREATE OR REPLACE TEMPORARY FUNCTION account_currency() RETURNS STRING RETURN '{currency.replace(chr(39), '')}'",
        ):
            self.spark.sql(function)

    def __enter__(self) -> "SparkEngine":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException

        self.spark.stop()
        shutil.rmtree(self.scratch, ignore_errors=True)
        if isinstance(error, PySparkException | Py4JError):
            raise JourneysError(f"Spark stopped and the last snapshot is unchanged: {next(iter(str(error).splitlines()), '')}") from error

    def read_log(self, segments: Sequence[Segment]) -> None:
        """`log_event`: the records of these segments."""
        if segments:
            self.spark.read.parquet(*(str(segment.path) for segment in segments)).createOrReplaceTempView("log_event")
        else:
            self.frame("log_event", pl.DataFrame(schema={"position": pl.Int64(), **SCHEMA}))

    def frame(self, name: str, frame: pl.DataFrame) -> None:
        """A small table of ours, for Spark to read."""
        folder = self.scratch / name
        folder.mkdir(parents=True, exist_ok=True)
        frame.write_parquet(folder / "0.parquet")
        self.spark.read.parquet(str(folder)).createOrReplaceTempView(name)

    def view_of(self, name: str, select: str) -> None:
        """A view of `work`."""
        self.spark.sql(spoken(select)).createOrReplaceTempView(name)

    def view(self, name: str) -> None:
        """A view of `work` from its .sql file."""
        self.view_of(name, sqlfile.select(name))

    def step(self, name: str) -> None:
        """A table of `work` from its .sql file, computed once and read from disk by those after it."""
        self.gather(name, [sqlfile.select(name)])

    def gather(self, name: str, selects: Iterable[str]) -> None:
        """A table of `work`: the rows of these SELECTs, one after the other."""
        folder = str(self.scratch / name)
        for number, select in enumerate(selects):
            self.spark.sql(spoken(select)).write.mode("append" if number else "overwrite").parquet(folder)
        self.spark.read.parquet(folder).createOrReplaceTempView(name)

    def publish(self, name: str, select: str) -> None:
        """A table of the snapshot."""
        self.gather(name, [select])
        self.published.append(name)

    def fill(self, name: str) -> None:
        """A table of the snapshot from its .sql file."""
        self.publish(name, sqlfile.select(name))

    def drop(self, *names: str) -> None:
        """Steps that nobody reads any more, unless they are published."""
        for name in set(names) - set(self.published):
            shutil.rmtree(self.scratch / name, ignore_errors=True)

    def build(self) -> None:
        """Fill every table of the target, whose own `log_event` is empty, from `log_event` and the catalog's tables."""
        full.compute(self)
        full.compute(self.target)  # its log is empty: each table with the types that it has
        self.target.run("SET preserve_insertion_order=true")
        for name in self.published:
            order = f" ORDER BY {ORDER[name]}" if name in ORDER else ""
            self.target.run(f"INSERT INTO snap.{name} BY NAME SELECT * FROM {self._files(name)}{order}")
        self.target.run("SET preserve_insertion_order=false")
        for name in ("all_reach", "reach_scopes"):
            self.target.run(f"INSERT INTO memory.main.{name} BY NAME SELECT * FROM {self._files(name)}")
        reach.keep(self.target)

    def _files(self, name: str) -> str:
        return f"read_parquet('{quoted(self.scratch / name)}/*.parquet')"


@cache
def spoken(select: str) -> str:
    """A SELECT of ours as Spark writes it."""
    import sqlglot

    return sqlglot.transpile(select, read="duckdb", write="spark", comments=False)[0]


def _session(scratch: Path) -> Any:
    """A Spark session of this build's own; UTC, as the log's instants are. What it writes of itself goes into `scratch`, not into the folder it starts in."""
    try:
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise JourneysError(MISSING) from error
    try:
        return (SparkSession.builder.appName("journeys build").config("spark.sql.session.timeZone", "UTC").config("spark.ui.enabled", "false")
                .config("spark.sql.shuffle.partitions", "16").config("spark.sql.parquet.outputTimestampType", "TIMESTAMP_MICROS")
                .config("spark.driver.bindAddress", "127.0.0.1").config("spark.sql.warehouse.dir", str(scratch / "spark"))
                .config("spark.driver.memory", "4g").config("spark.log.level", "ERROR").getOrCreate())
    except (PySparkException, OSError, RuntimeError) as error:
        raise JourneysError(MISSING) from error
