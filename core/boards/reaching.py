"""A dashboard's filters and its widgets: which filter reaches which, and the question that comes of it."""
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from core.boards.spans import Span
from core.boards.visualization import Visualization
from core.errors import WrongUsage
from core.metrics import MEASURES, Query
from core.metrics.dimensions import dimension
from core.metrics.query import Where
from core.metrics.rules import settled, with_inputs


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a dashboard's filter bar asks of all widgets; None and empty leave each its own."""

    span: Span | None = None
    basis: str | None = None
    where: Where = ()


@dataclass(frozen=True, slots=True)
class Reached:
    """A widget's question under the filters; `missed` has each filter that does not act on it, with the reason."""

    query: Query
    missed: tuple[tuple[str, str], ...] = ()


def reached(visualization: Visualization, wanted: Wanted, today: date) -> Reached:
    """The question of one widget of the dashboard."""
    query = visualization.asked(today)
    missed: list[tuple[str, str]] = []
    if wanted.basis:
        query = replace(query, basis=wanted.basis)
    if wanted.span:
        first, last = wanted.span.days(today)
        other = replace(query, first=first, last=last)
        why = _refusal(query, other)
        query, missed = (other, missed) if why is None else (query, [("range", why)])
    for name, values in wanted.where:
        why = _why_not(query, name)
        other = query if why else query.filtered(name, *values)
        why = why or _refusal(query, other)
        if why is None:
            query = other
        else:
            missed.append((name, why))
    return Reached(query, tuple(missed))


def said(wanted: Wanted, widgets: Sequence[tuple[str, Reached]]) -> list[tuple[str, int, list[tuple[str, str]]]]:
    """For each filter that is on: its name, how many widgets it reaches, and those that it does not with the reasons."""
    names = (["range"] if wanted.span else []) + [name for name, _ in wanted.where]
    found = []
    for name in names:
        missed = [(title, dict(one.missed)[name]) for title, one in widgets if name in dict(one.missed)]
        found.append((name, len(widgets) - len(missed), missed))
    return found


def _why_not(query: Query, name: str) -> str | None:
    if any(own == name for own, _ in query.where):
        return f"it has its own filter on {dimension(name).said}"
    whole = [MEASURES[measure].label for measure in with_inputs(query).measures if not MEASURES[measure].knows(name)]
    return f"{whole[0]} knows no {dimension(name).said}" if whole else None


def _refusal(before: Query, after: Query) -> str | None:
    """Why the rules refuse the changed question; what they refused before the change is not its fault."""
    try:
        settled(before)
    except WrongUsage:
        return None
    try:
        settled(after)
    except WrongUsage as refused:
        return str(refused)
    return None
