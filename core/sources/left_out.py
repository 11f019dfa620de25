"""What the log did not take into its records, for inspection: rejected records by reason, conflicts by source; and what came between two positions."""
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl

from core.eventlog import EventLog

_REJECTED = {"file": pl.String(), "line": pl.Int64(), "reason": pl.String()}
_INSTANT = pl.Datetime("us", "UTC")
_CAME = {"source": pl.String(), "event_type": pl.String(), "events": pl.Int64(), "first_occurred_at": _INSTANT, "last_occurred_at": _INSTANT}


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
    return _grouped(files, "SELECT source, event_type, count(*) AS records", "GROUP BY ALL ORDER BY records DESC, source, event_type",
                    {"source": pl.String(), "event_type": pl.String(), "records": pl.Int64()})


def came(log: EventLog, after: int, until: int) -> pl.DataFrame:
    """What the log took at the positions after `after` up to `until`: (source, event_type, events, first and last occurred_at), most first."""
    with log.reading():
        files = [segment.path for segment in log.segments(after) if segment.first_position <= until]
        select = "SELECT source, event_type, count(*) AS events, min(occurred_at) AS first_occurred_at, max(occurred_at) AS last_occurred_at"
        where = f"WHERE position > {int(after)} AND position <= {int(until)}"
        return _grouped(files, select,
                        f"{where} GROUP BY source, event_type ORDER BY events DESC, source, event_type", _CAME)


def erased(log: EventLog) -> list[datetime]:
    """When a person was erased, oldest first."""
    return [datetime.fromisoformat(one.at) for one in log.manifest().erasures]


def _files(log: EventLog, part: str, pattern: str) -> list[Path]:
    """Of the batches that the manifest counts in: a batch under way has files that may yet go."""
    batches = log.manifest().batches
    return [file for file in sorted((log.folder / part).glob(pattern)) if file.stem.isdigit() and int(file.stem) <= batches]


def _grouped(files: list[Path], select: str, rest: str, schema: dict[str, pl.DataType]) -> pl.DataFrame:
    if not files:
        return pl.DataFrame(schema=schema)
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET timezone='UTC'")
        frame: pl.DataFrame = connection.sql(f"{select} FROM read_parquet(?) {rest}", params=[[str(file) for file in files]]).pl()
        return frame.cast(schema)  # type: ignore[arg-type]
