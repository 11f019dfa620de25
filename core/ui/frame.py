"""The widget frame: what is counted, its legend, one quiet menu, and a footer for warnings; each widget is a Query and a way to draw it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from secrets import token_hex
from typing import TYPE_CHECKING

import streamlit as st

from core.errors import JourneysError
from core.metrics import Query, Result
from core.metrics.under_way import Told
from core.ui import answers, charts, drill, filters, hand, hits, leaving, parts, registry, seen, states, tables, why, words, written
from core.ui.address import CARRIED, Chosen
from core.ui.holding import Held
from core.ui.svg import Drawing

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

Results = tuple[Result, ...]
Make = Callable[[], "Widget | None"]
log = logging.getLogger(__name__)
LARGE = 2_000_000  # events: a smaller account answers before a waiting state could be seen
STOPPED = "The numbers of other widgets are not touched."
IMAGE = "i-"  # of a widget whose image is asked for
LEFT_OUT = {"channel": "All channels", "journey_version": "All versions", "journey": "All journeys", "sub_account": "All sub-accounts"}


@dataclass(frozen=True, slots=True)
class Widget:
    """What stands on a page under one title.

    `queries` are (words for the menu, Query): exports carry each, the first, “”, is what its table shows. `first`, where there is one, is asked in their
    place for what stands on the page: a few rows of many. `picture` draws a chart that can be seen as a table; `draw` draws HTML, or gives the row of
    the first answer that was clicked.
   `sub` is HTML below the title, `foot` gives lines of HTML below the body.
    """

    key: str
    title: str
    queries: tuple[tuple[str, Query], ...]
    draw: Callable[[Results], int | None] | None = None
    picture: Callable[[Results], charts.Picture] | None = None
    sub: str | Callable[[Results], str] = ""
    foot: Callable[[Results], Sequence[str]] | None = None
    picker: Callable[[], None] | None = None
    empty: str = ""  # what to say where there is no row; “” draws all the same
    form: str = ""  # of a visualization: core.boards.forms
    table: Callable[[Results], None] | None = None  # of a map: draws the same rows in place of `draw` where the reader wants a table
    image: Callable[[Results], charts.Picture | Drawing] | None = None  # of a map: what its image shows in place of `picture`
    first: Query | None = None
    below: Callable[[Results], int | None] | None = None  # of the editor: draws the rows of the picture, and gives the one that was clicked

    @property
    def asked(self) -> tuple[Query, ...]:
        """What stands on the page asks this."""
        return tuple(query for _, query in self.queries) if self.first is None else (self.first,)

    @property
    def noted(self) -> registry.Noted:
        """The widget as the registry keeps it."""
        return registry.Noted(self.key, self.title, self.queries)


def show(viewer: Viewer, chosen: Chosen, make: Make) -> None:
    """Draw a widget in a fragment of its own, so that its menu, its picker and its table redraw it alone; None draws nothing."""

    @st.fragment
    def alone() -> None:
        try:
            widget = make()
        except JourneysError as refused:  # a picker's value in the address that is no choice, say
            parts.state("error", "This could not be worked out", str(refused), "bad", (filters.address_with({}, only=CARRIED), "Start over"))
            return
        if widget is None:
            return
        registry.note(widget.noted)
        with st.container(key=f"w-{widget.key}", gap="xsmall"):
            _whole(viewer, chosen, widget)

    alone()


def pair(viewer: Viewer, chosen: Chosen, left: Make | Sequence[Make], right: Make | Sequence[Make], share: float = 1.7) -> None:
    """Widgets side by side, the left ones `share` times as wide as the right; on a narrow screen one below the other."""
    for column, makes in zip(st.columns([share, 1], gap="medium"), (left, right), strict=True):
        with column:
            for make in (makes,) if callable(makes) else makes:
                show(viewer, chosen, make)


def _whole(viewer: Viewer, chosen: Chosen, widget: Widget) -> None:
    results, problem = _awaited(viewer, widget)
    is_empty = bool(widget.empty) and all(result.frame.is_empty() for result in results if result.query.dimensions or result.query.answer)
    as_table = _head(viewer, chosen, widget, results)
    if widget.picker:
        widget.picker()
    if problem == STOPPED:
        parts.state("pause_circle", "You stopped this question", problem)
        st.button("Ask again", key=f"again-{widget.key}", icon=":material/refresh:")
    elif problem:
        parts.state("error", "This could not be worked out", problem, "bad")
    elif is_empty:
        states.nothing(viewer, chosen, widget.empty)
    else:
        with hits.drawing(results), tables.kept() as shown:
            _body(viewer, widget, results, as_table)
        if st.session_state.pop(f"{IMAGE}{widget.key}", False):
            leaving.image(viewer, chosen, widget.title, results, written.shown(shown, widget.title))
        drill.picked(viewer, widget.key, widget.title, results)
    _foot(chosen, widget, results, is_empty)
    if widget.below and results and not (problem or is_empty or as_table):
        with hits.drawing(results):
            row = widget.below(results)
        if row is not None:
            drill.picked(viewer, widget.key, widget.title, results, charts.Mark(row, None))


def _awaited(viewer: Viewer, widget: Widget) -> tuple[Results, str]:
    """The answers; where they take long, the widget's place is held, says how far they are, and lets the reader stop them."""
    queries = widget.asked
    if seen.snapshot(viewer).published.events < LARGE or all(answers.is_known(viewer, query) for query in queries):
        return worked_out(viewer, widget)
    if hand.is_stopped(widget.key):
        return (), STOPPED
    held = Held(widget.title)
    if answers.are_awaited(viewer, widget.key, queries):
        held.hold()
    found = worked_out(viewer, widget, held.told)
    held.leave()
    return found


