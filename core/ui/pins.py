"""The snapshots that links hold on to: until when, how many more may be, and a way for an administrator to let go of one."""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from core.errors import JourneysError
from core.ui import frame, parts, tables, words
from core.ui.tables import Col

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

SAID = "ja-pins-said"


def show(viewer: Viewer) -> None:
    """All of them, the newest first."""
    zone = viewer.account.time_zone
    held, most = viewer.pins()

    def said(moment: datetime) -> str:
        return words.moment(moment, zone, year=True)

    with frame.section("pins", "Snapshots that links hold on to", f"{len(held)} of {most} that may be; each for 90 days from its last link"):
        if message := st.session_state.pop(SAID, None):
            parts.state("push_pin", message, "Who did it is in the audit trail.")
        if not held:
            parts.state("push_pin", "No link holds on to a snapshot", "“Link to exactly this”, in the menu of any widget, can keep the numbers as they are.")
            return
        tables.table([
            Col("Data up to", "t w", lambda row: escape(said(row["one"].as_of))), Col("Linked", "t w", lambda row: escape(said(row["at"]))),
            Col("Kept until", "t w", lambda row: escape(said(row["until"]))), Col("Snapshot", "t w", lambda row: escape(row["one"].snapshot)),
        ], [{"one": one, "at": at, "until": until} for one, at, until in held], "Snapshots that links hold on to", "tight", height=300)  # fmt: skip
        if viewer.may("administer"):
            _let_go(viewer, {one.snapshot: said(one.as_of) for one, *_ in held})


def _let_go(viewer: Viewer, names: dict[str, str]) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        picked = st.selectbox("Let go of one", list(names), format_func=lambda name: f"Data up to {names[name]}", index=None, placeholder="Which one",
                              key="pins-which")  # fmt: skip
        if st.button("Let it go", disabled=picked is None, key="pins-go") and picked is not None:
            _asked(viewer, picked, names[picked])


def _asked(viewer: Viewer, snapshot_id: str, as_of: str) -> None:
    @st.dialog("Let go of this snapshot?", width="medium")
    def opened() -> None:
        st.html(f"<p>Data up to {escape(as_of)}.</p><p class=ja-sub>Its links will say that it is no longer kept, and lead to the newest numbers. "
                "It stays while it is one of the three newest.</p>")  # fmt: skip
        if st.button("Let it go", type="primary", key="pins-do"):
            try:
                viewer.unpin(snapshot_id)
            except JourneysError as problem:
                parts.state("error", "It was not let go", str(problem), "bad")
                return
            st.session_state[SAID] = f"No link holds on to the snapshot of {as_of} any more"
            st.rerun()

    opened()
