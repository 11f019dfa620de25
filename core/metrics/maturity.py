"""Maturity: how the goal rate of each week's people grew with the days since they entered, young weeks marked as unfinished.

Beside the fixed list of measures: asked as `{"measures": ["profiles_in_journey"], "dimensions": ["week"], "answer": "maturity"}`.
"""
from dataclasses import replace
from datetime import date, timedelta

import polars as pl

from core.errors import WrongUsage
from core.metrics.facts import ENTERED, Rows
from core.metrics.measures import MEASURES
from core.metrics.planner import Part
from core.metrics.result import Column, Result
from core.metrics.sql import fact_rows
from core.metrics.units import Unit
from core.warehouse.snapshots import Snapshot

DEFINITION = ("Of the profiles with a run that started in the week, those with a goal event of such a run within so many days of its start (1: within 24 "
              "hours). All of the week's people stand below the line from the first day on. Not finished: not all of them have been in the journey that long "
              "yet, so it may still grow.")
SHORTEST, LONGEST = 7, 90  # days since entry that are told at least and at most
COLUMNS = (Column("week", "Week of entry", Unit.TEXT), Column("days_since_entry", "Days since entry", Unit.COUNT),
           Column("profiles_in_journey", "Profiles in journey", Unit.PEOPLE), Column("goal_performers", "Goal performers by then", Unit.PEOPLE),
           Column("goal_rate", "Goal rate by then", Unit.RATE), Column("is_finished", "Finished", Unit.TEXT))
SCHEMA = {"week": pl.Date(), "days_since_entry": pl.Int64(), "profiles_in_journey": pl.Int64(), "goal_performers": pl.Int64(), "goal_rate": pl.Float64(),
          "is_finished": pl.String()}


def maturity(snapshot: Snapshot, asked: Result) -> Result:
    """A row a (week, day since entry that somebody of it can have lived), from 1 to the day of the latest goal, at least 7 and at most 90."""
    query = asked.query
    if query.measures != ("profiles_in_journey",) or query.dimensions != ("week",) or query.basis != ENTERED:
        raise WrongUsage("The answer “maturity” is of profiles_in_journey by week, on the basis entered.")
    part = Part("facts", (MEASURES["goal_events"],), ("week",), query.where)
    goals, params = fact_rows(Rows("goals"), part, query, ["run_key", "profile_key", "performed_at"])
    frame = snapshot.sql(
        f"""SELECT week, days, count(*) AS people FROM (
            SELECT goal.week, goal.profile_key, min((epoch_us(goal.performed_at) - epoch_us(run.started_at)) // 86400000000) + 1 AS days
            FROM ({goals}) AS goal JOIN runs AS run ON run.run_key = goal.run_key GROUP BY goal.week, goal.profile_key
        ) GROUP BY week, days""",
        params,
    )
    reached: dict[date, dict[int, int]] = {}
    for week, days, people in frame.iter_rows():
        reached.setdefault(week, {})[days] = people
    longest = min(LONGEST, max([SHORTEST, *(days for by in reached.values() for days in by)]))
    last, today = query.last or date.max, asked.as_of.date()
    weeks = [(week, people, min(week + timedelta(6), last)) for week, people in asked.frame.iter_rows()]
    rows = [row for week, people, ends in weeks for row in _cohort(week, people, reached.get(week, {}), longest, ends, today)]
    return replace(asked, frame=pl.DataFrame(rows, schema=SCHEMA, orient="row"), columns=COLUMNS, definitions=(("Goal rate by then", DEFINITION),))


def _cohort(week: date, people: int, reached: dict[int, int], longest: int, ends: date, today: date) -> list[tuple[object, ...]]:
    """`ends`: the last day on which the week's people entered. `today` is not over: who entered on a day has lived n whole days n + 1 days later."""
    rows: list[tuple[object, ...]] = []
    so_far = 0
    for days in range(1, longest + 1):
        so_far += reached.get(days, 0)
        if (today - week).days < days - 1:
            break
        rows.append((week, days, people, so_far, so_far / people if people else None, "yes" if (today - ends).days > days else "not yet"))
    return rows
