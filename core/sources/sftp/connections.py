"""Connections as they are kept: which server, which files, how they are read, and whose journey their rows enter."""
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from core.access import audit
from core.errors import JourneysError, WrongUsage, unknown
from core.sources.sftp import hosts, keys
from core.sources.sftp.dialling import Server
from core.sources.sftp.intake import Intake
from core.sources.sftp.keys import HostKey
from core.sources.sftp.names import checked_pattern
from core.sources.sftp.reading import Reading
from core.sources.sftp.secrets import seal, unseal
from core.store import sftp as t

SAFE_NAME = re.compile(r"[^\W_][\w .()+&@-]{0,63}")
SIGN_INS = ("key", "password")


class UnknownConnection(JourneysError):
    """The account has no connection of this name."""


class ConnectionExists(JourneysError):
    """The account has one of this name."""


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection. `sealed` is its password or private key, which nothing shows; `looked` is what the newest poll saw and did not take."""

    name: str
    journey_id: str
    host: str
    port: int
    username: str
    sign_in: str
    sealed: str = field(repr=False)
    host_keys: tuple[HostKey, ...]
    path: str
    pattern: str
    reading: Reading
    every_minutes: int = 15
    active: bool = True
    polled_at: datetime | None = None
    looked: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """Of the events that its rows become."""
        return f"sftp:{self.name}"

    @property
    def next_poll_at(self) -> datetime | None:
        """When the worker looks again; None: it is off, or the worker has not seen it yet."""
        return self.polled_at + timedelta(minutes=self.every_minutes) if self.active and self.polled_at else None

    def due(self, now: datetime) -> bool:
        """Whether the worker polls it now."""
        return self.active and (self.polled_at is None or now >= self.polled_at + timedelta(minutes=self.every_minutes))

    def document(self) -> dict[str, Any]:
        """What may be shown of it: everything but the secret."""
        return {
            "name": self.name, "journey": self.journey_id, "host": self.host, "port": self.port, "user": self.username, "sign_in": self.sign_in,
            "host_keys": [{"type": key.kind, "fingerprint": key.fingerprint} for key in self.host_keys],
            "path": self.path, "pattern": self.pattern, **self.reading.document(), "every_minutes": self.every_minutes, "active": self.active,
            "polled_at": self.polled_at, "next_poll_at": self.next_poll_at,
        }


def server(intake: Intake, connection: Connection) -> Server:
    """Its server, with the secret opened for a sign-in. Raises Unreadable."""
    secret = unseal(connection.sealed, intake.secret_key)
    return Server(connection.host, connection.port, connection.username, connection.sign_in, secret, connection.host_keys, intake.allowed_hosts)


def sealed_key(intake: Intake, text: str) -> dict[str, str]:
    """The values of a connection that signs in with this private key. Raises BadKey."""
    return {"sign_in": "key", "sealed": seal(keys.private_key(text), intake.secret_key)}


def sealed_password(intake: Intake, line: str) -> dict[str, str]:
    """The values of a connection that signs in with this password: the line without its end."""
    password = line.rstrip("\r\n")
    if not password:
        raise WrongUsage("There is no password: give the one that the server knows.")
    return {"sign_in": "password", "sealed": seal(password, intake.secret_key)}


def add(intake: Intake, connection: Connection, *, by: str) -> Connection:
    """Keep a new one. Raises WrongUsage, ConnectionFault where its host may not be connected to, ConnectionExists."""
    _check(intake, connection)
    with intake.store.write() as write:
        if write.execute(select(t.connections.c.name).where(*_is(intake, connection.name))).first():
            raise ConnectionExists(f"There is a connection “{connection.name}” already: change that one, or choose another name.")
        write.execute(insert(t.connections).values(account_id=intake.account_id, created_at=intake.clock(), **_row(connection)))
        audit.record(write, _entry(intake, by, "sftp.added", connection.name, {"host": connection.host, "journey": connection.journey_id}))
    return connection


def change(intake: Intake, name: str, *, by: str, **values: Any) -> Connection:
    """Change these values of Connection. Raises as `add` does."""
    before = find(intake, name)
    after = replace(before, **values)
    _check(intake, after, before)
    shown = sorted(field for field in values if field != "sealed")
    with intake.store.write() as write:
        changed = {column: value for column, value in _row(after).items() if value != _row(before)[column]}
        if changed:
            write.execute(update(t.connections).where(*_is(intake, name)).values(**changed))
        audit.record(write, _entry(intake, by, "sftp.changed", name, {"changed": shown}))
    return after


def remove(intake: Intake, name: str, *, by: str) -> None:
    """Its history stays, and its contents stay known: a new one of the same name takes none of them again."""
    find(intake, name)
    with intake.store.write() as write:
        write.execute(delete(t.connections).where(*_is(intake, name)))
        audit.record(write, _entry(intake, by, "sftp.removed", name, {}))


def find(intake: Intake, name: str) -> Connection:
    """Raises UnknownConnection, with the names that there are."""
    with intake.store.read() as read:
        row = read.execute(select(t.connections).where(*_is(intake, name))).first()
        if row is None:
            known = read.execute(select(t.connections.c.name).where(t.connections.c.account_id == intake.account_id)).scalars().all()
            raise UnknownConnection(unknown("SFTP connection", name, known))
    return _connection(row)


def every(intake: Intake) -> list[Connection]:
    """The account's, by name."""
    with intake.store.read() as read:
        rows = read.execute(select(t.connections).where(t.connections.c.account_id == intake.account_id).order_by(t.connections.c.name)).all()
    return [_connection(row) for row in rows]


