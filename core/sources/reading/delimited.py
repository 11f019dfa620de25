"""Read CSV (RFC 4180, UTF-8): a header, then a record a row."""
import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

import polars as pl

from core.sources.reading.chunk import BYTES, NOT_A_RECORD, TEXT_ROWS, TOO_LARGE, Chunk, Record
from core.sources.reading.opening import Unreadable, opened_text
from core.sources.reading.records import without_empty
from core.sources.reading.table import header_of, too_large_rows

LONGEST = 64 * 1024 * 1024  # characters of a cell or a line: beyond, a quote was left open


def csv_chunks(path: Path) -> Iterator[Chunk]:
    """The file's rows under its header. Raises Unreadable, also for a file without a header."""
    with opened_text(path) as file:
        lines = _Lines(path, file)
        csv.field_size_limit(LONGEST)
        rows = csv.reader(lines)
        try:
            header = _header(path, lines, rows)
            while gathered := _gather(lines, rows, len(header)):
                yield gathered.chunk(path.name, header)
        except csv.Error as error:
            raise Unreadable(f"{path}, line {lines.start}: {error}; is a quote left open?") from error


class _Lines:
    """The file's lines for csv.reader, and what it does not tell of them: where a row starts, whether it is UTF-8, its quotes."""

    def __init__(self, path: Path, file: IO[bytes]) -> None:
        self.path = path
        self.text = io.TextIOWrapper(io.BufferedReader(file, 1 << 20), encoding="utf-8", errors="surrogateescape", newline="")  # type: ignore[type-var]
        self.number = 0
        self.size = 0
        self.begin_row()

    def begin_row(self) -> None:
        self.start = self.number + 1
        self.quotes = 0
        self.is_utf8 = True

    def __iter__(self) -> Iterator[str]:
        while line := self.text.readline(LONGEST):
            if len(line) == LONGEST:
                raise Unreadable(f"{self.path}, line {self.number + 1}, is over {LONGEST // 2**20} MiB: is this CSV?")
            self.number += 1
            self.size += len(line)
            self.quotes += line.count('"')
            if not line.isascii():
                self.is_utf8 = self.is_utf8 and _whole(line)
            yield line


def _whole(line: str) -> bool:
    try:
        line.encode()
    except UnicodeEncodeError:
        return False
    return True


def _header(path: Path, lines: _Lines, rows: Iterator[list[str]]) -> tuple[str, ...]:
    for row in rows:
        if any(name.strip() for name in row):
            if not lines.is_utf8:
                raise Unreadable(f"{path} is not UTF-8: save it as UTF-8.")
            lines.begin_row()
            return header_of(path, row)
        lines.begin_row()
    raise Unreadable(f"{path} is empty.")


class _Gathered:
    """Rows on their way into a chunk."""

    def __init__(self, width: int) -> None:
        self.width = width
        self.lines: list[int] = []
        self.rows: list[Sequence[str]] = []
        self.flawed: dict[int, object] = {}  # row → its cells as they were, or their text

    def add(self, line: int, row: list[str], is_utf8: bool) -> None:
        if len(row) > self.width and not any(row[self.width:]):
            row = row[:self.width]
        if len(row) != self.width or not is_utf8:
            self.flawed[len(self.rows)] = [cell.encode(errors="surrogateescape").decode(errors="backslashreplace") for cell in row]
            row = [""] * self.width
        self.lines.append(line)
        self.rows.append(row)

    def spoil_last(self) -> None:
        self.flawed.setdefault(len(self.rows) - 1, self.rows[-1])

    def chunk(self, file: str, header: tuple[str, ...]) -> Chunk:
        rows, flawed = self.rows, self.flawed
        table = pl.DataFrame([without_empty(pl.Series(name, cells, dtype=pl.String)) for name, cells in zip(header, zip(*rows, strict=True), strict=True)])

        def record(row: int) -> Record:
            return dict(zip(header, rows[row], strict=True))

        def shown(row: int) -> object:
            return flawed[row] if row in flawed else {name: cell for name, cell in record(row).items() if cell}

        flaws = dict.fromkeys(too_large_rows(table, record), TOO_LARGE)
        flaws = {**dict.fromkeys(flawed, NOT_A_RECORD), **flaws}
        return Chunk(file, self.lines, record, shown, table, flaws, header=header, attributes_are_text=True, is_own=True)


def _gather(lines: _Lines, rows: Iterator[list[str]], width: int) -> _Gathered | None:
    """The next rows that are not blank, as many as make a chunk; None at the end."""
    gathered = _Gathered(width)
    lines.size = 0
    for row in rows:
        if row and not (len(row) == 1 < width and not row[0].strip(" \t")):
            gathered.add(lines.start, row, lines.is_utf8)
        quotes = lines.quotes
        lines.begin_row()
        if len(gathered.rows) >= TEXT_ROWS or lines.size >= BYTES:
            return gathered
    if gathered.rows and quotes % 2:
        gathered.spoil_last()  # the file ends within a quote: its last row is not whole
    return gathered if gathered.rows else None
