"""From a widget onward: open its question in Explore, break it down, put it on a dashboard; and the trail back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import streamlit as st

from core.boards import shelf
from core.boards.dashboard import LONGEST_TITLE as MOST_LETTERS
from core.boards.dashboard import Dashboard
from core.boards.forms import FORMS, fitting
from core.boards.shelf import DASHBOARD
from core.boards.spans import Span
from core.boards.visualization import Visualization
from core.errors import JourneysError
from core.metrics import DIMENSIONS, Result
from core.metrics import currencies as currencies_of
from core.metrics.possible import mended, possible
from core.ui import answers, asking, leap, menu, parts, seen, tables, why, words

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

WAYS = ("Break down", "The rows behind it")
TRAIL, LONGEST_TRAIL, MOST_CHOICES = "trail", 5, 200
PAGE = "ja-page"
ENTRIES = {
    ":material/query_stats: Explore from here": "explore", ":material/account_tree: Break down by …": "break",
    ":material/dashboard_customize: Add to dashboard": "add",
}  # fmt: skip
FEATURE = {"explore": "explore", "break": "performance", "add": "dashboards"}  # every package may drill into a number (design §7)
DRAWN_AS = {"trend": "line", "stacked": "stacked", "lines": "line", "areas": "area", "bars": "bar", "columns": "bar", "sankey": "sankey",
            "bars stacked": "stacked", "columns stacked": "stacked"}  # kinds of pictures of the standard widgets


def do(viewer: Viewer, what: str, title: str, results: Sequence[Result], kind: str | None) -> None:
    """What a menu entry of ENTRIES does; says which package would allow it where this one does not. `kind`: of the widget's picture."""
    if not_open := viewer.refusal(FEATURE[what]):
        refused(not_open)
        return
    asked = asking.of_widget(viewer, results[0].query, DRAWN_AS.get(kind or "", kind if kind in FORMS else None))
    if what == "explore":
        go(asked, title)
    elif what == "break":
        _break_down(viewer, asked, title, results[0])
    else:
        add(viewer, asked, title)


def of_row(viewer: Viewer, title: str, results: Sequence[Result], row: int) -> None:
    """What a click on a mark does: the row that it stands for is broken down."""
    if row < results[0].frame.height:
        _break_down(viewer, asking.of_widget(viewer, results[0].query), title, results[0], row)


def go(asked: Visualization, title: str) -> None:
    """Open the editor with this question; the page that it comes from is the last step of the trail."""
    leap.to("explore", asking.parameters(asked) | {TRAIL: json.dumps(_with(title), ensure_ascii=False)})


def trail() -> list[tuple[str, str]]:
    """The steps of the address, (words, address of ours), oldest first; what is no address of ours is left out."""
    try:
        given = json.loads(st.query_params.get(TRAIL, "[]"))
    except ValueError:
        return []
    steps = given if isinstance(given, list) else []
    pairs = [step for step in steps if isinstance(step, list) and len(step) == 2 and all(isinstance(part, str) for part in step)]
    return [(said[:120], place) for said, place in pairs if menu.entry_of(place.split("?", 1)[0]) is not None][-LONGEST_TRAIL:]


def show_trail() -> None:
    """The way back, as links."""
    steps = trail()
    if steps:
        links = "".join(f'<li><a href="{escape(place)}" target=_self>{words.name(said)}</a></li>' for said, place in steps)
        st.html(f"<nav class=ja-trail aria-label='The way here'><ul>{links}<li aria-current=page>Here</li></ul></nav>")


def _with(title: str) -> list[list[str]]:
    """The trail with the page that is shown now as its last step."""
    entry = menu.entry_of(st.session_state.get(PAGE, ""))
    here = st.query_params.to_dict()
    here.pop(TRAIL, None)
    steps = [list(step) for step in trail()]
    if entry:
        said = title if entry.url_path == "explore" else entry.title
        steps.append([said, f"{entry.url_path}?{urlencode(here)}"])
    return steps[-LONGEST_TRAIL:]


def refused(why_not: str) -> None:
    """Say which package would allow it."""

    @st.dialog("Not in this package", width="medium")
    def said() -> None:
        parts.state("lock", "This is not open here", why_not)

    said()


