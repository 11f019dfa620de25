"""One fetch opened: what its entries did next, by the newest snapshot, and the rows that were refused."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import polars as pl
import streamlit as st

from core.errors import WrongUsage, unknown
from core.metrics import following as metrics
from core.reports.masking import MASK
from core.sources.sftp import connections, fetches, importing
from core.sources.sftp.fetches import Fetch
from core.sources.sftp.intake import Intake
from core.ui import filters, parts, seen, sftp_desk, sheets, tables, words
from core.ui.address import Chosen, whole
from core.ui.sheets import Sheet
from core.ui.tables import Col, Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer


def asked(intake: Intake, journey: str) -> Fetch | None:
    """The fetch that the address names; None: it names none. Raises WrongUsage where it is none of this journey."""
    named = st.query_params.get("fetch")
    if named is None:
        return None
    try:
        number = whole(named)
        found = None if number is None else fetches.find(intake, number)
    except fetches.UnknownFetch:
        found = None
    if found is None or found.journey_id != journey:
        raise WrongUsage(unknown("fetch of this journey", named, ()))
    return found


def heading(viewer: Viewer, fetch: Fetch) -> None:
    """Which fetch is open, and the way back to all."""
    at = words.moment(fetch.started_at, viewer.account.zone_at(fetch.started_at), year=True)
    counts = f"{words.count(fetch.total)} entries = {words.count(fetch.valid)} valid + {words.count(fetch.invalid)} invalid"
    back = f'<a href="{escape(filters.address_with({"fetch": None}))}" target=_self>Close, back to all fetches</a>'
    st.html(f"<p class=ja-sub><b>{words.name(fetch.file or fetch.connection)}</b> · {words.name(fetch.connection)} · {escape(at)} · {counts} · {back}</p>")


def show(viewer: Viewer, intake: Intake, chosen: Chosen, fetch: Fetch) -> None:
    """What the entries did next as a table of steps, each with people, their share and what was counted; files hold the steps, or each entry."""
    title = f"What the entries of {fetch.file or fetch.connection} did next"
    place = _place(intake.account_id, fetch.fetch_id, intake, fetch)
    if place is None:
        parts.state("info", title, "No row of this file entered the journey.")
        return
    if viewer.snapshot is None or not metrics.is_built(viewer.snapshot, place[1]):
        due = viewer.next_refresh_at
        when = f" It comes {words.moment(due, viewer.account.time_zone)}." if due else ""
        entered = words.plural(fetch.valid or 0, "entry", "entries")
        parts.state("hourglass_empty", title, f"{entered} entered; what they did is here after the next refresh.{when}")
        return
    _steps_of(viewer, intake, chosen, fetch, place, title)


def _steps_of(viewer: Viewer, intake: Intake, chosen: Chosen, fetch: Fetch, place: tuple[int, int], title: str) -> None:
    steps = _following(viewer.account.account_id, seen.snapshot(viewer).snapshot_id, place, viewer)
    about = _about(viewer, fetch)
    sheet = Sheet(metrics.COLUMNS, steps, (*about, *((step.label, step.definition) for step in metrics.STEPS)))

    def each() -> Sheet:
        found = metrics.entries(seen.snapshot(viewer), *place)
        if not viewer.may("people"):
            found = found.with_columns(pl.lit(MASK).alias("Person ID"))
        return Sheet(metrics.ENTRY_COLUMNS, found, about)

    def noted(file: str) -> None:
        connections.noted(intake, fetch.connection, "sftp.outcome.exported", {"fetch": fetch.fetch_id, "file": file}, by=viewer.user.name)

    day = sftp_desk.day_of(viewer.account, fetch.started_at).isoformat()
    way = f"campaign-performance?{urlencode({'journey': fetch.journey_id, 'from': day, 'to': day})}"
    foot = (f"All that is known up to {words.moment(seen.as_of(viewer), seen.zone(viewer), year=True)}, whenever it happened",
            f'<a href="{escape(way)}" target=_self>The journey on that day, other entries too</a>')  # fmt: skip
    sub = "Only people of this file; share of those who entered"
    both = (("", sheet_of(sheet)), ("one row an entry", each))
    sheets.show(viewer, chosen, sheets.Widget("next", title, both, lambda: _steps(steps, title), sub=sub, foot=foot, noted=noted))


@st.cache_resource(max_entries=1000, show_spinner=False)
def _place(account: str, fetch_id: int, _intake: Intake, _fetch: Fetch) -> tuple[int, int] | None:
    return importing.positions(_intake, _fetch)  # of a fetch in the history it never changes


@st.cache_resource(max_entries=500, show_spinner=False)
def _following(account: str, snapshot: str, place: tuple[int, int], _viewer: Viewer) -> pl.DataFrame:
    return metrics.following(seen.snapshot(_viewer), *place)


def sheet_of(sheet: Sheet) -> sheets.Maker:
    """A sheet that is there already, as a widget takes it."""
    return lambda: sheet


def _about(viewer: Viewer, fetch: Fetch) -> tuple[tuple[str, str], ...]:
    snapshot = seen.snapshot(viewer)
    return (("File", fetch.file or words.MISSING), ("SFTP connection", fetch.connection), ("Fetch", str(fetch.fetch_id)), ("Journey", fetch.journey_id),
            ("Snapshot", snapshot.snapshot_id), ("As of", seen.as_of(viewer).isoformat(timespec="seconds")))  # fmt: skip


def _steps(steps: pl.DataFrame, title: str) -> None:
    rows: list[Row] = list(steps.iter_rows(named=True))
    top = rows[0]["people"]
    columns = [
        Col("Step", "t", lambda row: escape(row["step"])), Col("People", "n", lambda row: words.count(row["people"])),
        Col("Share of the people who entered", "n", lambda row: words.rate(row["share"])),
        Col("Bar", "b", lambda row: parts.bar(row["people"], top), is_hidden=True),
        Col("Counted", "n", lambda row: words.count(row["counted"])), Col("What is counted", "t w", lambda row: escape(row["of"]), is_hidden=True),
    ]  # fmt: skip
    tables.table(columns, rows, title)
