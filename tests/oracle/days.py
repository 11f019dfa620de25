"""Instants, and the local day, hour and month of an account whose zone may have changed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

Zones = tuple[tuple[datetime | None, str], ...]  # oldest first; the first holds since ever (None)

RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|z|[+-]\d\d:\d\d)")


def instant(text: str) -> datetime:
    """§1: "RFC 3339 with an offset (`Z` too)"; "cut to microseconds"."""
    match = RFC3339.fullmatch(text)
    assert match, text
    day, clock, fraction, offset = match.groups()
    whole = datetime.fromisoformat(f"{day}T{clock}{'+00:00' if offset in 'Zz' else offset}")
    return whole.astimezone(UTC) + timedelta(microseconds=int((fraction or "")[:6].ljust(6, "0")))


def zone_at(zones: Zones, at: datetime) -> tuple[date | None, ZoneInfo]:
    """The zone in force at an instant, and its first day (None: since ever)."""
    first_day: date | None = None
    zone = ZoneInfo(zones[0][1])
    for since, name in zones[1:]:
        if since is not None and since <= at:
            # §3: "A new zone holds from the first instant of the next month in the old one"
            first_day = since.astimezone(zone).date()
            zone = ZoneInfo(name)
    return first_day, zone


def local(zones: Zones, at: datetime) -> datetime:
    return at.astimezone(zone_at(zones, at)[1])


def local_day(zones: Zones, at: datetime) -> date:
    """§3: "what is still in the old month there counts on the new one's first day"."""
    first_day, zone = zone_at(zones, at)
    day = at.astimezone(zone).date()
    return day if first_day is None else max(day, first_day)


def end_of_month(zones: Zones, day: date) -> datetime:
    """The first instant that is in a later month than `day`."""
    first = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    midnights = [datetime(first.year, first.month, 1, tzinfo=ZoneInfo(name)).astimezone(UTC) for _, name in zones]
    changes = [since for since, _ in zones if since is not None]
    return min(at for at in midnights + changes if local_day(zones, at) >= first)


def monday(day: date) -> date:
    """§3: "weeks (Monday)"."""
    return day - timedelta(days=day.weekday())
