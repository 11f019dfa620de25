"""Write files so that a kill or a full disk leaves the old state or the new one, never half of it."""
import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from core.errors import FULL, Unavailable

REFUSED = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EIO)


class NotWritten(Unavailable):
    """The log's folder cannot be written; nothing of what was to be written is in the log."""


class DiskFull(NotWritten):
    """There is no room for it."""


class NotConfirmed(Unavailable):
    """It is done and readers see it, but the disk did not say that it would outlive a power cut."""


@contextmanager
def disk_faults_said(folder: Path) -> Iterator[None]:
    """Turns the operating system's refusal to write more into one clear line."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise DiskFull(f"The disk is full ({folder}): nothing of this was taken into the log. Free some space and do it again.") from error
        if error.errno in REFUSED:
            raise NotWritten(f"The log cannot be written ({error.filename or folder}: {error.strerror}): nothing of this was taken. "
                             "Give its folder to the user that runs journeys, or look at its disk, and do it again.") from error
        raise


def write_durably(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """The file under its own name, flushed to the disk; the caller flushes the folder (`settle`)."""
    with path.open("wb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())


def replace_durably(path: Path, content: bytes) -> None:
    """The file with this content, in one step: readers see the old or the new one. One writer at a time. Raises NotConfirmed."""
    new = path.with_name(path.name + ".new")
    try:
        write_durably(new, lambda file: file.write(content))
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    try:
        settle(path.parent)
    except OSError as error:
        raise NotConfirmed(f"{path} is written and the disk did not confirm it ({error.strerror}): a power cut could bring the old one back. "
                           "Look at the disk, then do the same again.") from error


def settle(place: Path) -> None:
    """Flush a file, or a folder's entries, so that its new names outlive a power cut."""
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
