"""What a month of MEP is made of: by day and so far, by journey with who else engaged its people, and by the six rules of counting.

Beside the fixed list of measures: asked as `{"measures": ["mep"], "answer": "mep_by_day"}` over whole months, with filters of mep's own.
"""
from dataclasses import replace
from datetime import date

import polars as pl

from core.errors import WrongUsage
from core.metrics import mep_people
from core.metrics.comparing import arranged
from core.metrics.once import once
from core.metrics.query import Query
from core.metrics.result import Column, Result
from core.metrics.units import Unit
from core.warehouse.snapshots import Snapshot
from core.warehouse.zones import local_day

MONTH, DAY, MEP = Column("month", "Month", Unit.TEXT), Column("day", "Day", Unit.TEXT), Column("mep", "MEP", Unit.COUNT)
BY_DAY = (MONTH, DAY, MEP, Column("mep_so_far", "MEP so far in the month", Unit.COUNT), Column("late", "Late lines", Unit.COUNT))
BY_JOURNEY = (Column("journey", "Journey", Unit.TEXT), MEP, Column("mep_share", "Share of all MEP", Unit.RATE),
              Column("engaged", "Engaged profiles", Unit.PEOPLE), Column("alone", "By this journey alone", Unit.PEOPLE))
SO_FAR = "Lines of the ledger by the day of Engaged At, added up from the month's first day; a day without a line has none of its own."
ENGAGED = ("MEP is attributed to the journey of the first received entry of the month and adds up. Engaged profiles are those with a run of the journey that "
           "started in the month: a profile of two journeys is in both, so they do not add up. Alone: those of them with no run of another journey.")


def by_day(snapshot: Snapshot, asked: Result) -> Result:
    """A row a day, also one without a line, to the month's end or the snapshot's day: lines of the day, of the month so far, and late ones."""
    query = of_mep(asked.query, "mep_by_day")
    days = daily(snapshot, query)
    today = local_day(snapshot.zones, snapshot.as_of)
    first, last = query.first or days["day"].min(), min(query.last or today, max([today, *days["day"]]))
    if not isinstance(first, date) or first > last:
        return replace(asked, frame=days.with_columns(pl.col("mep").alias("mep_so_far")).select(column.name for column in BY_DAY), columns=BY_DAY)
    every = pl.DataFrame({"day": pl.date_range(first, last, eager=True)}).join(days.select("day", "mep", "late"), on="day", how="left", maintain_order="left")
    frame = every.with_columns(pl.col("mep", "late").fill_null(0), pl.col("day").dt.truncate("1mo").alias("month"))
    frame = frame.with_columns(pl.col("mep").cum_sum().over("month").alias("mep_so_far"))
    return replace(asked, frame=frame.select(column.name for column in BY_DAY), columns=BY_DAY, definitions=(("MEP so far", SO_FAR),))


def by_journey(snapshot: Snapshot, asked: Result) -> Result:
    """A row a journey that has a line or a run in the range, most MEP first: its lines, their share, its people, and those it has alone."""
    query = of_mep(asked.query, "mep_journeys")
    lines = held(snapshot, query).group_by("journey").agg(pl.col("mep").sum())
    people = mep_people.counted(snapshot, "mep_engaged", query).select(pl.col("journey_id").alias("journey"), "engaged", "alone")
    frame = lines.join(people, on="journey", how="full", coalesce=True).fill_null(0)
    chosen = [value for name, values in query.where if name == "journey" for value in values]
    frame = frame.filter(pl.col("journey").is_in(chosen)) if chosen else frame
    whole = int(frame["mep"].sum())
    share = pl.col("mep") / whole if whole else pl.lit(None, pl.Float64)
    frame = frame.with_columns(share.alias("mep_share")).sort("mep", "journey", descending=[True, False])
    names = dict(once(snapshot, "SELECT journey_id, name FROM journeys").iter_rows())
    return replace(asked, frame=frame.select(column.name for column in BY_JOURNEY), columns=BY_JOURNEY, journeys=names,
                   definitions=(("Attributed, engaged, alone", ENGAGED),))


def daily(snapshot: Snapshot, query: Query) -> pl.DataFrame:
    """Lines (mep) and late ones by day, in order, of the query's range and filters; days without a line are not there."""
    return held(snapshot, query).group_by("day").agg(pl.col("mep", "late").sum()).sort("day")


def held(snapshot: Snapshot, query: Query) -> pl.DataFrame:
    """The ledger counted by day, journey and sub-account: read once a snapshot, then in memory; here of the query's range and filters."""
    frame = once(snapshot, """SELECT month, engaged_day AS day, journey_id AS journey, sub_account_id AS sub_account, count(*)::BIGINT AS mep,
        (count(*) FILTER (is_late))::BIGINT AS late FROM mep GROUP BY month, engaged_day, journey_id, sub_account_id""")
    bounds = [pl.col("day") >= query.first] if query.first else []
    bounds += [pl.col("day") <= query.last] if query.last else []
    for name, values in query.where:
        if name != "currency":  # asked beside money, whose filter leaves all else whole
            bounds.append(pl.col(name).is_in([value or None for value in values], nulls_equal=True))
    return frame.filter(bounds) if bounds else frame


def counted(snapshot: Snapshot, query: Query) -> pl.DataFrame | None:
    """The frame of a settled question of mep alone, from what `held` keeps; None where it asks for more."""
    if query.measures != ("mep",):
        return None
    lines = held(snapshot, query)
    return arranged(lines.group_by(query.dimensions).agg(pl.col("mep").sum()) if query.dimensions else lines.select(pl.col("mep").sum()), query)


def of_mep(query: Query, name: str) -> Query:
    """The question, if it is one of MEP without dimensions. Raises WrongUsage."""
    if query.measures != ("mep",) or query.dimensions:
        raise WrongUsage(f"The answer “{name}” is of the measure mep alone, without dimensions.")
    return query
