"""Question → parts: for each measure the cheapest table that answers it exactly, `daily`, `reach`, else the facts. Uniques are never added."""
from dataclasses import dataclass, replace

from core.metrics.facts import COLUMNS, Rows
from core.metrics.measures import DAYS, MEASURES, Measure
from core.metrics.query import Query, Where
from core.metrics.rules import is_bucket

# What a reach scope tells apart → its name; version and arm are always within a journey (rules.py sees to it).
_SCOPES = {
    frozenset[str](): "account",
    frozenset({"sub_account"}): "sub_account",
    frozenset({"journey"}): "journey",
    frozenset({"journey", "journey_version"}): "journey_version",
    frozenset({"journey", "arm"}): "journey_arm",
    frozenset({"journey", "journey_version", "arm"}): "journey_version_arm",
}


@dataclass(frozen=True, slots=True)
class Part:
    """Measures that one SELECT counts: from `daily`, `reach` (of one scope), or the table of the facts themselves."""

    source: str
    measures: tuple[Measure, ...]
    dimensions: tuple[str, ...]
    where: Where
    scope: str = ""
    rows: tuple[Rows, ...] = ()  # facts: the rows of the (first) measure on this basis
    is_beside: bool = False  # joined to the rows of the others, and adds none: the performers of a cost by currency


def atoms(query: Query) -> tuple[Measure, ...]:
    """The measures that are counted, each once: a rate is its two parts."""
    names = [name for asked in query.measures for name in (MEASURES[asked].parts or (asked,))]
    return tuple(MEASURES[name] for name in dict.fromkeys(names))


def plan(query: Query, force_facts: bool = False) -> tuple[Part, ...]:
    """The parts of a settled question. With `force_facts` everything is counted from the facts: what tests and benchmarks compare with."""
    alone = [_part(measure, query, force_facts) for measure in atoms(query)]
    merged: dict[tuple[object, ...], Part] = {}
    for part in alone:
        key = _together(part, query.basis)
        known = merged.get(key)
        merged[key] = part if known is None else replace(known, measures=known.measures + part.measures)
    return tuple(sorted(merged.values(), key=lambda part: part.is_beside))


def _part(measure: Measure, query: Query, force_facts: bool) -> Part:
    by_currency = "currency" in measure.splits
    dimensions = tuple(name for name in query.dimensions if by_currency or name != "currency")
    where = tuple(item for item in query.where if by_currency or item[0] != "currency")
    part = Part("facts", (measure,), dimensions, where, rows=tuple(rows for rows in measure.rows if rows.placed_by(query.basis)),
                is_beside=dimensions != query.dimensions)
    if force_facts:
        return part
    if measure.rollup == "daily" and _in_daily(dimensions, where):
        return replace(part, source="daily", rows=())
    if measure.rollup == "reach" and (scope := _scope(dimensions, where)):
        return replace(part, source="reach", rows=(), scope=scope)
    return part


def _in_daily(dimensions: tuple[str, ...], where: Where) -> bool:
    return all(name in COLUMNS["daily"] or name in (*DAYS, "weekday") for name in (*dimensions, *(name for name, _ in where)))


def _scope(dimensions: tuple[str, ...], where: Where) -> str | None:
    """The scope in which each row of the answer is exactly one cell: what is not a dimension is filtered to one value, or not told apart."""
    if any(name not in dimensions and (is_bucket(name) or len(values) > 1) for name, values in where):
        return None
    told_apart = {name for name in (*dimensions, *(name for name, _ in where)) if not is_bucket(name)}
    scope = _SCOPES.get(frozenset(told_apart - {"channel"}))
    return f"{scope}_channel" if scope and "channel" in told_apart else scope


def _together(part: Part, basis: str) -> tuple[object, ...]:
    """Parts with the same key are counted by one SELECT: the same table, filters and time."""
    where = (part.source, part.dimensions, part.where, part.scope, part.is_beside)
    if part.source != "facts":
        return where
    if len(part.rows) > 1:
        return (*where, part.measures[0].name)
    return (*where, part.rows[0].table, part.rows[0].placed_by(basis))
