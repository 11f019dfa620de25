"""The invalid rows of a fetch: as they were, each with its reason, ready to be corrected and uploaded again."""
from collections.abc import Iterator
from typing import IO, NamedTuple

from core.errors import JourneysError
from core.sources.sftp import originals, sheets
from core.sources.sftp.decoding import survey
from core.sources.sftp.entries import MALFORMED, REASONS
from core.sources.sftp.faults import FileFault
from core.sources.sftp.fetches import Fetch
from core.sources.sftp.framing import cells, rows
from core.sources.sftp.header import Layout, blank, layout
from core.sources.sftp.intake import Intake
from core.sources.sftp.judging import VALID, Judge


class Refused(NamedTuple):
    """An invalid row: its cells as they were, the reason, and the columns (names in the header) whose cells are wrong."""

    line: int
    cells: list[str]
    reason: str
    wrong: tuple[str, ...]


def refused(intake: Intake, fetch: Fetch) -> tuple[tuple[str, ...], Iterator[Refused]]:
    """(columns, invalid rows in the order of the file), read and judged anew from the original.

    Rows of an erased person are not among them. Raises Gone where the original is no longer kept, JourneysError where nothing was read of the fetch's file.
    """
    if fetch.total is None:
        raise JourneysError(f"Fetch {fetch.fetch_id} judged no rows ({fetch.status}): there is nothing to correct in it.")
    path = originals.path(intake, fetch.connection, fetch.sha256)
    try:
        read_as = survey(path, fetch.reading.encoding)
        where = layout(path, read_as, fetch.reading)
    except FileFault as fault:
        raise originals.Gone(f"The original cannot be read any more: {fault}") from fault

    def found() -> Iterator[Refused]:
        judge = Judge(where, fetch.reading.country)
        erased = {erasure.token for erasure in intake.log.manifest().erasures}
        with read_as.text(path) as text:
            for row in rows(text, where.delimiter):
                parts = None if row.broken else cells(row.text, where.delimiter)
                if row.line <= where.line or blank(parts) or not erased.isdisjoint(parts or ()):
                    continue
                code, _ = judge.verdict(parts)
                if code != VALID:
                    yield Refused(row.line, [row.text] if parts is None else parts, REASONS[code - 1], _wrong(REASONS[code - 1], where))

    return where.columns, found()


def _wrong(reason: str, where: Layout) -> tuple[str, ...]:
    return () if reason == MALFORMED else tuple(where.columns[at] for contact, at in where.contacts if contact in reason)


def write(intake: Intake, fetch: Fetch, out: IO[bytes]) -> int:
    """The fix-it file as CSV (UTF-8 with a mark, CRLF): the file's columns and `reason`. Gives the number of rows.

    Cells beyond the header stand behind the reason. A cell that could start a formula gets an apostrophe in front.
    """
    columns, found = refused(intake, fetch)
    width = len(columns)

    def lines() -> Iterator[list[str]]:
        yield [*columns, "reason"]
        for row in found:
            own = row.cells[:width] + [""] * (width - len(row.cells))
            yield [*own, row.reason, *row.cells[width:]]

    return sheets.write(out, lines())
