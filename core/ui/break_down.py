"""The dialog that goes into a number: of which part of it, by what, step by step, down to the rows of the log; and the way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.boards.forms import fitting
from core.boards.spans import Span
from core.boards.visualization import Visualization
from core.errors import JourneysError
from core.metrics import MEASURES, Query, Result, Unit
from core.metrics import currencies as currencies_of
from core.metrics.dimensions import dimension
from core.metrics.possible import mended, possible
from core.ui import answers, asking, hand, hits, parts, seen, tables, watch, why, words

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

WAYS = ("Break down", "The rows behind it")
KEY, MOST_CHOICES = "ja-drill", 200
DAYS = ("day", "week", "month")
Values = Mapping[str, Any]


@dataclass
class Going:
    """Where the reader is: the widget's question, and the values that each step into it added. `go` opens the editor with what is shown."""

    title: str
    asked: Visualization
    first: Result
    go: Callable[[Visualization, str], None]
    steps: list[Values] = field(default_factory=list)

    @property
    def narrowed(self) -> Visualization:
        """The question of the step that is shown."""
        made = self.asked
        for step in self.steps:
            made = within(made, step)
        return made if self.steps else within(made, {})

    def back(self) -> None:
        """One step less."""
        self.steps.pop()


def start(viewer: Viewer, title: str, result: Result, go: Callable[[Visualization, str], None], values: Values | None = None,
          measure: str | None = None) -> None:
    """Open the dialog, of a part of the answer where values are given, of one measure where it is named."""
    query = replace(result.query, measures=(measure,), formulas=()) if measure else result.query
    if measure and query.measures != result.query.measures:
        title = f"{MEASURES[measure].label}, of: {title}"  # one of several numbers that stand under the title
    query = mended(replace(query, order=None, limit=None), currencies_of(seen.snapshot(viewer)), viewer.account.currency)
    going = Going(title, asking.of_widget(viewer, query), result, go, [values] if values else [])
    st.session_state[KEY] = going
    _open(viewer, going)


def again(viewer: Viewer) -> None:
    """A row of the dialog's own answer was clicked: one step further into it."""
    going: Going | None = st.session_state.get(KEY)
    given = hand.hit("drill")
    if going is None or given is None:
        return
    hit = hits.read(given, st.session_state.get(f"{KEY}-shown", ()))
    if hit is not None and hit.values:
        going.steps.append(hit.values)
    _open(viewer, going)


def _open(viewer: Viewer, going: Going) -> None:
    @st.dialog(f"Break down: {words.plain(going.title)}", width="large")
    def opened() -> None:
        with st.container(key="w-drill", gap="small"):
            _shown(viewer, going)

    opened()


def _shown(viewer: Viewer, going: Going) -> None:
    _way(viewer, going)
    narrowed = going.narrowed
    query = narrowed.asked(seen.today(viewer))
    if st.segmented_control("Show", WAYS, default=WAYS[0], required=True, key="drill-way", label_visibility="collapsed") != WAYS[0]:
        why.inside(viewer, asking.chosen_of(viewer, query), [query], are_rows_shown=True)
        return
    may = {name: why_not for name, why_not in possible(query, seen.snapshot(viewer).attributes).dimensions.items() if name not in narrowed.query.dimensions}
    told = {name for name, values in query.where if len(values) == 1} | ({*DAYS, "weekday"} if query.first and query.first == query.last else set())
    offered = [name for name, why_not in may.items() if why_not is None and name not in told]  # what is told, every row would say again
    offered.sort(key=lambda name: dimension(name).is_time)
    if not offered:
        parts.state("account_tree", "Nothing is left to break down by", "Explore it from here, or look at the rows behind it.")
        return
    by = st.selectbox("Break down by", offered, format_func=lambda name: dimension(name).offered, key=f"drill-by-{len(going.steps)}")
    made = broken_down(viewer, narrowed, by)
    try:
        result = answers.ask(viewer, with_n(made.asked(seen.today(viewer))))
    except JourneysError as problem:
        parts.state("error", "This could not be worked out", str(problem), "bad")
        return
    st.session_state[f"{KEY}-shown"] = (result,)
    with hits.drawing((result,)):
        picked = tables.of(viewer, result, made.title, 320)
    if picked is not None:
        _further(going, result.frame.select(result.query.dimensions).row(picked, named=True))
    _next(viewer, going, result, "Into")
    with st.container(horizontal=True, gap="xsmall"):
        if viewer.may("explore") and st.button("Open in Explore", type="primary", icon=":material/query_stats:", key="drill-open"):
            going.go(made, going.title)
        if watch.is_possible(narrowed.query) and st.button("Alert me", icon=":material/notification_add:", key="drill-alert"):
            watch.start(narrowed.query)


