"""Durations told as answers: how many lie in which band of seconds, and quartiles by the dimensions asked."""
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from core.metrics.result import Column, Result
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
    whole, rows, so_far = sum(found.values()), [], 0
    for n in range(min(found, default=0), max(found, default=-1) + 1):
        so_far += found.get(n, 0)
        rows.append((bands[n][1], found.get(n, 0), so_far / whole))
    columns = (time, counted, SO_FAR)
    schema = {column.name: _KINDS.get(column.unit) or pl.String() for column in columns}
    return told(asked, pl.DataFrame(rows, schema=schema, orient="row"), columns, (time.label, definition))


def quartered(snapshot: Snapshot, asked: Result, seconds: tuple[str, Params], prefix: str, counted: Column, definition: tuple[str, str]) -> Result:
    """Per value of the dimensions asked: how many, and within how many seconds a quarter, half and three quarters of them lie (`PREFIX_median_s`)."""
    sql, params = seconds
    by = asked.query.dimensions
    columns = tuple(Column(f"{prefix}_{name}_s", label, Unit.SECONDS) for name, _, label in MARKS)
    marks = ", ".join(f"quantile_cont(seconds, {mark})::DOUBLE AS {column.name}" for (_, mark, _), column in zip(MARKS, columns, strict=True))
    tail = f" GROUP BY {', '.join(by)} ORDER BY {', '.join(f'{name} NULLS LAST' for name in by)}" if by else ""
    frame = snapshot.sql(f"SELECT {', '.join([*by, f'count(*) AS {counted.name}', marks])} FROM ({sql}){tail}", params)
    return told(asked, frame, (*split_columns(asked), counted, *columns), definition)


def split_columns(asked: Result) -> tuple[Column, ...]:
    """The columns of the dimensions asked."""
    return tuple(column for column in asked.columns if column.name in asked.query.dimensions)


def told(asked: Result, frame: pl.DataFrame, columns: Sequence[Column], *definitions: tuple[str, str]) -> Result:
    """The answer with this frame in place of its measures; `definitions` are (label, sentence)."""
    kinds = {column.name: _KINDS[column.unit] for column in columns if column.unit in _KINDS and column.name not in asked.query.dimensions}
    shown = frame.select(pl.col(column.name).cast(kinds[column.name]) if column.name in kinds else pl.col(column.name) for column in columns)
    return replace(asked, frame=shown, columns=tuple(columns), definitions=definitions)
