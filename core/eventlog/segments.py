"""Write and read segment files: Parquet, `position` first, then every contract column."""
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from core.eventlog.files import write_durably
from core.eventlog.manifest import Segment
from core.eventlog.records import SCHEMA

ROW_GROUP = 122_880  # DuckDB's own: one is one unit of its parallel work
LARGEST = 4 * ROW_GROUP  # rows of a segment that compaction may make

_ARROW = {pl.String(): pa.string(), pl.Int64(): pa.int64(), pl.Float64(): pa.float64(), pl.Boolean(): pa.bool_(),
          pl.Datetime("us", "UTC"): pa.timestamp("us", "UTC"), pl.Decimal(18, 6): pa.decimal128(18, 6)}
COLUMNS = pa.schema([("position", pa.int64()), *((column, _ARROW[kind]) for column, kind in SCHEMA.items())])


def table_of(frame: pl.DataFrame, first_position: int) -> pa.Table:
    """The frame's rows with positions from `first_position` on, in the types of a segment file."""
    positions = pl.int_range(first_position, first_position + len(frame), dtype=pl.Int64, eager=True).alias("position")
    return frame.select(positions, *SCHEMA).to_arrow().cast(COLUMNS)


def write_table(path: Path, table: pa.Table) -> None:
    write_durably(path, lambda file: pq.write_table(
        table, file, row_group_size=ROW_GROUP, compression="zstd", compression_level=1, store_decimal_as_integer=True))


def new_path(folder: Path, first_position: int, last_position: int) -> Path:
    """A name that no other attempt uses, also not one that ended half-way."""
    return folder / "segments" / f"{first_position:015d}-{last_position:015d}-{uuid4().hex[:8]}.parquet"


def rows_of(segment: Segment, rows: npt.NDArray[np.uint32]) -> pl.DataFrame:
    """The records at these rows of the segment, in this order, with `position`; only the row groups they lie in are read."""
    groups = np.unique(rows // ROW_GROUP)
    with pq.ParquetFile(segment.path) as file:
        table = file.read_row_groups([int(group) for group in groups])
    place = np.searchsorted(groups, rows // ROW_GROUP) * ROW_GROUP + rows % ROW_GROUP
    return typed(table.take(pa.array(place)))


def read_whole(segments: Sequence[Segment]) -> pl.DataFrame:
    """All records of these segments, with `position`."""
    return typed(pa.concat_tables([pq.read_table(segment.path) for segment in segments]))


def typed(table: pa.Table) -> pl.DataFrame:
    """The table as a frame of exactly the log's types, with `position` where it has it."""
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame.cast({column: kind for column, kind in SCHEMA.items() if column in frame.columns})
