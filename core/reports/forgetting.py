"""A person's erasure in the reports that are kept: the id gives way to the token, every other line stays as it was exported."""
import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, cast

import orjson
import polars as pl

from core.access import audit
from core.access.audit import OPERATOR, Entry
from core.metrics import Column, Unit
from core.reports import export
from core.reports.asked import features_of
from core.reports.requests import FOLDER
from core.reports.summed import Summed
from core.store import Store, reports
from core.store.reports import Report

A_PIECE = 1 << 20
PAINTED = ".pdf"  # its pictures have people as dots, whoever asked (core.ui.printing)
PEOPLE = ("Person ID", "Profile ID")  # heads of the columns that hold who it is
SHEETS, SHEET = "xl/worksheets/", "xl/worksheets/sheet1.xml"
CHECKSUMS = "checksums.txt"  # of an evidence pack: SHA-256 and name of each other member
Change = Callable[[IO[bytes], IO[bytes]], int]  # copies one to the other and gives how often the token was put in


def forget(store: Store, account_id: str, folder: Path, profile_id: str, token: str, *, now: datetime) -> int:
    """Replace the person in every report of the account that tells people; gives in how many. Those being made begin anew, on snapshots without the id.

    `folder` is the account's. Doing it twice is doing it once.
    """
    reports.begin_again(store, account_id)
    changed = 0
    for report in reports.listed(store, account_id, limit=100_000):
        file = folder / FOLDER / report.file if report.file and {"mep", "people"} & {*features_of(report.kind, report.parameters)} else None
        if file is not None and file.is_file() and file.suffix != PAINTED and _rewritten(file, profile_id, token):
            _keep(store, report, file, now)
            changed += 1
    return changed


def _keep(store: Store, report: Report, file: Path, now: datetime) -> None:
    with file.open("rb") as made:
        values = {"sha256": hashlib.file_digest(made, "sha256").hexdigest(), "size": file.stat().st_size}
    with store.write() as connection:
        reports.change(connection, report.account_id, report.report_id, (reports.DONE,), **values)
        audit.record(connection, Entry(now, report.account_id, OPERATOR, "report.person_erased", report.name, {"report": report.report_id, **values}))


def _rewritten(file: Path, profile_id: str, token: str) -> bool:
    """Put the token in; the file takes the old one's place if it held the id."""
    draft = file.with_name(f".{file.name}.erasing")
    try:
        with file.open("rb") as old, draft.open("wb") as new:
            found = {".csv": _csv, ".xlsx": _xlsx, ".zip": _pack}[file.suffix](profile_id, token)(old, new)
        if found:
            with export.replaced(file) as out, draft.open("rb") as made:
                while piece := made.read(A_PIECE):
                    out.write(piece)
        return bool(found)
    finally:
        draft.unlink(missing_ok=True)


def _csv(profile_id: str, token: str) -> Change:
    """Of a CSV as core.reports.export writes it, below the heads of PEOPLE."""
    was = _in_csv(profile_id)

    def change(old: IO[bytes], new: IO[bytes]) -> int:
        found, text, out = 0, io.TextIOWrapper(old, "utf-8", newline=""), io.TextIOWrapper(new, "utf-8", newline="", write_through=True)
        writer, raw = csv.writer(out, lineterminator="\r\n"), list[str]()
        csv.field_size_limit(1 << 24)
        places: list[int] | None = None
        for row in csv.reader(_noted(text, raw)):
            if places is None:
                places = [at for at, head in enumerate(row) if head.lstrip("\ufeff") in PEOPLE]
            mine = [at for at in places if at < len(row) and row[at] == was]
            if mine:
                found += 1
                writer.writerow([token if at in mine else cell for at, cell in enumerate(row)])
            else:
                out.write("".join(raw))
            raw.clear()
        out.flush()
        for one in (text, out):
            one.detach()
        return found

    return change


