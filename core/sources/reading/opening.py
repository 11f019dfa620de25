"""Open an event file, and say in one line what is wrong with one that cannot be read."""
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from core.errors import JourneysError

_MAGIC = {b"PAR1": "Parquet", b"PK\x03\x04": "a zip archive (such as XLSX)", b"\x1f\x8b": "gzip", b"%PDF": "PDF", b"\xd0\xcf\x11\xe0": "an old Excel file"}
_WIDE = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


class Unreadable(JourneysError):
    """A file that cannot be read as what its name says; nothing of its batch is in the log."""


@contextmanager
def said_of(path: Path) -> Iterator[None]:
    """Turns what goes wrong while reading `path` into Unreadable."""
    try:
        yield
    except FileNotFoundError as error:
        raise Unreadable(f"There is no file {path}.") from error
    except IsADirectoryError as error:
        raise Unreadable(f"{path} is a folder: name the files in it.") from error
    except PermissionError as error:
        raise Unreadable(f"{path} may not be read by this user.") from error
    except (EOFError, zlib.error) as error:
        raise Unreadable(f"{path} is cut short or damaged: its gzip data end too early. Fetch it again.") from error
    except gzip.BadGzipFile as error:
        raise Unreadable(f"{path} is not gzip, or something else is stuck to its end: name it without .gz, or fetch it again.") from error
    except OSError as error:
        raise Unreadable(f"{path} cannot be read: {error.strerror or error}.") from error


@contextmanager
def opened_text(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a text file, through gzip if its name ends in .gz, behind a byte-order mark if it has one. Raises Unreadable."""
    with said_of(path), path.open("rb") as raw:
        if path.suffix.lower() == ".gz" and not raw.peek(1):
            raise Unreadable(f"{path} is empty.")
        unpacked = cast(IO[bytes], gzip.GzipFile(fileobj=raw)) if path.suffix.lower() == ".gz" else raw
        start = unpacked.read(4)
        _refuse_other_kinds(path, start)
        unpacked.seek(3 if start.startswith(b"\xef\xbb\xbf") else 0)
        yield unpacked


def _refuse_other_kinds(path: Path, start: bytes) -> None:
    for magic, kind in _MAGIC.items():
        if start.startswith(magic):
            raise Unreadable(f"{path} is not what its name says: it is {kind}.")
    for mark, encoding in _WIDE.items():
        if start.startswith(mark):
            raise Unreadable(f"{path} is {encoding}: save it as UTF-8.")
    if start[:2].count(0) or start[2:4].count(0):
        raise Unreadable(f"{path} is not text in UTF-8.")
