"""What may be asked: a question that can be answered comes back with its values settled, any other says what is possible."""
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from core.errors import WrongUsage, unknown
from core.metrics.dimensions import ATTRIBUTE, DIMENSIONS, dimension, is_attribute
from core.metrics.facts import ENTERED, HAPPENED
from core.metrics.formulas import checked, inputs
from core.metrics.measures import MEASURES, Measure
from core.metrics.query import Query, Where

COMPARISONS = ("previous", "year", "weekdays")
ANY_ATTRIBUTE = f"{ATTRIBUTE}NAME"
BEFORE = "_before"  # suffix of a column of the compared period


def settled(query: Query) -> Query:
    """The question with each filter's values as they stand in the tables, each once. Raises WrongUsage, naming what is possible."""
    checked(query.formulas)
    counted = with_inputs(query)
    _names(counted)
    _range(counted)
    query = replace(query, where=_where(query))
    counted = replace(counted, where=query.where)
    for measure in (MEASURES[name] for name in counted.measures):
        _combination(measure, counted)
    _currency_filter(counted)
    _journey(query)
    _order(query)
    _limit(query)
    return query


def with_inputs(query: Query) -> Query:
    """The question of measures alone that a question with formulas is worked out from: all rows, in no order of theirs; any other as it is."""
    if not query.formulas:
        return query
    read = [name for formula in query.formulas for name in inputs(formula) if name not in query.measures]
    return replace(query, measures=(*query.measures, *dict.fromkeys(read)), formulas=(), order=None, limit=None)


def columns(query: Query) -> list[str]:
    """The columns of the answer, in order: dimensions, measures, formulas."""
    counted = (*query.measures, *(formula.name for formula in query.formulas))
    if query.compare is None:
        return [*query.dimensions, *counted]
    dimensions = [column for name in query.dimensions for column in ((name, name + BEFORE) if is_bucket(name) else (name,))]
    return [*dimensions, *(column for name in counted for column in (name, name + BEFORE))]


def is_bucket(dimension: str) -> bool:
    """Whether the dimension cuts the range into days, weeks or months."""
    return dimension in ("day", "week", "month")


def grain(days: int) -> str:
    """The bucket in which a range of so many days is drawn: days up to four months, weeks up to two years, months beyond."""
    return "day" if days <= 124 else "week" if days <= 740 else "month"


def _names(query: Query) -> None:
    if not query.measures:
        raise WrongUsage("A question asks for at least one measure: --measures entries.")
    _known_once("measure", query.measures, MEASURES)
    _known_once("dimension", query.dimensions, _dimensions_among(query.dimensions))
    for kind, name, choices in (("basis", query.basis, (ENTERED, HAPPENED)), ("comparison", query.compare, COMPARISONS)):
        if name is not None and name not in choices:
            raise WrongUsage(unknown(kind, name, choices))


def _dimensions_among(names: Iterable[str]) -> list[str]:
    """All dimensions, and those of the names that mean attributes: which there are is for the snapshot to say."""
    return [*DIMENSIONS, *filter(is_attribute, names)]


def _known_once(kind: str, names: Iterable[str], known: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name not in known:
            raise WrongUsage(unknown(kind, name, known))
        if name in seen:
            raise WrongUsage(f"The {kind} {name} is asked for twice: name it once.")
        seen.add(name)


def _range(query: Query) -> None:
    if query.first and query.last and query.first > query.last:
        raise WrongUsage(f"The range ends ({query.last}) before it starts ({query.first}): put the earlier day in from.")
    if query.compare and not (query.first and query.last):
        raise WrongUsage("A comparison needs both ends of the range: give from and to.")
    if "mep" in query.measures and not (_starts_month(query) and _ends_month(query)):
        raise WrongUsage("mep counts whole months: from is the first day of a month, to the last day of one, or they are left open.")


def _starts_month(query: Query) -> bool:
    return query.first is None or query.first.day == 1


def _ends_month(query: Query) -> bool:
    return query.last is None or (query.last.toordinal() < query.last.max.toordinal() and (query.last + timedelta(1)).day == 1) or query.last == query.last.max


def _where(query: Query) -> Where:
    names = [name for name, _ in query.where]
    _known_once("dimension", names, _dimensions_among(names))
    settled_filters = []
    for name, values in query.where:
        if not values:
            raise WrongUsage(f"The filter on {name} has an empty list of values: give at least one, or leave the filter out.")
        read = [dimension(name).value(value) for value in values]
        settled_filters.append((name, tuple(dict.fromkeys(read))))
    return tuple(settled_filters)  # type: ignore[arg-type]  # days are dates from here on


def _combination(measure: Measure, query: Query) -> None:
    filters = [name for name, _ in query.where if name != "currency"]  # a currency filter leaves the other measures whole
    for doing, names in (("split", query.dimensions), ("filtered", filters)):
        for name in names:
            if not measure.knows(name):
                can = [*measure.splits, *([ANY_ATTRIBUTE] if measure.knows(ANY_ATTRIBUTE) else [])]
                works = [other.name for other in MEASURES.values() if other.knows(name)]
                raise WrongUsage(f"{measure.name} cannot be {doing} by {name}. It can be {doing} by: {', '.join(can)}. {name} works with: {', '.join(works)}.")


def _currency_filter(query: Query) -> None:
    if any(name == "currency" for name, _ in query.where) and not any("currency" in MEASURES[name].splits for name in query.measures):
        works = [measure.name for measure in MEASURES.values() if "currency" in measure.splits]
        raise WrongUsage(f"A filter on currency needs a measure of money: {', '.join(works)}.")


def _journey(query: Query) -> None:
    if "journey" in query.dimensions or any(name == "journey" and len(values) == 1 and values[0] is not None for name, values in query.where):
        return
    for name in (*query.dimensions, *(name for name, _ in query.where)):
        if dimension(name).needs_journey:
            raise WrongUsage(f"{name} means something within one journey: add journey as a dimension, or filter by one journey by its id.")


def _order(query: Query) -> None:
    if query.order is not None and query.order.removeprefix("-") not in columns(query):
        raise WrongUsage(unknown("column to order by called", query.order.removeprefix("-"), columns(query)))


def _limit(query: Query) -> None:
    if query.limit is not None and not 0 <= query.limit < 2**63:
        raise WrongUsage(f"limit is a number of rows, 0 or more, not {query.limit}.")
