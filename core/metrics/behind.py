"""The rows behind a number: a count one row a fact, people one row a profile, a sum one row an addend."""
from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from core.errors import WrongUsage
from core.metrics.answering import answerable, counted
from core.metrics.clock import local_texts
from core.metrics.dimensions import dimension
from core.metrics.evidence import LABELS, facts_behind, people_behind
from core.metrics.measures import MEASURES
from core.metrics.once import once
from core.metrics.planner import plan
from core.metrics.query import Query
from core.metrics.result import Column
from core.metrics.rules import settled
from core.metrics.sql import fact_rows
from core.metrics.units import Unit
from core.warehouse.snapshots import Snapshot

BATCH = 500_000  # positions of the log that one batch covers: bounds the memory of a download


def rows(snapshot: Snapshot, query: Query) -> pl.DataFrame:
    """The rows behind the one measure of the question, in the order of the log: its dimensions, of a sum the addend (under the measure's
    name), the ids, times as text in the account's zone. People: one row a profile, with profile_id and the number of its facts. Their number
    (of a sum: their sum) is the measure, group by group. Raises WrongUsage for a rate, a median, several measures or a comparison."""
    return pl.concat(row_batches(snapshot, query, size=None))


def row_batches(snapshot: Snapshot, query: Query, size: int | None = BATCH) -> Iterator[pl.DataFrame]:
    """The same rows in batches, each of `size` positions of the log (None, or with an order: all at once); at least one, for its columns."""
    query = askable(query)
    answerable(snapshot, query)
    behind = people_behind if MEASURES[query.measures[0]].unit is Unit.PEOPLE else facts_behind
    part = plan(query, force_facts=True)[0]
    left = query.limit
    end = once(snapshot, "SELECT position FROM build").item() + 1
    step = end if query.order else size or end
    for start in range(0, end, step):
        frame = local_texts(_ordered(snapshot.sql(*behind(part, query, start, start + step)), query), snapshot.zones)
        if left is not None:
            frame = frame.head(left)
            left -= frame.height
        if start == 0 or frame.height:
            yield frame
        if left == 0:
            return


def row_columns(query: Query, frame: pl.DataFrame) -> tuple[Column, ...]:
    """How the columns of such rows are read in a file."""
    known = {name: (dimension(name).label, Unit.TEXT) for name in query.dimensions}
    known |= {name: (MEASURES[name].label, MEASURES[name].unit) for name in query.measures}
    columns = []
    for name, kind in frame.schema.items():
        unit = Unit.MONEY if isinstance(kind, pl.Decimal) else Unit.SECONDS if kind.is_float() else Unit.COUNT if name == "facts" else Unit.TEXT
        label, unit = known.get(name, (LABELS.get(name) or name.removesuffix("_at").replace("_", " ").capitalize(), unit))
        columns.append(Column(name, label, unit))
    return tuple(columns)


def number_behind(snapshot: Snapshot, query: Query) -> int:
    """How many rows stand behind the one measure of a settled question; of a rate, behind both its parts."""
    measure = MEASURES[query.measures[0]]
    whole = replace(query, order=None, limit=None, compare=None)
    if measure.is_rate:
        return sum(number_behind(snapshot, _of_part(whole, part)) for part in measure.parts)
    if measure.unit is Unit.PEOPLE:
        return int(counted(snapshot, whole)[measure.name].sum())
    if measure.unit is Unit.COUNT:
        return int(counted(snapshot, replace(whole, dimensions=()))[measure.name][0])
    part = plan(whole, force_facts=True)[0]
    found = [fact_rows(rows, part, whole, ["1 AS one"]) for rows in part.rows]
    params = [param for _, own in found for param in own]
    return int(snapshot.sql(f"SELECT count(*) FROM ({' UNION ALL '.join(text for text, _ in found)})", params).item())


def askable(query: Query) -> Query:
    """The settled question whose rows can be shown. Raises WrongUsage, saying which could be."""
    query = settled(query)
    if len(query.measures) != 1:
        raise WrongUsage("rows shows what is behind one measure: ask for one.")
    measure = MEASURES[query.measures[0]]
    if measure.is_rate:
        raise WrongUsage(f"{measure.name} has no rows of its own: ask for those of {' or '.join(measure.parts)}.")
    if not measure.additive and measure.unit is not Unit.PEOPLE:
        raise WrongUsage(f"{measure.name} is a median, to which no row adds: ask for the rows of a count, of people or of a sum.")
    if query.compare is not None:
        raise WrongUsage("rows come from one period: leave out compare.")
    return query


def _ordered(frame: pl.DataFrame, query: Query) -> pl.DataFrame:
    """By a dimension or the addend; a count and people are 1 in each row, so by them the order of the log stays."""
    by = (query.order or "").removeprefix("-")
    return frame.sort(by, descending=query.order != by, nulls_last=True, maintain_order=True) if by in frame.columns else frame


def _of_part(query: Query, part: str) -> Query:
    """The question for one part of a rate: what is not the part's own is left out (currency, of goal performers)."""
    measure = MEASURES[part]
    return replace(query, measures=(part,), dimensions=tuple(name for name in query.dimensions if measure.knows(name)),
                   where=tuple(item for item in query.where if measure.knows(item[0])))
