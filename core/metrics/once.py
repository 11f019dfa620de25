"""A published snapshot never changes: what is asked of it again and again is asked once."""
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

import polars as pl

from core.warehouse.snapshots import Snapshot

_MOST = 1000  # answers kept a snapshot; beyond that it starts anew
_said: WeakKeyDictionary[Snapshot, dict[tuple[str, tuple[Any, ...]], pl.DataFrame]] = WeakKeyDictionary()


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
