"""What a click on a row, cell, tile, step or stop means: values of dimensions of the answer that it was drawn from, and a measure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any

from core.metrics import Result

Results = Sequence[Result]
_drawn: ContextVar[Results] = ContextVar("the answers of the widget that is drawn now", default=())


@dataclass(frozen=True, slots=True)
class Hit:
    """A place in an answer: its values by dimension, none: all of it; `measure` None: whatever the answer counts."""

    result: Result
    values: Mapping[str, Any]
    measure: str | None


@contextmanager
def drawing(results: Results) -> Iterator[None]:
    """While inside, tables and tiles are drawn from these answers, and say which place of them each row, cell and tile is."""
    token = _drawn.set(results)
    try:
        yield
    finally:
        _drawn.reset(token)


def journey(results: Results = ()) -> str | None:
    """The one journey that these answers, else those that are drawn, are about; None: there is none, or more."""
    for result in results or _drawn.get():
        values = dict(result.query.where).get("journey", ())
        if len(values) == 1 and values[0] is not None:
            return str(values[0])
    return None


def of_row(row: Mapping[str, Any]) -> str:
    """The attribute of a table's row whose values name a place of an answer; empty: they name none."""
    for result in _drawn.get():
        names = result.query.dimensions
        if names and result.query.answer is None and all(name in row for name in names):
            return of_values({name: row[name] for name in names})
    return ""


def of_measure(measure: str) -> str:
    """The attribute of a cell that shows this measure of its row; empty: no answer has it."""
    return f' data-of="{measure}"' if measure and any(measure in result.query.measures for result in _drawn.get()) else ""


def of_values(values: Mapping[str, Any], measure: str = "") -> str:
    """The attribute of anything that stands for these values."""
    said = json.dumps({name: _plain(value) for name, value in values.items()}, ensure_ascii=False)
    return f' data-hit="{escape(said)}"' + (f' data-of="{escape(measure)}"' if measure else "")


def read(given: Any, results: Results) -> Hit | None:
    """What a browser sent, as a place of one of these answers; None where it is none, whatever was sent."""
    try:
        values, measure = json.loads(given["hit"]), given.get("of") or None
        sought = {str(name): value for name, value in values.items()}
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    for result in sorted(results, key=lambda one: measure is not None and measure not in one.query.measures):
        if result.query.answer is None and set(sought) <= set(result.query.dimensions):
            found = {name: _found(result, name, value) for name, value in sought.items()}
            if all(len(there) == 1 for there in found.values()):
                return Hit(result, {name: there[0] for name, there in found.items()}, measure if measure in result.query.measures else None)
    return None


def _found(result: Result, name: str, value: Any) -> list[Any]:
    """The value of the answer that was sent as this; empty: there is none."""
    return [there for there in result.frame[name].unique() if _plain(there) == value]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