def worked_out(viewer: Viewer, widget: Widget, told: Told | None = None) -> tuple[Results, str]:
    """The answers, or the sentence that says why there are none. One widget's fault never takes the page with it."""
    try:
        return answers.ask_all(viewer, widget.key, widget.asked, told), ""
    except JourneysError as problem:
        return (), str(problem)
    except Exception:  # a fault in one widget leaves the others: it is logged under a reference that the reader sees
        reference = token_hex(3).upper()
        log.exception("widget %s failed, reference %s", widget.key, reference)
        return (), f"This is a fault of ours. Tell your operator the reference {reference}."


def title(head: str, sub: str = "", level: int = 2) -> str:
    """A widget's heading and its legend as HTML; the legend is HTML already."""
    return f"<h{level} class=ja-t>{escape(head)}</h{level}>" + (f"<p class=ja-sub>{sub}</p>" if sub else "")


@contextmanager
def section(key: str, head: str, sub: str = "") -> Iterator[None]:
    """What stands under a title between the same rules and is no widget: a form, say, or what people keep up. `sub` is HTML."""
    with st.container(key=f"w-{key}", gap="xsmall"):
        st.html(title(head, sub))
        yield


def _head(viewer: Viewer, chosen: Chosen, widget: Widget, results: Results) -> bool:
    sub = widget.sub if isinstance(widget.sub, str) else widget.sub(results) if results else ""
    as_table = bool(st.session_state.get(f"v-{widget.key}"))
    with st.container(horizontal=True, vertical_alignment="top", gap="xsmall", key=f"wh-{widget.key}", wrap=False):
        st.html(title(widget.title, sub), width="stretch")
        if (widget.picture or widget.table) and results:
            drawn = ("Show the chart", "show_chart") if widget.picture else ("Show the map", "account_tree")
            label, icon = drawn if as_table else ("Show as table", "table_rows")
            said = f"{label}: {words.plain(widget.title)}"
            st.button(said, key=f"vb-{widget.key}", type="tertiary", icon=f":material/{icon}:", on_click=_turn, args=(widget.key,))
        menu(viewer, chosen, widget, results)
    return as_table


def _turn(key: str) -> None:
    st.session_state[f"v-{key}"] = not st.session_state.get(f"v-{key}")


