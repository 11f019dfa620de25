"""A published snapshot never changes: what is asked of it again and again is asked once."""
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import polars as pl

from core.warehouse.snapshots import Snapshot

_MOST = 1000  # answers kept a snapshot; beyond that it starts anew
_MOST_KEPT = 16  # larger frames kept a snapshot; what was not asked for longest goes
_said: WeakKeyDictionary[Snapshot, dict[tuple[str, tuple[Any, ...]], pl.DataFrame]] = WeakKeyDictionary()
_named: WeakKeyDictionary[Snapshot, dict[tuple[str, tuple[str, ...]], frozenset[str]]] = WeakKeyDictionary()
_kept: WeakKeyDictionary[Snapshot, OrderedDict[Hashable, pl.DataFrame]] = WeakKeyDictionary()


def once(snapshot: Snapshot, sql: str, params: Sequence[Any] = ()) -> pl.DataFrame:
    """The rows of a SELECT whose answer is small; kept as long as the snapshot is open."""
    said = _said.setdefault(snapshot, {})
    key = (sql, tuple(params))
    frame = said.get(key)
    if frame is None:
        frame = snapshot.sql(sql, params)
        if len(said) >= _MOST:
            said.clear()
        said[key] = frame
    return frame


def kept(snapshot: Snapshot, key: Hashable, make: Callable[[], pl.DataFrame]) -> pl.DataFrame:
    """A frame that takes long to make and from which many questions are answered; the last ones are kept as long as the snapshot is open."""
    frames = _kept.setdefault(snapshot, OrderedDict())
    frame = frames.pop(key, None)
    frames[key] = frame = make() if frame is None else frame
    while len(frames) > _MOST_KEPT:
        frames.pop(next(iter(frames)), None)
    return frame


def has_column(snapshot: Snapshot, table: str, name: str) -> bool:
    """Whether the snapshot was built since the table has that column."""
    return name in _names(snapshot, "SELECT column_name FROM duckdb_columns() WHERE table_name = ?", table)


def has_table(snapshot: Snapshot, name: str) -> bool:
    """Whether the snapshot was built since there is that table."""
    return name in _names(snapshot, "SELECT table_name FROM duckdb_tables()")


def _names(snapshot: Snapshot, sql: str, *params: str) -> frozenset[str]:
    """The names that such a SELECT gives: looking into a frame takes half a millisecond, and a page asks often."""
    named = _named.setdefault(snapshot, {})
    if (sql, params) not in named:
        named[sql, params] = frozenset(name for (name,) in once(snapshot, sql, params).iter_rows())
    return named[sql, params]
