"""The editor's answer beside its question, and the ways to keep it: save, save as another, put on a dashboard."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from core.boards import shelf
from core.boards.forms import FORMS
from core.boards.shelf import VISUALIZATION
from core.boards.visualization import Visualization, changed
from core.errors import JourneysError, WrongUsage
from core.metrics import Result
from core.metrics.needs import features
from core.metrics.rules import settled
from core.ui import asking, boards, drawing, drill, frame, leap, leaving, parts, seen, tables, watch, words
from core.ui.address import Chosen

if TYPE_CHECKING:
    from core.store.boards import Board
    from core.ui.viewer import Viewer

PREVIEW, TABLE = 340, 260
today = seen.today


def read(viewer: Viewer, title: str, standing: Visualization | None = None) -> Visualization:
    """What the address asks. Ends the page, naming the value, where one is not valid; so for MEP where the role may not see it."""
    try:
        asked = asking.read(viewer, standing)
    except WrongUsage as problem:
        parts.header(viewer, title)
        parts.state("error", "The address asks for something that is not there", str(problem), "bad", ("?", "Start over"))
        st.stop()
    if why := refused(viewer, asked):
        parts.header(viewer, title)
        parts.state("lock", "This question is not open to you", why)
        st.stop()
    return asked


def standing(board: Board) -> Visualization:
    """What a saved visualization asks."""
    return Visualization.of(board.document)


def refused(viewer: Viewer, asked: Visualization) -> str | None:
    """Why this reader may not see the answer, by what is asked; None: may."""
    try:
        return next((why for feature in features(asked.query) if (why := viewer.refusal(feature))), None)
    except WrongUsage:
        return None  # a formula that is none: the answer says so


def answer(viewer: Viewer, asked: Visualization, chosen: Chosen, title: str = "") -> None:
    """The picture in its frame, and below it the rows it is drawn from."""
    query = asked.asked(today(viewer))
    if not query.measures and not query.formulas:
        parts.state("query_stats", "Nothing is asked yet", "Choose a measure: it says on the left what it can be split and filtered by.")
        return
    try:
        settled(query)
    except WrongUsage as problem:
        parts.state("error", "This cannot be asked", str(problem), "bad")
        return
    form = asked.form if asked.why_not_drawn is None else "table"
    notes = [] if asked.why_not_drawn is None else [f"<b>Shown as a table:</b> {FORMS[asked.form].label} cannot draw this question"]
    shown = title or asked.title
    sub = f"{asked.span.label}, {words.days(*chosen.days)}" if asked.span.is_relative else words.days(*chosen.days)
    height = PREVIEW if form != "table" else None
    rows = None if form in ("table", "pivot", "single") else lambda results: _rows(viewer, results[0], shown)
    only = leaving.only_said(viewer, asking.chosen_of(viewer, query.filtered("currency")))  # the currency stands beside each number
    frame.show(viewer, chosen, lambda: replace(drawing.widget(viewer, chosen, "x", shown, query, form, height=height, notes=notes, sub=sub,
                                                               only=only), below=rows))


def _rows(viewer: Viewer, result: Result, title: str) -> int | None:
    """The rows that a picture is drawn from; they stand in its frame, so that they are never of another answer than it."""
    picked = tables.of(viewer, result, f"{title}: rows", TABLE)
    parts.foot(words.plural(result.frame.height, "row"))
    return picked


def keep(viewer: Viewer, asked: Visualization, board: Board | None = None) -> None:
    """The buttons below the question. `board`: the saved visualization that is open."""
    with st.container(horizontal=True, gap="xsmall", key="keep"):
        if board is None or not shelf.may_change(viewer, board):
            if st.button("Save", type="primary", key="keep-save", icon=":material/save:"):
                _save_as(viewer, asked)
        else:
            stands = standing(board) == asked
            if st.button("Saved" if stands else "Save", type="primary", key="keep-save", icon=":material/save:", disabled=stands):
                shelf.save(viewer, board, asked, changed(standing(board), asked)[:120])
                open_board(board.board_id)
            if st.button("Save as another", key="keep-as"):
                _save_as(viewer, asked)
        if st.button("Add to dashboard", key="keep-add", icon=":material/dashboard_customize:"):
            drill.add(viewer, asked, asked.title, None if board is None else board.board_id)
        if watch.is_possible(asked.query) and st.button("Alert me", key="keep-alert", icon=":material/notification_add:"):
            watch.start(asked.query, board.name if board else "")


def open_board(board_id: int) -> None:
    """Open a saved visualization as it stands."""
    leap.to("visualizations", {"id": str(board_id)})


def _save_as(viewer: Viewer, asked: Visualization) -> None:
    if why := viewer.refusal("visualizations"):
        drill.refused(why)
        return

    @st.dialog("Save this visualization", width="medium")
    def opened() -> None:
        name = st.text_input("Name", asked.title[: shelf.LONGEST_NAME], key="save-name", max_chars=shelf.LONGEST_NAME)
        about = st.text_area("Description", key="save-about", max_chars=shelf.LONGEST_DESCRIPTION, height=80)
        moving = "It moves with the data." if asked.span.is_relative else "These days stay."
        st.html(f"<p class=ja-sub>Range: {words.name(asked.span.label)}. {moving}</p>")
        if st.button("Save", type="primary", key="save-do"):
            try:
                made = shelf.add(viewer, VISUALIZATION, name, asked, about)
            except JourneysError as problem:
                parts.state("error", "It was not saved", str(problem), "bad")
                return
            open_board(made)

    opened()


def every(viewer: Viewer, title: str) -> None:
    """The saved visualizations, and the way to a new one."""
    parts.header(viewer, title)
    with st.container(key="filters", horizontal=True, gap="xsmall"):
        if st.button("New visualization", type="primary", icon=":material/add:", key="new"):
            leap.to("explore", {})
    if not shelf.listed(viewer, VISUALIZATION):
        parts.state("bar_chart", "Nothing is saved yet", "A new visualization begins in Explore: ask a question, then save it here.")
        return

    def about(board: Board) -> str:
        kept = Visualization.of(board.document)
        return f"{FORMS[kept.form].label}: {words.lower(kept.title)} · {words.lower(kept.span.label)}"

    boards.listed(viewer, VISUALIZATION, about)
