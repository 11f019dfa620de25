"""What left of the MEP ledger, in order, and who asks for a mail at a threshold."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from core.store.database import Store
from core.store.kept_tables import mep_exports as exports
from core.store.kept_tables import mep_watchers as watchers
from core.store.tables import users

COLUMNS = [column for column in exports.c if column.name != "account_id"]


@dataclass(frozen=True, slots=True)
class Export:
    """One export of a month (YYYY-MM). `position`: last of its snapshot's log; `sha256`: of its lines as CSV, whatever the form (csv, xlsx, evidence)."""

    month: str
    ordinal: int
    sub_accounts: tuple[str | None, ...]
    form: str
    exported_at: datetime
    exported_by: str
    snapshot_id: str
    position: int
    lines: int
    sha256: str
    kept: str | None


@dataclass(frozen=True, slots=True)
class Watcher:
    """Somebody who asks for a mail at so many per cent; `email` None: there is no address yet."""

    user_id: int
    name: str
    role: str
    email: str | None
    percent: int


def add(connection: Connection, account_id: str, month: str, *, sub_accounts: Sequence[str | None], **values: Any) -> Export:
    """Keep that a month was exported, as the next of that month."""
    last = select(func.coalesce(func.max(exports.c.ordinal), 0)).where(exports.c.account_id == account_id, exports.c.month == month)
    ordinal = int(connection.execute(last).scalar_one()) + 1
    row = connection.execute(insert(exports).values(account_id=account_id, month=month, ordinal=ordinal, sub_accounts=list(sub_accounts), **values)
                             .returning(*COLUMNS)).one()
    return _export(row)


def listed(store: Store, account_id: str, month: str) -> list[Export]:
    """The exports of a month, oldest first."""
    wanted = select(*COLUMNS).where(exports.c.account_id == account_id, exports.c.month == month).order_by(exports.c.ordinal)
    with store.read() as connection:
        return [_export(row) for row in connection.execute(wanted)]


def files(store: Store, account_id: str) -> set[str]:
    """The names of the files that the account's exports hold on to."""
    with store.read() as connection:
        return set(connection.execute(select(exports.c.kept).where(exports.c.account_id == account_id, exports.c.kept.is_not(None))).scalars())


def watch(store: Store, user_id: int, percents: Sequence[int], *, now: datetime) -> None:
    """From now on the user asks for a mail at exactly these thresholds."""
    with store.write() as connection:
        known = set(connection.execute(select(watchers.c.percent).where(watchers.c.user_id == user_id)).scalars())
        connection.execute(delete(watchers).where(watchers.c.user_id == user_id, watchers.c.percent.not_in(percents)))
        new = [{"user_id": user_id, "percent": percent, "asked_at": now} for percent in sorted(set(percents) - known)]
        if new:
            connection.execute(insert(watchers), new)


def watched(store: Store, user_id: int) -> tuple[int, ...]:
    """The thresholds at which the user asks for a mail."""
    with store.read() as connection:
        return tuple(connection.execute(select(watchers.c.percent).where(watchers.c.user_id == user_id).order_by(watchers.c.percent)).scalars())


def watching(store: Store, account_id: str) -> list[Watcher]:
    """Everybody of the account who asks, a row a threshold."""
    columns = (users.c.user_id, users.c.name, users.c.role, users.c.email, watchers.c.percent)
    wanted = select(*columns).join(watchers, watchers.c.user_id == users.c.user_id).where(users.c.account_id == account_id)
    with store.read() as connection:
        return [Watcher(*row) for row in connection.execute(wanted.order_by(users.c.name_key, watchers.c.percent))]


def _export(row: Any) -> Export:
    return Export(**{**row._mapping, "sub_accounts": tuple(row.sub_accounts)})
