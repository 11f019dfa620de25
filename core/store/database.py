"""Opening the store, and its two kinds of transaction."""
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from core.errors import JourneysError

BUSY_MS = 30_000  # how long a writer waits for another before it says that the store is busy
WRITERS = 7_318_604_125  # the advisory lock of PostgreSQL that makes our writers take turns


class StoreUnavailable(JourneysError):
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
        Path(place.database).parent.mkdir(parents=True, exist_ok=True)
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
        reason = " ".join(str(error.orig).split())
        if "locked" in reason or "busy" in reason or "lock timeout" in reason:
            raise StoreUnavailable(f"The store {where} is in use by another process for over {BUSY_MS // 1000} s: try again.") from error
        if "full" in reason:
            raise StoreUnavailable(f"There is no room left on the disk of the store {where}: free some; nothing was changed.") from error
        raise StoreUnavailable(f"The store {where} cannot be used: {reason}") from error
    except SQLAlchemyError as error:
        if "not a database" in str(error):
            raise StoreUnavailable(f"The store {where} is not a database of ours, or is damaged: restore it from a backup.") from error
        raise
