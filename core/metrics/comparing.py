"""A period beside another: which one a comparison means, and its rows beside those of the period asked for."""
from calendar import monthrange
from datetime import date, timedelta

import polars as pl

from core.errors import WrongUsage
from core.metrics.measures import MEASURES
from core.metrics.query import Query
from core.metrics.rules import BEFORE, columns, is_bucket
from core.metrics.units import Unit

Period = tuple[date, date]


def period_before(query: Query) -> Period:
    """The period that `compare` means. previous: as many days just before, or as many whole months where the range is whole months;
    year: the same days a year before (whole months stay whole; 29 February becomes the 28th); weekdays: 28 days before. Both ends included."""
    if query.first is None or query.last is None:
        raise WrongUsage("A comparison needs both ends of the range: give from and to.")
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
    """“1–31 Mar 2026”, “28 Feb – 2 Mar 2026”, “1 Mar 2026”."""
    end = f"{last.day} {last:%b} {last.year}"
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}"
    return f"{first.day} {first:%b}{'' if first.year == last.year else f' {first.year}'} – {end}"


def beside(query: Query, now: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """The rows of both periods: bucket number n of this one beside number n of the other, other dimensions by their values. A bucket of
    the longer other period that has none beside it is left out."""
    buckets = [name for name in query.dimensions if is_bucket(name)]
    keys = ["day"] if "day" in buckets else buckets  # week and month follow from the day
    others = [name for name in query.dimensions if not is_bucket(name)]
    first, last = period_before(query)
    left = _numbered(now, keys, query.first).drop(buckets)
    right = _numbered(before, keys, first).drop(buckets).rename({name: name + BEFORE for name in query.measures})
    numbers = [f"{name}_number" for name in keys]
    if [*others, *numbers]:
        frame = left.join(right, on=[*others, *numbers], how="full", coalesce=True, nulls_equal=True)
    else:
        frame = pl.concat([left, right], how="horizontal")
    frame = _dated(frame, buckets, query.first, query.last, "")
    frame = _dated(frame, buckets, first, last, BEFORE)
    for name in keys:
        frame = frame.filter(pl.col(name).is_not_null())
    counts = [column for name in query.measures if MEASURES[name].unit in (Unit.COUNT, Unit.PEOPLE) for column in (name, name + BEFORE)]
    frame = frame.with_columns(pl.col(counts).fill_null(0)).select(columns(query))
    return _arranged(frame, query)


def _months_back(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _end_of_month(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _numbered(frame: pl.DataFrame, buckets: list[str], first: date | None) -> pl.DataFrame:
    return frame.with_columns(_number(pl.col(name), name, pl.lit(first)).alias(f"{name}_number") for name in buckets)


def _number(day: pl.Expr, bucket: str, first: pl.Expr) -> pl.Expr:
    if bucket == "month":
        return (day.dt.year().cast(pl.Int64) * 12 + day.dt.month()) - (first.dt.year().cast(pl.Int64) * 12 + first.dt.month())
    days = (day - first.dt.truncate("1w" if bucket == "week" else "1d")).dt.total_days()
    return days // 7 if bucket == "week" else days


def _dated(frame: pl.DataFrame, buckets: list[str], first: date | None, last: date | None, suffix: str) -> pl.DataFrame:
    """The buckets of one period by their numbers; null beyond its end."""
    columns = []
    for name in buckets:
        every = {"day": "1d", "week": "1w", "month": "1mo"}[name]
        if "day" in buckets:
            day = pl.lit(first) + pl.duration(days=pl.col("day_number"))
        else:
            day = pl.lit(first).dt.truncate(every).dt.offset_by(pl.format("{}" + every[1:], pl.col(f"{name}_number")))
        day = day.cast(pl.Date)
        columns.append(pl.when(day <= pl.lit(last)).then(day.dt.truncate(every)).alias(name + suffix))
    return frame.with_columns(columns)


def _arranged(frame: pl.DataFrame, query: Query) -> pl.DataFrame:
    by = list(query.dimensions)
    descending = [False] * len(by)
    if query.order is not None:
        by.insert(0, query.order.removeprefix("-"))
        descending.insert(0, query.order.startswith("-"))
    frame = frame.sort(by, descending=descending, nulls_last=True) if by else frame
    return frame if query.limit is None else frame.head(query.limit)
