"""What there is to choose from in a filter by an attribute of the entry: the attributes that entries say, and the values of one."""
from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from core.metrics.once import once
from core.warehouse.attributes import names
from core.warehouse.snapshots import Snapshot

if TYPE_CHECKING:
    from core.eventlog import Segment

MOST_VALUES = 500  # of an attribute that a filter offers: a reader chooses among these, and writes another


@lru_cache(maxsize=8)
def offered(segments: tuple[Segment, ...]) -> Mapping[str, float]:
    """The attributes that the newest entries of a log say: name → the share of them that says it, most first. A page asks at each rerun, and a segment
    never changes: they are read once."""
    return MappingProxyType(names(segments))


def values(snapshot: Snapshot, name: str) -> list[str | None]:
    """What the runs' entries say of an attribute, by its name: sorted, of more than MOST_VALUES one more than these, the most frequent; None last, where a
    run says nothing. Of an attribute that the snapshot does not know, nothing."""
    if name not in snapshot.attributes:
        return []
    found = once(snapshot, f"""SELECT value FROM run_attributes WHERE name = ? GROUP BY value ORDER BY count(*) DESC, value LIMIT {MOST_VALUES + 1}""", [name])
    every = once(snapshot, "SELECT count(*) = (SELECT count(*) FROM runs) AS every FROM run_attributes WHERE name = ?", [name]).item()
    return [*sorted(found["value"]), *([] if every else [None])]


def is_said(snapshot: Snapshot, name: str, value: str) -> bool:
    """Whether a run's entry says this value of the attribute."""
    return bool(once(snapshot, "SELECT count(*) > 0 AS said FROM run_attributes WHERE name = ? AND value = ?", [name, value]).item())
