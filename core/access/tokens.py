"""Tokens by which programs send events and ask questions, shown once and kept as their hash."""
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex, token_urlsafe

from sqlalchemy import delete, insert, select

from core.access import audit
from core.access.sessions import fingerprint
from core.errors import JourneysError, unknown
from core.store import Store
from core.store.tables import tokens


class UnknownToken(JourneysError):
    """The account has no such token."""


@dataclass(frozen=True, slots=True)
class Token:
    token_id: str
    account_id: str
    label: str
    may_ingest: bool
    may_read: bool
    created_at: datetime


COLUMNS = (tokens.c.token_id, tokens.c.account_id, tokens.c.label, tokens.c.may_ingest, tokens.c.may_read, tokens.c.created_at)


def add(store: Store, account_id: str, *, label: str, may_ingest: bool, may_read: bool, by: str, now: datetime) -> tuple[Token, str]:
    """A new token and its secret, which nothing can show again."""
    secret = f"journeys_{token_urlsafe(32)}"
    token = Token(token_hex(4), account_id, label, may_ingest, may_read, now)
    with store.write() as connection:
        connection.execute(insert(tokens).values(token_id=token.token_id, account_id=account_id, token_hash=fingerprint(secret), label=label,
                                                 may_ingest=may_ingest, may_read=may_read, created_at=now))
        audit.record(connection, audit.Entry(now, account_id, by, "token.added", token.token_id, {"label": label}))
    return token, secret


def of_secret(store: Store, secret: str) -> Token | None:
    """The token whose secret this is; None: it is none, or was removed."""
    with store.read() as connection:
        row = connection.execute(select(*COLUMNS).where(tokens.c.token_hash == fingerprint(secret))).first()
    return None if row is None else Token(*row)


def of_account(store: Store, account_id: str) -> list[Token]:
    """The account's tokens, oldest first."""
    with store.read() as connection:
        found = connection.execute(select(*COLUMNS).where(tokens.c.account_id == account_id).order_by(tokens.c.created_at, tokens.c.token_id))
        return [Token(*row) for row in found]


def remove(store: Store, account_id: str, token_id: str, *, by: str, now: datetime) -> None:
    """End the token at once. Raises UnknownToken."""
    with store.write() as connection:
        gone = connection.execute(delete(tokens).where(tokens.c.account_id == account_id, tokens.c.token_id == token_id)).rowcount
        if not gone:
            known = connection.execute(select(tokens.c.token_id).where(tokens.c.account_id == account_id)).scalars().all()
            raise UnknownToken(unknown("token", token_id, known))
        audit.record(connection, audit.Entry(now, account_id, by, "token.removed", token_id, {}))
