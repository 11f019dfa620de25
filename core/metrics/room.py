"""What was read of a snapshot and is asked again and again, up to so many bytes; what was not asked for longest goes."""
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from core.warehouse.snapshots import Snapshot

Kept = TypeVar("Kept")


class Room(Generic[Kept]):
    """Keeps things by snapshot and key, at most `most_bytes` of each snapshot; a published snapshot never changes, so nothing is ever refreshed."""

    def __init__(self, most_bytes: int, size: Callable[[Kept], int]) -> None:
        self._most_bytes, self._size = most_bytes, size
        self._kept: WeakKeyDictionary[Snapshot, OrderedDict[Hashable, Kept]] = WeakKeyDictionary()
        self._lock = Lock()

    def find(self, snapshot: Snapshot, key: Hashable) -> Kept | None:
        """None where it is not kept (any more)."""
        with self._lock:
            there = self._kept.get(snapshot)
            if there is None or key not in there:
                return None
            there.move_to_end(key)
            return there[key]

    def keep(self, snapshot: Snapshot, key: Hashable, found: Kept) -> Kept:
        """From now on, and gives it back; the last one stays whatever its size."""
        with self._lock:
            there = self._kept.setdefault(snapshot, OrderedDict())
            there[key] = found
            there.move_to_end(key)
            while len(there) > 1 and sum(map(self._size, there.values())) > self._most_bytes:
                there.popitem(last=False)
        return found
