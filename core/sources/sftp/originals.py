"""The files as they came, kept for 30 days under the digest of their content."""
import os
import shutil
import time
from datetime import datetime, timedelta
from pathlib import Path

from core.errors import JourneysError
from core.sources.sftp.intake import Intake

KEPT = timedelta(days=30)


class Gone(JourneysError):
    """The original is no longer kept."""


def keep(intake: Intake, connection: str, file: Path, sha256: str) -> Path:
    """Move the file to the originals; on the disk before this returns."""
    place = intake.room(connection, "originals") / sha256
    now = intake.clock().timestamp()
    with file.open("rb+") as written:
        os.fsync(written.fileno())
    os.utime(file, (now, now))
    file.replace(place)
    folder = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return place


def path(intake: Intake, connection: str, sha256: str | None) -> Path:
    """Raises Gone."""
    place = intake.room(connection, "originals") / (sha256 or "-")
    if not place.is_file():
        raise Gone(f"The original is no longer there: files are kept for {KEPT.days} days.")
    return place


def prune(intake: Intake, connection: str, now: datetime) -> None:
    """Remove what is older than 30 days, and what a killed process left half-written an hour or more ago."""
    for place in intake.room(connection, "originals").iterdir():
        if place.stat().st_mtime < (now - KEPT).timestamp():
            place.unlink(missing_ok=True)
    for part in ("incoming", "work"):
        for left in intake.room(connection, part).iterdir():
            if left.stat().st_mtime < time.time() - 3600:  # by the machine's own clock, which dated it
                shutil.rmtree(left) if left.is_dir() else left.unlink(missing_ok=True)
