"""Lines of a journey map: how many runs went straight from one element to another, or from one event to the next where no event names an element.

Beside the fixed list of measures, of one journey: asked as `{"measures": ["element_arrived"], "answer": "flow"}`, or `{"measures": ["entries"], "answer":
"event_flow"}`.
"""
from collections import Counter
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

import polars as pl

from core.errors import WrongUsage
from core.metrics.facts import ENTERED, Rows
from core.metrics.measures import MEASURES
from core.metrics.once import once
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
ARRIVED = Rows("arrivals", happened="arrived")
FROM, TO = Column("from_element", "From element", Unit.TEXT), Column("to_element", "To element", Unit.TEXT)
RUNS = Column("runs", "Runs", Unit.COUNT)
STEPS = (Column("from_step", "From", Unit.TEXT), Column("to_step", "To", Unit.TEXT), Column("followed", "Times it followed", Unit.COUNT))
GROUPS = ("day", "journey_version", "sub_account", "arm")
WORTH = 2  # questions by SQL about one journey before its lines are kept: a command asks one and goes
_asked: "WeakKeyDictionary[Snapshot, Counter[Any]]" = WeakKeyDictionary()
RUNGS = ("sent", "delivered", "viewed", "clicked", "replied", "failed")  # of a message, in the order of one moment


def flow(snapshot: Snapshot, asked: Result) -> Result:
    """Rows (from element or null, to element or null, runs), by from, then to, null last."""
    query = asked.query
    if query.measures != ("element_arrived",) or query.dimensions or not _journey(query) or any(name == "element" for name, _ in query.where):
        raise WrongUsage("The answer “flow” is of the measure element_arrived in one journey, of all its elements, without dimensions: filter by a journey.")
    frame = _from_memory(snapshot, query) if query.basis == ENTERED else None
    if frame is None:
        sql, params = (_by_paths if query.basis == ENTERED else _by_moves)(query)
        frame = snapshot.sql(f"{sql}\nORDER BY from_element NULLS LAST, to_element NULLS LAST", params)
    return replace(asked, frame=frame, columns=(FROM, TO, RUNS), definitions=(("Lines of the map", DEFINITION),))


def event_flow(snapshot: Snapshot, asked: Result) -> Result:
    """Rows (from step or null, to step or null, how often). A step is `entered`, `sent CHANNEL` and so on for each rung, `goal NAME`, `exited REASON`."""
    query = asked.query
    if query.measures != ("entries",) or query.dimensions or not _journey(query) or query.basis != ENTERED:
        raise WrongUsage("The answer “event_flow” is of the measure entries in one journey, on the basis entered, without dimensions: filter by a journey.")
    texts, params = _events(query)
    steps = "\nUNION ALL\n".join(texts)
    frame = snapshot.sql(
        f"""WITH step AS (\n{steps}\n), moved AS (
            SELECT lag(step) OVER way AS from_step, step AS to_step, lead(step) OVER way IS NULL AS is_last FROM step WHERE moment IS NOT NULL
            WINDOW way AS (PARTITION BY run_key ORDER BY moment, rank, step)
        )
        SELECT from_step, to_step, count(*) AS followed FROM moved GROUP BY ALL
        UNION ALL SELECT to_step, NULL, count(*) FROM moved WHERE is_last GROUP BY ALL ORDER BY from_step NULLS LAST, to_step NULLS LAST""",
        params,
    )
    return replace(asked, frame=frame, columns=STEPS, definitions=(("Lines of the map", EVENTS),))


def _journey(query: Query) -> bool:
    return any(name == "journey" and len(values) == 1 for name, values in query.where)


def _from_memory(snapshot: Snapshot, query: Query) -> pl.DataFrame | None:
    """From the lines of the whole journey by run day, version, sub-account and arm, kept once it has been asked for often enough: a run is in one of
    these groups, so they add up. None: it has not been, or the question has a filter that they do not hold."""
    filters = dict(query.where)
    journey = filters.pop("journey")
    if not set(filters) <= set(GROUPS):
        return None
    asked = _asked.setdefault(snapshot, Counter())
    asked[journey] += 1
    if asked[journey] <= WORTH:
        return None
    cells = once(snapshot, *_by_paths(Query(("element_arrived",), where=(("journey", journey),)), GROUPS))
    kept = [pl.col(name).is_in([one for one in values if one is not None]) | (pl.col(name).is_null() & (None in values)) for name, values in filters.items()]
    kept += [pl.col("day") >= query.first] if query.first else []
    kept += [pl.col("day") <= query.last] if query.last else []
    found = cells.filter(*(one.fill_null(False) for one in kept)).group_by("from_element", "to_element").agg(pl.col("runs").sum())
    return found.sort("from_element", "to_element", nulls_last=True)


