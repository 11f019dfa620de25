"""A dashboard being changed: drag it, or move one widget at a time by buttons; titles, texts, what is added and taken away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from core.boards import layout, shelf
from core.boards.dashboard import LONGEST_TEXT, LONGEST_TITLE, REFRESHES, Dashboard, Item
from core.boards.forms import FORMS
from core.boards.layout import Place
from core.boards.shelf import VISUALIZATION
from core.boards.visualization import Visualization
from core.store.boards import Board
from core.ui import boards, grid, words

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

PICKED = "ja-arranged"
FIRST_TEXT = "### A heading\nWhat this shows, and what to look at."
STEPS: tuple[tuple[str, str, str, Callable[[layout.Layout, str], Mapping[str, Place]]], ...] = (
    ("left", "Move left", "arrow_back", lambda there, key: layout.moved(there, key, dx=-1)),
    ("right", "Move right", "arrow_forward", lambda there, key: layout.moved(there, key, dx=1)),
    ("up", "Move up", "arrow_upward", lambda there, key: layout.moved(there, key, dy=-1)),
    ("down", "Move down", "arrow_downward", lambda there, key: layout.moved(there, key, dy=1)),
    ("wider", "Wider", "unfold_more_double", lambda there, key: layout.resized(there, key, dw=1)),
    ("narrower", "Narrower", "unfold_less_double", lambda there, key: layout.resized(there, key, dw=-1)),
    ("taller", "Taller", "expand", lambda there, key: layout.resized(there, key, dh=1)),
    ("lower", "Lower", "compress", lambda there, key: layout.resized(there, key, dh=-1)),
)


def show(viewer: Viewer, board: Board, dashboard: Dashboard, titles: Mapping[str, str]) -> None:
    """The layout to drag beside the controls of one widget; each change is a version that Undo takes back."""
    left, right = st.columns([1, 2.6], gap="medium")
    with left:
        _one(viewer, board, dashboard, titles)
        _add(viewer, board, dashboard)
        _refresh(viewer, board, dashboard)
    with right:
        st.html("<p class=ja-sub>Drag a widget to move it (a finger holds it for a moment first), its corner to change its size. By keyboard: arrow keys "
                "move the one in focus, with Shift they change its size. A click or Enter picks it for the buttons and its words.</p>")  # fmt: skip
        boxes = [(item.key, titles[item.key], _kind(item), item.place) for item in dashboard.in_order]
        grid.arrange(boxes, f"grid-{board.board_id}", lambda places: _laid(viewer, board, dashboard, places, "Dragged"),
                     picked=st.session_state.get(PICKED), on_pick=_pick)  # fmt: skip


def _pick(key: str) -> None:
    st.session_state[PICKED] = key


def _kind(item: Item) -> str:
    return "Text" if item.text is not None else FORMS[item.own.form].label if item.own else "Saved visualization"


def _keep(viewer: Viewer, board: Board, made: Dashboard, said: str) -> None:
    boards.tell(lambda: shelf.save(viewer, board, made, said))


def _laid(viewer: Viewer, board: Board, dashboard: Dashboard, places: Mapping[str, Place], said: str) -> None:
    if dict(places) != dashboard.places:
        _keep(viewer, board, dashboard.laid(places), said)


def _one(viewer: Viewer, board: Board, dashboard: Dashboard, titles: Mapping[str, str]) -> None:
    keys = [item.key for item in dashboard.in_order]
    if not keys:
        st.html("<p class=ja-sub>Nothing is on it yet: add a visualization or a text, or take <i>Add to dashboard</i> in the menu of any widget.</p>")
        return
    if st.session_state.get(PICKED) not in keys:
        st.session_state[PICKED] = keys[0]
    key: str = st.selectbox("Widget", keys, format_func=lambda name: titles[name], key=PICKED)
    item = dashboard.item(key)

    def step(move: Callable[[layout.Layout, str], Mapping[str, Place]], said: str) -> Callable[[], None]:
        return lambda: _laid(viewer, board, dashboard, move(dashboard.places, key), f"{titles[key][:60]}: {said.lower()}")

    with st.container(horizontal=True, gap="xxsmall", key="steps"):
        for name, label, icon, move in STEPS:
            st.button(label, key=f"s-{name}", icon=f":material/{icon}:", help=label, on_click=step(move, label))
    place = item.place
    st.html(f"<p class=ja-sub>Column {place.x + 1}, row {place.y + 1}; {place.w} of 12 columns wide, {words.plural(place.h, 'row')} high</p>")
    _words(viewer, board, dashboard, item)
    st.button("Take it off the dashboard", icon=":material/delete:", type="tertiary", key="s-drop",
              on_click=lambda: _keep(viewer, board, dashboard.without(key), f"{titles[key][:60]} taken off"))  # fmt: skip


def _words(viewer: Viewer, board: Board, dashboard: Dashboard, item: Item) -> None:
    """The title of a widget, or the text itself."""
    is_text = item.text is not None
    with st.form(f"s-words-{item.key}", border=False):
        if is_text:
            said = st.text_area("Text, in Markdown", item.text or "", max_chars=LONGEST_TEXT, height=140)
        else:
            said = st.text_input("Title", item.title, max_chars=LONGEST_TITLE, placeholder="What is counted")
        if st.form_submit_button("Keep the words"):
            made = replace(item, text=said) if is_text else replace(item, title=said.strip())
            _keep(viewer, board, dashboard.changed(made), "Words changed")
            st.rerun()


def _add(viewer: Viewer, board: Board, dashboard: Dashboard) -> None:
    def put(made: Dashboard, said: str) -> None:
        _keep(viewer, board, made, said)
        st.session_state[PICKED] = made.items[-1].key  # its words are there to be changed at once

    with st.popover("Add", icon=":material/add:", key="s-add"):
        known = {one.board_id: one for one in shelf.listed(viewer, VISUALIZATION)} if viewer.may("visualizations") else {}
        said = {n: one.name for n, one in known.items()}
        number = st.selectbox("A saved visualization", list(said), format_func=lambda n: said[n], index=None, placeholder="Choose one", key="s-add-saved")

        def saved() -> None:
            if number is not None:
                form = Visualization.of(known[number].document).form
                boards.tell(lambda: put(dashboard.added(visualization_id=number, form=form), f"{known[number].name[:60]} added"))

        st.button("Add it", key="s-add-do", disabled=number is None, on_click=saved)
        st.button("Add a text", key="s-add-text", icon=":material/notes:",
                  on_click=lambda: boards.tell(lambda: put(dashboard.added(text=FIRST_TEXT), "A text added")))  # fmt: skip
        st.html("<p class=ja-sub>Any widget of any page comes here too: its menu has <i>Add to dashboard</i>.</p>")


def _refresh(viewer: Viewer, board: Board, dashboard: Dashboard) -> None:
    st.session_state["s-refresh"] = dashboard.refresh_s
    st.selectbox("On a full screen, look for newer numbers", list(REFRESHES), format_func=lambda n: REFRESHES[n], key="s-refresh",
                 on_change=lambda: _keep(viewer, board, replace(dashboard, refresh_s=st.session_state["s-refresh"]), "Refresh changed"))  # fmt: skip
