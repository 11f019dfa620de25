"""Attempts to build each account: the newest one as it stands, and those that ended, with what they made or why they failed."""
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update

from core.store.database import Store
from core.store.tables import builds, refreshes

KEPT = 200  # attempts of an account that are listed


@dataclass(frozen=True, slots=True)
class Refresh:
    started_at: datetime
    finished_at: datetime | None  # None: it runs, or was killed
    snapshot_id: str | None  # of the newest that worked
    error: str | None  # of the newest attempt


@dataclass(frozen=True, slots=True)
class Attempt:
    """One that ended. snapshot_id, is_full and events are null where it failed, error where it worked."""

    started_at: datetime
    finished_at: datetime
    snapshot_id: str | None
    error: str | None
    is_full: bool | None
    events: int | None


def started(store: Store, account_id: str, *, now: datetime) -> None:
    """An attempt begins."""
    with store.write() as connection:
        values = {"started_at": now, "finished_at": None}
        if not connection.execute(update(refreshes).where(refreshes.c.account_id == account_id).values(**values)).rowcount:
            connection.execute(insert(refreshes).values(account_id=account_id, **values))


def finished(store: Store, account_id: str, *, now: datetime, snapshot_id: str | None = None, error: str | None = None, is_full: bool | None = None,
             events: int | None = None) -> None:
    """The attempt ends, with the snapshot that it published or the reason why there is none."""
    values = {"finished_at": now, "error": error} | ({"snapshot_id": snapshot_id} if snapshot_id else {})
    with store.write() as connection:
        begun = connection.execute(select(refreshes.c.started_at).where(refreshes.c.account_id == account_id)).scalar()
        connection.execute(update(refreshes).where(refreshes.c.account_id == account_id).values(**values))
        connection.execute(insert(builds).values(account_id=account_id, started_at=begun or now, finished_at=now, snapshot_id=snapshot_id, error=error,
                                                 is_full=is_full, events=events))
        old = select(builds.c.build_id).where(builds.c.account_id == account_id).order_by(builds.c.build_id.desc()).offset(KEPT).limit(1).scalar_subquery()
        connection.execute(delete(builds).where(builds.c.account_id == account_id, builds.c.build_id <= old))


def newest(store: Store, account_id: str) -> Refresh | None:
    """The newest attempt; None: nobody has tried yet."""
    with store.read() as connection:
        columns = (refreshes.c.started_at, refreshes.c.finished_at, refreshes.c.snapshot_id, refreshes.c.error)
        row = connection.execute(select(*columns).where(refreshes.c.account_id == account_id)).first()
    return None if row is None else Refresh(*row)


def ended(store: Store, account_id: str, limit: int = 20) -> list[Attempt]:
    """The attempts that ended last, newest first."""
    columns = (builds.c.started_at, builds.c.finished_at, builds.c.snapshot_id, builds.c.error, builds.c.is_full, builds.c.events)
    with store.read() as connection:
        found = connection.execute(select(*columns).where(builds.c.account_id == account_id).order_by(builds.c.build_id.desc()).limit(limit))
        return [Attempt(*row) for row in found]
