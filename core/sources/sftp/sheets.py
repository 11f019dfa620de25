"""CSV for people and their spreadsheets: UTF-8 with a mark, RFC 4180, CRLF, and no cell that could start a formula."""
import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import IO

_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?|\+[1-9]\d{6,14}")


def write(out: IO[bytes], rows: Iterable[Sequence[object]]) -> int:
    """The rows, the header first; None is an empty cell. Gives the number of rows behind the header."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", newline="", write_through=True)
    lines = csv.writer(text, lineterminator="\r\n")
    count = -1
    for row in rows:
        lines.writerow([safe(cell) if isinstance(cell, str) else cell for cell in row])
        count += 1
    text.detach()
    return count


def safe(cell: str) -> str:
    """Text that a spreadsheet would take for a formula is marked as text; numbers and phone numbers stay as they are."""
    return "'" + cell if cell.startswith(("=", "+", "-", "@", "\t", "\r")) and not _NUMBER.fullmatch(cell) else cell
