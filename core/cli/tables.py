"""Rows as text in aligned columns, for a terminal."""
from collections.abc import Sequence
from typing import Any

MISSING = "–"


def aligned(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Numbers to the right, the rest to the left; no value is “–”."""
    texts = [[MISSING if value is None else str(value) for value in row] for row in rows]
    right = [bool(rows) and all(row[at] is None or isinstance(row[at], int | float) for row in rows) for at in range(len(header))]
    widths = [max(len(line[at]) for line in [header, *texts]) for at in range(len(header))]
    lines = ["  ".join(text.rjust(width) if is_right else text.ljust(width) for text, width, is_right in zip(line, widths, right, strict=True)).rstrip()
             for line in [header, *texts]]
    return "".join(f"{line}\n" for line in lines)