def polled(intake: Intake, name: str, at: datetime) -> None:
    """Keep when its newest poll began."""
    with intake.store.write() as write:
        write.execute(update(t.connections).where(*_is(intake, name)).values(polled_at=at))


def looked(intake: Intake, name: str, seen: Mapping[str, tuple[int | None, int | None]]) -> None:
    """Keep what the poll saw and did not take: the worker's next one compares."""
    with intake.store.write() as write:
        write.execute(update(t.connections).where(*_is(intake, name)).values(looked={file: list(stat) for file, stat in seen.items()}))


def noted(intake: Intake, name: str, action: str, detail: dict[str, Any], *, by: str) -> None:
    """A line of the audit trail."""
    with intake.store.write() as write:
        audit.record(write, _entry(intake, by, action, name, detail))


def _check(intake: Intake, connection: Connection, before: Connection | None = None) -> None:
    if not SAFE_NAME.fullmatch(connection.name):
        raise WrongUsage(f"“{connection.name}” cannot be a connection's name: use up to 64 letters, digits, spaces and _.-()+&@, a letter or digit first.")
    if not 1 <= connection.port <= 65535:
        raise WrongUsage(f"{connection.port} is no port: write one from 1 to 65535, mostly 22.")
    if not 1 <= connection.every_minutes <= 43_200:
        raise WrongUsage(f"{connection.every_minutes} minutes cannot be the interval: write 1 to 43200 (30 days).")
    for what, value in (("journey", connection.journey_id), ("host", connection.host), ("user", connection.username), ("path", connection.path)):
        if not value.strip() or any(ord(letter) < 32 for letter in value):
            raise WrongUsage(f"“{value}” cannot be the {what}: give one without control characters.")
    checked_pattern(connection.pattern)
    if before is None or (connection.host, connection.port) != (before.host, before.port):  # one that is no longer allowed can still be switched off
        hosts.check(connection.host, connection.port, intake.allowed_hosts)


def _is(intake: Intake, name: str) -> tuple[Any, ...]:
    return t.connections.c.account_id == intake.account_id, t.connections.c.name == name


def _entry(intake: Intake, by: str, action: str, name: str, detail: dict[str, Any]) -> audit.Entry:
    return audit.Entry(intake.clock(), intake.account_id, by, action, name, detail)


def _row(connection: Connection) -> dict[str, Any]:
    row = {field.name: getattr(connection, field.name) for field in fields(connection)}
    secret, seen = row.pop("sealed"), row.pop("looked")
    return {**row, "secret": secret, "reading": connection.reading.document(), "host_keys": [list(key) for key in connection.host_keys],
            "looked": {file: list(stat) for file, stat in seen.items()}}


def _connection(row: Row[Any]) -> Connection:
    kept = {column: value for column, value in row._mapping.items() if column not in ("account_id", "created_at", "secret")}
    kept |= {"sealed": row.secret, "reading": Reading.of(row.reading), "host_keys": tuple(HostKey(*key) for key in row.host_keys),
             "looked": {file: (stat[0], stat[1]) for file, stat in row.looked.items()}}
    return Connection(**kept)
