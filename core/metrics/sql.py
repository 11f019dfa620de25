"""Parts → SQL: each part one SELECT, joined on equal dimension values (null equals null), then rates, order and limit."""
from dataclasses import replace
from datetime import date
from typing import Any

from core.metrics.dimensions import ATTRIBUTE, is_attribute
from core.metrics.facts import COLUMNS, Rows, bucket
from core.metrics.measures import DAYS, MEASURES, Measure
from core.metrics.planner import Part, plan
from core.metrics.query import Query
from core.metrics.rules import is_bucket
from core.metrics.series import Series
from core.metrics.units import Unit

Params = list[Any]
Values = tuple[str | int | date | None, ...]
MOST_KEYS = 500  # beyond that a question names its series by what they are of, and joins


def sql_for(query: Query, force_facts: bool = False, series: Series | None = None) -> tuple[str, Params]:
    """The SQL of a settled question and its parameters, in the order of their question marks. With the snapshot's `series` people are asked
    of `reach_cells` by key, several times faster than of the view `reach`."""
    parts = plan(query, force_facts)
    written = [part_sql(part, query, series) for part in parts]
    names = [f"{part.source}_{number}" for number, part in enumerate(parts, start=1)]
    ctes = [f"{name} AS (\n{_indent(text)}\n)" for name, (text, _) in zip(names, written, strict=True)]
    rows = [name for name, part in zip(names, parts, strict=True) if not part.is_beside]
    source = rows[0]
    if len(rows) > 1:
        ctes.append(f"joined AS (\n{_indent(_joined(rows, parts, query))}\n)")
        source = "joined"
    beside = [_beside(name, part, source) for name, part in zip(names, parts, strict=True) if part.is_beside]
    lines = ["WITH " + ",\n".join(ctes), "SELECT " + ", ".join([*_dimensions(query, source, beside), *(_shown(MEASURES[name]) for name in query.measures)])]
    lines += [f"FROM {source}", *beside]
    if query.dimensions:
        lines.append("ORDER BY " + ", ".join(_order(query)))
    if query.limit is not None:
        lines.append(f"LIMIT {query.limit}")
    return "\n".join(lines), [param for _, params in written for param in params]


def _dimensions(query: Query, source: str, beside: list[str]) -> list[str]:
    return [f"{source}.{named(name)}" if beside else named(name) for name in query.dimensions]


def _joined(names: list[str], parts: tuple[Part, ...], query: Query) -> str:
    """A row a group that any part has: grouping is the join in which null equals null."""
    measures = [f"max({measure.name}) AS {measure.name}" for part in parts if not part.is_beside for measure in part.measures]
    union = "\n    UNION ALL BY NAME ".join(f"FROM {name}" for name in names)
    dimensions = [named(name) for name in query.dimensions]
    group = [f"GROUP BY {', '.join(dimensions)}"] if dimensions else []
    return "\n".join([f"SELECT {', '.join([*dimensions, *measures])}", f"FROM (\n    {union}\n)", *group])


def _beside(name: str, part: Part, source: str) -> str:
    equal = " AND ".join(f"{name}.{dimension} IS NOT DISTINCT FROM {source}.{dimension}" for dimension in map(named, part.dimensions))
    return f"LEFT JOIN {name} ON {equal or 'TRUE'}"


def _shown(measure: Measure) -> str:
    """A measure from the counted columns: counts and people 0 where there is none, the rest null."""
    if measure.unit in (Unit.COUNT, Unit.PEOPLE):
        return f"coalesce({measure.name}, 0) AS {measure.name}"
    if not measure.is_rate:
        return measure.name
    over, under = measure.parts
    if measure.unit is Unit.RATE:
        return f"coalesce({over}, 0) / nullif({under}, 0) AS {measure.name}"
    return f"{_rounded(over, under)} AS {measure.name}"


def _rounded(money: str, people: str) -> str:
    """Money over people to six decimals, half away from zero: in whole millionths, as a division of decimals would be a double."""
    n = f"nullif({people}, 0)"
    millionths = f"sign({money}) * ((2 * CAST(abs({money}) * 1000000 AS HUGEINT) + {n}) // (2 * {n}))"
    return f"CAST({millionths} AS DECIMAL(32, 0)) * CAST(0.000001 AS DECIMAL(6, 6))"


def _order(query: Query) -> list[str]:
    order = []
    if query.order is not None:
        order.append(f"{named(query.order.removeprefix('-'))} {'DESC' if query.order.startswith('-') else 'ASC'} NULLS LAST")
    return [*order, *(f"{named(name)} ASC NULLS LAST" for name in query.dimensions)]


def part_sql(part: Part, query: Query, series: Series | None) -> tuple[str, Params]:
    """One part alone: its dimensions, then its measures, in their order."""
    if part.source == "daily":
        return _daily(part, query)
    if part.source == "reach":
        return _people(part, query, series)
    if len(part.rows) == 1:
        return _facts(part, query)
    return _several_tables(part, query)


