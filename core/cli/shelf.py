"""The snapshots that a server holds open: one opening a file, shared by all threads, closed when nobody reads it any more."""
from collections import OrderedDict
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

if TYPE_CHECKING:
    from core.warehouse.snapshots import Snapshot

KEPT_OPEN = 16  # accounts whose newest snapshot stays open although no page session reads it


class Shelf:
    """DuckDB locks a file's configuration at its first opening in a process, so a second opening would be refused: there is only one."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._open: WeakValueDictionary[Path, Snapshot] = WeakValueDictionary()
        self._newest: OrderedDict[Path, Snapshot] = OrderedDict()  # by the account's folder, the one used last at the end

    def take(self, folder: Path, snapshot_id: str | None = None) -> "Snapshot":
        """The snapshot named, else the newest. Raises NotBuilt where it is not there."""
        from core.warehouse import snapshots

        with self._lock:
            newest = snapshots.current(folder)
            wanted = snapshot_id or newest
            found = self._open.get(folder / wanted) if wanted else None
            if found is None:
                found = snapshots.open_snapshot(folder, snapshot_id)
                self._open[folder / found.snapshot_id] = found
            if found.snapshot_id == newest:  # the one before it closes with the last page session that shows it
                self._newest[folder] = found
                self._newest.move_to_end(folder)
                while len(self._newest) > KEPT_OPEN:
                    self._newest.popitem(last=False)
            return found
