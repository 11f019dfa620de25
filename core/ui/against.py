"""In *Why this number*: what an earlier snapshot said to the same question, the groups and rows that differ, and what came in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from html import escape
from shlex import quote
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from core.errors import JourneysError
from core.metrics import MEASURES, Query, Unit
from core.metrics.behind import number_behind, row_columns
from core.metrics.differing import CAME, CHANGE, DIFFERENCE, Difference, comparable, difference, moved_rows
from core.sources.in_between import Between, between
from core.ui import catalog, parts, rows_out, seen, tables, words
from core.ui.tables import Col, Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer
    from core.warehouse.snapshots import Snapshot

MOST_GROUPS, MOST_ROWS = 20, 500  # shown; the file has all rows


def offer(viewer: Viewer, query: Query) -> None:
    """A switch; on, the reader picks a kept snapshot. `query`: a widget's question of one measure, with its splits."""
    if not st.toggle("Compare with an earlier snapshot", key="why-against"):
        return
    shown, zone = seen.snapshot(viewer), seen.zone(viewer)
    kept = [(one, pinned) for one, pinned in viewer.kept_snapshots() if one.as_of <= shown.as_of and one.snapshot != shown.snapshot_id]
    if not kept:
        parts.state("history", "There is no earlier snapshot to compare with", "Three are kept, and those that a link holds on to for 90 days.")
        return
    names = {one.snapshot: f"{words.moment(one.as_of, zone, year=True)}{' · pinned' if pinned else ''}" for one, pinned in kept}
    before = viewer.snapshot_named(st.selectbox("Snapshot of", list(names), format_func=names.__getitem__, key="why-before"))
    by = ("currency",) if MEASURES[query.measures[0]].is_money else ()
    whole = difference(before, shown, replace(query, dimensions=by, answer=None))
    st.html(f"<dl class=ja-facts>{_values(whole, query.measures[0])}</dl>")
    came = between(viewer.log(), before.published, shown.published)
    if query.dimensions:
        _groups(viewer, difference(before, shown, query))
    _between(viewer, came)
    st.code(_command(viewer, query, before), language="bash", wrap_lines=True)
    _rows(viewer, before, comparable(replace(query, dimensions=by)))


def _command(viewer: Viewer, query: Query, before: Snapshot) -> str:
    """What asks the command line the same."""
    where = [f"{name}={'' if value is None else value}" for name, values in query.where for value in values]
    said = [("--measures", ",".join(query.measures)), ("--dimensions", ",".join(query.dimensions)), ("--from", query.first), ("--to", query.last),
            ("--basis", query.basis), *(("--where", one) for one in where), ("--against", before.snapshot_id)]  # fmt: skip
    options = " ".join(f"{option} {quote(str(value))}" for option, value in said if value)
    return f"journeys explain --account {quote(viewer.account.account_id)} {options}"


def _values(found: Difference, name: str) -> str:
    """Then, now and the difference, as HTML; of money a line a currency."""
    if found.groups.is_empty():
        return "<dt>Then and now</dt><dd>the same number</dd>"
    unit, said = str(MEASURES[name].unit), ""
    for row in found.groups.iter_rows(named=True):
        then, now, moved = (words.number(row[column], unit, row.get("currency")) for column in (f"{name}_before", name, name + DIFFERENCE))
        said += "".join(f"<dt>{label}</dt><dd>{escape(text)}</dd>" for label, text in (("Then", then), ("Now", now)))
        said += f"<dt>Difference</dt><dd><b>{escape(_signed(row[name + DIFFERENCE], moved))}</b></dd>"
    return said


def _signed(value: int | float | Decimal | None, text: str) -> str:
    return f"+{text}" if value is not None and value > 0 else text


