"""What may still be added to a question, and for the rest why not: the rules, asked beforehand."""
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from core.errors import WrongUsage
from core.metrics.dimensions import ATTRIBUTE, DIMENSIONS, dimension
from core.metrics.measures import MEASURES
from core.metrics.query import Query
from core.metrics.rules import COMPARISONS, settled, with_inputs

Reasons = dict[str, str | None]  # what could be added → why not, None: it may


@dataclass(frozen=True, slots=True)
class Possible:
    """Each with every name there is; those that the question has already may stay."""

    measures: Reasons
    dimensions: Reasons
    filters: Reasons
    comparisons: Reasons


def possible(query: Query, attributes: Sequence[str] = ()) -> Possible:
    """What may be added to this question, one thing at a time. `attributes`: names of the entries' attributes that there are."""
    every = (*DIMENSIONS, *(ATTRIBUTE + name for name in attributes))
    asked = with_inputs(replace(query, order=None, limit=None))
    stands = replace(asked, compare=None)
    return Possible(
        measures=_each(MEASURES, query.measures, lambda name: _why_no_measure(stands, name)),
        dimensions=_each(every, query.dimensions, lambda name: _why_no_split(stands, name, "split")),
        filters=_each(every, [name for name, _ in query.where], lambda name: _why_no_split(stands, name, "filtered")),
        comparisons=_each(COMPARISONS, (), lambda name: None if query.first and query.last else "A comparison needs a range with both ends."),
    )


def mended(query: Query, currencies: Sequence[str], own_currency: str) -> Query:
    """The question after something was taken away or a measure added: what hangs on what is gone goes too, and money of an account with several
    currencies (`currencies`) is asked in one of them, its own where it can be."""
    asked = with_inputs(query)
    if not _in_one_journey(query):
        query = replace(query, dimensions=tuple(name for name in query.dimensions if not dimension(name).needs_journey),
                        where=tuple(item for item in query.where if not dimension(item[0]).needs_journey))
    money = [name for name in asked.measures if "currency" in MEASURES[name].splits]
    if not money:
        query = replace(query.filtered("currency"), dimensions=tuple(name for name in query.dimensions if name != "currency"))
    elif len(currencies) > 1 and "currency" not in query.dimensions and not any(name == "currency" and len(values) == 1 for name, values in query.where):
        query = query.filtered("currency", own_currency if own_currency in currencies else currencies[0])
    known = {*query.dimensions, *query.measures, *(formula.name for formula in query.formulas)}
    order = query.order if query.order and query.order.removeprefix("-").removesuffix("_before") in known else None
    return replace(query, order=order)


def _each(names: Iterable[str], there: Sequence[str], why: Callable[[str], str | None]) -> Reasons:
    return {name: None if name in there else why(name) for name in names}


def _why_no_measure(query: Query, name: str) -> str | None:
    label = MEASURES[name].label
    split = [dimension(other).said for other in query.dimensions if not MEASURES[name].knows(other)]
    if split:
        return f"{label} cannot be split by {_listed(split)}"
    filtered = [dimension(other).said for other, _ in query.where if other != "currency" and not MEASURES[name].knows(other)]
    if filtered:
        return f"{label} cannot be filtered by {_listed(filtered)}"
    return _refusal(replace(query, measures=(*query.measures, name)), label)


def _why_no_split(query: Query, name: str, doing: str) -> str | None:
    """Why the question cannot be split (or filtered) by this dimension."""
    what = dimension(name)
    asked = [MEASURES[measure] for measure in query.measures]
    others = [measure.label for measure in asked if not measure.knows(name)]
    if name == "currency" and doing == "filtered" and len(others) < len(query.measures):
        return None  # it acts on the money alone
    if others:
        return f"{_listed(others)} cannot be {doing} by {what.said}"
    if what.needs_journey and not _in_one_journey(query):
        return f"{what.label} means something within one journey: split by journey or choose one first"
    return _refusal(replace(query, dimensions=(*query.dimensions, name)), what.label) if doing == "split" and query.measures else None


def _refusal(query: Query, label: str) -> str | None:
    """What else the rules say, in their own words."""
    try:
        settled(query)
    except WrongUsage as refused:
        return f"{label}: {refused}"
    return None


def _in_one_journey(query: Query) -> bool:
    return "journey" in query.dimensions or any(name == "journey" and len(values) == 1 and values[0] is not None for name, values in query.where)


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
