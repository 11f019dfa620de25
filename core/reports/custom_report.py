"""The custom report: saved questions, each answered anew, as sheets of one workbook, one CSV, or a zip of several."""
from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from core.access.accounts import Account
from core.metrics import Query, Result, answer
from core.reports import export
from core.reports.asked import PICTURES, asked_on

if TYPE_CHECKING:
    from core.warehouse.snapshots import Snapshot

Picture = tuple[str, Query, str | None]  # title, question, and the form that it is drawn in (boards.FORMS); None: the one that fits
Paint = Callable[[Account, "Snapshot", str, Sequence[Picture], Callable[[float], None]], tuple[bytes, int]]
"""Draws the questions under a name; gives the PDF, and how many rows it was drawn from. Pictures are the pages' matter, so a door hands it in."""
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\']")  # of a sheet


def suffix(parameters: Mapping[str, Any]) -> str:
    """Of the file: several questions as CSV are a zip of them."""
    return ".zip" if parameters["format"] == "csv" and len(parameters["questions"]) > 1 else f".{parameters['format']}"


def write(account: Account, snapshot: Snapshot, name: str, parameters: Mapping[str, Any], day: date, path: Path, progress: Callable[[float], None],
          paint: Paint) -> int:
    """Write the file as it is on this local day; gives how many rows it has. Raises WrongUsage for what cannot be answered."""
    asked = asked_on(parameters, day)
    if parameters["format"] == PICTURES:
        pictures = [(title, query, item.get("form")) for (title, query), item in zip(asked, parameters["questions"], strict=True)]
        drawn, rows = paint(account, snapshot, name, pictures, progress)
        with export.replaced(path) as file:
            file.write(drawn)
        return rows
    if parameters["format"] == "xlsx":
        return _workbook(account, snapshot, asked, path, progress)
    if len(asked) == 1:
        result = answer(snapshot, asked[0][1])
        export.to_csv(result, path)
        return result.frame.height
    return _zip(snapshot, asked, path, progress)


def _workbook(account: Account, snapshot: Snapshot, asked: list[tuple[str, Query]], path: Path, progress: Callable[[float], None]) -> int:
    rows, about, taken = 0, [("Account", account.account_id)], {"about"}
    with export.replaced(path) as file, export.workbook(file) as book:
        for n, (title, query) in enumerate(asked, 1):
            result: Result = answer(snapshot, query)
            name = sheet_name(title, taken)
            rows += export.write_sheet(book, name, result.columns, [result.frame], result.journeys)[1]
            about += [("", ""), ("Sheet", name), ("Title", title), *export.about_result(result)]
            progress(n / len(asked))
        export.write_about(book, about)
    return rows


def _zip(snapshot: Snapshot, asked: list[tuple[str, Query]], path: Path, progress: Callable[[float], None]) -> int:
    rows, taken = 0, set[str]()
    with TemporaryDirectory(prefix="journeys-report-") as folder, export.replaced(path) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for n, (title, query) in enumerate(asked, 1):
            result = answer(snapshot, query)
            part = Path(folder) / f"{n}.csv"
            export.to_csv(result, part)
            made.write(part, f"{n:02} {sheet_name(title, taken)}.csv")
            part.unlink()
            rows += result.frame.height
            progress(n / len(asked))
    return rows


def sheet_name(title: str, taken: set[str]) -> str:
    """The title as Excel takes it for a sheet: 31 characters, some of them not, and none there twice whatever its case; added to `taken`."""
    plain = " ".join(_NOT_IN_A_NAME.sub(" ", title).split()) or "Question"
    name, n = plain[:31].strip(), 2
    while name.lower() in taken or name.lower() == "history":  # Excel keeps this one for itself
        name, n = f"{plain[: 31 - len(f' {n}')].strip()} {n}", n + 1
    taken.add(name.lower())
    return name
