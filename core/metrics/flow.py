"""Lines of a journey map: how many runs went straight from one element to another, or from one event to the next where no event names an element.

Beside the fixed list of measures, of one journey: asked as `{"measures": ["element_arrived"], "answer": "flow"}`, or `{"measures": ["entries"], "answer":
"event_flow"}`.
"""
from dataclasses import replace

import polars as pl

from core.errors import WrongUsage
from core.metrics.facts import ENTERED, Rows
from core.metrics.measures import MEASURES
from core.metrics.moves import TOLD_BY, counted
from core.metrics.once import has_table, once
from core.metrics.planner import Part
from core.metrics.query import Query
from core.metrics.result import Column, Result
from core.metrics.sql import Params, fact_rows
from core.metrics.units import Unit
from core.warehouse.snapshots import Snapshot

DEFINITION = ("Of the runs that arrived at elements, those that went straight from the one to the other: consecutive visits of a run, then the elements at "
              "which it first arrived at its exit or later. A run counts once a line, whatever its loops; staying is no line. Without “from”: its first "
              "element; without “to”: its last so far. On happened: lines taken first in the range.")
EVENTS = ("Of consecutive events of a run, in time (at one moment: entry, sent, delivered, viewed, clicked, replied, failed, goal, exit), those that "
          "followed each other so. Every event counts. Without “from”: the run's first; without “to”: its last so far.")
FROM, TO = Column("from_element", "From element", Unit.TEXT), Column("to_element", "To element", Unit.TEXT)
RUNS = Column("runs", "Runs", Unit.COUNT)
STEPS = (Column("from_step", "From", Unit.TEXT), Column("to_step", "To", Unit.TEXT), Column("followed", "Times it followed", Unit.COUNT))
ARRIVED = "SELECT 1 FROM daily WHERE measure = 'element_arrived' AND journey_id = ? LIMIT 1"
RUNGS = ("sent", "delivered", "viewed", "clicked", "replied", "failed")  # of a message, in the order of one moment


def flow(snapshot: Snapshot, asked: Result) -> Result:
    """Rows (from element or null, to element or null, runs), by from, then to, null last."""
    query = asked.query
    if query.measures != ("element_arrived",) or query.dimensions or not _journey(query) or any(name == "element" for name, _ in query.where):
        raise WrongUsage("The answer “flow” is of the measure element_arrived in one journey, of all its elements, without dimensions: filter by a journey.")
    frame = counted(snapshot, "moves", query, ("from_element", "to_element")).sort("from_element", "to_element", nulls_last=True)
    return replace(asked, frame=frame, columns=(FROM, TO, RUNS), definitions=(("Lines of the map", DEFINITION),))


def event_flow(snapshot: Snapshot, asked: Result) -> Result:
    """Rows (from step or null, to step or null, how often). A step is `entered`, `sent CHANNEL` and so on for each rung, `goal NAME`, `exited REASON`."""
    query = asked.query
    if query.measures != ("entries",) or query.dimensions or not _journey(query) or query.basis != ENTERED:
        raise WrongUsage("The answer “event_flow” is of the measure entries in one journey, on the basis entered, without dimensions: filter by a journey.")
    is_rolled_up = {name for name, _ in query.where} <= set(TOLD_BY) and _names_no_element(snapshot, query)
    frame = _from_rollup(snapshot, query) if is_rolled_up else _by_sql(snapshot, query)
    return replace(asked, frame=frame, columns=STEPS, definitions=(("Lines of the map", EVENTS),))


def _names_no_element(snapshot: Snapshot, query: Query) -> bool:
    """Whether no run of the journey arrived at an element: then all of them are in `event_moves`."""
    journey = next(values for name, values in query.where if name == "journey")
    return has_table(snapshot, "event_moves") and None not in journey and once(snapshot, ARRIVED, journey).is_empty()


def _from_rollup(snapshot: Snapshot, query: Query) -> pl.DataFrame:
    frame = counted(snapshot, "event_moves", query, ("from_step", "to_step")).rename({"runs": "followed"})
    return frame.sort("from_step", "to_step", nulls_last=True)


def _by_sql(snapshot: Snapshot, query: Query) -> pl.DataFrame:
    texts, params = _events(query)
    steps = "\nUNION ALL\n".join(texts)
    return snapshot.sql(
        f"""WITH step AS (\n{steps}\n), moved AS (
            SELECT lag(step) OVER way AS from_step, step AS to_step, lead(step) OVER way IS NULL AS is_last FROM step WHERE moment IS NOT NULL
            WINDOW way AS (PARTITION BY run_key ORDER BY moment, rank, step)
        )
        SELECT from_step, to_step, count(*) AS followed FROM moved GROUP BY ALL
        UNION ALL SELECT to_step, NULL, count(*) FROM moved WHERE is_last GROUP BY ALL ORDER BY from_step NULLS LAST, to_step NULLS LAST""",
        params,
    )


def _journey(query: Query) -> bool:
    return any(name == "journey" and len(values) == 1 for name, values in query.where)


def _events(query: Query) -> tuple[list[str], Params]:
    """One SELECT a kind of event: run, moment, rank among those of one moment, step."""
    part = Part("facts", (MEASURES["entries"],), (), query.where)
    kinds = [("runs", "started_at", "entered", "0", ""), ("runs", "exited_at", "'exited ' || exit_reason", "9", "exited_at IS NOT NULL")]
    kinds += [("messages", f"{rung}_at", f"concat_ws(' ', '{rung}', channel)", str(n), f"{rung}_at IS NOT NULL") for n, rung in enumerate(RUNGS, start=1)]
    kinds += [("goals", "performed_at", "'goal ' || name", "8", "")]
    texts, params = [], []
    for table, moment, step, rank, only in kinds:
        said = "'entered'" if step == "entered" else step
        text, own = fact_rows(Rows(table, where=only), part, query, ["run_key", f"{moment} AS moment", f"{rank} AS rank", f"{said} AS step"])
        texts.append(text)
        params += own
    return texts, params
