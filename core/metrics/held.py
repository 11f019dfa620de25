"""Questions answered from the rollups in memory, once a snapshot is asked often enough; what these do not hold is asked by SQL. Both give the same frame."""
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from threading import Lock
from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

import polars as pl

from core.metrics import held_clicks, held_counts, held_durations
from core.metrics.held_counts import MICRO, Counts, Groups
from core.metrics.held_durations import MEDIAN, Durations
from core.metrics.held_people import People
from core.metrics.measures import DAYS, MEASURES, Measure
from core.metrics.planner import Part, plan
from core.metrics.query import Query
from core.metrics.rows import in_order
from core.metrics.series import series_of
from core.metrics.sql import part_sql
from core.metrics.units import Unit
from core.warehouse.snapshots import Snapshot

WORTH = 4  # questions by SQL before the rollups are read: a command asks one and goes
MOST = 4  # snapshots held at once
IDLE_S = 120.0  # one that was not asked for so long gives way to another
_MICROS = Context(prec=60)
_TYPES = {Unit.COUNT: pl.Int64(), Unit.PEOPLE: pl.Int64(), Unit.MONEY: pl.Decimal(38, 6), Unit.RATE: pl.Float64(), Unit.SECONDS: pl.Float64()}
_held: "WeakKeyDictionary[Snapshot, Held]" = WeakKeyDictionary()
_asked: WeakKeyDictionary[Snapshot, int] = WeakKeyDictionary()
_used: WeakKeyDictionary[Snapshot, float] = WeakKeyDictionary()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class Held:
    """The rollups of one snapshot; None where one is not there or too large."""

    counts: Counts | None
    people: People
    durations: Durations | None


def from_memory(snapshot: Snapshot, query: Query) -> pl.DataFrame | None:
    """The frame of a settled question without a comparison; None where no rollup answers it, or they are not in memory yet."""
    parts = plan(query)
    if not any(is_in_rollup(part) for part in parts):
        return None
    held = _of(snapshot)
    return None if held is None else answered(snapshot, held, query, parts)


def answered(snapshot: Snapshot, held: Held, query: Query, parts: tuple[Part, ...]) -> pl.DataFrame:
    """The parts, each from memory or by SQL, joined on equal values, then rates, order and limit."""
    rows: Groups = {} if query.dimensions else {(): {}}
    for part in parts:
        groups = _groups(snapshot, held, query, part)
        if part.is_beside:
            place = [query.dimensions.index(name) for name in part.dimensions]
            for group, values in rows.items():
                values.update(groups.get(tuple(group[n] for n in place), {}))
        else:
            for group, values in groups.items():
                rows.setdefault(group, {}).update(values)
    shown = [(*group, *(_shown(MEASURES[name], values) for name in query.measures)) for group, values in rows.items()]
    return _frame(query, in_order(shown, [*query.dimensions, *query.measures], query.dimensions, query.order, query.limit))


def is_in_rollup(part: Part) -> bool:
    """Whether a rollup, or what is counted by day once, may answer it."""
    return part.source != "facts" or part.measures[0].name == MEDIAN or held_clicks.is_held(part)


def read(snapshot: Snapshot) -> Held:
    """The rollups of a snapshot, read now."""
    return Held(Counts(snapshot) if held_counts.are_holdable(snapshot) else None, People(snapshot),
                Durations(snapshot) if held_durations.are_holdable(snapshot) else None)


def _of(snapshot: Snapshot) -> Held | None:
    """What is held of the snapshot; it is read once it was asked often enough, and there is room."""
    now = monotonic()
    with _lock:
        found = _held.get(snapshot)
        if found is None:
            _asked[snapshot] = _asked.get(snapshot, 0) + 1
            if _asked[snapshot] <= WORTH or not _has_room(now):
                return None
            found = _held[snapshot] = read(snapshot)
        _used[snapshot] = now
        return found


def _has_room(now: float) -> bool:
    """Makes room for one more, if one is idle: many accounts at once must not read their rollups in turns."""
    if len(_held) < MOST:
        return True
    idlest = min(_held, key=lambda snapshot: _used.get(snapshot, 0.0))
    if now - _used.get(idlest, 0.0) < IDLE_S:
        return False
    del _held[idlest]
    return True


def _groups(snapshot: Snapshot, held: Held, query: Query, part: Part) -> Groups:
    days = (query.first or date.min).toordinal(), (query.last or date.max).toordinal()
    found = None
    if part.source == "daily" and held.counts is not None:
        found = held.counts.counted(part, query.basis, days)
    if part.source == "reach":
        found = held.people.counted(snapshot, part, query.basis, days, series_of(snapshot))
    if part.measures[0].name == MEDIAN and held.durations is not None:
        found = held.durations.counted(snapshot, part, query.basis, days)
    if held_clicks.is_held(part):
        found = held_clicks.counted(snapshot, part, query)
    if found is None:
        names, width = [measure.name for measure in part.measures], len(part.dimensions)
        rows = snapshot.sql(*part_sql(part, query, series_of(snapshot))).iter_rows()
        found = {row[:width]: dict(zip(names, row[width:], strict=True)) for row in rows}
    return found


def _shown(measure: Measure, values: dict[str, Any]) -> Any:
    """As `sql._shown`: counts and people 0 where there is none, the rest None."""
    if not measure.is_rate:
        value = values.get(measure.name)
        return 0 if value is None and measure.unit in (Unit.COUNT, Unit.PEOPLE) else value
    over, under = (values.get(name) for name in measure.parts)
    if not under:
        return None
    if measure.unit is Unit.RATE:
        return (over or 0) / under
    return None if over is None else _rounded(over, under)


def _rounded(money: Decimal, people: int) -> Decimal:
    return rounded(int(money.scaleb(6, _MICROS)), people)


def rounded(micros: int, people: int) -> Decimal:
    """Millionths over people as money, half away from zero."""
    each = (2 * abs(micros) + people) // (2 * people)
    return (each if micros >= 0 else -each) * MICRO


def _frame(query: Query, rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    schema = {name: pl.Date() if name in DAYS else pl.Int64() if name in ("journey_version", "weekday") else pl.String() for name in query.dimensions}
    schema |= {name: _TYPES[MEASURES[name].unit] for name in query.measures}  # type: ignore[misc]
    columns = zip(*rows, strict=True) if rows else ((),) * len(schema)
    return pl.DataFrame([pl.Series(name, values, dtype) for (name, dtype), values in zip(schema.items(), columns, strict=True)])
