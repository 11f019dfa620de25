"""Where the rows of a text begin and end, and what their cells are (RFC 4180, with LF, CRLF or CR)."""
import re
from collections.abc import Iterator
from typing import NamedTuple, TextIO

LONGEST_ROW = 1 << 20  # bytes of UTF-8, without the line end
_PIECE = LONGEST_ROW + 2  # characters that are read of a line at once
_QUOTED = re.compile(r'[^"]*+(?:""[^"]*+)*+')  # what stands inside quotes, up to the quote that closes them

# Where a scan stands: at the start of a cell, in a bare cell, inside quotes, just behind a quote that closes or is one half of two.
_START, _BARE, _INSIDE, _BEHIND = range(4)


class Row(NamedTuple):
    """A row as it stands in the file: `text` without its line end, cut where it is longer than a row may be."""

    line: int  # on which it starts, from 1
    text: str
    broken: bool  # an unclosed quote, or too long


def rows(text: TextIO, delimiter: str, line: int = 1) -> Iterator[Row]:
    """Every row of the text, blank ones too; memory is bounded by the longest row, whatever the file."""
    lines = _pieces(text)
    for piece in lines:
        if '"' not in piece and len(piece) <= LONGEST_ROW // 4 and piece[-1] in "\r\n":
            yield Row(line, piece.rstrip("\r\n"), False)
            line += 1
            continue
        row, line = _long_way(piece, lines, delimiter, line)
        yield row


def _pieces(text: TextIO) -> Iterator[str]:
    """The text line by line, each with its end; a line that is too long comes in several pieces, of which only the last has one."""
    held = ""
    while piece := held or text.readline(_PIECE):
        held = ""
        if len(piece) == _PIECE and piece[-1] == "\r":  # the cut may have gone through a CRLF
            held = text.readline(_PIECE)
            if held == "\n":
                piece, held = piece + held, ""
        yield piece


def _long_way(piece: str, lines: Iterator[str], delimiter: str, line: int) -> tuple[Row, int]:
    """The row that begins with the piece, taking more pieces as long as its quotes are open, and the line after it."""
    first, state, kept, size = line, _START, [], 0
    while True:
        ended = piece[-1] in "\r\n"
        state = _scan(piece, delimiter, state)
        if size <= LONGEST_ROW:
            kept.append(piece)
        size += len(piece) if piece.isascii() else len(piece.encode())
        if ended:
            line += 1
            if state != _INSIDE:
                break
        following = next(lines, "")
        if not following:
            break
        piece = following
    end = _line_end(kept[-1]) if ended else 0
    whole = "".join(kept)[: -end or None]
    too_long = size - (_line_end(piece) if ended else 0) > LONGEST_ROW
    return Row(first, whole[:LONGEST_ROW] if too_long else whole, too_long or state == _INSIDE), line


def _line_end(piece: str) -> int:
    return 2 if piece.endswith("\r\n") else 1 if piece[-1:] in ("\r", "\n") else 0


def _scan(piece: str, delimiter: str, state: int) -> int:
    """Where the scan stands behind the piece."""
    at, end = 0, len(piece)
    if state == _BEHIND:
        state, at = (_INSIDE, 1) if piece[0] == '"' else (_BARE, 0)
    while at < end:
        if state == _START:
            state, at = (_INSIDE, at + 1) if piece[at] == '"' else (_BARE, at)
        elif state == _BARE:
            found = piece.find(delimiter, at)
            if found < 0:
                return _BARE
            state, at = _START, found + 1
        else:
            at = _QUOTED.match(piece, at).end()  # type: ignore[union-attr]  # it matches nothing at least
            if at == end:
                return _INSIDE
            at += 1
            state = _BEHIND if at == end else _BARE
    return state


def cells(text: str, delimiter: str) -> list[str] | None:
    """The cells of a whole row, or None where something but white space follows a closing quote: such quotes close nothing."""
    if '"' not in text:
        return text.split(delimiter)
    found: list[str] = []
    at = 0
    while True:
        if text.startswith('"', at):
            close = _QUOTED.match(text, at + 1).end()  # type: ignore[union-attr]
            stop = text.find(delimiter, close + 1)
            tail = text[close + 1 : stop if stop >= 0 else None]
            if close == len(text) or tail.strip():
                return None
            found.append(text[at + 1 : close].replace('""', '"') + tail)
        else:
            stop = text.find(delimiter, at)
            found.append(text[at : stop if stop >= 0 else None])
        if stop < 0:
            return found
        at = stop + 1