def _break_down(viewer: Viewer, asked: Visualization, title: str, result: Result, row: int | None = None) -> None:
    """The dialog: of which row, by what; then its answer, the way into Explore, and the rows of the log behind it."""
    st.session_state["drill-of"] = row

    @st.dialog(f"Break down: {words.plain(title)}", width="large")
    def opened() -> None:
        rows = result.frame.head(max(MOST_CHOICES, (row or 0) + 1)).select(result.query.dimensions).to_dicts() if result.query.dimensions else []
        of = st.selectbox("Of", [None, *range(len(rows))], format_func=lambda n: "All of it" if n is None else _row_said(viewer, rows[n]), key="drill-of")
        narrowed = within(asked, rows[of] if of is not None else {})
        query = narrowed.asked(seen.today(viewer))
        if st.segmented_control("Show", WAYS, default=WAYS[0], required=True, key="drill-way", label_visibility="collapsed") != WAYS[0]:
            why.inside(viewer, asking.chosen_of(viewer, query), [query])
            return
        may = {name: why_not for name, why_not in possible(query).dimensions.items() if name not in narrowed.query.dimensions}
        offered = [name for name, why_not in may.items() if why_not is None]
        if not offered:
            parts.state("account_tree", "Nothing is left to break down by", "Explore it from here, or look at the rows behind it.")
            return
        by = st.selectbox("Break down by", offered, format_func=lambda name: DIMENSIONS[name].label, key="drill-by")
        made = broken_down(viewer, narrowed, by)
        try:
            tables.of(viewer, answers.ask(viewer, made.asked(seen.today(viewer))), made.title, 320)
        except JourneysError as problem:
            parts.state("error", "This could not be worked out", str(problem), "bad")
        if viewer.may("explore") and st.button("Open in Explore", type="primary", icon=":material/query_stats:", key="drill-open"):
            go(made, title)

    opened()


def within(asked: Visualization, row: dict[str, Any]) -> Visualization:
    """The question of one row of its answer: its values are filters, a day, week or month is the range, and none of them is a split any more."""
    query, span = asked.query, asked.span
    for name, value in row.items():
        if name in ("day", "week", "month") and value is not None:
            span = _bucket(name, value)
        elif name not in ("day", "week", "month"):
            query = query.filtered(name, value)
    left = tuple(name for name in query.dimensions if name not in row)
    return replace(asked, query=replace(query, dimensions=left, order=None, limit=None), span=span)


def broken_down(viewer: Viewer, asked: Visualization, by: str) -> Visualization:
    """The question split by one dimension more, the most first."""
    there = asked.query.dimensions
    query = replace(asked.query, dimensions=(by, *there) if DIMENSIONS[by].is_time else (*there, by), compare=None, order=None)
    if not DIMENSIONS[by].is_time and query.measures:
        query = replace(query, order=f"-{query.measures[0]}")
    query = mended(query, currencies_of(seen.snapshot(viewer)), viewer.account.currency)
    return replace(asked, query=query, form=fitting(query))


def _bucket(name: str, value: date) -> Span:
    last = {"day": value, "week": value + timedelta(6), "month": (value + timedelta(31)).replace(day=1) - timedelta(1)}[name]
    return Span.between(value, last)


def _row_said(viewer: Viewer, row: dict[str, Any]) -> str:
    return " · ".join(tables.text(viewer, name, value, "text") for name, value in row.items())


def add(viewer: Viewer, asked: Visualization, title: str, visualization_id: int | None = None) -> None:
    """The dialog: which dashboard of the reader's own, or a new one. A saved visualization stays one: what is changed in it shows there."""
    if not_open := viewer.refusal("dashboards"):
        refused(not_open)
        return

    @st.dialog(f"Add to dashboard: {words.plain(title)}", width="medium")
    def opened() -> None:
        own = [board for board in shelf.listed(viewer, DASHBOARD) if shelf.may_change(viewer, board)]
        names = {board.board_id: board.name for board in own}
        where = st.selectbox("Dashboard", [*names, 0], format_func=lambda n: names.get(n, "A new dashboard"), key="add-where")
        name = st.text_input("Name of the new dashboard", key="add-name", max_chars=shelf.LONGEST_NAME) if not where else ""
        if st.button("Add", type="primary", key="add-do"):
            try:
                board_id = added(viewer, asked, title, where or None, name, visualization_id)
            except JourneysError as problem:
                parts.state("error", "It was not added", str(problem), "bad")
                return
            st.html(f'<p class=ja-sub>Added. <a href="dashboards?id={board_id}" target=_self>Open the dashboard</a></p>')

    opened()


def added(viewer: Viewer, asked: Visualization, title: str, board_id: int | None, name: str = "", visualization_id: int | None = None) -> int:
    """Put the question (a saved visualization where its id is given) on a dashboard, a new one of this name where no id is given; gives its id."""
    what = {"own": asked, "title": title[:MOST_LETTERS]} if visualization_id is None else {"visualization_id": visualization_id, "form": asked.form}
    if board_id is None:
        return shelf.add(viewer, DASHBOARD, name, Dashboard().added(**what))  # type: ignore[arg-type]  # one of its two ways
    board, dashboard = shelf.dashboard(viewer, board_id)
    shelf.save(viewer, board, dashboard.added(**what), f"{title[:80]} added")  # type: ignore[arg-type]
    return board_id