def _way(viewer: Viewer, going: Going) -> None:
    """What is shown, and one step back; at first of which part of the widget."""
    if not going.steps:
        _next(viewer, going, going.first, "Of")
        return
    inside = dict(going.narrowed.query.where).get("journey", ())
    said = [_row_said(viewer, step, str(inside[0]) if len(inside) == 1 else None) for step in going.steps]
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button("Back", icon=":material/arrow_back:", key="drill-back", type="tertiary", on_click=going.back)
        st.html(f"<p class=ja-sub>{' › '.join(words.name(one) for one in ('All of it', *said))}</p>")


def _next(viewer: Viewer, going: Going, result: Result, label: str) -> None:
    """The rows of an answer to go into: what a click on one does, for the keyboard."""
    names = result.query.dimensions
    if not names or result.query.answer is not None:
        return
    rows = result.frame.head(MOST_CHOICES).select(names).to_dicts()
    key = f"drill-of-{label}-{len(going.steps)}"
    st.selectbox(label, range(len(rows)), format_func=lambda n: _row_said(viewer, rows[n], hits.journey((result,))), key=key, index=None,
                 placeholder="All of it" if label == "Of" else "One row of these, and on from there",
                 on_change=lambda: going.steps.append(rows[st.session_state[key]]))  # fmt: skip


def _further(going: Going, values: Values) -> None:
    going.steps.append(values)
    st.rerun(scope="fragment")


def within(asked: Visualization, row: Values) -> Visualization:
    """The question of one row of its answer: its values are filters, a day, week or month is the range, and none of them is a split any more."""
    query, span = asked.query, asked.span
    for name, value in row.items():
        if name in DAYS and value is not None:
            span = _bucket(name, value)
        elif name not in DAYS:
            query = query.filtered(name, value)
    left = tuple(name for name in query.dimensions if name not in row)
    return replace(asked, query=replace(query, dimensions=left, order=None, limit=None), span=span)


def with_n(query: Query) -> Query:
    """The question with what each of its rates is of beside it: a rate of a few says little."""
    measures = [part for name in query.measures for part in (name, *(MEASURES[name].parts[1:] if MEASURES[name].unit is Unit.RATE else ()))]
    return replace(query, measures=tuple(dict.fromkeys(measures)))


def broken_down(viewer: Viewer, asked: Visualization, by: str) -> Visualization:
    """The question split by one dimension more, the most first."""
    there = asked.query.dimensions
    query = replace(asked.query, dimensions=(by, *there) if dimension(by).is_time else (*there, by), compare=None, order=None)
    if not dimension(by).is_time and query.measures:
        query = replace(query, order=f"-{query.measures[0]}")
    query = mended(query, currencies_of(seen.snapshot(viewer)), viewer.account.currency)
    return replace(asked, query=query, form=fitting(query))


def _bucket(name: str, value: date) -> Span:
    last = {"day": value, "week": value + timedelta(6), "month": (value + timedelta(31)).replace(day=1) - timedelta(1)}[name]
    return Span.between(value, last)


def _row_said(viewer: Viewer, row: Values, journey: str | None) -> str:
    return " · ".join(tables.text(viewer, name, value, "text", None, row.get("journey", journey)) for name, value in row.items())
