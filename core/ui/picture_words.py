"""How the parts of an answer read in a picture: its numbers, what a mark is of, what the series are of, and the whole in words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from core.boards.visualization import titled
from core.metrics import Result
from core.metrics.result import Column
from core.metrics.rules import is_bucket
from core.ui import series, tables, words
from core.ui.address import Chosen

if TYPE_CHECKING:
    from core.ui.viewer import Viewer


def numbers(result: Result) -> list[Column]:
    """The columns of numbers, those of the compared period apart."""
    return [column for column in result.columns if column.unit != "text" and not column.name.endswith("_before")]


def largest_first(result: Result, dimension: str, measure: str) -> list[Any]:
    """The values of a dimension by the sum of the measure; equal ones as they come in the answer. (For few rows a group_by takes ten times as long.)"""
    sums: dict[Any, float] = {}
    for value, number in zip(result.frame[dimension].to_list(), result.frame[measure].to_list(), strict=True):
        sums[value] = sums.get(value, 0.0) + (0.0 if number is None else float(number))
    return sorted(sums, key=sums.__getitem__, reverse=True)


def label(viewer: Viewer, chosen: Chosen, name: str, value: Any) -> str:
    """A value of a dimension, as a mark of it is called."""
    if isinstance(value, date) and is_bucket(name):
        return series.bucket_said(value, name, chosen.days)
    return f"{value}:00" if name == "hour" and value is not None else tables.text(viewer, name, value, "text")


def word(result: Result) -> str:
    """What the series are of."""
    names = result.query.dimensions
    return next((column.label for column in result.columns if len(names) > 1 and column.name == names[1]), "Measure")


def alt(result: Result, chosen: Chosen) -> str:
    """The picture in words, for whoever does not see it."""
    return f"{titled(result.query)}, {words.days(*chosen.days)}"
