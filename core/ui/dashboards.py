"""A dashboard on the page: its filters and what they reach, its widgets in their places, and the texts between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from core.boards import reaching, shelf
from core.boards.dashboard import Dashboard, Item
from core.boards.forms import FORMS
from core.boards.reaching import Reached, Wanted
from core.boards.spans import LABELS, Span
from core.boards.visualization import Visualization
from core.errors import JourneysError, WrongUsage
from core.metrics import attributes
from core.metrics.dimensions import ATTRIBUTE, dimension
from core.metrics.rules import settled
from core.ui import address, asking, catalog, drawing, explorer, filters, frame, leaving, parts, saved, seen, words
from core.ui.address import Chosen

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

ROW, AROUND = 84, 104  # px of a row of the layout, and of what stands around a chart: title, foot
OWN, BETWEEN = "own", "between"


@dataclass(frozen=True, slots=True)
class Shown:
    """One widget of the dashboard as this reader may see it; `why_not` says why it is not drawn."""

    item: Item
    title: str
    visualization: Visualization | None
    reached: Reached | None
    why_not: str = ""


def read(viewer: Viewer, title: str) -> tuple[Wanted, Chosen]:
    """The filters of the address. Ends the page, naming the value, where one is not valid."""
    try:
        own = saved.meant(viewer, st.query_params.to_dict())
        known = catalog.of(viewer).known(seen.today(viewer))
        chosen = address.read({name: own[name] for name in asking.COMMON if name in own}, known)
        chosen = replace(chosen, others=asking.attributes_in(viewer, own))
        span = asking.span_of(own, chosen) if any(name in own for name in asking.RANGE) else None
    except WrongUsage as problem:
        parts.header(viewer, title)
        parts.state("error", "The address asks for something that is not there", str(problem), "bad", (filters.address_with({}, only=("id",)), "Start over"))
        st.stop()
    return Wanted(span, chosen.basis if "basis" in own else None, chosen.where), chosen


def shown(viewer: Viewer, dashboard: Dashboard, wanted: Wanted) -> list[Shown]:
    """The widgets in the order in which they are read, each under the filters."""
    return [_shown(viewer, item, wanted) if item.text is None else Shown(item, "", None, None) for item in dashboard.in_order]


def _shown(viewer: Viewer, item: Item, wanted: Wanted) -> Shown:
    made, title = item.own, item.title
    if item.visualization_id is not None:
        try:
            board, made = shelf.visualization(viewer, item.visualization_id)
        except JourneysError:
            return Shown(item, title or "A visualization", None, None, "It was removed, or its owner does not share it.")
        title = title or board.name
    if made is None:
        return Shown(item, title, None, None, "There is nothing in this place.")
    if why := explorer.refused(viewer, made):
        return Shown(item, title or made.title, None, None, why)
    return Shown(item, title or made.title, made, reaching.reached(made, wanted, seen.today(viewer)))


def bar(viewer: Viewer, wanted: Wanted, chosen: Chosen, widgets: Sequence[Shown]) -> None:
    """The filters of the whole dashboard, and for each that is on which widgets it reaches."""
    with st.container(key="filters", horizontal=True, gap="xsmall", vertical_alignment="center"):
        _range(viewer, wanted)
        _basis(wanted)
        for name in ("journey", "channel", "sub_account"):
            filters.LISTS[name](chosen, catalog.of(viewer))
        for attribute in seen.snapshot(viewer).attributes:
            filters.attribute(attribute, dict(chosen.others).get(ATTRIBUTE + attribute, ()), attributes.values(seen.snapshot(viewer), attribute))
        if wanted != Wanted() and st.button("Without filters", type="tertiary", icon=":material/filter_alt_off:", key="b-clear"):
            _write(dict.fromkeys([*asking.PARAMETERS, *(name for name, _ in chosen.others)]))
            st.rerun()
    drawn = [(one.title, one.reached) for one in widgets if one.reached]
    lines = [_reach_said(name, n, len(drawn), missed) for name, n, missed in reaching.said(wanted, drawn)]
    if lines:
        st.html(f"<div class=ja-reach>{''.join(lines)}</div>")


def _reach_said(name: str, n: int, of: int, missed: list[tuple[str, str]]) -> str:
    head = f"<b>{escape(_filter_said(name))}</b> acts on " + ("all widgets" if n == of else f"{n} of {words.plural(of, 'widget')}")
    if not missed:
        return f"<p>{head}</p>"
    rest = "".join(f"<li>{words.name(title)}: {escape(why)}</li>" for title, why in missed)
    return f"<details><summary>{head}; not on {len(missed)}</summary><ul>{rest}</ul></details>"


def _filter_said(name: str) -> str:
    return "Range" if name == "range" else dimension(name).label


def _range(viewer: Viewer, wanted: Wanted) -> None:
    today, span = seen.today(viewer), wanted.span
    text = OWN if span is None else span.text if span.is_relative else BETWEEN
    options = [OWN, *LABELS, *([text] if text not in (OWN, BETWEEN, *LABELS) else []), BETWEEN]

    def said(option: str) -> str:
        return {OWN: "Each widget's own range", BETWEEN: "Two days"}.get(option) or Span.of(option).label

    def pick() -> None:
        picked = st.session_state["b-range"]
        cleared: dict[str, str | None] = dict.fromkeys(asking.RANGE)
        if picked == BETWEEN:
            first, last = (span or Span("28d")).days(today)
            cleared |= {"from": str(first or today), "to": str(last or today)}
        elif picked != OWN:
            cleared["span"] = picked
        _write(cleared)

    def between() -> None:
        if len(st.session_state["b-days"]) == 2:
            first, last = st.session_state["b-days"]
            _write({**dict.fromkeys(asking.RANGE), "from": str(first), "to": str(last)})

    st.session_state["b-range"] = text
    st.selectbox("Range", options, format_func=said, key="b-range", label_visibility="collapsed", on_change=pick, width=230)
    if span is not None and not span.is_relative:
        st.session_state["b-days"] = span.days(today)
        st.date_input("From and to", key="b-days", format="YYYY-MM-DD", label_visibility="collapsed", on_change=between, width=230)


def _basis(wanted: Wanted) -> None:
    options = {OWN: "Each widget's own basis", **filters.BASES}
    st.session_state["b-basis"] = wanted.basis or OWN

    def pick() -> None:
        _write({"basis": None if st.session_state["b-basis"] == OWN else st.session_state["b-basis"]})

    st.selectbox("Date basis", list(options), format_func=lambda name: options[name], key="b-basis", label_visibility="collapsed", on_change=pick, width=230)


def _write(changes: dict[str, str | None]) -> None:
    own = saved.spelled(st.query_params.to_dict())
    st.query_params.from_dict({name: value for name, value in (own | changes).items() if value is not None})


def draw(viewer: Viewer, widgets: Sequence[Shown]) -> None:
    """The widgets in their places; on a narrow screen one below the other."""
    st.html(f"<style>{_places(widgets)}</style>")
    with st.container(key="board"):
        for one in widgets:
            _widget(viewer, one)


def _places(widgets: Sequence[Shown]) -> str:
    """A widget stands in the grid as its fragment's container, anything else as a cell: one container more for each would be a twelfth of the page."""
    rules = "".join(
        f'.st-key-board>[data-testid="stLayoutWrapper"]:has(.st-key-w-d-{one.item.key},.st-key-cell-{one.item.key})'
        f"{{grid-column:{p.x + 1}/span {p.w};grid-row:{p.y + 1}/span {p.h}}}"
        for one in widgets
        for p in [one.item.place]
    )
    return f"@media (min-width:901px){{{rules}}}"