def _daily(part: Part, query: Query) -> tuple[str, Params]:
    conditions, params = _conditions("daily", "day", "", part, query)
    column = {True: "amount", False: "n"}
    aggregates = [f"sum({column[measure.is_money]})" for measure in part.measures]
    return _rollup("daily", part, query, aggregates, [_measures(part), f"basis = '{query.basis}'", *conditions]), params


def _people(part: Part, query: Query, series: Series | None) -> tuple[str, Params]:
    """By the keys of its series where they are known and few, else by the view over all."""
    told_apart = tuple(item for item in part.where if not is_bucket(item[0]))
    keys = {measure.name: series.keys(measure.name, query.basis, part.scope, told_apart) for measure in part.measures} if series else {}
    every = sorted(key for own in keys.values() for key in own)
    if not 0 < len(every) <= MOST_KEYS:
        return _reach(part, query)
    conditions, params = _cell_conditions(replace(part, where=tuple(item for item in part.where if is_bucket(item[0]))), query)
    conditions.insert(0, f"series_key = {every[0]}" if len(every) == 1 else f"series_key IN ({', '.join(map(str, every))})")
    return (_named_cells if set(part.dimensions) - set(DAYS) else _cells)(part, keys, conditions), params


def _cells(part: Part, keys: dict[str, list[int]], conditions: list[str]) -> str:
    """At most one series a measure: no row needs to say what it is of."""
    columns = []
    for name, own in keys.items():
        only = "" if len(keys) == 1 else f" FILTER (series_key = {own[0]})" if own else " FILTER (false)"
        columns.append(f"sum(n){only}::BIGINT AS {name}")
    return _select("reach_cells", "day", "", part.dimensions, columns, conditions)


def _named_cells(part: Part, keys: dict[str, list[int]], conditions: list[str]) -> str:
    """Several series a measure: counted by key, which is quick, and named afterwards."""
    buckets = tuple(name for name in part.dimensions if is_bucket(name))
    counted = _select("reach_cells", "day", "", buckets, ["series_key", "sum(n)::BIGINT AS n"], conditions, grouped=False) + "\nGROUP BY ALL"
    held = [(name, COLUMNS["reach"].get(name, name)) for name in part.dimensions]
    shown = [name if column == name else f"{column} AS {name}" for name, column in held]
    if len(keys) == 1:
        return f"SELECT {', '.join([*shown, f'n AS {part.measures[0].name}'])}\nFROM (\n{_indent(counted)}\n)\nJOIN reach_series USING (series_key)"
    columns = [f"max(n) FILTER (measure = '{name}') AS {name}" for name in keys]
    return f"SELECT {', '.join([*shown, *columns])}\nFROM (\n{_indent(counted)}\n)\nJOIN reach_series USING (series_key)\nGROUP BY ALL"


def _reach(part: Part, query: Query) -> tuple[str, Params]:
    conditions, params = _cell_conditions(part, query)
    conditions = [_measures(part), f"basis = '{query.basis}'", f"scope = '{part.scope}'", *conditions]
    return _rollup("reach", part, query, ["sum(n)"] * len(part.measures), conditions), params


def _cell_conditions(part: Part, query: Query) -> tuple[list[str], Params]:
    """The cells of the range and filters in which a profile is there for the first time since the range or the bucket began."""
    conditions, params = _conditions("reach", "day", "", part, query)
    if "day" in part.dimensions:  # a day's previous day is always before the day
        return conditions, params
    starts = [bucket(name, "day", "") for name in part.dimensions if is_bucket(name)]
    if query.first is not None:
        starts.insert(0, "?::DATE")
        params = [*params, query.first]
    start = f"greatest({', '.join(starts)})" if len(starts) > 1 else "".join(starts)
    return [*conditions, f"(previous_day IS NULL OR previous_day < {start})" if start else "previous_day IS NULL"], params


def _measures(part: Part) -> str:
    names = [f"'{measure.name}'" for measure in part.measures]
    return f"measure = {names[0]}" if len(names) == 1 else f"measure IN ({', '.join(names)})"


def _rollup(table: str, part: Part, query: Query, aggregates: list[str], conditions: list[str]) -> str:
    columns = []
    for measure, aggregate in zip(part.measures, aggregates, strict=True):
        only = "" if len(part.measures) == 1 else f" FILTER (measure = '{measure.name}')"
        columns.append(f"{aggregate}{only}{'' if measure.is_money else '::BIGINT'} AS {measure.name}")
    return _select(table, "day", "", part.dimensions, columns, conditions)


