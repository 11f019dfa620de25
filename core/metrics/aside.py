"""A snapshot as long work reads it: through a buffer of its own, which goes with the work, in place of filling the one that answers questions."""
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from core.warehouse.snapshots import Snapshot, apart

MEMORY = "256MB"


class _Aside(Snapshot):
    """The same state through another connection."""

    def __init__(self, of: Snapshot, connection: duckdb.DuckDBPyConnection) -> None:
        self.path, self.published, self.snapshot_id, self.as_of = of.path, of.published, of.snapshot_id, of.as_of
        self.zones, self.currency = of.zones, of.currency
        self._connection, self._lock = connection, threading.Lock()

    def cursor(self) -> duckdb.DuckDBPyConnection:
        cursor = super().cursor()
        cursor.execute("USE apart")  # each cursor begins in the empty database beside it
        return cursor


@contextmanager
def aside(snapshot: Snapshot) -> Iterator[Snapshot]:
    """The snapshot for work that ends with the block: a file of two million rows left 100 MB of pages and working memory behind."""
    with apart(snapshot.path, MEMORY) as connection:
        yield _Aside(snapshot, connection)
