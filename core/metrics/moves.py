"""The rollups of the map in memory: which way runs of a journey went, told apart by what a question may choose."""
from typing import Any

import polars as pl

from core.metrics.once import has_table, kept
from core.metrics.query import Query
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
    cells = kept(snapshot, (table, query.basis, journeys), lambda: _cells(snapshot, table, query.basis, journeys))
    days = [pl.col("day") >= query.first] if query.first else []
    days += [pl.col("day") <= query.last] if query.last else []
    told = [_TIMES.get(name, pl.col(name)).is_in(list(values), nulls_equal=True) for name, values in query.where if name != "journey"]
    return cells.filter(*days, *told).group_by(*by).agg(pl.col("n").sum().alias("runs"))


def _cells(snapshot: Snapshot, table: str, basis: str, journeys: tuple[Any, ...]) -> pl.DataFrame:
    """The rollup's cells of these journeys (none named: of all) on one basis, under the names of dimensions."""
    only = f" WHERE journey_id IN ({', '.join(f'${n}' for n in range(2, len(journeys) + 2))})" if journeys else ""
    made = ""
    if not has_table(snapshot, table):
        facts = ", ".join(f"{name} AS (SELECT * FROM main.{name}{only})" for name in ("runs", "arrivals", "visits", "elements"))
        made = f"WITH {facts}, {_EXITS}, {table} AS (\n{sqlfile.select(table)}\n)"
    return snapshot.sql(f"""{made} SELECT day, version AS journey_version, sub_account_id AS sub_account, arm, {_NAMES[table]}, n
        FROM {table}{only}{" AND" if only else " WHERE"} {_BASIS.get(table, "basis")} = $1""", [basis, *journeys])
