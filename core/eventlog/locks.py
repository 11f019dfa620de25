"""Locks that processes share: one appends at a time, and no file goes while somebody reads it."""
import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import Unavailable

EVERY_S = 0.02


class Busy(Unavailable):
    """Another process holds what is needed, and still did after the wait."""


@contextmanager
def held(path: Path, *, wait_s: float, busy: str, shared: bool = False) -> Iterator[None]:
    """Hold the lock on `path` (made if absent); it ends with the process, however that ends.

    Raises Busy with the text `busy` after `wait_s` seconds.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + wait_s
        while not _taken(handle, shared):
            if time.monotonic() >= deadline:
                raise Busy(busy)
            time.sleep(EVERY_S)
        yield
    finally:
        os.close(handle)


def _taken(handle: int, shared: bool) -> bool:
    try:
        fcntl.flock(handle, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
