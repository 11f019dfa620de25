"""Schedules: which custom report is asked for again and again, when next, and for whom."""
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from core.errors import JourneysError
from core.store.database import LARGEST_ID, Store
from core.store.kept_tables import report_schedules as kept

COLUMNS = [column for column in kept.c if column.name != "created_at"]


class UnknownSchedule(JourneysError):
    """The account has no such schedule."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """`hour` is the account's clock; `day` is of the week (1 Monday) for weekly, of the month (0: its last) for monthly, else None."""

    schedule_id: int
    account_id: str
    name: str
    parameters: dict[str, Any]
    rhythm: str
    hour: int
    day: int | None
    recipients: tuple[int, ...]
    user_id: int | None
    asked_by: str
    next_at: datetime
    active: bool


def add(connection: Connection, account_id: str, *, now: datetime, parameters: Mapping[str, Any], recipients: tuple[int, ...], **values: Any) -> Schedule:
    """Keep a new schedule, switched on. values: the other fields."""
    values |= {"account_id": account_id, "created_at": now, "active": True, "parameters": dict(parameters), "recipients": list(recipients)}
    return _schedule(connection.execute(insert(kept).values(**values).returning(*COLUMNS)).one())


def listed(store: Store, account_id: str) -> list[Schedule]:
    """The account's schedules by name."""
    with store.read() as connection:
        return [_schedule(row) for row in connection.execute(select(*COLUMNS).where(kept.c.account_id == account_id).order_by(kept.c.name, kept.c.schedule_id))]


def find(store: Store, account_id: str, schedule_id: int) -> Schedule:
    """Raises UnknownSchedule, also for one of another account."""
    wanted = select(*COLUMNS).where(kept.c.account_id == account_id, kept.c.schedule_id == schedule_id)
    with store.read() as connection:
        row = connection.execute(wanted).first() if schedule_id <= LARGEST_ID else None
    if row is None:
        raise UnknownSchedule(f"There is no schedule {schedule_id}.")
    return _schedule(row)


def due(store: Store, *, now: datetime) -> list[Schedule]:
    """All accounts' schedules whose time has come."""
    with store.read() as connection:
        return [_schedule(row) for row in connection.execute(select(*COLUMNS).where(kept.c.active, kept.c.next_at <= now).order_by(kept.c.next_at))]


def move(connection: Connection, schedule: Schedule, next_at: datetime) -> bool:
    """Its next time is then. False: another process was first, or it is gone."""
    mine = (kept.c.schedule_id == schedule.schedule_id) & (kept.c.next_at == schedule.next_at) & kept.c.active
    return bool(connection.execute(update(kept).where(mine).values(next_at=next_at)).rowcount)


def switch(connection: Connection, schedule: Schedule, *, active: bool, next_at: datetime) -> None:
    """Switch it on or off."""
    connection.execute(update(kept).where(kept.c.schedule_id == schedule.schedule_id).values(active=active, next_at=next_at))


def remove(connection: Connection, schedule: Schedule) -> None:
    connection.execute(delete(kept).where(kept.c.schedule_id == schedule.schedule_id))


def _schedule(row: Any) -> Schedule:
    return Schedule(**{**row._mapping, "recipients": tuple(row.recipients)})
