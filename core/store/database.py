"""Opening the store, and its two kinds of transaction."""
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from core.errors import Unavailable

BUSY_MS = 30_000  # how long a writer waits for another before it says that the store is busy
LARGEST_ID = 2**31 - 1  # there is nothing of a larger one, and the drivers cannot even compare it
LEAST_FREE = 1 << 20  # bytes of a disk below which it counts as full
WRITERS = 7_318_604_125  # the advisory lock of PostgreSQL that makes our writers take turns


class StoreUnavailable(Unavailable):
    """The store cannot be reached, is locked for too long, or its disk is full; nothing of the transaction was kept."""


class Store:
    """One operational database. Threads and processes may share it; a transaction belongs to the thread that began it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = engine.execution_options(writes=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that sees one state throughout and must not write."""
        with _said(self.engine), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is kept whole at its end, or not at all when an exception leaves it. One writer at a time, so keep it short."""
        with _said(self.engine), self._writer.begin() as connection:
            yield connection

    def close(self) -> None:
        self.engine.dispose()


def open_store(url: str) -> Store:
    """The store at the address, at this version's schema; made on first use.

    Raises StoreUnavailable, whose text never holds the password of the address.
    """
    place = make_url(url)
    if place.get_backend_name() == "sqlite" and place.database:
        _make(Path(place.database))
    engine = create_engine(place, pool_pre_ping=place.get_backend_name() != "sqlite")
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _settle)
        event.listen(engine, "begin", _begin)
    else:
        event.listen(engine, "begin", _begin_in_postgres)
    store = Store(engine)
    from core.store.schema import bring_up_to_date  # Alembic takes 0.2 s to import; `schema` asks for it only where a step is missing
    bring_up_to_date(store)
    return store


def _make(file: Path) -> None:
    """An empty file where there is none, its owner's alone: it holds password hashes and sealed secrets. SQLite makes its logs with the same rights."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(f"The folder of the store, {file.parent}, cannot be made ({error.strerror}): choose another with --data-dir, "
                               "or give the one above it to the user that runs journeys.") from error
    with suppress(OSError):  # it is there already; or it cannot be made, which SQLite finds out too
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _settle(connection: Any, _: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # the driver must not begin transactions on its own: _begin does
    for pragma in (f"busy_timeout={BUSY_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def _begin(connection: Connection) -> None:
    # a transaction that will write takes the lock at once: one that upgrades later can be refused without waiting
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


def _begin_in_postgres(connection: Connection) -> None:
    # one writer at a time here too: what a transaction has counted or found free is still so when it writes
    if connection.get_execution_options().get("writes"):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = {BUSY_MS}")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS})")


@contextmanager
def _said(engine: Engine) -> Iterator[None]:
    """Turn the driver's trouble into one line that says what to do."""
    where = engine.url.render_as_string(hide_password=True)
    try:
        yield
    except OperationalError as error:
        raise StoreUnavailable(_trouble(where, " ".join(str(error.orig).split()), engine.url.database)) from error
    except SQLAlchemyError as error:
        if "not a database" in str(error) or "malformed" in str(error):
            raise StoreUnavailable(f"The store {where} is not a database of ours, or is damaged: restore it from a backup (journeys restore DIR).") from error
        raise


def _trouble(where: str, reason: str, database: str | None) -> str:
    """What the driver's reason means, and what would put it right."""
    failed = "disk I/O error" in reason  # a full disk too: then SQLite cannot make the file in which its readers share what they know
    if "locked" in reason or "busy" in reason or "lock timeout" in reason:
        return f"The store {where} is in use by another process for over {BUSY_MS // 1000} s: try again."
    if "is full" in reason or "No space left" in reason or (failed and database and shutil.disk_usage(Path(database).parent).free < LEAST_FREE):
        return f"There is no room left on the disk of the store {where}: free some and do it again; nothing was changed."
    if failed:
        return (f"The store {where} cannot be read or written ({reason}): its disk or a quota is full, or the disk fails. "
                "`journeys doctor` shows what is free; nothing was changed.")
    if "readonly" in reason:
        return f"The store {where} may only be read: give its file and its folder to the user that runs journeys; nothing was changed."
    if "unable to open" in reason:
        return f"The store {where} cannot be opened: its folder has to be one in which the user that runs journeys may write."
    return f"The store {where} cannot be used: {reason.rstrip('.')}. Is it running, and JOURNEYS_DATABASE_URL right?"