def tiles_menu(viewer: Viewer, chosen: Chosen, widget: Widget, results: Results) -> None:
    """The menu of a strip of tiles, in a fragment of its own: opening a dialog leaves the page as it is."""

    drill.picked(viewer, widget.key, widget.title, results)

    @st.fragment
    def alone() -> None:
        menu(viewer, chosen, widget, results)

    alone()


def menu(viewer: Viewer, chosen: Chosen, widget: Widget, results: Results) -> None:
    """The one way out of a widget: its files, its picture, where its numbers come from, and a link to exactly this."""
    if not results:
        return
    said = [said for said, _ in widget.queries]
    entries = leaving.entries(said)
    entries |= {":material/image: Image": ("png", 0), ":material/help: Why this number": ("why", 0), ":material/link: Link to exactly this": ("link", 0)}
    entries |= {":material/schedule_send: Put into a report": ("report", 0)} | {label: (what, 0) for label, what in drill.entries(results[0].query).items()}
    picked = st.menu_button(f"Menu: {words.plain(widget.title)}", list(entries), key=f"m-{widget.key}", type="tertiary", icon=":material/more_horiz:")
    if picked is None:
        return
    what, n = entries[picked]
    if widget.first is not None:
        results = tuple(answers.ask(viewer, query) for _, query in widget.queries)
    if what == "why":
        why.show(viewer, chosen, [query for _, query in widget.queries])
    elif what == "link":
        leaving.link(viewer, chosen, widget.key)
    elif what == "report":
        leaving.report(viewer, widget.title, results[0])
    elif what in drill.FEATURE:
        drill.do(viewer, what, widget.title, results, widget.picture(results).kind if widget.picture else widget.form)
    elif what == "files":
        leaving.files(viewer, chosen, widget.title, said, results)
    elif what == "png":
        drawn = widget.image or widget.picture
        if drawn or not widget.draw:
            leaving.image(viewer, chosen, widget.title, results, drawn(results) if drawn else None)
        else:
            st.session_state[f"{IMAGE}{widget.key}"] = True  # of the tables that are still to be drawn in this run
    else:
        leaving.file(viewer, chosen, what, leaving.named(widget.title, said[n]), results[n])


def _body(viewer: Viewer, widget: Widget, results: Results, as_table: bool) -> None:
    if widget.picture:
        picture = widget.picture(results)
        if as_table:
            row = tables.of(viewer, results[0], widget.title, picture.height)
            mark = None if row is None else charts.Mark(row, None)
        else:
            mark = charts.draw(picture, f"c-{widget.key}")
        if mark is not None:
            drill.picked(viewer, widget.key, widget.title, results, mark)
    if widget.table and as_table:
        widget.table(results)
    elif widget.draw:
        row = widget.draw(results)
        if row is not None:
            drill.picked(viewer, widget.key, widget.title, results, charts.Mark(row, None))


def _foot(chosen: Chosen, widget: Widget, results: Results, is_empty: bool) -> None:
    notes = list(widget.foot(results)) if widget.foot and results and not is_empty else []
    left_out = dict.fromkeys(LEFT_OUT[name] for _, query in widget.queries for name in chosen.left_out(query) if name in LEFT_OUT)
    if left_out and len(widget.queries) == 1:
        notes.append(f"<b>{escape(', '.join(left_out))}:</b> that filter does not act on what is counted here")
    parts.foot(*notes, *warnings(widget.key, results))


def warnings(key: str, results: Results) -> list[str]:
    """What the answers warn of, as HTML; each warning stands once on a page, and the compared period in the legends."""
    found = dict.fromkeys(warning for result in results for warning in result.warnings if not warning.startswith("Compared with"))
    return [_emphasized(warning) for warning in found if registry.first_to_say(warning, key)]


def _emphasized(warning: str) -> str:
    head, colon, rest = warning.partition(":")
    return f"<b>{escape(head)}{colon}</b>{escape(rest)}" if colon else escape(warning)