def _in_csv(text: str) -> str:
    """The text as a cell of a CSV that we write holds it: one that looks like a formula stands behind an apostrophe."""
    file = io.BytesIO()
    export.csv_rows(file, [Column("text", "text", Unit.TEXT)], pl.DataFrame({"text": [text]}))
    return next(csv.reader(io.StringIO(file.getvalue().decode(), newline="")))[0]


def _noted(text: io.TextIOWrapper, raw: list[str]) -> Iterator[str]:
    """The lines, each also put into `raw`: a row may take several."""
    for line in text:
        raw.append(line)
        yield line


def _ndjson(profile_id: str, token: str) -> Change:
    """Of a pack's entries: [position, person, …] a line."""
    def change(old: IO[bytes], new: IO[bytes]) -> int:
        found = 0
        for line in old:
            row = orjson.loads(line)
            if row[1] == profile_id:
                row[1], found = token, found + 1
                line = orjson.dumps(row) + b"\n"
            new.write(line)
        return found

    return change


def _xlsx(profile_id: str, token: str) -> Change:
    """Of a workbook, below the heads of PEOPLE on any sheet. Its cells hold their own text, as the sheets were written row by row."""
    was, becomes = (_cell(text) for text in (profile_id, token))
    heads = re.compile(rb'<c r="([A-Z]+)1"[^>]*>(?:' + b"|".join(re.escape(_cell(head)) for head in PEOPLE) + b")")

    def sheet(old: IO[bytes], new: IO[bytes]) -> int:
        found, cell = 0, None
        for piece in _rows(old):
            if cell is None:  # the first piece ends with a row, so the heads are whole in it
                letters = b"|".join(heads.findall(piece)) or b"-"
                cell = re.compile(rb'(<c r="(?:' + letters + rb')\d+"[^>]*>)' + re.escape(was))
            piece, n = cell.subn(lambda there: there[1] + becomes, piece)
            found += n
            new.write(piece)
        return found

    return lambda old, new: _members(old, new, lambda name: sheet if name.startswith(SHEETS) else None)[0]


def _cell(text: str) -> bytes:
    """The text as a cell of a workbook that we write holds it."""
    file = io.BytesIO()
    export.write_xlsx(file, [Column("text", "text", Unit.TEXT)], [pl.DataFrame({"text": [text]})], {}, [])
    with zipfile.ZipFile(file) as made:
        there = re.search(rb'<c r="A2"[^>]*>(.*?)</c>', made.read(SHEET), re.DOTALL)
    assert there is not None
    return there[1] + b"</c>"


def _rows(sheet: IO[bytes]) -> Iterator[bytes]:
    """The sheet in pieces that end with a row."""
    left = b""
    while piece := sheet.read(A_PIECE):
        whole, end, left = (left + piece).rpartition(b"</row>")
        yield whole + end
    yield left


def _pack(profile_id: str, token: str) -> Change:
    """Of an evidence pack, or of several questions as CSV: its lines, entries and additions, and then its checksums."""
    def of(name: str) -> Change | None:
        return _csv(profile_id, token) if name.endswith(".csv") else _ndjson(profile_id, token) if name.endswith(".ndjson") else None

    return lambda old, new: _members(old, new, of)[0]


def _members(old: IO[bytes], new: IO[bytes], change_of: Callable[[str], Change | None]) -> tuple[int, dict[str, str]]:
    """Copy a zip with some members changed; gives how often, and each member's SHA-256."""
    found, sums = 0, dict[str, str]()
    with zipfile.ZipFile(old) as source, zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as made:
        for item in source.infolist():
            if item.filename == CHECKSUMS:
                made.writestr(CHECKSUMS, "".join(f"{digest}  {name}\n" for name, digest in sums.items()))
                continue
            change = change_of(item.filename)
            with source.open(item) as there, made.open(item.filename, "w", force_zip64=True) as out:
                summed = Summed(out)
                found += change(there, cast("IO[bytes]", summed)) if change else _copied(there, cast("IO[bytes]", summed))
            sums[item.filename] = summed.digest.hexdigest()
    return found, sums


def _copied(old: IO[bytes], new: IO[bytes]) -> int:
    while piece := old.read(A_PIECE):
        new.write(piece)
    return 0
