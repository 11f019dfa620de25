"""What saved visualizations and dashboards share on their pages: the list, and rename, share, duplicate, undo, history, use, remove."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from core.boards import shelf
from core.boards.shelf import DASHBOARD, VISUALIZATION
from core.errors import JourneysError, WrongUsage
from core.store.boards import Board
from core.ui import parts, seen, tables, words
from core.ui.address import whole
from core.ui.tables import Col, Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

SAID = "ja-boards-said"
PATHS = {VISUALIZATION: "visualizations", DASHBOARD: "dashboards"}


def opened(viewer: Viewer, kind: str, title: str) -> Board | None:
    """The board of the address, None where it names none. Ends the page where there is none with that id for this reader."""
    text = st.query_params.get("id")
    if text is None:
        return None
    try:
        number = whole(text)
        if number is None:
            raise WrongUsage(f"“{text}” is no id of a {kind}: it is a number.")
        return shelf.opened(viewer, kind, number)
    except JourneysError as problem:
        parts.header(viewer, title)
        parts.state("error", f"This {kind} cannot be opened", str(problem), "bad", (PATHS[kind], f"All {kind}s"))
        st.stop()


def listed(viewer: Viewer, kind: str, about: Callable[[Board], str]) -> None:
    """The table of what this reader may open; `about` says in text what each holds."""
    rows: list[Row] = [{"board": board} for board in shelf.listed(viewer, kind)]
    zone = viewer.account.time_zone

    def owner(row: Row) -> str:
        board: Board = row["board"]
        own = board.user_id == viewer.user.user_id
        shared = "shared within the account" if board.is_shared else "only you"
        return f"{words.name('You' if own else board.owner or 'nobody any more')} <span class=q>· {shared}</span>"

    tables.table(
        [
            Col("Name", "t", lambda row: f'<a href="{PATHS[kind]}?id={row["board"].board_id}" target=_self>{words.name(row["board"].name)}</a>'
                + (f"<br><span class=q>{words.name(row['board'].description[:160])}</span>" if row["board"].description else "")),
            Col("What it shows", "t", lambda row: words.name(about(row["board"]))), Col("Of", "t", owner),
            Col("Changed", "t w", lambda row: escape(words.moment(row["board"].changed_at, zone, year=True))),
        ],
        rows, f"{kind.capitalize()}s", "list",
    )  # fmt: skip


def badge(viewer: Viewer, board: Board) -> str:
    """Whose it is and who sees it, for the header; HTML."""
    mine = board.user_id == viewer.user.user_id
    said = "Shared" if mine and board.is_shared else "Only you" if mine else f"By {board.owner or 'nobody any more'}"
    return f'<span class="ja-tag{" on" if board.is_shared else ""}">{escape(said)}</span>'


def actions(viewer: Viewer, board: Board, first: Callable[[], None] = lambda: None) -> None:
    """Everything that can be done with the whole of it, `first` before the rest; says why something was not done."""
    if said := st.session_state.pop(SAID, None):
        parts.state("error", "It was not done", said, "bad")
    mine = shelf.may_change(viewer, board)
    after = [one for one in shelf.history(viewer, board) if one.parent == board.version]
    with st.container(horizontal=True, gap="xsmall", key="board-actions"):
        first()
        if mine:
            st.button("Undo", icon=":material/undo:", key="a-undo", disabled=board.parent is None, on_click=lambda: tell(lambda: shelf.undo(viewer, board)))
            st.button("Redo", icon=":material/redo:", key="a-redo", disabled=not after, on_click=lambda: tell(lambda: shelf.redo(viewer, board)))
        if st.button("History", icon=":material/history:", key="a-history"):
            _history(viewer, board)
        if st.button("Duplicate", icon=":material/content_copy:", key="a-copy"):
            st.query_params.from_dict({"id": str(shelf.duplicate(viewer, board))})
            st.rerun()
        if mine:
            with st.popover("Name and sharing", icon=":material/edit:", key="a-name"):
                _name_and_sharing(viewer, board)
            if st.button("Remove", icon=":material/delete:", key="a-remove", type="tertiary"):
                _remove(viewer, board)


def tell(work: Callable[[], object]) -> None:
    """Do it, and say on the page why it did not go."""
    try:
        work()
    except JourneysError as problem:
        st.session_state[SAID] = str(problem)


def used(viewer: Viewer, board: Board) -> str:
    """Where a visualization is used, as HTML."""
    dashboards, hidden = shelf.uses(viewer, board)
    links = [f'<a href="dashboards?id={one.board_id}" target=_self>{words.name(one.name)}</a> <span class=q>({words.name(one.owner or "nobody")})</span>'
             for one in dashboards]  # fmt: skip
    if hidden:
        links.append(f"{words.plural(hidden, 'private dashboard')} of others")
    return f"Used on: {', '.join(links)}" if links else "Not used on a dashboard yet"


def _name_and_sharing(viewer: Viewer, board: Board) -> None:
    st.session_state.setdefault("a-name-text", board.name)
    st.session_state["a-shared"] = board.is_shared
    with st.form("a-naming", border=False):
        name = st.text_input("Name", board.name, max_chars=shelf.LONGEST_NAME)
        about = st.text_area("Description", board.description, max_chars=shelf.LONGEST_DESCRIPTION, height=80)
        if st.form_submit_button("Keep"):
            tell(lambda: shelf.rename(viewer, board, name, about))
            st.rerun()
    st.toggle("Everybody of the account may open it", key="a-shared",
              on_change=lambda: tell(lambda: shelf.share(viewer, board, is_shared=st.session_state["a-shared"])))  # fmt: skip


def _history(viewer: Viewer, board: Board) -> None:
    @st.dialog("History", width="large")
    def opened() -> None:
        versions, zone = shelf.history(viewer, board), seen.zone(viewer)
        rows: list[Row] = [{"one": one} for one in versions]
        tables.table(
            [
                Col("Version", "t", lambda row: f"{row['one'].version}" + (" <b>shown</b>" if row["one"].version == board.version else "")),
                Col("What was done", "t", lambda row: words.name(row["one"].said)), Col("By", "t", lambda row: words.name(row["one"].made_by)),
                Col("When", "t w", lambda row: escape(words.moment(row["one"].made_at, zone, year=True))),
            ],
            rows, "Versions", height=360,
        )  # fmt: skip
        others = [one.version for one in versions if one.version != board.version]
        if others and shelf.may_change(viewer, board):
            picked = st.selectbox("Version", others, key="a-version")
            if st.button("Show this version again", key="a-restore"):
                tell(lambda: shelf.restore(viewer, board, picked))
                st.rerun()

    opened()


def _remove(viewer: Viewer, board: Board) -> None:
    @st.dialog(f"Remove this {board.kind}?", width="medium")
    def opened() -> None:
        more = used(viewer, board) if board.kind == VISUALIZATION else "The visualizations on it stay."
        st.html(f"<p>{words.name(board.name)} goes with all its versions.</p><p class=ja-sub>{more}</p>")
        if st.button("Remove", type="primary", key="a-remove-do"):
            tell(lambda: shelf.remove(viewer, board))
            st.query_params.from_dict({})
            st.rerun()

    opened()
