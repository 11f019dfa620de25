"""The account's clock: which zone was in force when, and the local day and hour of an instant."""
import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

Zones = Sequence[tuple[datetime | None, str]]
"""Oldest first; the first `since` is None, each later one is the first instant of a month in the zone before it (interface §3 Days)."""
FIRST_DAY = "0001-01-01"  # of the calendar that files and questions can say; west of Greenwich its first instant is still in the year before


def zone_at(zones: Zones, instant: datetime) -> str:
    """The name of the zone in force at that instant."""
    return [name for since, name in zones if since is None or since <= instant][-1]


def local(zones: Zones, instant: datetime) -> datetime:
    """The instant on the account's clock, aware."""
    return instant.astimezone(ZoneInfo(zone_at(zones, instant)))


def local_day(zones: Zones, instant: datetime) -> date:
    """The account's day of that instant: what a new zone still puts in the month before its start counts on the new month's first day."""
    floor = [month_start(zones, at) for at, (since, _) in enumerate(zones) if since is not None and since <= instant]
    return max([local(zones, instant).date(), *floor])


def month_start(zones: Zones, at: int) -> date:
    """The first day of the month with which zone number `at` begins, on the clock of the zone before it."""
    since = zones[at][0]
    if since is None:
        raise ValueError("the first zone has no start")
    return since.astimezone(ZoneInfo(zones[at - 1][1])).date()


def as_text(zones: Zones) -> str:
    """The zones as JSON, for the snapshot's own record of how it was built."""
    return json.dumps([[since.astimezone(UTC).isoformat() if since else None, name] for since, name in zones])


def from_text(text: str) -> tuple[tuple[datetime | None, str], ...]:
    """The reverse of `as_text`."""
    return tuple((datetime.fromisoformat(since) if since else None, name) for since, name in json.loads(text))


def duckdb_macros(zones: Zones) -> list[str]:
    """`local_day(t)`, `local_hour(t)` and `local_month_end(t)` (the instant at which t's local month ends) as DuckDB macros."""
    day, hour, end = "", "", ""
    for at in range(len(zones) - 1, -1, -1):
        since, name = zones[at]
        zone = name.replace("'", "''")
        clock = f"(t AT TIME ZONE '{zone}')"
        own_day = f"{clock}::DATE" if since is None else f"greatest({clock}::DATE, DATE '{month_start(zones, at)}')"
        when = "ELSE" if since is None else f"WHEN t >= TIMESTAMPTZ '{since.astimezone(UTC).isoformat()}' THEN"
        if since is None:
            day += f" WHEN t < TIMESTAMPTZ '{FIRST_DAY} 23:59:59+00' THEN greatest({own_day}, DATE '{FIRST_DAY}')"
        day += f" {when} {own_day}"
        hour += f" {when} extract(hour FROM {clock})"
        end += f" {when} (date_trunc('month', {own_day}) + INTERVAL 1 MONTH) AT TIME ZONE '{zone}'"
    return [
        f"CREATE MACRO local_day(t) AS {case(day)}",
        f"CREATE MACRO local_hour(t) AS ({case(hour)})::TINYINT",
        f"CREATE MACRO local_month_end(t) AS {case(end)}",
    ]


def spark_functions(zones: Zones) -> list[str]:
    """The same three as functions of a Spark session whose time zone is UTC."""
    day, hour, end = "", "", ""
    for at in range(len(zones) - 1, -1, -1):
        since, name = zones[at]
        zone = name.replace("'", "''")
        clock = f"from_utc_timestamp(t, '{zone}')"
        own_day = f"to_date({clock})" if since is None else f"greatest(to_date({clock}), DATE '{month_start(zones, at)}')"
        when = "ELSE" if since is None else f"WHEN t >= TIMESTAMP '{since.astimezone(UTC).isoformat(' ')}' THEN"
        if since is None:
            day += f" WHEN t < TIMESTAMP '{FIRST_DAY} 23:59:59' THEN greatest({own_day}, DATE '{FIRST_DAY}')"
        day += f" {when} {own_day}"
        hour += f" {when} hour({clock})"
        end += f" {when} to_utc_timestamp(CAST(add_months(trunc({own_day}, 'MM'), 1) AS TIMESTAMP), '{zone}')"
    return [f"CREATE OR REPLACE TEMPORARY FUNCTION {name}(t TIMESTAMP) RETURNS {kind} RETURN {body}" for name, kind, body in (
        ("local_day", "DATE", case(day)), ("local_hour", "TINYINT", f"CAST({case(hour)} AS TINYINT)"), ("local_month_end", "TIMESTAMP", case(end)))]


def case(arms: str) -> str:
    """CASE over the arms, or the one expression where there is a single zone."""
    return f"({arms.removeprefix(' ELSE ')})" if arms.startswith(" ELSE ") else f"CASE{arms} END"
