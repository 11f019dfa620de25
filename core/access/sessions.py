"""Sessions and tickets: the store keeps hashes alone, and its row decides who is signed in."""
from datetime import datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from sqlalchemy import delete, insert, select

from core.access import audit
from core.access.users import COLUMNS, User
from core.store import Store
from core.store import tables as t

COOKIE = "journeys_session"
SESSION_LASTS = timedelta(hours=12)
TICKET_LASTS = timedelta(seconds=30)  # from the form to /auth/enter
LINK_LASTS = timedelta(hours=1)  # a printed one-time link


def fingerprint(secret: str) -> str:
    """What the store keeps of a secret that is random itself."""
    return sha256(secret.encode()).hexdigest()


def ticket(store: Store, user: User, *, now: datetime, lasts: timedelta = TICKET_LASTS) -> str:
    """A ticket for one sign-in of the user; shown to nobody else and kept as its hash."""
    secret = token_urlsafe(32)
    with store.write() as connection:
        connection.execute(delete(t.tickets).where(t.tickets.c.expires_at <= now))
        connection.execute(insert(t.tickets).values(ticket_hash=fingerprint(secret), user_id=user.user_id, expires_at=now + lasts))
    return secret


def redeem(store: Store, secret: str, *, now: datetime) -> str | None:
    """Turn a ticket into a session and return the session's id; None: it was used, is too old or never was. One caller wins."""
    with store.write() as connection:
        of = delete(t.tickets).where(t.tickets.c.ticket_hash == fingerprint(secret)).returning(t.tickets.c.user_id, t.tickets.c.expires_at)
        row = connection.execute(of).first()
        if row is None or row.expires_at <= now:
            return None
        user = User(*connection.execute(select(*COLUMNS).where(t.users.c.user_id == row.user_id)).one())
        session_id = token_urlsafe(32)
        connection.execute(delete(t.sessions).where(t.sessions.c.expires_at <= now))
        kept = {"session_hash": fingerprint(session_id), "user_id": user.user_id, "started_at": now, "expires_at": now + SESSION_LASTS}
        connection.execute(insert(t.sessions).values(**kept))
        audit.record(connection, audit.Entry(now, user.account_id, user.name, "user.signed_in", user.name, {}))
    return session_id


def user_of(store: Store, session_id: str | None, *, now: datetime) -> User | None:
    """Who the session is, by its row as it stands now; None: nobody."""
    if not session_id:
        return None
    of = (select(*COLUMNS).join(t.sessions, t.sessions.c.user_id == t.users.c.user_id)
          .where(t.sessions.c.session_hash == fingerprint(session_id), t.sessions.c.expires_at > now))
    with store.read() as connection:
        row = connection.execute(of).first()
    return None if row is None else User(*row)


def end(store: Store, session_id: str, *, now: datetime) -> None:
    """Sign out: every tab that shows this session is signed out with its next message."""
    with store.write() as connection:
        ended = connection.execute(delete(t.sessions).where(t.sessions.c.session_hash == fingerprint(session_id)).returning(t.sessions.c.user_id)).scalar()
        if ended is not None:
            user = User(*connection.execute(select(*COLUMNS).where(t.users.c.user_id == ended)).one())
            audit.record(connection, audit.Entry(now, user.account_id, user.name, "user.signed_out", user.name, {}))
