"""Read Parquet: a record a row, typed."""
import base64
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from core.contract.columns import COLUMNS
from core.contract.objects import Number, dumps
from core.sources.reading import calendar
from core.sources.reading.chunk import BYTES, ROWS, TOO_LARGE, Chunk, Record
from core.sources.reading.opening import Unreadable, said_of
from core.sources.reading.records import present, without_empty
from core.sources.reading.table import header_of, too_large_rows

_BEYOND = object()  # stands for a time outside the calendar: bad in every column


def parquet_chunks(path: Path) -> Iterator[Chunk]:
    """The file's rows. Raises Unreadable."""
    with said_of(path):
        path.open("rb").close()  # says better than Arrow what is wrong with a path
        try:
            with pq.ParquetFile(path) as file:
                header = header_of(path, file.schema_arrow.names)
                first = 1
                for batch in file.iter_batches(batch_size=_rows_of_a_batch(file)):
                    batch.validate(full=True)
                    if len(batch):
                        yield _chunk(path.name, header, first, pa.Table.from_batches([batch]))
                        first += len(batch)
        except (pa.ArrowException, pl.exceptions.PolarsError, OSError) as error:
            raise Unreadable(f"{path} cannot be read as Parquet: {str(error).splitlines()[0]}") from error


def _rows_of_a_batch(file: pq.ParquetFile) -> int:
    groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
    widest = max((group.total_byte_size / max(group.num_rows, 1) for group in groups), default=1.0)
    return max(1, min(ROWS, int(BYTES / max(widest, 1.0))))


def _chunk(file: str, header: tuple[str, ...], first_line: int, rows: pa.Table) -> Chunk:
    names = rows.column_names
    beyond = {name: set(found) for name in names if (found := calendar.beyond(rows[name]))}
    table = pl.from_arrow(pa.table([_carried(calendar.without(rows[name], beyond.get(name, set()))) for name in names], names))
    assert isinstance(table, pl.DataFrame)
    table = table.select(_settled(column) for column in table)

    def record(row: int) -> Record:
        read = {name: _value(name, value) for name, value in table.row(row, named=True).items()}
        return {**read, **{name: _BEYOND for name, rows in beyond.items() if row in rows}}

    def shown(row: int) -> object:
        return {name: "a time outside the calendar" if value is _BEYOND else _json(value) for name, value in present(record(row)).items()}

    flaws = dict.fromkeys(too_large_rows(table, record), TOO_LARGE)
    odd = frozenset().union(*beyond.values())
    return Chunk(file, range(first_line, first_line + len(table)), record, shown, table, flaws, odd, header, attributes_are_text=True, is_own=True)


def _carried(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column in a type that Polars has. Raises ArrowException for a decimal of more than 38 digits."""
    kind = column.type
    if pa.types.is_nested(kind) and "decimal256" in str(kind):
        raise pa.ArrowInvalid(f"a list or struct of it holds decimals of more than 38 digits ({kind}): write them as decimal(38, n)")
    return column.cast(pa.decimal128(38, min(kind.scale, 38))) if pa.types.is_decimal256(kind) else column


def _settled(column: pl.Series) -> pl.Series:
    """Text as String without empty text, times in microseconds (cut) and UTC where they have a zone; others as they are."""
    cells = column.alias("cells")
    if column.dtype in (pl.Categorical, pl.Enum):
        cells = cells.cast(pl.String)
    if cells.dtype == pl.String:
        return without_empty(cells).alias(column.name)
    if column.dtype == pl.Float32:  # the exact value: no shorter text than the wider type's stands for it
        return cells.cast(pl.Float64).alias(column.name)
    if isinstance(column.dtype, pl.Datetime):
        ticks = cells.to_physical()
        micro = {"ns": ticks // 1000, "us": ticks, "ms": ticks * 1000}[column.dtype.time_unit]
        return micro.cast(pl.Datetime("us", "UTC" if column.dtype.time_zone else None)).alias(column.name)
    return column


def _value(name: str, value: object) -> object:
    """As contract.judge takes it: an integer is its digits; in a column that is none of ours everything becomes JSON, and NaN is null."""
    if name not in COLUMNS:
        return None if isinstance(value, float) and not abs(value) < float("inf") else _json(value)
    return Number(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _json(value: object) -> object:
    if isinstance(value, str | bool | float) or value is None:
        return value
    if isinstance(value, int | Decimal):
        return Number(value)
    if isinstance(value, dict):
        return {key if isinstance(key, str) else _text(_json(key)): _json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_json(item) for item in value]
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return _text(value) if hasattr(value, "isoformat") else str(value)


def _text(value: object) -> str:
    return dumps(value).strip('"')