def _widget(viewer: Viewer, one: Shown) -> None:
    if one.item.text is not None:
        with st.container(key=f"cell-{one.item.key}"):
            st.markdown(one.item.text)  # without HTML: what stands in it is shown, never run
        return
    if why := _why_not(one):
        with st.container(key=f"cell-{one.item.key}"):
            parts.state("lock" if one.why_not else "error", one.title, why, "" if one.why_not else "bad")
        return
    assert one.reached is not None
    chosen = asking.chosen_of(viewer, one.reached.query)
    frame.show(viewer, chosen, lambda: made_of(viewer, one)[1])


def _why_not(one: Shown) -> str:
    """Why the widget is not drawn; empty: it is."""
    if one.reached is None:
        return one.why_not
    try:
        settled(one.reached.query)
    except WrongUsage as problem:
        return str(problem)
    return ""


def made_of(viewer: Viewer, one: Shown) -> tuple[Chosen, frame.Widget]:
    """The widget in the frame, of one that can be drawn, with its range and filters."""
    assert one.visualization is not None and one.reached is not None
    query, form = one.reached.query, one.visualization.form
    chosen = asking.chosen_of(viewer, query)
    missed = " and ".join(_filter_said(name).lower() for name, _ in one.reached.missed)
    notes = [f"<b>Not on this widget:</b> the filter on {escape(missed)}"] if missed else []
    if one.visualization.why_not_drawn is not None:
        notes.append(f"<b>Shown as a table:</b> {escape(FORMS[form].label)} cannot draw this question")
        form = "table"
    height = max(90, one.item.place.h * ROW - AROUND)
    sub = words.days(*chosen.days, year=chosen.days[1].year != chosen.today.year)
    own = one.visualization.query.filtered("currency")  # the dashboard's filters stand above, and the currency beside each number
    only = leaving.only_said(viewer, asking.chosen_of(viewer, own))
    return chosen, drawing.widget(viewer, chosen, f"d-{one.item.key}", one.title, query, form, height=height, notes=notes, sub=sub, only=only)


def drawable(widgets: Sequence[Shown]) -> list[Shown]:
    """Those that can be drawn, in the order in which they are read."""
    return [one for one in widgets if one.item.text is None and not _why_not(one)]
