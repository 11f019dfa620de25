"""Why rows were refused: by count over the range, and by row of one fetch with the cell that is wrong; the fix-it file."""

from __future__ import annotations

import io
from collections.abc import Sequence
from html import escape
from itertools import islice
from typing import TYPE_CHECKING

import streamlit as st

from core.errors import JourneysError, WrongUsage, unknown
from core.sources.sftp import connections, fixit, history
from core.sources.sftp.fetches import Fetch
from core.sources.sftp.fixit import Refused
from core.sources.sftp.intake import Intake
from core.ui import filters, frame, parts, tables, words
from core.ui.tables import Col, Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

SHOWN = 50
MASK = "•••"


def reasons(found: Sequence[Fetch]) -> None:
    """The reasons over these fetches, the most frequent first."""
    rows = list(history.reasons(found).iter_rows(named=True))
    top = max((row["Invalid entries"] for row in rows), default=0)
    with st.container(key="w-reasons", gap="xsmall"):
        st.html(frame.title("Invalid entries, by reason"))
        if not rows:
            parts.state("check", "No row was refused in this range", "Every entry of the files that were read is valid.")
            return
        columns = [
            Col("Reason", "t", lambda row: words.name(row["Reason"])), Col("Invalid entries", "n", lambda row: f"{row['Invalid entries']:,}"),
            Col("Share", "b", lambda row: parts.bar(row["Invalid entries"], top, "var(--bad)"), is_hidden=True),
        ]  # fmt: skip
        tables.table(columns, rows, "Invalid entries by reason", "tight")


def asked(found: Sequence[Fetch]) -> Fetch | None:
    """The fetch that the address names; None: it names none. Raises WrongUsage."""
    named = st.query_params.get("fetch")
    if named is None:
        return None
    for fetch in found:
        if str(fetch.fetch_id) == named:
            return fetch
    raise WrongUsage(unknown("fetch of this journey", named, [str(fetch.fetch_id) for fetch in found[:50]]))


def rows(viewer: Viewer, intake: Intake, fetch: Fetch) -> None:
    """The refused rows of one fetch, the first fifty, and all of them as a file to correct."""
    with st.container(key="w-refused", gap="xsmall"):
        st.html(frame.title(f"Refused rows of {fetch.file or fetch.connection}", f"The first {min(SHOWN, fetch.invalid or 0)} of {fetch.invalid or 0:,}"))
        try:
            columns, found = fixit.refused(intake, fetch)
            shown: list[Row] = [{"row": row} for row in islice(found, SHOWN)]
        except JourneysError as problem:
            parts.state("history", "The rows cannot be shown", str(problem), "warn")
            return
        with st.container(horizontal=True, gap="small"):
            _fixit(viewer, intake, fetch)
            st.button("Close", key="refused-close", type="tertiary", icon=":material/close:", on_click=filters.write, args=({"fetch": None},))
        sees = viewer.may("people")
        cells = [
            Col("Line", "n", lambda row: f"{row['row'].line:,}"), Col("Reason", "t", lambda row: words.name(row["row"].reason)),
            Col("Column", "t", lambda row: escape(", ".join(row["row"].wrong)) or words.MISSING),
            Col("What stands there", "t", lambda row: _stands(columns, row["row"], sees)),
        ]  # fmt: skip
        tables.table(cells, shown, "Refused rows", "tight", height=420)


def _stands(columns: tuple[str, ...], row: Refused, sees: bool) -> str:
    at = [columns.index(name) for name in row.wrong if name in columns]
    cells = [row.cells[place] if place < len(row.cells) else "" for place in at] or row.cells
    text = " | ".join((cell if sees else MASK) if cell else "(empty)" for cell in cells)
    return words.name(text if len(text) <= 160 else text[:159] + "…")


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
