"""Time from entry to goal: how long runs took to their first goal event, as a distribution and as quartiles by version.

Beside the fixed list of measures: asked as `{"measures": ["goal_performers"], "answer": "goal_times"}` or `"goal_time_quartiles"`.
"""
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from core.errors import WrongUsage
from core.metrics.facts import Rows
from core.metrics.measures import MEASURES, RUN
from core.metrics.once import has_table
from core.metrics.planner import Part
from core.metrics.query import Query
from core.metrics.result import Column, Result
from core.metrics.sql import Params, fact_rows
from core.metrics.units import Unit
from core.warehouse import sqlfile
from core.warehouse.snapshots import Snapshot

DEFINITION = "Of each run with a goal event, the whole seconds from its start to the first of them. On happened: runs whose first goal event is in the range."
BANDS = (  # up to so many seconds
    (300, "under 5 min"), (3600, "5 min to 1 h"), (21600, "1 to 6 h"), (86400, "6 to 24 h"), (172800, "1 to 2 days"), (259200, "2 to 3 days"),
    (604800, "3 to 7 days"), (1209600, "7 to 14 days"), (2592000, "14 to 30 days"), (None, "over 30 days"),
)
GOALS = Rows("first_goals", happened="goal")
TIME, RUNS = Column("time_to_goal", "Time from entry to goal", Unit.TEXT), Column("runs", "Runs with a goal", Unit.COUNT)
SO_FAR = Column("so_far_rate", "Reached by then", Unit.RATE)
QUARTILES = tuple(Column(f"goal_time_{name}_s", label, Unit.SECONDS) for name, label in (
    ("quarter", "A quarter within"), ("median", "Half within"), ("three_quarters", "Three quarters within")))


def goal_times(snapshot: Snapshot, asked: Result) -> Result:
    """Per band of time, in order, from the first to the last with a run: runs, and the share of all of them reached by its end."""
    sql, params = _seconds(snapshot, asked.query)
    edges = "".join(f"WHEN seconds < {edge} THEN {n} " for n, (edge, _) in enumerate(BANDS) if edge)
    found = dict(snapshot.sql(f"SELECT CASE {edges}ELSE {len(BANDS) - 1} END AS band, count(*) AS runs FROM ({sql}) GROUP BY band", params).iter_rows())
    whole, rows, so_far = sum(found.values()), [], 0
    for n in range(min(found, default=0), max(found, default=-1) + 1):
        so_far += found.get(n, 0)
        rows.append((BANDS[n][1], found.get(n, 0), so_far / whole))
    return _told(asked, rows, (TIME, RUNS, SO_FAR))


def goal_time_quartiles(snapshot: Snapshot, asked: Result) -> Result:
    """Per value of the dimensions asked: runs with a goal, and within how many seconds a quarter, half and three quarters of them had it."""
    sql, params = _seconds(snapshot, asked.query)
    by = asked.query.dimensions
    marks = ", ".join(f"quantile_cont(seconds, {mark})::DOUBLE AS {column.name}" for mark, column in zip((0.25, 0.5, 0.75), QUARTILES, strict=True))
    tail = f" GROUP BY {', '.join(by)} ORDER BY {', '.join(f'{name} NULLS LAST' for name in by)}" if by else ""
    frame = snapshot.sql(f"SELECT {', '.join([*by, 'count(*) AS runs', marks])} FROM ({sql}){tail}", params)
    return _told(asked, list(frame.iter_rows()), (*(column for column in asked.columns if column.name in by), RUNS, *QUARTILES))


def _seconds(snapshot: Snapshot, query: Query) -> tuple[str, Params]:
    """One row a run with a goal: its dimensions and `seconds`. A run's first goal event is the first in all of time, then placed."""
    if query.measures != ("goal_performers",) or not set(query.dimensions) <= set(RUN):
        raise WrongUsage(f"The time to a goal is of the measure goal_performers, by any of: {', '.join(RUN)}.")
    part = Part("facts", (MEASURES["goal_events"],), query.dimensions, query.where, rows=(GOALS,))
    rows, params = fact_rows(GOALS, part, query, ["seconds"])
    if not has_table(snapshot, "first_goals"):  # built before there was that table: it is made of others
        rows = f"WITH first_goals AS (\n{sqlfile.select('first_goals')}\n)\n{rows}"
    return rows, params


def _told(asked: Result, rows: Sequence[tuple[object, ...]], columns: tuple[Column, ...]) -> Result:
    kinds = {Unit.COUNT: pl.Int64(), Unit.RATE: pl.Float64(), Unit.SECONDS: pl.Float64()}
    schema = {column.name: kinds.get(column.unit) or asked.frame.schema.get(column.name, pl.String()) for column in columns}
    return replace(asked, frame=pl.DataFrame(rows, schema=schema, orient="row"), columns=columns, definitions=((TIME.label, DEFINITION),))
