"""Clocks of whole columns: what a zone shows at many instants, and which instants its clock meant, by the one zone table of the product.

Polars has a zone table of its own, by which no column is moved: it may be years behind the one by which the warehouse knows its days.
"""
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import polars as pl

_FIRST, _LAST = 1800, 9998  # years: before the first no clock was ever changed
_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)


def ahead(instants: pl.Series, zone: str) -> pl.Series:
    """How far the zone's clock is ahead of UTC at each of the instants (microseconds, UTC)."""
    since, offsets = _steps(zone, instants)
    return _gathered(offsets, pl.Series(since, dtype=pl.Datetime("us", "UTC")), instants)


def instants_of(clock: pl.Series, zone: str) -> pl.Series:
    """The instants (UTC) of naive times on the zone's clock: of one that it shows twice the first, one that it skips by the offset before."""
    since, offsets = _steps(zone, clock)
    left = [at.replace(tzinfo=None) + max(before, after) for at, before, after in zip(since, offsets, offsets[1:], strict=False)]
    return (clock - _gathered(offsets, pl.Series(left, dtype=pl.Datetime("us")), clock)).dt.replace_time_zone("UTC")


def _gathered(offsets: list[timedelta], since: pl.Series, times: pl.Series) -> pl.Series:
    """Each time's offset: the first before all of `since`, the next from there on."""
    return pl.Series(offsets, dtype=pl.Duration("us")).gather(since.search_sorted(times, side="right"))


def _steps(zone: str, times: pl.Series) -> tuple[list[datetime], list[timedelta]]:
    """The zone's changes in the years of these times, and one year around them, and its offsets before the first and from each change on."""
    first, last = _years(times)
    changes = [change for year in range(first, last + 1) for change in _changes(zone, year)]
    return [at for at, _ in changes], [_offset(ZoneInfo(zone), datetime(first, 1, 1, tzinfo=UTC)), *(offset for _, offset in changes)]


def _years(times: pl.Series) -> tuple[int, int]:
    known = [year for year in times.dt.year().unique().to_list() if year is not None] or [_FIRST]
    return max(min(known) - 1, _FIRST), min(max(known) + 1, _LAST)


@cache
def _changes(zone: str, year: int) -> tuple[tuple[datetime, timedelta], ...]:
    """The instants of the year (UTC) at which the zone's clock is put forward or back, and what it is ahead of UTC from then on."""
    clock, found = ZoneInfo(zone), []
    day = datetime(year, 1, 1, tzinfo=UTC)
    while day.year == year:
        before, after = _offset(clock, day), _offset(clock, day + _DAY)
        if before != after:
            found.append((_first_instant(clock, day, before), after))
        day += _DAY
    return tuple(found)


def _first_instant(clock: ZoneInfo, day: datetime, before: timedelta) -> datetime:
    """The first instant after `day` (to the second, as zone tables have them) at which the offset is another than `before`."""
    low, high = 0, int(_DAY / _SECOND)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(clock, day + middle * _SECOND) == before else (low, middle)
    return day + high * _SECOND


def _offset(clock: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(clock).utcoffset() or timedelta()
