"""What stands beside the numbers of MEP: who gets a mail at a threshold, and what of the month was exported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.access import emails
from core.reports import mail, mep_report
from core.reports.mep_thresholds import PERCENTS
from core.store import mep as store
from core.ui import frame, seen, sheets, tables, words
from core.ui.address import Chosen
from core.ui.sheets import Sheet
from core.ui.tables import Col

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

COLUMNS = sheets.columns("Exported at", "By", "Sub-accounts", "As", "Lines", "Added since", "SHA-256 of the lines", "Snapshot", counts=("Lines", "Added since"))
ABOUT = (("Lines", "lines of the ledger in the export; they never change"),
         ("Added since", "lines that came later: their entries were received after the export"),
         ("SHA-256 of the lines", "of the lines as CSV, whatever the export was made as"))  # fmt: skip


def watch(viewer: Viewer) -> None:
    """The switches of one's own mails."""

    @st.fragment
    def alone() -> None:
        asked = store.watched(viewer.store, viewer.user.user_id)
        with st.container(key="w-watch", gap="xsmall"):
            st.html(frame.title("Mail at a threshold", "Once a month, after the refresh that reaches it"))
            for percent in PERCENTS:
                key = f"watch-{percent}"
                st.session_state[key] = percent in asked
                st.checkbox(f"At {percent} % of the included MEP", key=key, on_change=_watch, args=(viewer,))
            st.html(f"<p class=ja-sub>{words.name(_to(viewer))}</p>")

    alone()


def _watch(viewer: Viewer) -> None:
    viewer.require("mep")
    store.watch(viewer.store, viewer.user.user_id, [percent for percent in PERCENTS if st.session_state[f"watch-{percent}"]], now=viewer.now)


def _to(viewer: Viewer) -> str:
    if viewer.account.included_mep is None:
        return "No limit is agreed for this account, so no mail will come."
    if not mail.is_set_up(viewer.settings):
        return "Mail is not set up here yet: your operator sets JOURNEYS_SMTP_URL and JOURNEYS_MAIL_FROM."
    address = emails.of(viewer.store, viewer.user)
    return f"It goes to {address}." if address else "You have no mail address yet: set it on the page Reports."


def exported(viewer: Viewer, chosen: Chosen) -> None:
    """What left of the month, and how many lines came after each export; nothing where nothing left."""
    viewer.require("mep")
    found = store.listed(viewer.store, viewer.account.account_id, f"{chosen.days[0]:%Y-%m}")
    if not found:
        return

    def sheet() -> Sheet:
        return Sheet(COLUMNS, sheets.frame_of(COLUMNS, rows), ABOUT)

    def draw() -> None:
        shown = [dict(zip((column.name for column in COLUMNS), row, strict=True)) for row in rows]
        texts = [Col(name, "t", lambda row, name=name: words.name(row[name])) for name in ("Exported at", "By", "Sub-accounts", "As")]  # type: ignore[misc]
        counts = [Col(name, "n", lambda row, name=name: words.count(row[name])) for name in ("Lines", "Added since")]  # type: ignore[misc]
        digest = Col("SHA-256 of the lines", "t", lambda row: f"<code title='{row['SHA-256 of the lines']}'>{row['SHA-256 of the lines'][:12]}…</code>")
        tables.table([*texts, *counts, digest], shown, "Exports of the month", "tight")

    rows = [_row(viewer, chosen, one) for one in reversed(found)]
    widget = sheets.Widget("mep-exports", f"MEP lines exported, {words.month(chosen.days[0])}", (("", sheet),), draw,
                           sub="An exported line never changes; lines of later entries are added, and listed as additions in the evidence pack")  # fmt: skip
    sheets.show(viewer, chosen, widget)


def _row(viewer: Viewer, chosen: Chosen, one: store.Export) -> tuple[object, ...]:
    month_lines = mep_report.ledger_of(viewer.store, viewer.account, seen.snapshot(viewer), viewer.folder, chosen.days[0], one.sub_accounts)
    said = ", ".join(name or "none" for name in one.sub_accounts) or "all"
    return (words.moment(one.exported_at, viewer.account.time_zone, year=True), one.exported_by, said, one.form, one.lines,
            month_lines.count(one.position), one.sha256, one.snapshot_id)  # fmt: skip