def _by_paths(query: Query, by: tuple[str, ...] = ()) -> tuple[str, Params]:
    """Whole paths are counted first, of which there are few, and cut into lines afterwards: half the time of following each run."""
    part = Part("facts", (MEASURES["element_arrived"],), by, query.where, rows=(ARRIVED,))
    visits, params = fact_rows(Rows("visits"), part, query, ["run_key", "element_id", "arrived_at", "position", "FALSE AS is_after"])
    arrivals, more = fact_rows(ARRIVED, part, query, ["run_key", "element_id", "arrived_at", "state"])
    exits, rest = fact_rows(Rows("runs", where="exited_at IS NOT NULL"), replace(part, dimensions=()), query, ["run_key", "exited_at"])
    group = "".join(f"{name}, " for name in by)
    # a first arrival begins a visit unless it is at the exit or later; of those at one moment the last is where the run is
    return f"""WITH after AS (
        SELECT {group}run_key, element_id, arrived_at, (state <> 'passed')::BIGINT AS position, TRUE AS is_after
        FROM ({arrivals}) JOIN ({exits}) USING (run_key) WHERE arrived_at >= exited_at
    ), paths AS (
        SELECT {group}path, count(*) AS runs FROM (
            SELECT {"".join(f"any_value({name}) AS {name}, " for name in by)}list(element_id ORDER BY is_after, arrived_at, position, element_id) AS path
            FROM ({visits} UNION ALL FROM after) GROUP BY run_key
        ) GROUP BY ALL
    ), lines AS (SELECT {group}unnest(list_distinct(list_zip(list_prepend(NULL, path), path))) AS line, runs FROM paths)
    SELECT {group}line[1] AS from_element, line[2] AS to_element, sum(runs)::BIGINT AS runs FROM lines
    WHERE line[1] IS DISTINCT FROM line[2] GROUP BY ALL""", [*more, *rest, *params]


def _by_moves(query: Query) -> tuple[str, Params]:
    """Each run that arrived anywhere in the range, followed through all of its time; a line counts on the day on which the run first took it."""
    part, of_run = Part("facts", (MEASURES["element_arrived"],), (), query.where, rows=(ARRIVED,)), ["run_key", "element_id", "arrived_at", "arrived_day"]
    visited, anytime = Rows("visits", happened="arrived"), replace(query, first=None, last=None)
    here, params = zip(*(fact_rows(rows, part, query, ["run_key"]) for rows in (visited, ARRIVED)), strict=True)
    visits, more = fact_rows(visited, part, anytime, [*of_run, "position", "FALSE AS is_last"])
    arrivals, rest = fact_rows(ARRIVED, part, anytime, [*of_run, "NULL AS position", "state <> 'passed' AS is_last"])
    placed = [f"day {sign} ?" for sign, day in ((">=", query.first), ("<=", query.last)) if day]
    return f"""WITH here AS (SELECT DISTINCT run_key FROM ({" UNION ALL ".join(here)})), visited AS (FROM ({visits}) SEMI JOIN here USING (run_key)), there AS (
        SELECT *, lag(element_id) OVER way AS before, lead(element_id) OVER way IS NULL AS ends
        FROM (FROM visited UNION ALL FROM ({arrivals}) SEMI JOIN here USING (run_key) ANTI JOIN visited USING (run_key, element_id))
        WINDOW way AS (PARTITION BY run_key ORDER BY position IS NULL, arrived_at, position, is_last, element_id)
    ), line AS (
        SELECT run_key, before AS from_element, element_id AS to_element, min(arrived_day) AS day FROM there
        WHERE before IS DISTINCT FROM element_id GROUP BY ALL
        UNION ALL SELECT run_key, element_id, NULL, arrived_day FROM there WHERE ends
    )
    SELECT from_element, to_element, count(*) AS runs FROM line{f" WHERE {' AND '.join(placed)}" if placed else ''} GROUP BY 1, 2""", [
        *params[0], *params[1], *more, *rest, *(day for day in (query.first, query.last) if day)]


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
