"""The rollups of the map in memory: which way runs of a journey went, told apart by what a question may choose."""
from typing import Any

import polars as pl

from core.metrics.dimensions import is_attribute
from core.metrics.once import has_table, kept
from core.metrics.query import Query, Where
from core.metrics.sql import Params, of_attribute
from core.warehouse import sqlfile
from core.warehouse.snapshots import Snapshot

_TIMES = {"day": pl.col("day"), "week": pl.col("day").dt.truncate("1w"), "month": pl.col("day").dt.truncate("1mo"), "weekday": pl.col("day").dt.weekday()}
# built before there were such tables: they are made of others, of the journeys asked
_EXITS = """exits AS (
    SELECT DISTINCT journey_id, version, element_id, json_extract_string(unnest(from_json(next, '["JSON"]')), '$.to') AS to_id FROM elements
)"""
_NAMES = {"moves": "from_element_id AS from_element, to_element_id AS to_element", "ways": "element_id AS element, next_element_id AS next_element",
          "event_moves": "from_step, to_step"}
_BASIS = {"event_moves": "'entered'"}  # what one basis alone has
TOLD_BY = (*_TIMES, "journey", "journey_version", "sub_account", "arm")  # what a question may choose


def counted(snapshot: Snapshot, table: str, query: Query, by: tuple[str, str]) -> pl.DataFrame:
    """(the two columns `by`, runs) of a settled question, from the rollup `table`, “moves”, “ways” or “event_moves”."""
    journeys = tuple(journey for name, values in query.where if name == "journey" for journey in values)
    attributes = tuple((name, values) for name, values in query.where if is_attribute(name))
    cells = kept(snapshot, (table, query.basis, journeys, attributes), lambda: _cells(snapshot, table, query.basis, journeys, attributes))
    days = [pl.col("day") >= query.first] if query.first else []
    days += [pl.col("day") <= query.last] if query.last else []
    told = [_TIMES.get(name, pl.col(name)).is_in(list(values), nulls_equal=True) for name, values in query.where
            if name != "journey" and not is_attribute(name)]
    return cells.filter(*days, *told).group_by(*by).agg(pl.col("n").sum().alias("runs"))


def _cells(snapshot: Snapshot, table: str, basis: str, journeys: tuple[Any, ...], attributes: Where) -> pl.DataFrame:
    """The rollup's cells of these journeys (none named: of all) on one basis, under the names of dimensions; of the runs with these attributes alone, where
    there are any, from the facts."""
    only = f" WHERE journey_id IN ({', '.join('?' * len(journeys))})" if journeys else ""
    made, params = "", list(journeys)
    if attributes or not has_table(snapshot, table):
        facts, params = _facts(only, journeys, attributes)
        made, only = f"WITH {facts}, {_EXITS}, {table} AS (\n{sqlfile.select(table)}\n)", ""
    return snapshot.sql(f"""{made} SELECT day, version AS journey_version, sub_account_id AS sub_account, arm, {_NAMES[table]}, n
        FROM {table}{only}{" AND" if only else " WHERE"} {_BASIS.get(table, "basis")} = ?""", [*params, basis])


def _facts(only: str, journeys: tuple[Any, ...], attributes: Where) -> tuple[str, Params]:
    """CTEs of what `ways` and `moves` are made of, and their parameters: of these journeys, and of the runs with these attributes."""
    said = [of_attribute(name, values) for name, values in attributes]
    own = " AND ".join([only.removeprefix(" WHERE ") or "TRUE", *(text for text, _ in said)])
    params = [*journeys, *(param for _, own_params in said for param in own_params)]
    facts = ", ".join(f"{name} AS (SELECT * FROM main.{name} WHERE {own})" for name in ("runs", "arrivals", "visits"))
    return f"{facts}, elements AS (SELECT * FROM main.elements{only})", [*params * 3, *journeys]
