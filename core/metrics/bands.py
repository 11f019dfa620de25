"""Durations told as answers: how many lie in which band of seconds, and quartiles by the dimensions asked."""
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.metrics.result import Column, Result
from core.metrics.rows import Row, in_order
from core.metrics.sql import Params
from core.metrics.units import Unit
from core.warehouse.snapshots import Snapshot

Bands = Sequence[tuple[int | None, str]]  # (up to so many seconds, words); the last has no end
MARKS = (("quarter", 0.25, "A quarter within"), ("median", 0.5, "Half within"), ("three_quarters", 0.75, "Three quarters within"))
SO_FAR = Column("so_far_rate", "Reached by then", Unit.RATE)
_KINDS = {Unit.COUNT: pl.Int64(), Unit.PEOPLE: pl.Int64(), Unit.RATE: pl.Float64(), Unit.SECONDS: pl.Float64(), Unit.NUMBER: pl.Float64()}


def banded(snapshot: Snapshot, asked: Result, seconds: tuple[str, Params], bands: Bands, time: Column, counted: Column, definition: str) -> Result:
    """Rows (band, how many, share of all reached by its end), in order, from the first band with any to the last; `seconds` selects (…, seconds)."""
    sql, params = seconds
    edges = "".join(f"WHEN seconds < {edge} THEN {n} " for n, (edge, _) in enumerate(bands) if edge)
    found = dict(snapshot.sql(f"SELECT CASE {edges}ELSE {len(bands) - 1} END AS band, count(*) AS n FROM ({sql}) GROUP BY band", params).iter_rows())
    return _of_bands(asked, found, bands, (time, counted), definition)


def banded_in_memory(asked: Result, seconds: NDArray[np.int64], bands: Bands, time: Column, counted: Column, definition: str) -> Result:
    """The same of these seconds, which are sorted."""
    ends = [*np.searchsorted(seconds, [edge for edge, _ in bands if edge]).tolist(), len(seconds)]
    found = {n: end - begin for n, (begin, end) in enumerate(pairwise((0, *ends))) if end > begin}
    return _of_bands(asked, found, bands, (time, counted), definition)


def _of_bands(asked: Result, found: Mapping[int, int], bands: Bands, heads: tuple[Column, Column], definition: str) -> Result:
    """`found`: the place of a band → how many, where there are any."""
    whole, rows, so_far = sum(found.values()), [], 0
    for n in range(min(found, default=0), max(found, default=-1) + 1):
        so_far += found.get(n, 0)
        rows.append((bands[n][1], found.get(n, 0), so_far / whole))
    columns = (*heads, SO_FAR)
    return told(asked, _frame(rows, {column.name: _KINDS.get(column.unit) or pl.String() for column in columns}), columns, (heads[0].label, definition))


def quartered(snapshot: Snapshot, asked: Result, seconds: tuple[str, Params], prefix: str, counted: Column, definition: tuple[str, str]) -> Result:
    """Per value of the dimensions asked: how many, and within how many seconds a quarter, half and three quarters of them lie (`PREFIX_median_s`)."""
    sql, params = seconds
    by, columns = asked.query.dimensions, _of_marks(prefix)
    marks = ", ".join(f"quantile_cont(seconds, {mark})::DOUBLE AS {column.name}" for (_, mark, _), column in zip(MARKS, columns, strict=True))
    tail = f" GROUP BY {', '.join(by)} ORDER BY {', '.join(f'{name} NULLS LAST' for name in by)}" if by else ""
    frame = snapshot.sql(f"SELECT {', '.join([*by, f'count(*) AS {counted.name}', marks])} FROM ({sql}){tail}", params)
    return told(asked, frame, (*split_columns(asked), counted, *columns), definition)


def quartered_in_memory(asked: Result, seconds: Mapping[Row, NDArray[np.int64]], prefix: str, counted: Column, definition: tuple[str, str]) -> Result:
    """The same of these seconds, by values of the dimensions; each sorted."""
    by, columns = asked.query.dimensions, _of_marks(prefix)
    rows = in_order([(*group, len(own), *(_within(own, mark) for _, mark, _ in MARKS)) for group, own in seconds.items()], by, by, None, None)
    schema = {name: asked.frame.schema[name] for name in by} | {counted.name: _KINDS[counted.unit]} | {column.name: _KINDS[column.unit] for column in columns}
    return told(asked, _frame(rows, schema), (*split_columns(asked), counted, *columns), definition)


def _of_marks(prefix: str) -> tuple[Column, ...]:
    return tuple(Column(f"{prefix}_{name}_s", label, Unit.SECONDS) for name, _, label in MARKS)


def _within(seconds: NDArray[np.int64], mark: float) -> float | None:
    """As SQL's quantile_cont: between two neighbours in proportion."""
    if not len(seconds):
        return None
    whole, part = divmod((len(seconds) - 1) * mark, 1)
    low, high = int(seconds[int(whole)]), int(seconds[min(int(whole) + 1, len(seconds) - 1)])
    return low + (high - low) * part


def _frame(rows: Sequence[Row], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    values = zip(*rows, strict=True) if rows else ((),) * len(schema)
    return pl.DataFrame([pl.Series(name, own, kind) for (name, kind), own in zip(schema.items(), values, strict=True)])


def split_columns(asked: Result) -> tuple[Column, ...]:
    """The columns of the dimensions asked."""
    return tuple(column for column in asked.columns if column.name in asked.query.dimensions)


def told(asked: Result, frame: pl.DataFrame, columns: Sequence[Column], *definitions: tuple[str, str]) -> Result:
    """The answer with this frame in place of its measures; `definitions` are (label, sentence)."""
    kinds = {column.name: _KINDS[column.unit] for column in columns if column.unit in _KINDS and column.name not in asked.query.dimensions}
    # a column after the other: for the few rows of an answer a select of expressions takes twenty times as long
    shown = [frame[column.name].cast(kinds.get(column.name, frame.schema[column.name])) for column in columns]
    return replace(asked, frame=pl.DataFrame(shown), columns=tuple(columns), definitions=definitions)
