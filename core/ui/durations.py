"""How long things took, as their answers tell it (core.metrics.bands): bands of time with what was reached by then, and quartiles."""

from __future__ import annotations

from collections.abc import Callable

from core.metrics import Result
from core.ui import parts, tables, words
from core.ui.tables import Col, Row


def bands(result: Result, head: str, counted: str, caption: str, so_far: str = "So far") -> None:
    """A row a band, its count as a bar and a number, and the share of all that was reached by its end."""
    band, number = (column.name for column in result.columns[:2])
    rows = list(result.frame.iter_rows(named=True))
    top = max((row[number] for row in rows), default=0)
    tables.table(
        [Col(head, "t", lambda row: words.name(row[band])), Col(f"{counted} as a bar", "b", lambda row: parts.bar(row[number], top), is_hidden=True),
         Col(counted, "n", lambda row: words.count(row[number])), Col(so_far, "n", lambda row: words.rate(row["so_far_rate"]))],
        rows, caption, "tight",
    )  # fmt: skip


def quartiles(result: Result) -> list[Col]:
    """Columns of how long a quarter, half and three quarters took at most."""
    return [Col(column.label, "n", _of(column.name)) for column in result.columns if column.unit == "seconds"]


def three(result: Result, prefix: str) -> tuple[str, str, str]:
    """Of an answer that is not split: a quarter, half and three quarters in words."""
    row = result.frame.row(0, named=True)
    quarter, half, more = (words.seconds(row[f"{prefix}_{name}_s"]) for name in ("quarter", "median", "three_quarters"))
    return quarter, half, more


def _of(name: str) -> Callable[[Row], str]:
    return lambda row: words.seconds(row[name])