def _facts(part: Part, query: Query) -> tuple[str, Params]:
    table, place = part.rows[0].table, part.rows[0].placed_by(query.basis)
    conditions, params = _conditions(table, f"{place}_day", f"{place}_hour", part, query)
    counting = [next(rows for rows in measure.rows if rows.placed_by(query.basis)).where for measure in part.measures]
    if len(part.measures) == 1:
        columns = [f"{part.measures[0].sql} AS {part.measures[0].name}"]
        own = counting if counting[0] else []
    else:
        columns = [f"{measure.sql}{f' FILTER ({where})' if where else ''} AS {measure.name}" for measure, where in zip(part.measures, counting, strict=True)]
        own = [f"({' OR '.join(f'({where})' for where in dict.fromkeys(counting))})"] if all(counting) else []
    return _select(table, f"{place}_day", f"{place}_hour", part.dimensions, columns, [*own, *conditions]), params


def _several_tables(part: Part, query: Query) -> tuple[str, Params]:
    """A measure whose facts stand in more than one table: their rows together, then its aggregate over all."""
    measure, texts, params = part.measures[0], [], []
    for rows in part.rows:
        text, own = fact_rows(rows, part, query, [measure.counted])
        texts.append(text)
        params += own
    together = _indent("\nUNION ALL\n".join(texts))
    lines = [f"SELECT {', '.join([*map(named, part.dimensions), f'{measure.sql} AS {measure.name}'])}", f"FROM (\n{together}\n)"]
    return "\n".join(lines + (["GROUP BY ALL"] if part.dimensions else [])), params


def fact_rows(rows: Rows, part: Part, query: Query, columns: list[str], conditions: tuple[str, ...] = ()) -> tuple[str, Params]:
    """One row a fact: its dimensions, then these columns."""
    place = rows.placed_by(query.basis)
    asked, params = _conditions(rows.table, f"{place}_day", f"{place}_hour", part, query)
    own = [rows.where] if rows.where else []
    return _select(rows.table, f"{place}_day", f"{place}_hour", part.dimensions, columns, [*own, *asked, *conditions], grouped=False), params


def _select(table: str, day: str, hour: str, dimensions: tuple[str, ...], columns: list[str], conditions: list[str], grouped: bool = True) -> str:
    held = [(named(name), _column(table, name, day, hour)) for name in dimensions]
    shown = [name if column == name else f"{column} AS {name}" for name, column in held]
    lines = [f"SELECT {', '.join([*shown, *columns])}", f"FROM {table}"]
    if conditions:
        lines.append("WHERE " + "\n  AND ".join(conditions))
    if grouped and dimensions:
        lines.append("GROUP BY ALL")
    return "\n".join(lines)


def named(dimension: str) -> str:
    """The name of a dimension's column."""
    return '"' + dimension.replace('"', '""') + '"' if is_attribute(dimension) else dimension


def _column(table: str, dimension: str, day: str, hour: str) -> str:
    if is_attribute(dimension):
        own = dimension.removeprefix(ATTRIBUTE).replace("'", "''")
        return f"(SELECT said.value FROM run_attributes AS said WHERE said.run_key = {table}.run_key AND said.name = '{own}')"
    return COLUMNS[table].get(dimension) or bucket(dimension, day, hour)


def _conditions(table: str, day: str, hour: str, part: Part, query: Query) -> tuple[list[str], Params]:
    conditions: list[str] = []
    params: Params = []
    for comparison, moment in ((">=", query.first), ("<=", query.last)):
        if moment is not None:
            conditions.append(f"{day} {comparison} ?")
            params.append(moment)
    for name, values in part.where:
        text, own = of_attribute(name, values) if is_attribute(name) else _any_of(_column(table, name, day, hour), values)
        conditions.append(text)
        params += own
    return conditions, params


def of_attribute(name: str, values: Values) -> tuple[str, Params]:
    """Whether a fact is of a run whose entry says one of these values of an attribute; null: says none, and a fact without a run."""
    params: Params = [name.removeprefix(ATTRIBUTE)]
    said = "run_key IN (SELECT run_key FROM run_attributes WHERE name = ?{})"
    known = [value for value in values if value is not None]
    if None not in values:
        text, own = _any_of("value", values)
        return said.format(f" AND {text}"), [*params, *own]
    if known:
        others = said.format(f" AND value NOT IN ({', '.join('?' * len(known))})")
        return f"(run_key IS NULL OR NOT {others})", [*params, *known]
    return f"(run_key IS NULL OR NOT {said.format('')})", params


def _any_of(column: str, values: Values) -> tuple[str, Params]:
    known = [value for value in values if value is not None]
    choices = [f"{column} = ?"] if len(known) == 1 else [f"{column} IN ({', '.join('?' * len(known))})"] if known else []
    if None in values:
        choices.append(f"{column} IS NULL")
    return (choices[0] if len(choices) == 1 else f"({' OR '.join(choices)})"), known


def _indent(text: str) -> str:
    return "    " + text.replace("\n", "\n    ")
