"""Work that may take long: done in a thread of its own while the page says how far it is, and stopped when the reader goes on or does not want it any more."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from time import monotonic
from typing import TypeVar

from core.warehouse.watch import Watch, watched

T = TypeVar("T")
Told = Callable[[float, float | None], None]  # is told the seconds gone, and the share that is done where it is known
LOOK_S = 0.4
_workers = ThreadPoolExecutor(max_workers=16, thread_name_prefix="answers")


def done(work: Callable[[], T], told: Told) -> T:
    """What `work` gives. `told` is called now and then; whatever it raises, as a page's run that is over does, stops the work.

    Raises what `work` raises, and Stopped.
    """
    watch, began = Watch(), monotonic()

    def watching() -> T:
        watched.set(watch)
        return work()

    under_way = _workers.submit(copy_context().run, watching)
    try:
        while True:
            try:
                return under_way.result(timeout=LOOK_S)
            except TimeoutError:
                if under_way.done():
                    raise
                told(monotonic() - began, watch.share)
    except BaseException:  # the run of the page that waits was ended: nobody waits for this any more
        watch.stop()
        raise
