"""Typed records for the log, and what a log holds."""

from datetime import UTC, datetime, timedelta

import polars as pl

from core.contract import Given, judge
from core.eventlog import EventLog, frame_of
from core.eventlog.segments import read_whole

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def event(event_id: str, *, now: datetime = NOW, **changes: object) -> dict[str, object]:
    record = {
        "source": "s",
        "event_id": event_id,
        "event_type": "journey.entered",
        "occurred_at": "2026-01-05T10:00:00Z",
        "journey_id": "cart",
        "profile_id": "p1",
    }
    typed = judge({**record, **changes}, Given(now, "acme"))
    assert not isinstance(typed, str), typed
    return typed


def later(minutes: int) -> datetime:
    return NOW + timedelta(minutes=minutes)


def append(log: EventLog, *records: dict[str, object]) -> tuple[int, int, int]:
    """(accepted, repeated, conflicts)"""
    taken = log.append(frame_of(records))
    return taken.accepted, taken.repeated, taken.conflicts


def held(log: EventLog, *columns: str) -> list[tuple[object, ...]]:
    """The log's rows in order of position: these columns, or all of them."""
    segments = log.segments()
    if not segments:
        return []
    frame = read_whole(segments)
    return (frame.select(columns) if columns else frame).rows()


def kept_conflicts(log: EventLog, *columns: str) -> list[tuple[object, ...]]:
    return [row for path in sorted((log.folder / "conflicts").glob("*")) for row in pl.read_parquet(path).select(columns).rows()]
