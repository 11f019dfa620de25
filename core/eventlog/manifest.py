"""The manifest: the one file that says what is in the log; replacing it is the commit."""
from dataclasses import dataclass, field, replace
from pathlib import Path

import orjson

from core.errors import JourneysError
from core.eventlog.files import replace_durably

NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class Segment:
    """A Parquet file with the records of the positions first_position … last_position, one row each, in order."""

    path: Path
    first_position: int
    last_position: int

    @property
    def rows(self) -> int:
        return self.last_position - self.first_position + 1


@dataclass(frozen=True, slots=True)
class Erasure:
    """One person's id was replaced by this token; the id itself is kept nowhere."""

    token: str
    at: str  # RFC 3339, UTC


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in the log. Files that it does not count in are leavings of something that did not end well."""

    position: int = 0  # of the last record
    batches: int = 0  # appended so far; a batch's rejected records and conflicts are kept under its number
    documents: int = 0
    repeated: int = 0
    conflicts: int = 0
    rejected: int = 0
    segments: tuple[Segment, ...] = ()
    erasures: tuple[Erasure, ...] = field(default=())


def read_manifest(folder: Path) -> Manifest:
    """The log's present state; an empty one where nothing was logged yet. Raises JourneysError if the file is not one of ours."""
    try:
        content = (folder / NAME).read_bytes()
    except FileNotFoundError:
        return Manifest()
    try:
        written = orjson.loads(content)
        segments = tuple(Segment(folder / "segments" / name, first, last) for name, first, last in written.pop("segments"))
        erasures = tuple(Erasure(**one) for one in written.pop("erasures"))
        return Manifest(**written, segments=segments, erasures=erasures)
    except (ValueError, TypeError, KeyError) as error:
        raise JourneysError(f"{folder / NAME} was written by a newer version, or is damaged: install that version, or restore a backup "
                            "(journeys restore DIR).") from error


def commit(folder: Path, manifest: Manifest) -> None:
    """Make this the state of the log, in one step."""
    written = {name: getattr(manifest, name) for name in ("position", "batches", "documents", "repeated", "conflicts", "rejected")}
    written["segments"] = [[segment.path.name, segment.first_position, segment.last_position] for segment in manifest.segments]
    written["erasures"] = [{"token": one.token, "at": one.at} for one in manifest.erasures]
    replace_durably(folder / NAME, orjson.dumps(written, option=orjson.OPT_INDENT_2))


__all__ = ["NAME", "Erasure", "Manifest", "Segment", "commit", "read_manifest", "replace"]
