"""What the first rows of a file say: its delimiter, its columns, and which of them hold the contacts."""
import re
from dataclasses import dataclass
from pathlib import Path

from core.sources.sftp.decoding import Decoding
from core.sources.sftp.faults import FileFault
from core.sources.sftp.framing import Row, cells, rows
from core.sources.sftp.reading import AUTO, DELIMITERS, Reading, name_key

_SEP = re.compile(r'sep=([^"\r\n]) *', re.IGNORECASE)
MOST_NAMED = 30  # columns that an error lists


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a file's cells are: indexes are into a row's cells."""

    delimiter: str
    columns: tuple[str, ...]  # as they stand in the header, without surrounding space
    line: int  # of the header
    sep: bool  # line 1 is `sep=…`
    contacts: tuple[tuple[str, int], ...]  # ("phone", 0), ("email", 2)
    profile: int | None
    others: tuple[tuple[str, int], ...]  # (attribute, index) of every column that is neither contact nor profile


def layout(path: Path, decoding: Decoding, reading: Reading) -> Layout:
    """The file's layout. Raises FileFault where it is empty, or a contact column is missing or there twice; the text names the columns there are."""
    sep = _sep(path, decoding)
    chosen = sep or DELIMITERS.get(reading.delimiter)
    found = [(delimiter, _header(path, decoding, delimiter, sep)) for delimiter in ([chosen] if chosen else DELIMITERS.values())]
    headers = [(delimiter, header) for delimiter, header in found if header is not None]
    if len(headers) < len(found):  # blank lines alone, with this delimiter
        raise FileFault("the file is empty: it has no header and no rows")
    delimiter, header = max(headers, key=lambda one: _fitness(_columns(one[1], one[0]), reading))
    if header.broken or cells(header.text, delimiter) is None:
        raise FileFault(f"the header on line {header.line} cannot be read: it has a quote that is never closed, or is longer than 1 MiB")
    columns = _columns(header, delimiter)
    contacts = tuple((contact, _place(columns, column, reading, header, delimiter)) for contact, column in reading.contact_columns)
    profiles = [at for at, column in enumerate(columns) if name_key(column) == name_key(reading.profile_column)]
    if len(profiles) > 1:
        raise FileFault(f"the profile column “{reading.profile_column}” is there twice: leave one, or name another. {_there(columns)}")
    taken = {at for _, at in contacts} | set(profiles)
    return Layout(delimiter, columns, header.line, sep is not None, contacts, profiles[0] if profiles else None, _others(columns, taken))


def _sep(path: Path, decoding: Decoding) -> str | None:
    with decoding.text(path) as text:
        match = _SEP.fullmatch(text.readline(64).rstrip("\r\n"))
    return match[1] if match else None


def _header(path: Path, decoding: Decoding, delimiter: str, sep: str | None) -> Row | None:
    """The first row that is not blank."""
    with decoding.text(path) as text:
        for row in rows(text, delimiter):
            if (sep is None or row.line > 1) and not blank(cells(row.text, delimiter)):
                return row
    return None


def blank(row: list[str] | None) -> bool:
    """All its cells are empty or white space: no header and no entry."""
    return row is not None and not any(cell.strip() for cell in row)


def _columns(header: Row, delimiter: str) -> tuple[str, ...]:
    return tuple(column.strip() for column in cells(header.text, delimiter) or [header.text])


def _fitness(columns: tuple[str, ...], reading: Reading) -> tuple[int, int]:
    """How well a delimiter fits: by the contact columns it makes visible, then by the number of columns."""
    names = [name_key(column) for column in columns]
    return sum(name_key(column) in names for _, column in reading.contact_columns), len(columns)


def _place(columns: tuple[str, ...], wanted: str, reading: Reading, header: Row, delimiter: str) -> int:
    places = [at for at, column in enumerate(columns) if name_key(column) == name_key(wanted)]
    if len(places) == 1:
        return places[0]
    if places:
        raise FileFault(f"the contact column “{wanted}” is there twice: leave one of them. {_there(columns)}")
    raise FileFault(f"there is no contact column “{wanted}”. {_there(columns)}{_other_delimiter(header, reading, delimiter)}")


def _there(columns: tuple[str, ...]) -> str:
    more = f" and {len(columns) - MOST_NAMED} more" if len(columns) > MOST_NAMED else ""
    return "The file has: " + ", ".join(column[:80] or "(no name)" for column in columns[:MOST_NAMED]) + more + "."


def _other_delimiter(header: Row, reading: Reading, delimiter: str) -> str:
    """A hint where another delimiter than the one that was chosen would show the column."""
    for name, other in DELIMITERS.items():
        if other != delimiter and _fitness(_columns(header, other), reading)[0] == len(reading.contact_columns):
            return f" It looks delimited by {name}: choose the delimiter {name} or {AUTO}."
    return ""


def _others(columns: tuple[str, ...], taken: set[int]) -> tuple[tuple[str, int], ...]:
    """An attribute for each other column: one without a name is called by its number, a second one of a name gets its number too."""
    found: dict[str, int] = {}
    for at, column in enumerate(columns):
        if at not in taken:
            name = column or f"column {at + 1}"
            while name in found:
                name = f"{column or 'column'} {at + 1}" if name != f"{column or 'column'} {at + 1}" else name + "'"
            found[name] = at
    return tuple(found.items())
