"""What to do with each file of a folder: two looks at it and what is known, decided with plain values."""
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.sources.sftp.names import hostile, matches, shown
from core.sources.sftp.wire import Stat

WRITING = "still being written: taken at the next poll"
Look = Mapping[bytes, Stat]


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of one file. `error` None: take it; WRITING: later; else why it cannot be taken."""

    name: bytes
    stat: Stat
    error: str | None = None

    @property
    def file(self) -> str:
        """Its name as it is shown and kept."""
        return shown(self.name)

    @property
    def waits(self) -> bool:
        """Whether it is left for the next poll."""
        return self.error == WRITING


def matching(names: Iterable[tuple[bytes, Stat]], pattern: str) -> dict[bytes, Stat]:
    """Of everything in the folder what the pattern means; folders count only where the pattern names an ending, as `*.csv` does."""
    names_an_ending = pattern.rpartition(".")[2].isalnum() and "." in pattern
    return {name: stat for name, stat in names if matches(name, pattern) and (names_an_ending or not _folder(stat))}


def decide(first: Mapping[str, tuple[int | None, int | None]], second: Look, known: Mapping[str, tuple[int, int]], failing: set[str],
           max_bytes: int) -> list[Decision]:
    """What to do with the files of the second look.

    `first` is the look before: file → (size, mtime); `known` has the same of files whose content was imported. Oldest first, but those whose
    newest fetch failed last, so that one that always fails holds back no other.
    """
    found = [Decision(name, stat, _error(shown(name), name, stat, first, max_bytes)) for name, stat in second.items()
             if known.get(shown(name)) != (stat.size, stat.mtime)]
    return sorted(found, key=lambda one: (one.file in failing, one.stat.mtime or 0, one.name))


def _error(file: str, name: bytes, stat: Stat, first: Mapping[str, tuple[int | None, int | None]], max_bytes: int) -> str | None:
    if error := hostile(name):
        return error
    if not stat.regular:
        return "not a regular file: links, folders and pipes are not read; put the file itself there"
    if (stat.size or 0) > max_bytes:
        return f"too large: it has {stat.size or 0:,} bytes, the limit is {max_bytes:,}; send it in parts, or have JOURNEYS_SFTP_MAX_MB raised"
    if first.get(file) != (stat.size, stat.mtime):
        return WRITING
    return None


def _folder(stat: Stat) -> bool:
    return stat.mode is not None and stat.mode & 0o170000 == 0o040000
