"""Why this number: definition, range, basis, filters, snapshot, the SQL to copy, and the rows behind it, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from core.errors import JourneysError
from core.metrics import MEASURES, Query
from core.metrics.behind import row_batches, row_columns
from core.metrics.lineage import Explanation, explain
from core.metrics.rules import with_inputs
from core.ui import against, answers, leaving, parts, rows_out, seen, words
from core.ui.address import Chosen

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

A_PAGE = 50


def show(viewer: Viewer, chosen: Chosen, queries: Sequence[Query]) -> None:
    """Open the dialog; of several measures the reader picks one."""

    @st.dialog("Why this number", width="large")
    def opened() -> None:
        inside(viewer, chosen, queries)

    opened()


def inside(viewer: Viewer, chosen: Chosen, queries: Sequence[Query], *, are_rows_shown: bool = False) -> None:
    """What the dialog holds, in a dialog that is open already; the rows at once, or when they are asked for."""
    asked: dict[str, Query] = {}
    for query in map(with_inputs, queries):  # of a formula: the measures that it reads
        for name in query.measures:
            asked.setdefault(name, query)
    names = list(asked)
    name = names[0] if len(names) == 1 else st.selectbox("Measure", names, format_func=lambda n: MEASURES[n].label, key="why-measure")
    try:
        _about(viewer, chosen, total(asked[name], name), are_rows_shown)
        against.offer(viewer, replace(asked[name], measures=(name,), formulas=()))
    except JourneysError as problem:
        parts.state("error", "This could not be worked out", str(problem), "bad")


def total(query: Query, measure: str) -> Query:
    """The question of one measure over all rows of a widget: without its split, order, limit and comparison; money by currency."""
    by = ("currency",) if MEASURES[measure].is_money else ()
    return replace(query, measures=(measure,), dimensions=by, order=None, limit=None, compare=None, answer=None)


def _about(viewer: Viewer, chosen: Chosen, query: Query, are_rows_shown: bool) -> None:
    measure = MEASURES[query.measures[0]]
    why = _explained(viewer.account.account_id, seen.snapshot(viewer).snapshot_id, query, viewer)
    result = answers.ask(viewer, query)
    values = [words.number(row[measure.name], str(measure.unit), row.get("currency")) for row in result.frame.iter_rows(named=True)]
    facts = [("Counts", why.measures[0].definition), ("Placed by", why.measures[0].placed), ("Range", f"{why.range}, account zone {seen.zone(viewer)}")]
    facts += [("Basis", why.basis), ("Filters", leaving.filters_said(viewer, chosen) if query.where else "none")]
    facts += [("Snapshot", f"{why.snapshot_id}, data up to {words.moment(seen.as_of(viewer), seen.zone(viewer), year=True)}")]
    said = "".join(f"<dt>{label}</dt><dd>{words.name(text)}</dd>" for label, text in facts)
    st.html(
        f"<p class=ja-big>{escape(' + '.join(values) or words.MISSING)} <small>{escape(measure.label)}</small></p>"
        f"<dl class=ja-facts>{said}{_checked(measure.unit, result.value(measure.name), why)}</dl>"
    )
    if are_rows_shown:
        _rows(viewer, query, why.rows, are_shown=True)
    st.code(why.sql, language="sql", wrap_lines=True)
    if not are_rows_shown:
        _rows(viewer, query, why.rows, are_shown=False)


def _checked(unit: str, value: Any, why: Explanation) -> str:
    if unit not in ("count", "people"):
        return f"<dt>Behind it</dt><dd>{words.plural(why.rows, 'row')}</dd>"
    holds = "<b class=ja-ok>equal</b>" if value == why.rows else "<b class=ja-no>not equal</b>"
    return f"<dt>Checked</dt><dd>{holds} tile {words.count(value)} = rows {words.count(why.rows)}</dd>"


def _rows(viewer: Viewer, query: Query, number: int, *, are_shown: bool) -> None:
    measure = MEASURES[query.measures[0]]
    parts_said = " and ".join(MEASURES[part].label for part in measure.parts) or "the visits"
    if measure.is_rate or not (measure.additive or measure.unit == "people"):
        st.html(f"<p class=ja-sub>No single row adds to this number: look at {escape(parts_said)}.</p>")
        return
    if not number:
        return
    if not are_shown and not st.toggle(f"See the {words.plural(number, 'row')} behind it", key=f"why-rows-{measure.name}"):
        return
    page = st.pagination(-(-number // A_PAGE), key=f"why-page-{measure.name}") if number > A_PAGE else 1
    frame = _page(viewer.account.account_id, seen.snapshot(viewer).snapshot_id, query, page, viewer)
    columns = row_columns(query, frame)
    st.dataframe(
        rows_out.masked(viewer, frame).rename({column.name: column.label for column in columns}), hide_index=True, row_height=30, height=320,
        alt=f"Rows {(page - 1) * A_PAGE + 1} to {(page - 1) * A_PAGE + frame.height} behind {measure.label}",
    )  # fmt: skip
    rows_out.offer(viewer, query, number)


@st.cache_resource(max_entries=128, ttl="2h", show_spinner=False)
def _explained(account: str, snapshot: str, query: Query, _viewer: Viewer) -> Explanation:
    return explain(seen.snapshot(_viewer), query)


@st.cache_resource(max_entries=64, ttl="15m", show_spinner=False)
def _page(account: str, snapshot: str, query: Query, page: int, _viewer: Viewer) -> pl.DataFrame:
    found = list(row_batches(seen.snapshot(_viewer), replace(query, limit=page * A_PAGE)))
    return pl.concat(found, how="vertical_relaxed").slice((page - 1) * A_PAGE)
