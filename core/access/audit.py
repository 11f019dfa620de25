"""The audit trail: who did what to which thing, written in the transaction that does it."""
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from core.store import Store
from core.store.tables import audit

OPERATOR = "operator"  # whoever runs the command line
WORKER = "worker"


@dataclass(frozen=True, slots=True)
class Entry:
    happened_at: datetime
    account_id: str | None
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]


def record(connection: Connection, entry: Entry) -> None:
    """Keep the entry if, and only if, the transaction is kept. No secret belongs into its detail."""
    connection.execute(insert(audit).values(happened_at=entry.happened_at, account_id=entry.account_id, actor=entry.actor,
                                            action=entry.action, subject=entry.subject, detail=entry.detail))


def newest(store: Store, account_id: str, limit: int = 100) -> list[Entry]:
    """The account's newest entries, newest first."""
    columns = (audit.c.happened_at, audit.c.account_id, audit.c.actor, audit.c.action, audit.c.subject, audit.c.detail)
    with store.read() as connection:
        found = connection.execute(select(*columns).where(audit.c.account_id == account_id).order_by(audit.c.audit_id.desc()).limit(limit))
        return [Entry(*row) for row in found]
