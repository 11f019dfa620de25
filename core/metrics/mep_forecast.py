"""Where a month of MEP will end: what past months still grew from the same part of the month on, with an interval, and how that would have done before.

The method is plain on purpose. Of each past month: by what factor it grew from this part of the month to its end. The forecast is the month so far times the
mean factor (of logarithms), its interval the 80 % prediction interval of Student's t over those factors. No season and no weekday is modelled.
"""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import exp, log, sqrt
from statistics import fmean, stdev

import polars as pl

from core.errors import WrongUsage
from core.metrics.mep_consumption import DAY, MONTH, daily, of_mep
from core.metrics.result import Column, Result
from core.metrics.units import Unit
from core.warehouse.snapshots import Snapshot
from core.warehouse.zones import local_day

MOST_MONTHS, FEWEST_MONTHS = 12, 2
T_90 = (3.078, 1.886, 1.638, 1.533, 1.476, 1.440, 1.415, 1.397, 1.383, 1.372, 1.363)  # Student's t, 90 % one-sided, by degrees of freedom from 1
DAYS = (MONTH, DAY, Column("expected", "Expected MEP by then", Unit.COUNT), Column("at_least", "At least", Unit.COUNT),
        Column("at_most", "At most", Unit.COUNT))
PAST = (MONTH, Column("expected", "Forecast of its end", Unit.COUNT), Column("at_least", "At least", Unit.COUNT), Column("at_most", "At most", Unit.COUNT),
        Column("mep", "MEP", Unit.COUNT), Column("off_rate", "Forecast over MEP", Unit.RATE), Column("held", "In the interval", Unit.TEXT))
DEFINITION = ("What past months, up to twelve, still grew from the same part of the month on: the month so far times the mean factor, with the 80 % prediction "
              "interval of those factors. It knows no season and no weekday, and is not a bill. Each past month is forecast the same way from those before it.")


@dataclass(frozen=True, slots=True)
class Month:
    """Lines so far at the end of each day, from the first day on; of a past month every day is there."""

    first: date
    so_far: tuple[int, ...]

    @property
    def length(self) -> int:
        return (following(self.first) - self.first).days

    def at(self, part: float) -> float:
        """Lines after this part of the month, from 0 to 1, between two days in proportion."""
        place = part * self.length
        day = min(int(place), self.length - 1)
        before, after = (self.so_far[day - 1] if day else 0), self.so_far[day]
        return before + (after - before) * (place - day)


def following(first: date) -> date:
    """The first day of the month after."""
    return (first + timedelta(31)).replace(day=1)


def growth(used: int, part: float, to: float, past: Sequence[Month]) -> tuple[float, float, float] | None:
    """(expected, at least, at most) lines at one part of the month from those at another; None where fewer than two past months say anything."""
    factors = [log(month.at(to) / month.at(part)) for month in past if month.at(part) > 0]
    if not used or len(factors) < FEWEST_MONTHS:
        return None
    middle, n = fmean(factors), len(factors)
    spread = T_90[min(n - 2, len(T_90) - 1)] * stdev(factors) * sqrt(1 + 1 / n)
    return used * exp(middle), max(used * exp(middle - spread), float(used)), used * exp(middle + spread)


def months(lines: Mapping[date, int], until: date) -> list[Month]:
    """The whole months before that day's, oldest first: the first of the ledger only where it has a line on its first day."""
    if not lines:
        return []
    begins, found = min(lines), []
    first = begins if begins.day == 1 else following(begins.replace(day=1))
    while following(first) <= until.replace(day=1):
        found.append(_month(lines, first, following(first)))
        first = following(first)
    return found


def _month(lines: Mapping[date, int], first: date, end: date) -> Month:
    total, so_far = 0, []
    for n in range((end - first).days):
        total += lines.get(first + timedelta(n), 0)
        so_far.append(total)
    return Month(first, tuple(so_far))


def forecast(snapshot: Snapshot, asked: Result) -> Result:
    """A row a day of the running month, from its last whole day to its end. None for a month that is over, on its first day, or without two whole months."""
    query = of_mep(asked.query, "mep_forecast")
    today = local_day(snapshot.zones, snapshot.as_of)
    first = today.replace(day=1)
    rows: list[tuple[object, ...]] = []
    if query.first == first and query.last == following(first) - timedelta(1) and today > first:
        lines = dict(daily(snapshot, replace(query, first=None, last=None)).select("day", "mep").iter_rows())
        now, past = _month(lines, first, today), months(lines, first)[-MOST_MONTHS:]
        seen = now.so_far[-1] + lines.get(today, 0)
        for n in range(len(now.so_far), now.length + 1):
            said = growth(now.so_far[-1], len(now.so_far) / now.length, n / now.length, past)
            if said:
                floor = seen if n > len(now.so_far) else 0  # of today there are some already
                rows.append((first, first + timedelta(n - 1), *(max(round(value), floor) for value in said)))
    schema = {column.name: pl.Date() if column in (MONTH, DAY) else pl.Int64() for column in DAYS}
    return replace(asked, frame=pl.DataFrame(rows, schema=schema, orient="row"), columns=DAYS, definitions=(("Forecast", DEFINITION),))


def backtest(snapshot: Snapshot, asked: Result) -> Result:
    """A row a past month, up to twelve: its forecast from the same part of the month and the months before it alone, beside what it was."""
    query = of_mep(asked.query, "mep_forecast_before")
    if query.first is None:
        raise WrongUsage("The answer “mep_forecast_before” needs a month: give from and to.")
    today = local_day(snapshot.zones, snapshot.as_of)
    length = (following(query.first) - query.first).days
    part = ((today - query.first).days / length) if query.first <= today < following(query.first) else 0.5
    lines = dict(daily(snapshot, replace(query, first=None, last=None)).select("day", "mep").iter_rows())
    past, rows = months(lines, query.first), []
    for n in range(max(FEWEST_MONTHS, len(past) - MOST_MONTHS), len(past)):
        month, before = past[n], past[max(0, n - MOST_MONTHS):n]
        said = growth(round(month.at(part)), part, 1, before) if part else None
        if said:
            expected, low, high = (round(value) for value in said)
            total = month.so_far[-1]
            rows.append((month.first, expected, low, high, total, expected / total - 1, "yes" if low <= total <= high else "no"))
    kinds = {Unit.COUNT: pl.Int64(), Unit.RATE: pl.Float64(), Unit.TEXT: pl.String()}
    schema = {column.name: pl.Date() if column is MONTH else kinds[column.unit] for column in PAST}
    return replace(asked, frame=pl.DataFrame(rows, schema=schema, orient="row"), columns=PAST, definitions=(("Forecast", DEFINITION),))
