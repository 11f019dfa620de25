"""Which cells of an Arrow column hold a time that no calendar has: Parquet counts ticks and can name the year 148108."""
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pyarrow.compute as pc

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = datetime(1, 1, 1, tzinfo=UTC) - _EPOCH, datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC) - _EPOCH
_TICKS = {"s": timedelta(seconds=1), "ms": timedelta(milliseconds=1), "us": timedelta(microseconds=1)}  # 64 bits of nanoseconds never leave it


def beyond(column: pa.ChunkedArray) -> list[int]:
    """The rows of these cells; in a list or a struct one such time is enough."""
    if not pa.types.is_nested(column.type):
        return [row for row, is_far in enumerate(_far(column.combine_chunks())) if is_far] if _any_far(column) else []
    return [row for row in range(len(column)) if _any_far(column.slice(row, 1))] if _any_far(column) else []


def without(column: pa.ChunkedArray, rows: set[int]) -> pa.ChunkedArray:
    """The column with null in these rows."""
    if not rows:
        return column
    return pc.if_else(pa.array([row in rows for row in range(len(column))]), pa.nulls(len(column), column.type), column.combine_chunks())


def _any_far(column: pa.ChunkedArray) -> bool:
    return any(pc.any(_far(leaf)).as_py() for chunk in column.chunks for leaf in _leaves(chunk) if _tick(leaf.type))


def _leaves(cells: pa.Array) -> Iterator[pa.Array]:
    if pa.types.is_struct(cells.type):
        for member in cells.flatten():
            yield from _leaves(member)
    elif pa.types.is_map(cells.type):
        yield from _leaves(pa.ListArray.from_arrays(cells.offsets, pa.StructArray.from_arrays([cells.keys, cells.items], ["key", "value"])))
    elif pa.types.is_nested(cells.type):
        yield from _leaves(cells.flatten())
    else:
        yield cells


def _far(cells: pa.Array) -> pa.Array:
    tick = _tick(cells.type)
    if tick is None:
        return pa.array([], pa.bool_())
    counted = cells.cast(pa.int32() if pa.types.is_date32(cells.type) else pa.int64()).cast(pa.int64())
    return pc.fill_null(pc.or_(pc.less(counted, _FIRST // tick), pc.greater(counted, _LAST // tick)), False)


def _tick(kind: pa.DataType) -> timedelta | None:
    if pa.types.is_date(kind):
        return timedelta(days=1) if pa.types.is_date32(kind) else _TICKS["ms"]
    return _TICKS.get(kind.unit) if pa.types.is_timestamp(kind) else None
