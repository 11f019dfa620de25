"""From a widget onward: open its question in Explore, break it down, put it on a dashboard; and the trail back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import streamlit as st

from core.boards import shelf
from core.boards.dashboard import LONGEST_TITLE as MOST_LETTERS
from core.boards.dashboard import Dashboard
from core.boards.forms import FORMS
from core.boards.shelf import DASHBOARD
from core.boards.visualization import Visualization
from core.errors import JourneysError
from core.metrics import Query, Result
from core.ui import asking, break_down, charts, hand, hits, leap, menu, parts, watch, words
from core.ui.viewer import PAGE

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

TRAIL, LONGEST_TRAIL = "trail", 5
ENTRIES = {
    ":material/query_stats: Explore from here": "explore", ":material/account_tree: Break down by …": "break",
    ":material/dashboard_customize: Add to dashboard": "add", ":material/notification_add: Alert me": "alert",
}  # fmt: skip
FEATURE = {"explore": "explore", "break": "performance", "add": "dashboards", "alert": "performance"}  # every package may drill into a number (design §7)
DRAWN_AS = {"trend": "line", "stacked": "stacked", "lines": "line", "areas": "area", "bars": "bar", "columns": "bar", "sankey": "sankey",
            "bars stacked": "stacked", "columns stacked": "stacked"}  # kinds of pictures of the standard widgets


def entries(query: Query) -> dict[str, str]:
    """What of ENTRIES the menu of a widget with this question offers."""
    return {said: what for said, what in ENTRIES.items() if what != "alert" or watch.is_possible(query)}


def do(viewer: Viewer, what: str, title: str, results: Sequence[Result], kind: str | None) -> None:
    """What a menu entry of ENTRIES does; says which package would allow it where this one does not. `kind`: of the widget's picture."""
    if not_open := viewer.refusal(FEATURE[what]):
        refused(not_open)
        return
    if what == "alert":
        watch.start(results[0].query)
        return
    asked = asking.of_widget(viewer, results[0].query, DRAWN_AS.get(kind or "", kind if kind in FORMS else None))
    if what == "explore":
        go(asked, title)
    elif what == "break":
        break_down.start(viewer, title, results[0], go)
    else:
        add(viewer, asked, title)


def picked(viewer: Viewer, key: str, title: str, results: Sequence[Result], mark: charts.Mark | None = None) -> None:
    """What a click does, on a mark of the widget's chart or on anything else of it that stands for a number: that number is broken down."""
    if mark is not None:
        if mark.row is None or mark.row < results[0].frame.height:
            values = _of_row(results[0], mark.row)
            break_down.start(viewer, title, results[0], go, values, mark.measure if mark.measure in results[0].query.measures else None)
        return
    given = hand.hit(key)
    hit = hits.read(given, results) if given else None
    if hit is not None:
        break_down.start(viewer, title, hit.result, go, hit.values, hit.measure)


def _of_row(result: Result, row: int | None) -> dict[str, Any] | None:
    """The values that a row is about; None: it is about none, as those of an answer that is told otherwise than as its measures may be."""
    names = [name for name in result.query.dimensions if name in result.frame.columns]
    return result.frame.select(names).row(row, named=True) if names and row is not None else None


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
