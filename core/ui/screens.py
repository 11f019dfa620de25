"""The page Dashboards around a dashboard: all of them, a new one, arranging, full screen, and what is sent by mail."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from core.boards import shelf
from core.boards.dashboard import REFRESHES, Dashboard
from core.boards.shelf import DASHBOARD, VISUALIZATION
from core.boards.starts import STARTS
from core.errors import JourneysError
from core.metrics import currencies as currencies_of
from core.store.boards import Board
from core.ui import boards, filters, mailing, paper, parts, seen, words
from core.ui.dashboards import Shown

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

ARRANGE, FULL = "arrange", "screen"  # parameters of the address


def every(viewer: Viewer, title: str) -> None:
    """The list, and the way to a new one."""
    parts.header(viewer, title)
    with st.container(key="filters", horizontal=True, gap="xsmall"):
        if st.button("New dashboard", type="primary", icon=":material/add:", key="new"):
            _new(viewer)
    if not shelf.listed(viewer, DASHBOARD):
        parts.state("dashboard", "There is no dashboard yet", "Make one: empty, or as a copy of Overview or MEP consumption to change as you like.")
        return

    def about(board: Board) -> str:
        items = Dashboard.of(board.document).items
        texts = sum(item.text is not None for item in items)
        return words.plural(len(items) - texts, "widget") + (f", {words.plural(texts, 'text')}" if texts else "")

    boards.listed(viewer, DASHBOARD, about)


def standing(board: Board) -> Dashboard:
    """What a saved dashboard holds."""
    return Dashboard.of(board.document)


def is_full() -> bool:
    """Whether the address asks for the full screen."""
    return FULL in st.query_params


def is_arranging(viewer: Viewer, board: Board) -> bool:
    """Whether the address asks to arrange, and this reader changes the dashboard."""
    return ARRANGE in st.query_params and not is_full() and shelf.may_change(viewer, board)


def titles(widgets: Sequence[Shown]) -> dict[str, str]:
    """Key → words, of every item; of two that say the same the second is (2), as a list to pick from must tell them apart."""
    said: dict[str, str] = {}
    for one in widgets:
        name = one.title or (one.item.text or "").strip().lstrip("# ").split("\n")[0][:60] or "Text"
        n = sum(known == name or known.startswith(f"{name} (") for known in said.values())
        said[one.item.key] = f"{name} ({n + 1})" if n else name
    return said


def ways(viewer: Viewer, board: Board, dashboard: Dashboard) -> None:
    """Arrange or done, full screen, by mail."""
    if shelf.may_change(viewer, board):
        on = ARRANGE in st.query_params
        st.button("Done" if on else "Arrange", type="primary", icon=":material/check:" if on else ":material/dashboard_customize:", key="arrange",
                  on_click=lambda: filters.write({ARRANGE: None if on else "1"}))  # fmt: skip
    if dashboard.items and st.button("PDF", icon=":material/picture_as_pdf:", key="pdf"):
        paper.offer(viewer, board.name, dashboard)
    st.button("Full screen", icon=":material/fullscreen:", key="full", on_click=lambda: filters.write({FULL: "1", ARRANGE: None}))
    mailing.button(viewer, board, dashboard)


def private(viewer: Viewer, board: Board, dashboard: Dashboard) -> None:
    """Says which visualizations of a shared dashboard nobody else may open."""
    if not board.is_shared or not viewer.may("visualizations"):
        return
    known = {one.board_id: one for one in shelf.listed(viewer, VISUALIZATION)}
    names = {known[n].name for item in dashboard.items if (n := item.visualization_id) in known and n is not None and not known[n].is_shared}
    if names:
        parts.foot(f"<b>Others see an empty place for:</b> {', '.join(words.name(name) for name in sorted(names))}. Share these visualizations too")


def full(viewer: Viewer, dashboard: Dashboard) -> None:
    """Without menu and buttons; newer numbers come by themselves as often as the dashboard says."""
    st.html("<style>[data-testid=stSidebar],[data-testid=stExpandSidebarButton],[data-testid=stHeader]{display:none}"
            "[data-testid=stMainBlockContainer]{max-width:none}</style>")  # fmt: skip
    st.button("Leave the full screen", icon=":material/fullscreen_exit:", type="tertiary", key="leave", shortcut="Escape",
              on_click=lambda: filters.write({FULL: None}))  # fmt: skip
    if not dashboard.refresh_s:
        st.html("<p class=ja-sub>Its numbers stay as they are: how often it looks for newer ones is its owner's choice, under Arrange</p>")
        return

    @st.fragment(run_every=dashboard.refresh_s)
    def look() -> None:
        st.html(f"<p class=ja-sub>Looks for newer numbers {REFRESHES[dashboard.refresh_s]}</p>")
        if viewer.newer_snapshot:
            viewer.take_newer_snapshot()
            st.rerun()

    look()


def _new(viewer: Viewer) -> None:
    @st.dialog("New dashboard", width="medium")
    def opened() -> None:
        offered = [name for name, start in STARTS.items() if start.feature is None or viewer.may(start.feature)]
        start = STARTS[st.radio("Begin with", offered, format_func=lambda name: STARTS[name].label, key="new-start")]
        name = st.text_input("Name", key="new-name", max_chars=shelf.LONGEST_NAME)
        if st.button("Make it", type="primary", key="new-do"):
            found = currencies_of(seen.snapshot(viewer))
            currency = None if len(found) < 2 else viewer.account.currency if viewer.account.currency in found else found[0]
            try:
                made = shelf.add(viewer, DASHBOARD, name or start.label, start.make(currency))
            except JourneysError as problem:
                parts.state("error", "It was not made", str(problem), "bad")
                return
            st.query_params.from_dict({"id": str(made)} | ({} if start.name != "empty" else {ARRANGE: "1"}))
            st.rerun()

    opened()
