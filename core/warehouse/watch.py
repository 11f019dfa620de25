"""A question under way, seen from another thread: how far it is, and the way to stop it."""
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock

import duckdb

from core.errors import JourneysError

SETTINGS = ("enable_progress_bar", "enable_progress_bar_print")  # DuckDB measures only what it may show; what it shows is nothing


class Stopped(JourneysError):
    """The question was stopped before its answer was there."""


class Watch:
    """Over the SELECTs of one question, one after the other."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._cursor: duckdb.DuckDBPyConnection | None = None
        self._is_stopped = False

    def stop(self) -> None:
        """End the SELECT that runs, and let none begin."""
        with self._lock:
            self._is_stopped = True
            if self._cursor is not None:
                self._cursor.interrupt()

    @property
    def share(self) -> float | None:
        """How much of the SELECT that runs is done, 0 to 1; None: nobody can say."""
        with self._lock:
            percent = -1.0 if self._cursor is None else self._cursor.query_progress()
        return percent / 100 if percent > 0 else None

    @contextmanager
    def over(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """While inside, this cursor is what is watched. Raises Stopped."""
        cursor.execute("SET enable_progress_bar=true")
        cursor.execute("SET enable_progress_bar_print=false")
        self._watch(cursor)
        try:
            yield
        except duckdb.InterruptException as interrupted:
            raise Stopped("This was stopped.") from interrupted
        finally:
            with self._lock:
                self._cursor = None

    def _watch(self, cursor: duckdb.DuckDBPyConnection) -> None:
        with self._lock:
            if self._is_stopped:
                raise Stopped("This was stopped.")
            self._cursor = cursor


watched: ContextVar[Watch | None] = ContextVar("who watches the questions of this thread", default=None)
