"""A chunk: some thousand rows of one file, by column for the quick judgement and by record for the exact one."""
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

ROWS = 122_880  # of a typed file: a row group of a segment
TEXT_ROWS = 32_768  # of a file read as Python objects: a third faster than four times as many, and lighter
BYTES = 96 * 1024 * 1024  # of text in one chunk, however few rows that makes

TOO_LARGE = "too large"
NOT_A_RECORD = "not a record"

Record = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of one file, in order. Row numbers count from 0 within the chunk."""

    file: str  # its name, for messages and rejected records
    lines: Sequence[int]  # on which each row starts, from 1
    record: Callable[[int], Record]  # a row as contract.judge takes it, but for attributes that are text
    shown: Callable[[int], object]  # a row as it is kept when it is rejected: JSON, or its text
    table: pl.DataFrame  # all rows by column, empty text as null; anything in flawed rows
    flaws: Mapping[int, str] = field(default_factory=dict)  # rows that are no records, with the reason
    odd: frozenset[int] = frozenset()  # rows that `table` does not show truly: only `record` does
    header: tuple[str, ...] | None = None  # the file's columns; None where each record has its own keys
    attributes_are_text: bool = False  # JSON text in `record`
    is_own: bool = False  # `table` has the file's own columns; else the contract's, with attributes whole and normalised

    def __len__(self) -> int:
        return len(self.lines)
