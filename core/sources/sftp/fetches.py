"""Fetches as they are kept: begun, ready to enter the log, done; only what is done is history."""
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection as Transaction
from sqlalchemy import Row, and_, delete, func, insert, select, update

from core.errors import JourneysError, unknown
from core.sources.sftp.checking import Checked
from core.sources.sftp.connections import Connection
from core.sources.sftp.intake import Intake
from core.sources.sftp.reading import Reading
from core.store import sftp as t

JUDGING, APPENDING, DONE = "judging", "appending", "done"


class UnknownFetch(JourneysError):
    """The account has no such fetch."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """One attempt to read one file; `file` None: the connection failed before there was one. Counts are None where nothing was imported."""

    fetch_id: int
    connection: str
    file: str | None
    started_at: datetime
    state: str
    journey_id: str
    reading: Reading
    size: int | None
    mtime: int | None
    sha256: str | None
    total: int | None
    valid: int | None
    invalid: int | None
    duplicates: int | None
    reasons: dict[str, int]
    read_as: dict[str, Any]
    first_valid_line: int | None
    error: str | None
    same_as: str | None

    @property
    def status(self) -> str:
        """As the history says it."""
        if self.same_as is not None:
            return f"same content as {self.same_as}"
        if self.error is not None:
            return f"Connection error: {self.error}" if self.file is None else self.error
        return "Imported with errors" if self.invalid else "Imported"

    @property
    def failed(self) -> bool:
        """Whether the connection or the file could not be taken; a content that is known is no failure."""
        return self.error is not None

    def document(self) -> dict[str, Any]:
        """As `journeys sftp fetch` prints it."""
        error = self.error if self.same_as is None else self.status
        return {"file": self.file, "total": self.total, "valid": self.valid, "invalid": self.invalid, "error": error,
                "fetch": self.fetch_id, "duplicates": self.duplicates, "reasons": self.reasons}


def begin(intake: Intake, connection: Connection, file: str, started_at: datetime, *, size: int, mtime: int | None, sha256: str) -> Fetch:
    """A file whose bytes are kept; from here on a kill loses nothing: the next poll goes on with it."""
    return _kept(intake, connection, file=file, started_at=started_at, state=JUDGING, size=size, mtime=mtime, sha256=sha256)


def fail(intake: Intake, connection: Connection, file: str | None, started_at: datetime, error: str) -> Fetch:
    """A file, or the connection (file None), that could not be taken."""
    return _kept(intake, connection, file=file, started_at=started_at, state=DONE, finished_at=intake.clock(), error=error)


def repeat(intake: Intake, connection: Connection, file: str, started_at: datetime, *, size: int, mtime: int | None, sha256: str, same_as: str) -> Fetch | None:
    """A file whose content is known; None where this was said before."""
    with intake.store.write() as write:
        _know(write, intake.account_id, connection.name, file, size, mtime, sha256)
        f = t.fetches.c
        said = select(f.fetch_id).where(f.account_id == intake.account_id, f.connection == connection.name, f.file == file)
        if write.execute(said.where(f.sha256 == sha256, f.same_as.is_not(None))).first():
            return None
    return _kept(intake, connection, file=file, started_at=started_at, state=DONE, finished_at=intake.clock(),
                 size=size, mtime=mtime, sha256=sha256, same_as=same_as)


def _kept(intake: Intake, connection: Connection, **values: Any) -> Fetch:
    row = {"account_id": intake.account_id, "connection": connection.name, "journey_id": connection.journey_id,
           "reading": connection.reading.document(), "reasons": {}, "read_as": {}, **values}
    with intake.store.write() as write:
        fetch_id = write.execute(insert(t.fetches).values(**row)).inserted_primary_key
        assert fetch_id is not None
        return _fetch(write.execute(select(t.fetches).where(t.fetches.c.fetch_id == fetch_id[0])).one())


def ready(intake: Intake, fetch: Fetch, found: Checked, first_valid_line: int | None) -> None:
    """Its counts, before its rows enter the log: a kill between log and store then leaves nothing to count again."""
    counts = found.counts()
    values = {key: counts[key] for key in ("total", "valid", "invalid", "duplicates", "reasons")}
    read_as = {key: counts[key] for key in ("encoding", "delimiter", "columns")}
    _update(intake, fetch, state=APPENDING, first_valid_line=first_valid_line, read_as=read_as, **values)


def done(intake: Intake, fetch: Fetch) -> Fetch:
    """Its rows are in the log. Doing it twice is doing it once."""
    assert fetch.file is not None and fetch.sha256 is not None and fetch.size is not None
    with intake.store.write() as write:
        _know(write, intake.account_id, fetch.connection, fetch.file, fetch.size, fetch.mtime, fetch.sha256)
        write.execute(update(t.fetches).where(t.fetches.c.fetch_id == fetch.fetch_id).values(state=DONE, finished_at=intake.clock()))
    return find(intake, fetch.fetch_id)


def give_up(intake: Intake, fetch: Fetch, error: str) -> Fetch:
    """Nothing of it is in the log."""
    nothing = dict.fromkeys(("total", "valid", "invalid", "duplicates", "first_valid_line"))
    _update(intake, fetch, state=DONE, finished_at=intake.clock(), error=error, reasons={}, **nothing)
    return find(intake, fetch.fetch_id)


def find(intake: Intake, fetch_id: int) -> Fetch:
    """Raises UnknownFetch."""
    with intake.store.read() as read:
        row = read.execute(select(t.fetches).where(t.fetches.c.account_id == intake.account_id, t.fetches.c.fetch_id == fetch_id)).first()
    if row is None:
        raise UnknownFetch(unknown("fetch", str(fetch_id), ()) + " The history lists them with their numbers.")
    return _fetch(row)


def every(intake: Intake, *, states: Iterable[str] = (DONE,), limit: int | None = None, since: datetime | None = None, until: datetime | None = None,
          **equal: str | None) -> list[Fetch]:
    """The account's fetches in these states, newest first; begun from `since` on and before `until`. `equal`: connection, file or journey_id; None: any."""
    f = t.fetches.c
    asked = select(t.fetches).where(f.account_id == intake.account_id, f.state.in_(tuple(states)))
    asked = asked.where(*(f[column] == value for column, value in equal.items() if value is not None))
    asked = asked.where(f.started_at >= since) if since is not None else asked
    asked = asked.where(f.started_at < until) if until is not None else asked
    with intake.store.read() as read:
        rows = read.execute(asked.order_by(f.started_at.desc(), f.fetch_id.desc()).limit(limit)).all()
    return [_fetch(row) for row in rows]


