"""The outbox: each mail is a row before it leaves, so a restart loses none, and a mail that a server may have is not sent again by itself."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, insert, or_, select, update

from core.errors import JourneysError
from core.store.database import Store
from core.store.kept_tables import outbox

QUEUED, SENDING, SENT, FAILED, UNCLEAR = "queued", "sending", "sent", "failed", "unclear"
UNKNOWN = "The process that sent it ended before the mail server said whether it took it: it is not sent again by itself."
COLUMNS = [outbox.c[name] for name in ("mail_id", "account_id", "message_id", "recipient", "subject", "text", "html", "files", "state", "tries", "queued_at",
                                       "next_at", "finished_at", "error")]


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one recipient. `files`: (place in the account's folder, name that the recipient sees)."""

    mail_id: int
    account_id: str
    message_id: str
    recipient: str
    subject: str
    text: str
    html: str | None
    files: tuple[tuple[str, str], ...]
    state: str
    tries: int
    queued_at: datetime
    next_at: datetime
    finished_at: datetime | None
    error: str | None


class ClaimLost(JourneysError):
    """Another process has taken the mail, or the report, since."""


def put(connection: Connection, account_id: str, *, dedup: str, message_id: str, recipient: str, subject: str, text: str, html: str | None = None,
        files: Sequence[tuple[str, str]] = (), now: datetime) -> bool:
    """Queue a mail with the transaction. False: one with this `dedup` is there already, and stays the only one."""
    if connection.execute(select(outbox.c.mail_id).where(outbox.c.dedup == dedup)).scalar() is not None:
        return False
    connection.execute(insert(outbox).values(
        account_id=account_id, dedup=dedup, message_id=message_id, recipient=recipient, subject=subject, text=text, html=html,
        files=[list(file) for file in files], state=QUEUED, tries=0, queued_at=now, next_at=now))
    return True


def waiting(store: Store, *, now: datetime) -> bool:
    """Whether a mail is due, or was left by its sender."""
    is_due = and_(outbox.c.state == QUEUED, outbox.c.next_at <= now)
    with store.read() as connection:
        found = select(outbox.c.mail_id).where(or_(is_due, and_(outbox.c.state == SENDING, outbox.c.claimed_until <= now)))
        return connection.execute(found.limit(1)).first() is not None


def claim(store: Store, *, now: datetime, until: datetime) -> Mail | None:
    """The mail whose turn it is, ours until then; None: there is none. What a killed process left goes back, or is unclear if the server may have it."""
    left = and_(outbox.c.state == SENDING, outbox.c.claimed_until <= now)
    with store.write() as connection:
        connection.execute(update(outbox).where(left, outbox.c.handed_at.is_(None)).values(state=QUEUED))
        connection.execute(update(outbox).where(left).values(state=UNCLEAR, finished_at=now, error=UNKNOWN))
        wanted = select(outbox.c.mail_id).where(outbox.c.state == QUEUED, outbox.c.next_at <= now).order_by(outbox.c.next_at, outbox.c.mail_id).limit(1)
        mail_id = connection.execute(wanted).scalar()
        if mail_id is None:
            return None
        values = {"state": SENDING, "tries": outbox.c.tries + 1, "claimed_until": until, "handed_at": None}
        return _mail(connection.execute(update(outbox).where(outbox.c.mail_id == mail_id).values(**values).returning(*COLUMNS)).one())


def handed(store: Store, mail: Mail, *, now: datetime) -> None:
    """From here on the server may have it. Raises ClaimLost: then it must not be handed over."""
    _ours(store, mail, handed_at=now)


def sent(store: Store, mail: Mail, *, now: datetime) -> None:
    """The server has taken it."""
    _ours(store, mail, state=SENT, finished_at=now, error=None)


def wait(store: Store, mail: Mail, *, until: datetime, error: str) -> None:
    """It did not leave: the next try is then."""
    _ours(store, mail, state=QUEUED, next_at=until, handed_at=None, error=error)


def give_up(store: Store, mail: Mail, *, state: str, now: datetime, error: str) -> None:
    """It is not tried again by itself: FAILED, or UNCLEAR."""
    _ours(store, mail, state=state, finished_at=now, error=error)


def again(store: Store, account_id: str, mail_id: int, *, now: datetime) -> None:
    """Somebody wants a failed or unclear mail sent again, under its old Message-ID. Raises ClaimLost where it is neither."""
    values = {"state": QUEUED, "tries": 0, "next_at": now, "handed_at": None, "finished_at": None}
    where = and_(outbox.c.account_id == account_id, outbox.c.mail_id == mail_id, or_(outbox.c.state == FAILED, outbox.c.state == UNCLEAR))
    with store.write() as connection:
        if not connection.execute(update(outbox).where(where).values(**values)).rowcount:
            raise ClaimLost("Only a mail that failed can be sent again.")


def about(store: Store, account_id: str, prefix: str) -> list[Mail]:
    """The account's mails whose `dedup` begins so, oldest first."""
    return [mail for _, mail in by_dedup(store, account_id, prefix)]


def by_dedup(store: Store, account_id: str, prefix: str) -> list[tuple[str, Mail]]:
    """The same, each behind its `dedup`."""
    wanted = select(outbox.c.dedup, *COLUMNS).where(outbox.c.account_id == account_id, outbox.c.dedup.startswith(prefix, autoescape=True))
    with store.read() as connection:
        return [(row.dedup, _mail(row)) for row in connection.execute(wanted.order_by(outbox.c.mail_id))]


def _ours(store: Store, mail: Mail, **values: Any) -> None:
    mine = and_(outbox.c.mail_id == mail.mail_id, outbox.c.state == SENDING, outbox.c.tries == mail.tries)
    with store.write() as connection:
        if not connection.execute(update(outbox).where(mine).values(**values)).rowcount:
            raise ClaimLost(f"The mail {mail.mail_id} was taken up by another process.")


def _mail(row: Any) -> Mail:
    said = {column.name: getattr(row, column.name) for column in COLUMNS}
    return Mail(**{**said, "files": tuple((place, name) for place, name in row.files)})
