"""Which valid rows repeat an earlier one's contacts: digests on disk, sorted one share at a time, so memory does not grow with the file."""
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import numpy as np

from core.sources.sftp.judging import DIGEST, VALID, Verdicts

SHARES = 64
_CONTACTS = np.dtype([("digest", f"V{DIGEST}"), ("line", "<i8")])
_REPEAT = np.dtype([("line", "<i8"), ("first", "<i8")])


class Seen:
    """The contacts of a file's valid rows. A with-block: its temporary files go when it ends.

    Digests are shared out by value, so that all equal ones meet in one share; the repeats found in there are shared out by line, so that they
    can be read in the order of the file.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._files, self._folder = ExitStack(), folder
        self._digests, self._repeats = self._shares(), self._shares()
        self._last_line = 0
        self.count = 0  # of repeats, once they are found

    def _shares(self) -> list[IO[bytes]]:
        return [self._files.enter_context(tempfile.TemporaryFile(dir=self._folder)) for _ in range(SHARES)]

    def __enter__(self) -> "Seen":
        return self

    def __exit__(self, *_: object) -> None:
        self._files.close()

    def add(self, verdicts: Verdicts) -> None:
        """Take note of a chunk's valid rows; chunks come in the order of the file."""
        lines = np.frombuffer(verdicts.lines, "i8")[np.frombuffer(verdicts.codes, "u1") == VALID]
        if not len(lines):
            return
        records = np.empty(len(lines), _CONTACTS)
        records["digest"], records["line"] = np.frombuffer(verdicts.digests, f"V{DIGEST}"), lines
        _share_out(records, np.frombuffer(verdicts.digests, "u1")[::DIGEST] % SHARES, self._digests)
        self._last_line = int(lines[-1])

    def find_repeats(self) -> None:
        """To be called after the last `add`."""
        for file in self._digests:
            repeats = _repeats(_all(file, _CONTACTS))
            self.count += len(repeats)
            _share_out(repeats, repeats["line"] * SHARES // (self._last_line + 1), self._repeats)

    def repeats(self) -> Iterator[tuple[int, int]]:
        """(line, line of the first valid row with the same contacts), in the order of the file."""
        for file in self._repeats:
            records = _all(file, _REPEAT)
            yield from records[np.argsort(records["line"])].tolist()


def _share_out(records: Any, shares: Any, files: list[IO[bytes]]) -> None:
    order = np.argsort(shares, kind="stable")
    ends = np.searchsorted(shares[order], np.arange(SHARES + 1))
    for number, file in enumerate(files):
        if ends[number] < ends[number + 1]:
            file.write(records[order[ends[number] : ends[number + 1]]].tobytes())


def _all(file: IO[bytes], kind: Any) -> Any:
    file.seek(0)
    return np.frombuffer(file.read(), kind)


def _repeats(records: Any) -> Any:
    """Of records with equal digests all but the one with the lowest line, each with that line."""
    halves = np.ascontiguousarray(records["digest"]).view("<u8").reshape(-1, 2)
    order = np.lexsort((records["line"], halves[:, 1], halves[:, 0]))
    halves, lines = halves[order], records["line"][order]
    fresh = np.ones(len(lines), bool)
    fresh[1:] = (halves[1:] != halves[:-1]).any(axis=1)
    first = lines[np.maximum.accumulate(np.where(fresh, np.arange(len(lines)), 0))]
    found = np.empty(int((~fresh).sum()), _REPEAT)
    found["line"], found["first"] = lines[~fresh], first[~fresh]
    return found
