"""Ways on: which of an element's next elements its runs took, so that a split or a wait for an event has shares.

Beside the fixed list of measures: asked as `{"measures": ["element_arrived"], "answer": "ways"}` of one journey.
"""
from dataclasses import replace

import polars as pl

from core.errors import WrongUsage
from core.metrics.moves import counted
from core.metrics.result import Column, Result
from core.metrics.units import Unit
from core.warehouse.snapshots import Snapshot

DEFINITION = ("Of the runs that arrived at an element from which the map leads on in two ways or more, those that took each: the first of its next elements "
              "at which the run arrived at that moment or later; none: it waits or ended there. The share is of all that arrived.")
COLUMNS = (Column("element", "Element", Unit.TEXT), Column("next_element", "Next element", Unit.TEXT), Column("runs", "Runs", Unit.COUNT),
           Column("way_rate", "Share of arrived", Unit.RATE))


def ways(snapshot: Snapshot, asked: Result) -> Result:
    """Rows (element, next_element or null, runs, share), of catalogued elements with two ways on or more, by element, then most taken first."""
    query = asked.query
    if query.measures != ("element_arrived",) or query.dimensions:
        raise WrongUsage("The answer “ways” is of the measure element_arrived, without dimensions.")
    runs = counted(snapshot, "ways", query, ("element", "next_element"))
    frame = runs.with_columns((pl.col("runs") / pl.col("runs").sum().over("element")).alias("way_rate"))
    frame = frame.sort("element", "runs", "next_element", descending=[False, True, False], nulls_last=True)
    return replace(asked, frame=frame, columns=COLUMNS, definitions=(("Ways on", DEFINITION),))

