"""A file judged as a fetch would judge it: how many rows pass, which do not, and why."""
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np
import orjson

from core.sources.sftp.decoding import Decoding, survey
from core.sources.sftp.drafts import Drafting
from core.sources.sftp.duplicates import Seen
from core.sources.sftp.entries import REASONS
from core.sources.sftp.header import Layout, layout
from core.sources.sftp.judging import Judge, judged
from core.sources.sftp.reading import DELIMITERS, Reading

_VERDICT = np.dtype([("line", "<i8"), ("code", "u1")])


@dataclass(slots=True)
class Checked:
    """What a file came to. `reasons` adds up to `invalid`."""

    decoding: Decoding
    layout: Layout
    seen: Seen
    verdicts: IO[bytes]  # (line, code) of each row, in the order of the file
    total: int = 0
    valid: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def invalid(self) -> int:
        return self.total - self.valid

    @property
    def duplicates(self) -> int:
        """Valid rows that repeat the contacts (E.164, normalised e-mail) of an earlier valid row of the file."""
        return self.seen.count

    @property
    def delimiter(self) -> str:
        """Its name, or the character itself where `sep=` set one that has none."""
        return next((name for name, mark in DELIMITERS.items() if mark == self.layout.delimiter), self.layout.delimiter)

    def counts(self) -> dict[str, Any]:
        """The document of `journeys sftp check` without its rows, and how the file was read."""
        reasons = dict(sorted(self.reasons.items(), key=lambda one: (-one[1], one[0])))
        return {"total": self.total, "valid": self.valid, "invalid": self.invalid, "duplicates": self.duplicates, "reasons": reasons,
                "encoding": self.decoding.encoding, "delimiter": self.delimiter, "columns": list(self.layout.columns)}

    def verdict_of_rows(self, *, invalid_only: bool = False) -> Iterator[tuple[int, str | None]]:
        """(line, reason or None) of each row, in the order of the file."""
        self.verdicts.seek(0)
        while block := self.verdicts.read(_VERDICT.itemsize * 65_536):
            records = np.frombuffer(block, _VERDICT)
            for line, code in (records[records["code"] > 0] if invalid_only else records).tolist():
                yield line, REASONS[code - 1] if code else None

    def rows(self) -> Iterator[dict[str, Any]]:
        """The document's rows."""
        repeats = self.seen.repeats()
        repeat, first = next(repeats, (0, 0))
        for line, reason in self.verdict_of_rows():
            yield {"line": line, "verdict": "valid" if reason is None else "invalid", "reason": reason, "duplicate_of": first if line == repeat else None}
            if line == repeat:
                repeat, first = next(repeats, (0, 0))

    def json(self) -> Iterator[bytes]:
        """The whole document, in parts: a file of a million rows is not held in memory."""
        yield orjson.dumps(self.counts())[:-1] + b',"rows":['
        for number, row in enumerate(self.rows()):
            yield (b"," if number else b"") + orjson.dumps(row)
        yield b"]}\n"


@contextmanager
def checked(path: Path, reading: Reading, *, read_as: Decoding | None = None, drafting: Drafting | None = None,
            folder: Path | None = None) -> Iterator[Checked]:
    """The file's verdicts; `read_as` is its survey where that was made, `folder` takes the temporary files, `drafting` the entries.

    Raises FileFault where no row can be judged: empty, no contact column, no text.
    """
    decoding = read_as or survey(path, reading.encoding)
    where = layout(path, decoding, reading)
    with Seen(folder) as seen, tempfile.TemporaryFile(dir=folder) as verdicts:
        found = Checked(decoding, where, seen, verdicts)
        for part in judged(path, decoding, where, Judge(where, reading.country, drafting)):
            records = np.empty(len(part.codes), _VERDICT)
            records["line"], records["code"] = np.frombuffer(part.lines, "i8"), np.frombuffer(part.codes, "u1")
            verdicts.write(records.tobytes())
            seen.add(part)
            _count(found, records["code"])
        seen.find_repeats()
        yield found


def _count(found: Checked, codes: Any) -> None:
    counts = np.bincount(codes, minlength=len(REASONS) + 1).tolist()
    found.total += sum(counts)
    found.valid += counts[0]
    found.reasons.update({reason: count for reason, count in zip(REASONS, counts[1:], strict=True) if count})
