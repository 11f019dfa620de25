"""Read NDJSON: a record a line, number literals kept to the letter."""
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

from core.contract.columns import LARGEST_RECORD
from core.contract.objects import NotJson, parse
from core.sources.reading.chunk import BYTES, NOT_A_RECORD, TEXT_ROWS, TOO_LARGE, Chunk
from core.sources.reading.opening import opened_text
from core.sources.reading.records import chunk_of_records

BLOCK = 8 * 1024 * 1024
KEPT = LARGEST_RECORD + 2  # of a line that is too large: enough to know it by
_BLANK = b" \t\r"


def ndjson_chunks(path: Path) -> Iterator[Chunk]:
    """The file's lines that are not blank: none of an hour in which nothing happened. Raises Unreadable."""
    with opened_text(path) as file:
        for numbers, lines in _gathered(_lines(file)):
            yield chunk_of_lines(path.name, numbers, lines)


def chunk_of_lines(file: str, numbers: Sequence[int], lines: Sequence[bytes]) -> Chunk:
    """The chunk of these lines (none blank), which have these numbers in the file."""
    records: list[Mapping[str, object]] = []
    flaws: dict[int, str] = {}
    for row, line in enumerate(lines):
        read = record_of(line)
        if isinstance(read, str):
            flaws[row] = read
            read = {}
        records.append(read)
    return chunk_of_records(file, numbers, records, flaws, lambda row: text_shown(lines[row]))


def record_of(line: bytes) -> dict[str, object] | str:
    """The record on this line, or the reason why there is none."""
    if len(line) > LARGEST_RECORD:
        return TOO_LARGE
    try:
        read = parse(line.decode())
    except (UnicodeDecodeError, NotJson):
        return NOT_A_RECORD
    return read if isinstance(read, dict) else NOT_A_RECORD


def text_shown(line: bytes) -> str:
    """The line as text for the rejected records; bytes that are not UTF-8 as \\xNN, one that is too large cut."""
    return line[:LARGEST_RECORD].decode(errors="backslashreplace")


def _lines(file: IO[bytes]) -> Iterator[list[bytes]]:
    """Blocks of whole lines, without their ends; of a line over KEPT bytes only the start is kept in memory."""
    rest = b""
    while block := file.read(BLOCK):
        first, *others = block.split(b"\n")
        rest += first[:KEPT] if len(rest) < KEPT else b""
        if others:
            *whole, last = others
            yield [rest, *whole]
            rest = last
        rest = rest[:KEPT]
    yield [rest]


def _gathered(blocks: Iterator[list[bytes]]) -> Iterator[tuple[list[int], list[bytes]]]:
    """Lines that are not blank, with their numbers, as many as make a chunk."""
    numbers: list[int] = []
    lines: list[bytes] = []
    number = size = 0
    for block in blocks:
        for line in block:
            number += 1
            if line.endswith(b"\r"):
                line = line[:-1]
            if line.strip(_BLANK):
                numbers.append(number)
                lines.append(line)
                size += len(line)
                if len(lines) >= TEXT_ROWS or size >= BYTES:
                    yield numbers, lines
                    numbers, lines, size = [], [], 0
    if lines:
        yield numbers, lines
