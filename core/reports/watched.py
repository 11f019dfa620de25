"""The one number that an alert looks at: a measure or a formula under a question's filters, and how it is named in words."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from core.errors import WrongUsage
from core.metrics import MEASURES, Query
from core.metrics.answering import journey_names
from core.metrics.dimensions import dimension
from core.metrics.formulas import inputs
from core.metrics.formulas import unit as unit_of
from core.metrics.rules import is_bucket, settled, with_inputs
from core.metrics.units import Unit

if TYPE_CHECKING:
    from core.warehouse.snapshots import Snapshot

NEVER = ("mep",)  # it has thresholds of its own
COUNTED = (Unit.COUNT, Unit.PEOPLE)
ELEMENTS = "SELECT name FROM elements WHERE element_id = $1 AND ($2 IS NULL OR journey_id = $2) AND name IS NOT NULL ORDER BY version DESC NULLS LAST LIMIT 1"


@dataclass(frozen=True, slots=True)
class Watched:
    """`under`: the denominator of a rate. `empty`: what a day without a fact stands for. `parts`: the measures among whose groups a change is looked for."""

    name: str
    label: str
    unit: Unit
    under: str | None
    empty: float | None
    parts: tuple[str, ...]

    @property
    def is_count(self) -> bool:
        """Whether chance alone moves it by about its square root; rates, money, durations and ratios have other laws."""
        return self.unit in COUNTED

    @classmethod
    def of(cls, query: Query) -> Watched:
        """What a question of one number looks at."""
        if query.formulas:
            (formula,) = query.formulas
            unit = unit_of(formula)
            counted = tuple(name for name in inputs(formula) if not MEASURES[name].is_rate and MEASURES[name].unit is not Unit.SECONDS)
            return cls(formula.name, formula.name, unit, None, 0.0 if unit in COUNTED else None, counted)
        measure = MEASURES[query.measures[0]]
        adds_up = measure.unit in COUNTED or (measure.is_money and not measure.is_rate)
        under = measure.parts[1] if measure.unit is Unit.RATE else None
        return cls(measure.name, measure.label, measure.unit, under, 0.0 if adds_up else None, measure.parts[:1] or (measure.name,))


def numbers(query: Query) -> tuple[str, ...]:
    """What of a question an alert could look at, by name."""
    return tuple(name for name in query.measures if name not in NEVER) + tuple(formula.name for formula in query.formulas)


def only(query: Query, name: str) -> Query:
    """The question of this number alone, by the time it happened and without splits; a filter that the number does not know goes, and so do days."""
    formulas = tuple(formula for formula in query.formulas if formula.name == name)
    plain = replace(query, measures=() if formulas else (name,), formulas=formulas, dimensions=(), first=None, last=None, basis="happened", compare=None,
                    order=None, limit=None, answer=None)
    known = [MEASURES[one] for one in with_inputs(plain).measures if one in MEASURES]
    kept = tuple((name, values) for name, values in query.where if not is_bucket(name) and all(measure.knows(name) for measure in known))
    return replace(plain, where=kept)


def checked(query: Query, *, by_hour: bool) -> Query:
    """The question as an alert asks it: one number, on the day it happened. Raises WrongUsage that says what is possible."""
    if len(query.measures) + len(query.formulas) != 1:
        raise WrongUsage("An alert looks at one number: one measure or one formula.")
    buckets = [name for name, _ in query.where if is_bucket(name)]
    if buckets:
        raise WrongUsage(f"An alert goes on with the days, so it has no filter on {buckets[0]}.")
    query = settled(replace(query, dimensions=(), first=None, last=None, basis="happened", compare=None, order=None, limit=None, answer=None))
    if any(name in NEVER for name in with_inputs(query).measures):
        raise WrongUsage("MEP has thresholds of its own: on the page MEP consumption.")
    if by_hour and not is_known_by_hour(query):
        raise WrongUsage(f"{Watched.of(query).label} is not known by the hour: look at it by the day.")
    return query


def is_known_by_hour(query: Query) -> bool:
    """Whether each measure of the question can be split by the hour."""
    return all("hour" in MEASURES[name].splits for name in with_inputs(query).measures)


def subject(snapshot: Snapshot, query: Query) -> str:
    """What is looked at, with its filters in words: “Messages failed (journey Abandoned cart, channel SMS or VIBER)”."""
    watched = Watched.of(query)
    said = [f"{_lower(dimension(name).label)} {_any(snapshot, query, name, values)}" for name, values in query.where if not _is_currency_of(query, name)]
    return f"{watched.label} ({', '.join(said)})" if said else watched.label


def currency(query: Query) -> str | None:
    """What the number is in, where it is money of one currency."""
    values = dict(query.where).get("currency", ())
    return str(values[0]) if len(values) == 1 and values[0] is not None and Watched.of(query).unit is Unit.MONEY else None


def value_said(snapshot: Snapshot, query: Query, name: str, value: Any) -> str:
    """A value of a dimension by its name where it has one, else as it stands."""
    if value is None:
        return "none"
    if name == "journey":
        return journey_names(snapshot).get(value, str(value))
    if name in ("element", "last_element"):
        journeys = dict(query.where).get("journey", ())
        found = snapshot.sql(ELEMENTS, [value, journeys[0] if len(journeys) == 1 else None])
        return str(found["name"][0]) if found.height else str(value)
    return str(value)


def _any(snapshot: Snapshot, query: Query, name: str, values: Sequence[Any]) -> str:
    return " or ".join(value_said(snapshot, query, name, value) for value in values)


def _is_currency_of(query: Query, name: str) -> bool:
    """Said beside the number itself."""
    return name == "currency" and currency(query) is not None


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:]
