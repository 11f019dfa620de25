"""What is worked out once a snapshot and kept as long as the snapshot is open; Streamlit's cache takes longer to find it than a page can spare."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from core.ui import seen

if TYPE_CHECKING:
    from core.ui.viewer import Viewer
    from core.warehouse.snapshots import Snapshot

P = ParamSpec("P")
Found = TypeVar("Found")


def once_a_snapshot(work: Callable[Concatenate[Viewer, P], Found]) -> Callable[Concatenate[Viewer, P], Found]:
    """A function of the viewer's snapshot and of few other arguments, which can be keys; what it gives must not be changed."""
    kept: WeakKeyDictionary[Snapshot, dict[tuple[object, ...], Found]] = WeakKeyDictionary()

    def found(viewer: Viewer, /, *args: P.args, **named: P.kwargs) -> Found:
        there = kept.setdefault(seen.snapshot(viewer), {})
        key = (*args, *sorted(named.items()))
        if key not in there:
            there[key] = work(viewer, *args, **named)
        return there[key]

    update_wrapper(found, work)
    return found
