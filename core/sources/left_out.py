"""What the log did not take into its records, for inspection: rejected records by reason, conflicts by source."""
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from core.eventlog import EventLog

_REJECTED = {"file": pl.String(), "line": pl.Int64(), "reason": pl.String()}


def rejected(log: EventLog) -> pl.DataFrame:
    """(reason, records, example: “file, line n” of the newest), most first."""
    files = _files(log, "rejected", "*.ndjson")
    empty = pl.DataFrame(schema={"reason": pl.String(), "records": pl.Int64(), "example": pl.String()})
    if not files:
        return empty
    read = pl.concat([pl.scan_ndjson(file, schema=_REJECTED) for file in files])
    said = pl.format("{}, line {}", pl.col("file").fill_null("–"), pl.col("line").fill_null(0))
    return (read.group_by("reason").agg(pl.len().cast(pl.Int64).alias("records"), said.last().alias("example"))
            .sort(["records", "reason"], descending=[True, False]).collect())


def conflicts(log: EventLog) -> pl.DataFrame:
    """(source, event_type, records): those whose (source, event_id) the log holds with other content, most first."""
    files = _files(log, "conflicts", "*.parquet")
    return grouped(files, "SELECT source, event_type, count(*) AS records", "GROUP BY ALL ORDER BY records DESC, source, event_type",
                    {"source": pl.String(), "event_type": pl.String(), "records": pl.Int64()})


def erased(log: EventLog) -> list[datetime]:
    """When a person was erased, oldest first."""
    return [datetime.fromisoformat(one.at) for one in log.manifest().erasures]


def _files(log: EventLog, part: str, pattern: str) -> list[Path]:
    """Of the batches that the manifest counts in: a batch under way has files that may yet go."""
    batches = log.manifest().batches
    return [file for file in sorted((log.folder / part).glob(pattern)) if file.stem.isdigit() and int(file.stem) <= batches]


def grouped(files: list[Path], select: str, rest: str, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """The rows of one SELECT over Parquet files of the log."""
    if not files:
        return pl.DataFrame(schema=schema)
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET timezone='UTC'")
        frame: pl.DataFrame = connection.sql(f"{select} FROM read_parquet(?) {rest}", params=[[str(file) for file in files]]).pl()
        return frame.cast(schema)  # type: ignore[arg-type]
