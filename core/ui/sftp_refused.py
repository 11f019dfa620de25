"""Why rows were refused: by count over the range, and by row of one fetch with the cell that is wrong; the fix-it file."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from html import escape
from itertools import islice
from typing import TYPE_CHECKING

import streamlit as st

from core.errors import JourneysError
from core.reports.masking import MASK
from core.sources.sftp import connections, fixit, history
from core.sources.sftp.fetches import Fetch
from core.sources.sftp.fixit import Refused
from core.sources.sftp.intake import Intake
from core.ui import parts, sheets, tables, words
from core.ui.address import Chosen
from core.ui.sheets import Sheet
from core.ui.tables import Col, Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

SHOWN = 50
REASONS = sheets.columns("Reason", "Invalid entries", counts=("Invalid entries",))
ROWS = sheets.columns("Line", "Reason", "Column", "What stands there", counts=("Line",))


def reasons(viewer: Viewer, chosen: Chosen, found: Sequence[Fetch]) -> None:
    """The reasons over these fetches, the most frequent first."""
    counted = history.reasons(found)
    about = (("Range", words.days(*chosen.days)), ("Invalid entries", "rows that were refused for this reason; they add up to all invalid"))
    sheet = Sheet(REASONS, counted, about)

    def draw() -> None:
        rows = list(counted.iter_rows(named=True))
        if not rows:
            parts.state("check", "No row was refused in this range", "Every entry of the files that were read is valid.")
            return
        top = max(row["Invalid entries"] for row in rows)
        columns = [
            Col("Reason", "t", lambda row: words.name(row["Reason"])), Col("Invalid entries", "n", lambda row: words.count(row["Invalid entries"])),
            Col("Share", "b", lambda row: parts.bar(row["Invalid entries"], top, "var(--bad)"), is_hidden=True),
        ]  # fmt: skip
        tables.table(columns, rows, "Invalid entries by reason", "tight")

    sheets.show(viewer, chosen, sheets.Widget("reasons", "Invalid entries, by reason", (("", lambda: sheet),), draw, feature=None))


def rows(viewer: Viewer, intake: Intake, chosen: Chosen, fetch: Fetch) -> None:
    """The refused rows of one fetch, the first fifty, and all of them as a file to correct. Contacts are masked for a viewer."""
    if not fetch.invalid:
        return
    try:
        columns, found = fixit.refused(intake, fetch)
        first = [_cells(columns, row, viewer.may("people")) for row in islice(found, SHOWN)]
    except JourneysError as problem:
        parts.state("history", f"The refused rows of {fetch.file} cannot be shown", str(problem), "warn")
        return

    def sheet() -> Sheet:
        names, every = fixit.refused(intake, fetch)
        cells = [_cells(names, row, viewer.may("people")) for row in every]
        about = (("File", fetch.file or ""), ("SFTP connection", fetch.connection), ("Line", "on which the row begins in the file, from 1"))
        return Sheet(ROWS, sheets.frame_of(ROWS, cells), about)

    def draw() -> None:
        _fixit(viewer, intake, fetch)
        shown: list[Row] = [{"cells": cells} for cells in first]
        drawn = [Col(column.label, "t" if column.unit == "text" else "n", _cell(at)) for at, column in enumerate(ROWS)]
        tables.table(drawn, shown, "Refused rows", "tight", height=420)

    sub = f"The first {len(first)} of {words.count(fetch.invalid)}" if fetch.invalid > len(first) else words.plural(fetch.invalid, "row")
    sheets.show(viewer, chosen, sheets.Widget("refused", f"Refused rows of {fetch.file or fetch.connection}", (("", sheet),), draw, sub=sub, feature=None))


def _cell(at: int) -> Callable[[Row], str]:
    return lambda row: words.name(_short(f"{row['cells'][at]:,}" if at == 0 else row["cells"][at]))


def _short(text: str) -> str:
    return text if len(text) <= 160 else text[:159] + "…"


def _cells(columns: tuple[str, ...], row: Refused, sees: bool) -> tuple[int, str, str, str]:
    """Line, reason, the columns that are wrong, and what stands in them."""
    at = [columns.index(name) for name in row.wrong if name in columns]
    cells = [row.cells[place] if place < len(row.cells) else "" for place in at] or row.cells
    stands = " | ".join((cell if sees else MASK) if cell else "(empty)" for cell in cells)
    return row.line, row.reason, ", ".join(row.wrong) or words.MISSING, stands


def _fixit(viewer: Viewer, intake: Intake, fetch: Fetch) -> None:
    why = viewer.refusal("people")
    if why:
        parts.foot(escape(f"No fix-it file: it holds contacts as they are. {why}"))
        return

    def made() -> bytes:
        viewer.require("people")  # where the file is made, not where its button is drawn
        out = io.BytesIO()
        count = fixit.write(intake, fetch, out)
        connections.noted(intake, fetch.connection, "sftp.fixit", {"fetch": fetch.fetch_id, "rows": count}, by=viewer.user.name)
        return out.getvalue()

    st.download_button(
        "Download fix-it file", made, f"fixit-{fetch.fetch_id}.csv", "text/csv", key="fixit", icon=":material/build:", on_click="ignore"
    )
    parts.foot("Correct the rows in it, drop the column “reason” or leave it, and upload the file below.")
