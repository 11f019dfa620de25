"""An answer: its frame, the question, the snapshot it comes from, and what a reader should know beside it."""
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import polars as pl

from core.metrics.clock import rfc3339
from core.metrics.query import Query
from core.metrics.units import Unit


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an answer: its name in the frame, how people read it, and what its numbers are of."""

    name: str
    label: str
    unit: Unit


@dataclass(frozen=True, slots=True)
class Result:
    """`frame` has the dimensions, then the measures, in the order asked; with a comparison each measure m is followed by m_before, each
    day, week or month by its own. Types: text String; day, week and month Date (a month is its first day); hour, weekday and version
    integers; counts Int64; money Decimal(38, 6); rates and seconds Float64. `as_of` is in the account's zone. `journeys` has the names of the
    journeys in the frame, where journey is a dimension."""

    frame: pl.DataFrame
    query: Query
    snapshot_id: str
    as_of: datetime
    columns: tuple[Column, ...]
    warnings: tuple[str, ...] = ()
    journeys: Mapping[str, str] = field(default_factory=dict)
    definitions: tuple[tuple[str, str], ...] = ()  # of an answer that is told otherwise than by its measures: label, definition

    def document(self) -> dict[str, Any]:
        """The JSON document of interface §5; warnings beside it."""
        return {
            "snapshot": self.snapshot_id,
            "as_of": rfc3339(self.as_of),
            "basis": self.query.basis,
            "columns": [{"name": column.name, "unit": str(column.unit)} for column in self.columns],
            "rows": self.rows(),
            "warnings": list(self.warnings),
        }

    def rows(self) -> list[dict[str, Any]]:
        """The rows as JSON values: money text with six decimals, days and months text, counts integers, rates numbers not rounded."""
        return [{name: json_value(name, value) for name, value in row.items()} for row in self.frame.iter_rows(named=True)]

    def value(self, measure: str) -> Any:
        """The measure in the first row, as the frame has it; None where there is no row."""
        return self.frame[measure][0] if self.frame.height else None


def json_value(column: str, value: Any) -> Any:
    """One cell as JSON has it (interface §4 *Values*, §5)."""
    if isinstance(value, Decimal):
        return f"{value:.6f}"
    if isinstance(value, date):
        return value.isoformat()[: 7 if column.startswith("month") else 10]
    return value
