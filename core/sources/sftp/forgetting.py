"""A person's erasure in the originals that are kept: the cells that tell who it is give way to the token, lines stay where they are."""
import os
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from core.sources.sftp import fetches
from core.sources.sftp.decoding import Decoding, survey
from core.sources.sftp.faults import FileFault
from core.sources.sftp.fetches import APPENDING, DONE, JUDGING, Fetch
from core.sources.sftp.framing import LONGEST_ROW, Row, cells, rows
from core.sources.sftp.header import Layout, layout
from core.sources.sftp.intake import Intake
from core.sources.sftp.judging import Judge


def forget(intake: Intake, profile_id: str, token: str) -> int:
    """Replace the person in every original of the account; gives the number of files that had the person. Doing it twice is doing it once."""
    places = {(fetch.connection, fetch.sha256): fetch for fetch in fetches.every(intake, states=(JUDGING, APPENDING, DONE)) if fetch.sha256}
    changed = 0
    for (connection, sha256), fetch in places.items():
        place = intake.room(connection, "originals") / (sha256 or "-")
        with intake.alone(connection, 60):
            changed += place.is_file() and _forgotten(place, fetch, profile_id, token)
    return changed


def _forgotten(place: Path, fetch: Fetch, profile_id: str, token: str) -> bool:
    try:
        read_as = survey(place, fetch.reading.encoding)
        where = layout(place, read_as, fetch.reading)
    except FileFault:  # no row of it can be told apart: what cannot be read cannot be kept either
        place.unlink()
        return True
    new, found = place.with_name(f"{place.name}.new"), False
    kept = place.stat()
    with read_as.text(place) as text, new.open("w", encoding=_writing(read_as), errors=read_as.errors, newline="") as out:
        out.write("\ufeff" if read_as.skip and read_as.codec != "utf-8" else "")
        for row, lines in _with_lines(rows(text, where.delimiter)):
            line = _without(row, lines, fetch, where, profile_id, token)
            found = found or line != row.text
            out.write(line + "\n")
        out.flush()
        os.fsync(out.fileno())
    if found:
        os.utime(new, (kept.st_atime, kept.st_mtime))  # its thirty days do not begin anew
        new.replace(place)
    else:
        new.unlink()
    return found


def _writing(read_as: Decoding) -> str:
    return "utf-8-sig" if read_as.skip and read_as.codec == "utf-8" else read_as.codec


def _with_lines(source: Iterator[Row]) -> Iterator[tuple[Row, int]]:
    """Each row with the number of lines it takes; the last one's does not matter."""
    for row, following in pairwise(_and_after(source)):
        yield row, following.line - row.line


def _and_after(source: Iterator[Row]) -> Iterator[Row]:
    row = None
    for row in source:
        yield row
    if row is not None:
        yield Row(row.line + 1, "", False)


def _without(row: Row, lines: int, fetch: Fetch, where: Layout, profile_id: str, token: str) -> str:
    if len(row.text) >= LONGEST_ROW and row.broken:  # it is cut here, and what is left of it could swallow the rows behind it
        return '"' + "\n" * (lines - 1) + '"too long'
    found = None if row.broken else cells(row.text, where.delimiter)
    if found is None:
        return re.sub(rf"(?<!\w){re.escape(profile_id)}(?!\w)", lambda _: token, row.text)
    telling = {at for _, at in where.contacts} | ({where.profile} if where.profile is not None else set())
    judge = Judge(where, fetch.reading.country)
    names = {judge.contact(name, found[at]).normal for name, at in where.contacts if at < len(found)}
    names |= {found[where.profile].strip()} if where.profile is not None and where.profile < len(found) else set()
    theirs = profile_id in names
    new = [token if cell.strip() == profile_id or (theirs and at in telling and cell.strip()) else cell for at, cell in enumerate(found)]
    return row.text if new == found else where.delimiter.join(_quoted(cell, where.delimiter) for cell in new)


def _quoted(cell: str, delimiter: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if any(mark in cell for mark in (delimiter, '"', "\n", "\r")) else cell
