"""The question column of the editor: each control shows what the address asks and writes what is picked; what cannot be is not offered, and says why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from core.boards.forms import FORMS, fitting
from core.boards.spans import LABELS, Span
from core.boards.visualization import Visualization
from core.errors import JourneysError
from core.metrics import MEASURES, Query
from core.metrics import currencies as currencies_of
from core.metrics.dimensions import dimension
from core.metrics.formulas import Formula, checked
from core.metrics.possible import Possible, mended, possible
from core.metrics.rules import columns
from core.ui import asking, filters, narrowing, parts, ranges, seen, words

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

BETWEEN = "between"
SAID = "ja-editor-said"
NO_LIMIT, AS_IT_COMES = 0, ""


def show(viewer: Viewer, asked: Visualization) -> None:
    """All controls of the question."""
    query = asked.asked(seen.today(viewer))
    may = _allowed(viewer, possible(query, seen.snapshot(viewer).attributes))
    with st.container(key="ask", gap="small"):
        _names(viewer, asked, "Measures", "measures", {name: measure.label for name, measure in MEASURES.items()}, may.measures)
        _formulas(viewer, asked)
        _names(viewer, asked, "Split by", "dimensions", {name: dimension(name).offered for name in may.dimensions}, may.dimensions)
        narrowing.show(viewer, asked.query, may.filters, lambda narrowed: put(viewer, asked, narrowed), "e")
        _range(viewer, asked)
        _basis_and_comparison(viewer, asked, may)
        _order(viewer, asked)
        _forms(viewer, asked, query)


def _allowed(viewer: Viewer, may: Possible) -> Possible:
    """MEP is for some roles alone (design §7)."""
    why = viewer.refusal("mep")
    return replace(may, measures={**may.measures, "mep": why}) if why else may


def put(viewer: Viewer, asked: Visualization, query: Query, form: str | None = None) -> None:
    """Ask this instead: what hangs on what is gone goes, and a form that cannot draw it any more gives way to one that can."""
    query = mended(replace(query, first=None, last=None), currencies_of(seen.snapshot(viewer)), viewer.account.currency)
    form = form or asked.form
    if FORMS[form].why_not(query) is not None:
        form = fitting(query)
    asking.write(replace(asked, query=query, form=form))


def _names(viewer: Viewer, asked: Visualization, label: str, field: str, labels: Mapping[str, str], may: Mapping[str, str | None]) -> None:
    chosen: Sequence[str] = getattr(asked.query, field)
    key = f"e-{field}"
    st.session_state[key] = list(chosen)
    options = [*chosen, *(name for name in labels if may[name] is None and name not in chosen)]
    st.multiselect(
        label, options, format_func=lambda name: labels.get(name, name), key=key, placeholder="Choose",
        on_change=lambda: put(viewer, asked, with_names(asked.query, field, tuple(st.session_state[key]))),
    )  # fmt: skip
    narrowing.why_not({labels[name]: why for name, why in may.items() if why})


def with_names(query: Query, field: str, names: tuple[str, ...]) -> Query:
    """The question with these measures or dimensions."""
    return replace(query, measures=names) if field == "measures" else replace(query, dimensions=names)


def _formulas(viewer: Viewer, asked: Visualization) -> None:
    there = asked.query.formulas

    def add() -> None:
        made = Formula(st.session_state["e-f-name"].strip(), st.session_state["e-f-text"].strip(), st.session_state["e-f-rate"])
        try:
            checked((*there, made))
        except JourneysError as problem:
            st.session_state[SAID] = str(problem)
            return
        st.session_state["e-f-name"], st.session_state["e-f-text"], st.session_state["e-f-rate"] = "", "", False  # the next one begins empty
        put(viewer, asked, replace(asked.query, formulas=(*there, made)))

    with st.popover(f"Formula: {words.plain(there[0].name)}" if len(there) == 1 else f"{len(there)} formulas" if there else "Add a formula",
                    icon=":material/function:", key="e-formulas"):  # fmt: skip
        for n, formula in enumerate(there):
            left = tuple(one for one in there if one is not formula)
            st.html(f"<p class=ja-sub><b>{words.name(formula.name)}</b> = <code>{escape(formula.text)}</code></p>")
            st.button("Remove this formula", key=f"e-f-drop-{n}", icon=":material/delete:", type="tertiary",
                      on_click=lambda left=left: put(viewer, asked, replace(asked.query, formulas=left)))  # fmt: skip
        with st.form("e-formula", border=False):
            st.text_input("Name", key="e-f-name", placeholder="Value over cost")
            st.text_input("Formula", key="e-f-text", placeholder="goal_value / traffic_cost", help="Names of measures and numbers with + - * / and parentheses")
            st.checkbox("Show a ratio as per cent", key="e-f-rate")
            st.form_submit_button("Add", on_click=add)
        if said := st.session_state.pop(SAID, None):
            parts.state("error", "This formula cannot be worked out", said, "bad")
        names = ", ".join(f"<code>{name}</code> {escape(measure.label)}" for name, measure in MEASURES.items())
        st.html(f"<details class=ja-whynot><summary>Names of measures</summary><p class=ja-sub>{names}</p></details>")


def _range(viewer: Viewer, asked: Visualization) -> None:
    today = seen.today(viewer)
    options = [*LABELS, *([asked.span.text] if asked.span.is_relative and asked.span.text not in LABELS else []), BETWEEN]

    def said(text: str) -> str:
        if text == BETWEEN:
            return "Two days that stay"
        first, last = Span.of(text).days(today)
        return Span.of(text).label + (f": {words.days(first, last)}" if first and last else "")

    def pick() -> None:
        text = st.session_state["e-range"]
        first, last = asked.span.days(today)
        span = Span.of(text) if text != BETWEEN else Span.between(first or ranges.preset("28 days", today, today)[0], last or today)
        query = asked.query if span.days(today)[0] else replace(asked.query, compare=None)
        asking.write(replace(asked, span=span, query=query))

    def between() -> None:
        if len(st.session_state["e-days"]) == 2:
            asking.write(replace(asked, span=Span.between(*st.session_state["e-days"])))

    st.session_state["e-range"] = asked.span.text if asked.span.is_relative else BETWEEN
    st.selectbox("Range", options, format_func=said, key="e-range", on_change=pick)
    if not asked.span.is_relative:
        st.session_state["e-days"] = asked.span.days(today)
        st.date_input("From and to", key="e-days", format="YYYY-MM-DD", on_change=between, label_visibility="collapsed")


def _basis_and_comparison(viewer: Viewer, asked: Visualization, may: Possible) -> None:
    st.session_state["e-basis"], st.session_state["e-compare"] = asked.query.basis, asked.query.compare or "none"
    st.selectbox("Date basis", list(filters.BASES), format_func=lambda name: filters.BASES[name], key="e-basis",
                 on_change=lambda: put(viewer, asked, replace(asked.query, basis=st.session_state["e-basis"])))  # fmt: skip
    offered = ["none", *(name for name, why in may.comparisons.items() if why is None or name == asked.query.compare)]

    def compare() -> None:
        picked = st.session_state["e-compare"]
        put(viewer, asked, replace(asked.query, compare=None if picked == "none" else picked))

    st.selectbox("Compared with", offered, format_func=lambda name: filters.COMPARED[name], key="e-compare", on_change=compare,
                 help=next((why for why in may.comparisons.values() if why), None))  # fmt: skip


def _order(viewer: Viewer, asked: Visualization) -> None:
    query = asked.query
    names = [name for name in columns(query) if not name.endswith("_before")]
    labels = {name: MEASURES[name].label if name in MEASURES else name for name in names} | {name: dimension(name).label for name in query.dimensions}

    def said(order: str) -> str:
        if not order:
            return "As it comes"
        name, is_down = order.removeprefix("-"), order.startswith("-")
        first = ("last" if is_down else "first") if name in query.dimensions else ("most" if is_down else "least")
        return f"{labels.get(name, name)}, {first} first"

    options = [AS_IT_COMES, *(f"{sign}{name}" for name in names for sign in (("", "-") if name in query.dimensions else ("-", "")))]
    st.session_state["e-order"] = query.order if query.order in options else AS_IT_COMES
    left, right = st.columns([2.2, 1], gap="xsmall")
    left.selectbox("Order", options, format_func=said, key="e-order",
                   on_change=lambda: put(viewer, asked, replace(query, order=st.session_state["e-order"] or None)))  # fmt: skip
    st.session_state["e-limit"] = query.limit
    right.number_input("Rows", min_value=NO_LIMIT, max_value=1_000_000, step=10, key="e-limit", placeholder="All", help="Empty: all there are",
                       on_change=lambda: put(viewer, asked, replace(query, limit=st.session_state["e-limit"] or None)))  # fmt: skip


def _forms(viewer: Viewer, asked: Visualization, query: Query) -> None:
    st.html(f"<p class=ja-label id=draw-as>Draw as: {escape(FORMS[asked.form].label)}</p>")
    reasons = {name: form.why_not(query) for name, form in FORMS.items()}

    def pick(name: str) -> Callable[[], None]:
        return lambda: put(viewer, asked, asked.query, name)

    with st.container(key="forms", horizontal=True, gap="xxsmall"):
        for name, form in FORMS.items():
            why = reasons[name]
            st.button(form.label, key=f"e-form-{name}", icon=f":material/{form.icon}:", disabled=why is not None, help=why or form.label,
                      type="primary" if name == asked.form else "secondary", on_click=pick(name))  # fmt: skip
    narrowing.why_not({FORMS[name].label: why for name, why in reasons.items() if why})
