"""Rows of an answer, as tuples, put in its order."""
from collections.abc import Callable, Sequence
from typing import Any

Row = tuple[Any, ...]


def in_order(rows: list[Row], names: Sequence[str], dimensions: Sequence[str], order: str | None, limit: int | None) -> list[Row]:
    """By `order` (a column, “-column” descending), ties by the dimensions, null last; at most `limit` of them. `names` are the columns."""
    for name in reversed(dimensions):
        rows = sorted(rows, key=_null_last(names.index(name)))
    if order is not None:
        n = names.index(order.removeprefix("-"))
        known = sorted((row for row in rows if row[n] is not None), key=lambda row: row[n], reverse=order.startswith("-"))
        rows = known + [row for row in rows if row[n] is None]
    return rows if limit is None else rows[:limit]


def _null_last(n: int) -> Callable[[Row], Any]:
    return lambda row: (row[n] is None, 0 if row[n] is None else row[n])
