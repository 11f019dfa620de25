"""Which bytes a file is made of: its digest, its encoding, and that it is text at all."""
import codecs
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

from core.sources.sftp.faults import FileFault
from core.sources.sftp.reading import AUTO

BLOCK = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8", "utf-8"), (codecs.BOM_UTF16_LE, "utf-16", "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16", "utf-16-be"))
_NOT_TEXT = (
    (b"\x1f\x8b", "is a gzip archive, not a text file: unpack it and send the file inside it"),
    (b"PK\x03\x04", "is an Excel workbook or a zip archive, not a text file: save it as CSV (UTF-8) and send that"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "is an old Excel workbook, not a text file: save it as CSV (UTF-8) and send that"),
    (b"%PDF-", "is a PDF, not a text file: export the rows as CSV (UTF-8) and send that"),
    (b"PAR1", "is a Parquet file, not a text file: export the rows as CSV (UTF-8) and send that"),
)


@dataclass(frozen=True, slots=True)
class Decoding:
    """How a file's bytes become text. `encoding` is what the answer says, `codec` and `errors` what Python is told, `skip` the length of the mark."""

    encoding: str
    codec: str
    errors: str
    skip: int
    sha256: str  # of the file's bytes
    size: int  # bytes

    def text(self, path: Path) -> io.TextIOWrapper:
        """The file as text, line ends untouched, behind its byte-order mark."""
        raw = path.open("rb", buffering=BLOCK)
        raw.seek(self.skip)
        return io.TextIOWrapper(raw, encoding=self.codec, errors=self.errors, newline="")


def survey(path: Path, encoding: str) -> Decoding:
    """Read the file once and say how it is encoded: `encoding` as in a Reading.

    With `auto`: UTF-8 and UTF-16 with or without a mark, anything else is Windows-1252. Raises FileFault where it is empty, no text file, or not
    in the encoding that was named.
    """
    with path.open("rb") as file:
        head = file.read(4096)
        if not head:
            raise FileFault("the file is empty: it has no header and no rows")
        for magic, what in _NOT_TEXT:
            if head.startswith(magic):
                raise FileFault(f"the file {what}")
        name, codec, skip = _marked(head, encoding)
        strict = codec if codec not in ("utf-16-le", "utf-16-be") else None  # broken UTF-16 is read with replacement marks, as is usual
        digest, size, broken = _read_through(file, head, strict, skip)
    if broken is not None and encoding == AUTO:
        name, codec, skip = "windows-1252", "cp1252", 0
    elif broken is not None and codec != "cp1252":
        raise FileFault(f"the file is not {name}: line {broken} has bytes that this encoding does not know; choose the encoding auto, or its own")
    errors = {"cp1252": "journeys-c1", "utf-16-le": "replace", "utf-16-be": "replace"}.get(codec, "strict")
    return Decoding(name, codec, errors, skip, digest, size)


def _marked(head: bytes, encoding: str) -> tuple[str, str, int]:
    """(encoding to name, codec, length of the mark) by the first bytes; for `auto` without a mark UTF-8, until its bytes say otherwise."""
    for mark, name, codec in _MARKS:
        if head.startswith(mark) and encoding in (AUTO, name):
            return name, codec, len(mark)
    if encoding in (AUTO, "utf-16"):
        order = _utf16(head)
        if order or encoding == "utf-16":
            return "utf-16", order or "utf-16-le", 0
    if encoding == AUTO:
        return "utf-8", "utf-8", 0
    return encoding, "cp1252" if encoding == "windows-1252" else encoding, 0


def _utf16(head: bytes) -> str | None:
    """The byte order of UTF-16 without a mark: digits, delimiters and line ends have a zero byte, all on the same side.

    A text of single bytes with NUL bytes in it has line ends without one; where there is no line end, half of UTF-16 has to be zero.
    """
    for order, side in (("utf-16-le", 1), ("utf-16-be", 0)):
        zeros, others = head[side::2].count(0), head[1 - side :: 2].count(0)
        if zeros < max(1, len(head) // 20) or others * 10 > zeros:
            continue
        ends = [at for at, byte in enumerate(head) if byte in b"\r\n"]
        wide = sum(at % 2 == 1 - side and head[at - 1 + 2 * side : at + 2 * side] == b"\0" for at in ends)
        if wide * 2 > len(ends) or (not ends and zeros * 4 >= len(head)):
            return order
    return None


def _read_through(file: io.BufferedReader, head: bytes, codec: str | None, skip: int) -> tuple[str, int, int | None]:
    """(SHA-256, size, line of the first byte that the codec does not know or None)."""
    digest, size, line = hashlib.sha256(), 0, 1
    decoder = codecs.getincrementaldecoder(codec)("strict") if codec else None
    broken: int | None = None
    block = head
    while block:
        digest.update(block)
        if decoder and broken is None:
            part = block[skip:] if size == 0 else block
            broken, line = _lines_of(decoder, part, line, final=False)
        size += len(block)
        block = file.read(BLOCK)
    if decoder and broken is None:
        broken, line = _lines_of(decoder, b"", line, final=True)
    return digest.hexdigest(), size, broken


def _lines_of(decoder: codecs.IncrementalDecoder, block: bytes, line: int, *, final: bool) -> tuple[int | None, int]:
    try:
        decoder.decode(block, final)
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        return line + (before.count(b"\n") or before.count(b"\r")), line
    return None, line + (block.count(b"\n") or block.count(b"\r"))


def _c1(error: UnicodeError) -> tuple[str | bytes, int]:
    """The five bytes that Windows-1252 leaves open stand for the control characters of their number, as browsers have it; and the way back."""
    if isinstance(error, UnicodeDecodeError):
        return "".join(map(chr, error.object[error.start : error.end])), error.end
    if isinstance(error, UnicodeEncodeError):
        return error.object[error.start : error.end].encode("latin-1", "replace"), error.end
    raise error


codecs.register_error("journeys-c1", _c1)
