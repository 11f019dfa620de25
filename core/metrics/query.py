"""A question as plain data: it goes in an address, a saved visualization, a report request and a test."""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self

from core.errors import WrongUsage, unknown
from core.metrics.dimensions import day
from core.metrics.formulas import Formula

Where = tuple[tuple[str, tuple[str | int | None, ...]], ...]

KEYS = ("measures", "dimensions", "from", "to", "basis", "where", "order", "limit", "compare", "answer", "formulas")


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked, never of which account. `first` and `last` (“from”, “to”) are local days, both included, None is open.
    Values of one filter: any of them; several filters: all. Whether it can be answered is for `rules.settled` to say."""

    measures: tuple[str, ...]
    dimensions: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    basis: str = "entered"
    where: Where = ()
    order: str | None = None
    limit: int | None = None
    compare: str | None = None
    answer: str | None = None  # how it is told where not as the measures themselves (goal_times.NAMED)
    formulas: tuple[Formula, ...] = ()  # columns worked out of measures, after them

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Self:
        """The question of a JSON document (interface §5). Raises WrongUsage where a part of it has not the right form."""
        if not isinstance(document, Mapping):
            raise WrongUsage('A question is a JSON object: {"measures": ["entries"]}.')
        for key in document:
            if key not in KEYS:
                raise WrongUsage(unknown("part of a question called", str(key), KEYS))
        limit = document.get("limit")
        if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int)):
            raise WrongUsage(f"limit is a whole number, not {limit!r}.")
        return cls(
            measures=_names(document, "measures"), dimensions=_names(document, "dimensions"),
            first=_date(document, "from"), last=_date(document, "to"),
            basis=_text(document, "basis") or "entered", where=_where(document.get("where")),
            order=_text(document, "order"), limit=limit, compare=_text(document, "compare"), answer=_text(document, "answer"),
            formulas=_formulas(document),
        )

    def document(self) -> dict[str, Any]:
        """The JSON document of this question: `Query.of` reads it back. What is not asked is not there."""
        document: dict[str, Any] = {"measures": list(self.measures)}
        if self.dimensions:
            document["dimensions"] = list(self.dimensions)
        for key, moment in (("from", self.first), ("to", self.last)):
            if moment is not None:
                document[key] = moment.isoformat()
        document["basis"] = self.basis
        if self.where:
            document["where"] = {name: [value.isoformat() if isinstance(value, date) else value for value in values] for name, values in self.where}
        document |= {key: value for key, value in (("order", self.order), ("limit", self.limit), ("compare", self.compare), ("answer", self.answer))
                     if value is not None}
        return document | ({"formulas": [formula.document() for formula in self.formulas]} if self.formulas else {})

    def asking(self, *measures: str, by: Sequence[str] = (), order: str | None = None, limit: int | None = None, compare: str | None = None) -> Self:
        """The same range, basis and filters with other measures: what a page's filter bar is asked for."""
        return replace(self, measures=measures, dimensions=tuple(by), order=order, limit=limit, compare=compare, formulas=())

    def filtered(self, dimension: str, *values: str | int | None) -> Self:
        """The same question with this filter in place of the one there was on the dimension; without values: with none."""
        others = tuple((name, known) for name, known in self.where if name != dimension)
        return replace(self, where=(*others, (dimension, values)) if values else others)


def _names(document: Mapping[str, Any], key: str) -> tuple[str, ...]:
    names = document.get(key)
    if names is None:
        return ()
    if not isinstance(names, list | tuple) or not all(isinstance(name, str) for name in names):
        raise WrongUsage(f"{key} is a list of names, not {names!r}.")
    return tuple(names)


def _formulas(document: Mapping[str, Any]) -> tuple[Formula, ...]:
    given = document.get("formulas") or ()
    if not isinstance(given, list | tuple):
        raise WrongUsage(f"formulas is a list, not {given!r}.")
    return tuple(Formula.of(one) for one in given)


def _text(document: Mapping[str, Any], key: str) -> str | None:
    text = document.get(key)
    if text is not None and not isinstance(text, str):
        raise WrongUsage(f"{key} is text, not {text!r}.")
    return text


def _date(document: Mapping[str, Any], key: str) -> date | None:
    text = document.get(key)
    if text is None:
        return None
    try:
        return day(text if isinstance(text, str) else repr(text))
    except ValueError as problem:
        raise WrongUsage(f"{key} cannot be “{text}”: {problem}") from None


def _where(filters: Any) -> Where:
    if filters is None:
        return ()
    if not isinstance(filters, Mapping):
        raise WrongUsage(f'where is an object of lists, {{"journey": ["cart", null]}}, not {filters!r}.')
    return tuple((str(name), tuple(values) if isinstance(values, list | tuple) else (values,)) for name, values in filters.items())
