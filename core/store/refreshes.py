"""The newest attempt to refresh each account: when, with what snapshot, or why it failed."""
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from core.store.database import Store
from core.store.tables import refreshes


@dataclass(frozen=True, slots=True)
class Refresh:
    started_at: datetime
    finished_at: datetime | None  # None: it runs, or was killed
    snapshot_id: str | None  # of the newest that worked
    error: str | None  # of the newest attempt


def started(store: Store, account_id: str, *, now: datetime) -> None:
    """An attempt begins."""
    with store.write() as connection:
        values = {"started_at": now, "finished_at": None}
        if not connection.execute(update(refreshes).where(refreshes.c.account_id == account_id).values(**values)).rowcount:
            connection.execute(insert(refreshes).values(account_id=account_id, **values))


def finished(store: Store, account_id: str, *, now: datetime, snapshot_id: str | None = None, error: str | None = None) -> None:
    """The attempt ends, with the snapshot that it published or the reason why there is none."""
    values = {"finished_at": now, "error": error} | ({"snapshot_id": snapshot_id} if snapshot_id else {})
    with store.write() as connection:
        connection.execute(update(refreshes).where(refreshes.c.account_id == account_id).values(**values))


def newest(store: Store, account_id: str) -> Refresh | None:
    """The newest attempt; None: nobody has tried yet."""
    with store.read() as connection:
        columns = (refreshes.c.started_at, refreshes.c.finished_at, refreshes.c.snapshot_id, refreshes.c.error)
        row = connection.execute(select(*columns).where(refreshes.c.account_id == account_id)).first()
    return None if row is None else Refresh(*row)
