"""Answers to Queries, each worked out once a snapshot and shared by everybody who may ask it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from core.metrics import Query, Result, answer, under_way
from core.reports.masking import masked
from core.ui import seen

if TYPE_CHECKING:
    from core.ui.viewer import Viewer
    from core.warehouse.snapshots import Snapshot

SEEN_S = 0.3  # what is on the way for less is there before anybody saw that it was not
MOST = 2000  # answers kept a snapshot, some sixty ways to look at a page; the one that was not asked for longest goes
# Streamlit's own cache takes as long to find an answer as counting it does
_kept: WeakKeyDictionary[Snapshot, OrderedDict[str, Result]] = WeakKeyDictionary()
# account → widget and kind of question → seconds that its answers took of late, and will about take on its next snapshot
_took: dict[str, dict[Hashable, float]] = {}
_lock = Lock()


def ask(viewer: Viewer, query: Query) -> Result:
    """The answer of the viewer's own snapshot, which belongs to one account and goes with its answers; personal values masked for who may not see them.

    A Result is frozen and its frame is never changed in place, so it is shared as it is.
    """
    return masked(_answer(seen.snapshot(viewer), query), viewer.account, viewer.user.role)


def ask_all(viewer: Viewer, widget: str, queries: Sequence[Query], told: under_way.Told | None = None) -> tuple[Result, ...]:
    """The answers of one widget, and how long they took is kept for `are_awaited`. `told`: who waits for them, and may stop them (core.metrics.under_way)."""
    began, snapshot = monotonic(), seen.snapshot(viewer)
    if told is not None:
        under_way.done(lambda: [_answer(snapshot, query) for query in queries], told)
    found = tuple(ask(viewer, query) for query in queries)
    took = monotonic() - began
    with _lock:
        kept, kind = _took.setdefault(viewer.account.account_id, {}), _kind(widget, queries)
        if len(kept) >= MOST:
            kept.clear()
        kept[kind] = max(took, kept.get(kind, 0) / 2)
    return found


def are_awaited(viewer: Viewer, widget: str, queries: Sequence[Query]) -> bool:
    """Whether a reader would see the answers come: some are not there yet, and this widget's took long of late or nobody asked it for such before."""
    with _lock:
        if _took.get(viewer.account.account_id, {}).get(_kind(widget, queries), SEEN_S) < SEEN_S:
            return False
    return not all(is_known(viewer, query) for query in queries)


def _kind(widget: str, queries: Sequence[Query]) -> Hashable:
    """What makes questions about as long as each other: all but which values and days. The editor's widget is a new question each time."""
    return widget, tuple((query.measures, query.dimensions, query.answer, query.basis, query.compare, len(query.formulas),
                          tuple((name, len(values)) for name, values in query.where),
                          (query.last - query.first).days.bit_length() if query.first and query.last else None) for query in queries)


def is_known(viewer: Viewer, query: Query) -> bool:
    """Whether the answer is there already."""
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
