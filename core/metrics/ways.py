"""Ways on: which of an element's next elements its runs took, so that a split or a wait for an event has shares.

Beside the fixed list of measures: asked as `{"measures": ["element_arrived"], "answer": "ways"}` of one journey.
"""
from dataclasses import replace

import polars as pl

from core.errors import WrongUsage
from core.metrics.facts import ENTERED, Rows
from core.metrics.measures import MEASURES
from core.metrics.once import kept, once
from core.metrics.planner import Part
from core.metrics.query import Query, Where
from core.metrics.result import Column, Result
from core.metrics.sql import fact_rows
from core.metrics.units import Unit
from core.warehouse.snapshots import Snapshot

DEFINITION = ("Of the runs that arrived at an element from which the map leads on in two ways or more, those that took each: the first of its next elements "
              "at which the run arrived at that moment or later; none: it waits or ended there. The share is of all that arrived.")
ARRIVALS = Rows("arrivals", happened="arrived")
COLUMNS = (Column("element", "Element", Unit.TEXT), Column("next_element", "Next element", Unit.TEXT), Column("runs", "Runs", Unit.COUNT),
           Column("way_rate", "Share of arrived", Unit.RATE))
_CELL = {"element": pl.String(), "next_element": pl.String(), "journey_version": pl.Int64(), "sub_account": pl.String(), "arm": pl.String(),
         "run_day": pl.Date(), "arrived_day": pl.Date(), "n": pl.Int64()}
_PARTING = """WITH way AS (
            SELECT DISTINCT journey_id, version, element_id, json_extract_string(unnest(from_json(next, '["JSON"]')), '$.to') AS to_id FROM elements
        ), parting AS (
            SELECT way.* FROM way JOIN (SELECT journey_id, version, element_id FROM way GROUP BY ALL HAVING count(*) > 1)
            USING (journey_id, version, element_id)
        )"""


def ways(snapshot: Snapshot, asked: Result) -> Result:
    """Rows (element, next_element or null, runs, share), of catalogued elements with two ways on or more, by element, then most taken first."""
    query = asked.query
    if query.measures != ("element_arrived",) or query.dimensions:
        raise WrongUsage("The answer “ways” is of the measure element_arrived, without dimensions.")
    journey = tuple(item for item in query.where if item[0] == "journey")
    cells = kept(snapshot, ("ways", journey), lambda: _cells(snapshot, journey))
    placed = "run_day" if query.basis == ENTERED else "arrived_day"
    days = [pl.col(placed) >= query.first] if query.first else []
    days += [pl.col(placed) <= query.last] if query.last else []
    told = [pl.col(name).is_in(list(values), nulls_equal=True) for name, values in query.where if name != "journey"]
    runs = cells.filter(*days, *told).group_by("element", "next_element").agg(pl.col("n").sum().alias("runs"))
    frame = runs.with_columns((pl.col("runs") / pl.col("runs").sum().over("element")).alias("way_rate"))
    frame = frame.sort("element", "runs", "next_element", descending=[False, True, False], nulls_last=True)
    return replace(asked, frame=frame, columns=COLUMNS, definitions=(("Ways on", DEFINITION),))


def _cells(snapshot: Snapshot, journey: Where) -> pl.DataFrame:
    """Which way every run took, counted by what a question may tell apart: a run's own next element is the same whatever the range."""
    if once(snapshot, f"{_PARTING} SELECT journey_id FROM parting LIMIT 1").is_empty():
        return pl.DataFrame(schema=_CELL)
    part = Part("facts", (MEASURES["element_arrived"],), (), journey, rows=(ARRIVALS,))
    arrivals, params = fact_rows(ARRIVALS, part, Query(("element_arrived",)), ["*"])
    return snapshot.sql(
        f"""{_PARTING}, arrived AS ({arrivals}), taken AS (
            SELECT arrived.element_id, arrived.version, arrived.sub_account_id, arrived.arm, arrived.run_day, arrived.arrived_day,
                   arg_min(onward.element_id, (onward.arrived_at, onward.element_id)) FILTER (onward.element_id IS NOT NULL) AS next_id
            FROM arrived
            JOIN parting ON parting.journey_id = arrived.journey_id AND parting.version = arrived.version AND parting.element_id = arrived.element_id
            LEFT JOIN arrived AS onward
                ON onward.run_key = arrived.run_key AND onward.element_id = parting.to_id AND onward.arrived_at >= arrived.arrived_at
            GROUP BY arrived.run_key, arrived.element_id, arrived.version, arrived.sub_account_id, arrived.arm, arrived.run_day, arrived.arrived_day
        )
        SELECT element_id AS element, next_id AS next_element, version AS journey_version, sub_account_id AS sub_account, arm, run_day, arrived_day,
               count(*) AS n
        FROM taken GROUP BY ALL""",
        params,
    )