def _groups(viewer: Viewer, found: Difference) -> None:
    """The groups that differ, the largest difference first."""
    name = found.query.measures[0]
    st.html(f"<p class=ja-sub><b>{words.plural(found.groups.height, 'group differs', 'groups differ')}</b>, {words.count(found.alike)} alike</p>")
    if found.groups.is_empty():
        return
    size = pl.col(name + DIFFERENCE).cast(pl.Float64).abs()
    first = found.groups.sort(size, descending=True, nulls_last=False, maintain_order=True).head(MOST_GROUPS)
    columns = [Col(one.label, "t" if one.unit is Unit.TEXT else "n", _cell(viewer, one.name, str(one.unit))) for one in found.columns]
    tables.table(columns, list(first.iter_rows(named=True)), "Groups that differ", "tight", height=260)
    if found.groups.height > MOST_GROUPS:
        parts.foot(f"The {MOST_GROUPS} that differ most; <code>journeys explain … --against {escape(found.before.snapshot_id)}</code> lists all")


def _cell(viewer: Viewer, name: str, unit: str) -> Callable[[Row], str]:
    def said(row: Row) -> str:
        text = words.name(tables.text(viewer, name, row[name], unit, row.get("currency")))
        return _signed(row[name], text) if name.endswith(DIFFERENCE) else text

    return said


def _between(viewer: Viewer, came: Between) -> None:
    """What the later snapshot knows and the earlier one did not."""
    names = catalog.of(viewer)
    lines = [f"<li>{words.name(row['source'])}: {words.plural(row['events'], 'event')} {escape(row['event_type'])}"
             + (f", {words.count(row['late'])} of them late" if row["late"] else "") + "</li>" for row in came.events.head(MOST_GROUPS).iter_rows(named=True)]
    more = came.events.height - len(lines)
    lines += [f"<li>{words.plural(more, 'more kind')} of event</li>"] if more else []
    lines += [f"<li>Catalog document of {words.name(names.name(journey))}</li>" for journey in came.journeys[:MOST_GROUPS]]
    lines += [f"<li>{words.plural(came.erasures, 'person', 'persons')} erased: counts stay as they were</li>"] if came.erasures else []
    lines += [f"<li>Not the same in both: {escape(said)}</li>" for said in came.settings]
    st.html(f"<h3 class=ja-t>What came in between</h3><ul class=ja-list>{''.join(lines) or '<li>Nothing</li>'}</ul>")


def _rows(viewer: Viewer, before: Snapshot, query: Query) -> None:
    """The rows that came and went, the first of them, and all as a file."""
    measure, shown = MEASURES[query.measures[0]], seen.snapshot(viewer)
    if measure.is_rate or not (measure.additive or measure.unit is Unit.PEOPLE):
        return
    if not st.toggle("See the rows that came and went", key="why-moved"):
        return
    try:
        frame = _first(moved_rows(before, shown, query))
    except JourneysError as problem:
        parts.state("error", "The rows could not be compared", str(problem), "bad")
        return
    came = frame.filter(pl.col(CHANGE) == CAME).height
    cut = "The first: " if frame.height > MOST_ROWS else ""
    st.html(f"<p class=ja-sub>{cut}{words.plural(came, 'row')} came, {words.count(frame.height - came)} went</p>")
    if frame.is_empty():
        return
    labels = {column.name: column.label for column in row_columns(query, frame)}
    st.dataframe(rows_out.masked(viewer, frame.head(MOST_ROWS)).rename(labels), hide_index=True, row_height=30, height=min(280, 33 + 30 * frame.height),
                 alt=f"Rows of {measure.label} that came and went")  # fmt: skip
    rows_out.offer(viewer, query, number_behind(before, query) + number_behind(shown, query), before)


def _first(batches: Iterator[pl.DataFrame]) -> pl.DataFrame:
    """As many batches as hold more than MOST_ROWS rows."""
    found: list[pl.DataFrame] = []
    for frame in batches:
        found.append(frame)
        if sum(one.height for one in found) > MOST_ROWS:
            break
    return pl.concat(found, how="vertical_relaxed")
