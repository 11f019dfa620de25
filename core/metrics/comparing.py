"""A period beside another: which one a comparison means, and its rows beside those of the period asked for."""
from calendar import monthrange
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl

from core.errors import WrongUsage
from core.metrics.measures import MEASURES
from core.metrics.numbers import days
from core.metrics.query import Query
from core.metrics.rows import Row, in_order
from core.metrics.rules import BEFORE, columns, is_bucket
from core.metrics.units import Unit

Period = tuple[date, date]


def period_before(query: Query) -> Period:
    """The period that `compare` means. previous: as many days just before, or as many whole months where the range is whole months;
    year: the same days a year before (whole months stay whole; 29 February becomes the 28th); weekdays: 28 days before. Both ends included."""
    if query.first is None or query.last is None:
        raise WrongUsage("A comparison needs both ends of the range: give from and to.")
    if query.compare == "weekdays" and "mep" in query.measures:
        raise WrongUsage("mep counts whole months, and 28 days before a month is no whole month: compare it with previous or year.")
    first, last = query.first, query.last
    try:
        if query.compare == "weekdays":
            return first - timedelta(28), last - timedelta(28)
        is_whole = first.day == 1 and last.day == monthrange(last.year, last.month)[1]
        months = 12 if query.compare == "year" else (last.year - first.year) * 12 + last.month - first.month + 1
        if is_whole:
            return _months_back(first, months), _end_of_month(_months_back(last.replace(day=1), months))
        if query.compare == "year":
            return _months_back(first, 12), _months_back(last, 12)
        days = (last - first).days + 1
        return first - timedelta(days), first - timedelta(1)
    except (OverflowError, ValueError):
        raise WrongUsage(f"There is no period to compare with before {first}.") from None


def period_name(first: date, last: date) -> str:
    """`1–31 Mar 2026`, as pages say it."""
    return days(first, last)


def beside(query: Query, now: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """The rows of both periods: bucket number n of this one beside number n of the other, other dimensions by their values. A bucket of
    the longer other period that has none beside it is left out."""
    periods = (query.first, query.last), period_before(query)
    there, then = (_numbered(query, frame, period) for frame, period in zip((now, before), periods, strict=True))
    nothing = tuple(0 if MEASURES[name].unit in (Unit.COUNT, Unit.PEOPLE) else None for name in query.measures)
    rows = []
    for key in dict.fromkeys([*there, *then]):
        dimensions = _dimensions(query, key, periods)
        if dimensions is not None:
            pairs = zip(there.get(key, nothing), then.get(key, nothing), strict=True)
            rows.append((*dimensions, *(value for pair in pairs for value in pair)))
    names = columns(query)
    arranged_rows = in_order(rows, names, query.dimensions, query.order, query.limit)
    values = zip(*arranged_rows, strict=True) if arranged_rows else ((),) * len(names)
    # in plain rows: there are few, and each step of a frame costs half a millisecond, far more where others want the processor too
    return pl.DataFrame([pl.Series(name, own, now.schema[name.removesuffix(BEFORE)]) for name, own in zip(names, values, strict=True)])


def _keys(query: Query) -> list[str]:
    """The dimensions by which rows stand beside each other: week and month follow from the day."""
    is_daily = "day" in query.dimensions
    return [name for name in query.dimensions if name == "day" or not (is_daily and is_bucket(name))]


def _numbered(query: Query, frame: pl.DataFrame, period: tuple[date | None, date | None]) -> dict[Row, Row]:
    """Values of the keys, buckets as their numbers in the period → values of the measures."""
    width, first = len(query.dimensions), period[0]
    place = [(n, name) for n, name in enumerate(query.dimensions) if name in _keys(query)]
    return {tuple(number(row[n], name, first) if is_bucket(name) and first else row[n] for n, name in place): row[width:] for row in frame.iter_rows()}


def _dimensions(query: Query, key: Row, periods: Sequence[tuple[date | None, date | None]]) -> Row | None:
    """The dimensions of a row, each bucket of this period followed by that of the other, None beyond its end; None where this period has none."""
    known = dict(zip(_keys(query), key, strict=True))
    row: list[Any] = []
    for name in query.dimensions:
        if not is_bucket(name):
            row.append(known[name])
            continue
        by = "day" if "day" in known else name
        found = [start(numbered(known[by], by, first), name) if numbered(known[by], by, first) <= last else None for first, last in periods if first and last]
        if found[0] is None:
            return None
        row += found
    return tuple(row)


def _months_back(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _end_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def start(day: date, bucket: str) -> date:
    """The first day of the day's bucket."""
    return day.replace(day=1) if bucket == "month" else day - timedelta(day.weekday()) if bucket == "week" else day


def number(day: date, bucket: str, first: date) -> int:
    """Which bucket a day is in, counted from that of `first`."""
    if bucket == "month":
        return day.year * 12 + day.month - first.year * 12 - first.month
    days = (day - start(first, bucket)).days
    return days // 7 if bucket == "week" else days


def numbered(n: int, bucket: str, first: date) -> date:
    """The first day of bucket number n, counted from that of `first`."""
    return _months_back(first.replace(day=1), -n) if bucket == "month" else start(first, bucket) + timedelta(n * (7 if bucket == "week" else 1))


def arranged(frame: pl.DataFrame, query: Query) -> pl.DataFrame:
    """The rows in the question's order, as many as it asks for."""
    by = list(query.dimensions)
    descending = [False] * len(by)
    if query.order is not None:
        by.insert(0, query.order.removeprefix("-"))
        descending.insert(0, query.order.startswith("-"))
    frame = frame.sort(by, descending=descending, nulls_last=True) if by else frame
    return frame if query.limit is None else frame.head(query.limit)
