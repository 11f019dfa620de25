"""Answers to Queries, each worked out once a snapshot and shared by everybody who may ask it."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from core.metrics import Query, Result, answer
from core.reports.masking import masked
from core.ui import seen

if TYPE_CHECKING:
    from core.ui.viewer import Viewer
    from core.warehouse.snapshots import Snapshot

MOST = 1000  # answers kept a snapshot; the one that was not asked for longest goes
# Streamlit's own cache takes as long to find an answer as counting it does
_kept: WeakKeyDictionary[Snapshot, OrderedDict[str, Result]] = WeakKeyDictionary()
_lock = Lock()


def ask(viewer: Viewer, query: Query) -> Result:
    """The answer of the viewer's own snapshot, which belongs to one account and goes with its answers; personal values masked for who may not see them.

    A Result is frozen and its frame is never changed in place, so it is shared as it is.
    """
    return masked(_answer(seen.snapshot(viewer), query), viewer.account, viewer.user.role)


def is_known(viewer: Viewer, query: Query) -> bool:
    """Whether the answer is there already, so that nobody waits for it."""
    with _lock:
        return repr(query) in _kept.get(seen.snapshot(viewer), ())


def _answer(snapshot: Snapshot, query: Query) -> Result:
    key = repr(query)
    with _lock:
        kept = _kept.setdefault(snapshot, OrderedDict())
        found = kept.get(key)
        if found is not None:
            kept.move_to_end(key)
            return found
    found = answer(snapshot, query)
    with _lock:
        kept[key] = found
        while len(kept) > MOST:
            kept.popitem(last=False)
    return found
