"""Time from entry to goal: how long runs took to their first goal event, as a distribution and as quartiles by version.

Beside the fixed list of measures: asked as `{"measures": ["goal_performers"], "answer": "goal_times"}` or `"goal_time_quartiles"`.
"""
from dataclasses import replace

from core.errors import WrongUsage
from core.metrics.bands import Bands, banded, banded_in_memory, quartered, quartered_in_memory
from core.metrics.facts import Rows
from core.metrics.held_goals import seconds_of
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
BANDS: Bands = (  # up to so many seconds
    (300, "under 5 min"), (3600, "5 min to 1 h"), (21600, "1 to 6 h"), (86400, "6 to 24 h"), (172800, "1 to 2 days"), (259200, "2 to 3 days"),
    (604800, "3 to 7 days"), (1209600, "7 to 14 days"), (2592000, "14 to 30 days"), (None, "over 30 days"),
)
GOALS = Rows("first_goals", happened="goal")
TIME, RUNS = Column("time_to_goal", "Time from entry to goal", Unit.TEXT), Column("runs", "Runs with a goal", Unit.COUNT)


def goal_times(snapshot: Snapshot, asked: Result) -> Result:
    """Per band of time, in order, from the first to the last with a run: runs, and the share of all of them reached by its end."""
    rows, held = _seconds(snapshot, asked.query), seconds_of(snapshot, replace(asked.query, dimensions=()))
    if held is not None:
        return banded_in_memory(asked, held[()], BANDS, TIME, RUNS, DEFINITION)
    return banded(snapshot, asked, rows, BANDS, TIME, RUNS, DEFINITION)


def goal_time_quartiles(snapshot: Snapshot, asked: Result) -> Result:
    """Per value of the dimensions asked: runs with a goal, and within how many seconds a quarter, half and three quarters of them had it."""
    rows, held = _seconds(snapshot, asked.query), seconds_of(snapshot, asked.query)
    if held is not None:
        return quartered_in_memory(asked, held, "goal_time", RUNS, (TIME.label, DEFINITION))
    return quartered(snapshot, asked, rows, "goal_time", RUNS, (TIME.label, DEFINITION))


def _seconds(snapshot: Snapshot, query: Query) -> tuple[str, Params]:
    """One row a run with a goal: its dimensions and `seconds`. A run's first goal event is the first in all of time, then placed."""
    if query.measures != ("goal_performers",) or not set(query.dimensions) <= set(RUN):
        raise WrongUsage(f"The time to a goal is of the measure goal_performers, by any of: {', '.join(RUN)}.")
    part = Part("facts", (MEASURES["goal_events"],), query.dimensions, query.where, rows=(GOALS,))
    rows, params = fact_rows(GOALS, part, query, ["seconds"])
    if not has_table(snapshot, "first_goals"):  # built before there was that table: it is made of others
        rows = f"WITH first_goals AS (\n{sqlfile.select('first_goals')}\n)\n{rows}"
    return rows, params