def by_journey(intake: Intake) -> dict[str, tuple[int, datetime]]:
    """journey → (fetches in the history, when the first one began)."""
    f = t.fetches.c
    asked = select(f.journey_id, func.count(), func.min(f.started_at)).where(f.account_id == intake.account_id, f.state == DONE).group_by(f.journey_id)
    with intake.store.read() as read:
        return {journey: (count, first) for journey, count, first in read.execute(asked)}


def connections_of(intake: Intake, journey_id: str) -> list[str]:
    """The names of the connections, kept or removed, that fetched for the journey."""
    f = t.fetches.c
    asked = select(f.connection).distinct().where(f.account_id == intake.account_id, f.journey_id == journey_id, f.state == DONE).order_by(f.connection)
    with intake.store.read() as read:
        return list(read.execute(asked).scalars())


def imported_as(intake: Intake, connection: str, sha256: str) -> str | None:
    """The file as which this content was imported from the connection, or None."""
    f = t.fetches.c
    asked = select(f.file).where(f.account_id == intake.account_id, f.connection == connection, f.sha256 == sha256,
                                 f.state == DONE, f.error.is_(None), f.same_as.is_(None)).order_by(f.fetch_id)
    with intake.store.read() as read:
        return read.execute(asked).scalars().first()


def known_files(intake: Intake, connection: str) -> dict[str, tuple[int, int]]:
    """file → (size, mtime) of those whose content was imported."""
    f = t.files.c
    with intake.store.read() as read:
        rows = read.execute(select(f.file, f.size, f.mtime).where(f.account_id == intake.account_id, f.connection == connection)).all()
    return {file: (size, mtime) for file, size, mtime in rows}


def failing(intake: Intake, connection: str) -> set[str]:
    """The files whose newest fetch failed: they come last, so that they hold back no other."""
    f = t.fetches.c
    newest = select(func.max(f.fetch_id).label("fetch_id")).where(f.account_id == intake.account_id, f.connection == connection, f.file.is_not(None))
    newest_of_each = newest.group_by(f.file).subquery()
    with intake.store.read() as read:
        return set(read.execute(select(f.file).join(newest_of_each, and_(f.fetch_id == newest_of_each.c.fetch_id)).where(f.error.is_not(None))).scalars())


def _know(write: Transaction, account_id: str, connection: str, file: str, size: int, mtime: int | None, sha256: str) -> None:
    if mtime is None:  # uploaded by hand: there is no file on the server
        return
    f = t.files.c
    write.execute(delete(t.files).where(f.account_id == account_id, f.connection == connection, f.file == file))
    write.execute(insert(t.files).values(account_id=account_id, connection=connection, file=file, size=size, mtime=mtime, sha256=sha256))


def _update(intake: Intake, fetch: Fetch, **values: Any) -> None:
    with intake.store.write() as write:
        write.execute(update(t.fetches).where(t.fetches.c.fetch_id == fetch.fetch_id).values(**values))


def _fetch(row: Row[Any]) -> Fetch:
    kept = dict(row._mapping)
    kept.pop("account_id"), kept.pop("finished_at")
    return Fetch(**{**kept, "reading": Reading.of(kept["reading"])})
