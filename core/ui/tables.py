"""Tables: a real one in HTML up to 50 rows, Streamlit's beyond; names for ids, numbers as words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from core.metrics import MEASURES
from core.metrics.result import Result
from core.ui import catalog, hits, words

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

Row = dict[str, Any]
LONGEST = 50


@dataclass(frozen=True, slots=True)
class Col:
    """One column of an HTML table. kind: t text, n number, b bar, r rung. `cell` gives HTML that is escaped already."""

    label: str
    kind: str
    cell: Callable[[Row], str]
    is_hidden: bool = False  # the label is for screen readers alone
    sorts: tuple[str, str] | None = None  # the address to which the head leads, and how it orders now: ascending, descending or “”
    hint: str = ""  # what is counted, said to whoever points at the head
    measure: str = ""  # that the cell shows: a click on it is about this measure of the row
    hit: Callable[[Row], str] | None = None  # what a click on the cell means where it is not of its row (core.ui.hits)


@dataclass(frozen=True, slots=True)
class Shown:
    """A table as it was drawn."""

    columns: Sequence[Col]
    rows: Sequence[Row]


_shown: ContextVar[list[Shown] | None] = ContextVar("the tables that are drawn now, for whoever wants them as an image", default=None)


@contextmanager
def kept() -> Iterator[list[Shown]]:
    """While inside, the tables that are drawn are noted in this list."""
    found: list[Shown] = []
    token = _shown.set(found)
    try:
        yield found
    finally:
        _shown.reset(token)


def keep(columns: Sequence[Col], rows: Sequence[Row]) -> None:
    """Note what is drawn as if it were a table."""
    found = _shown.get()
    if found is not None:
        found.append(Shown(columns, rows))


def table(columns: Sequence[Col], rows: Sequence[Row], caption: str, look: str = "", height: int | None = None) -> None:
    """A ruled table; its first column names the row. What is higher than `height` px scrolls by itself, below its heads."""
    keep(columns, rows)
    tall = f' style="max-height:{height}px"' if height else ""
    head = "".join(_head(column) for column in columns)
    body = "".join(f"<tr{hits.of_row(row)}>{''.join(_cell_of(column, row, not n) for n, column in enumerate(columns))}</tr>" for row in rows)
    st.html(
        f'<div class=ja-scroll tabindex=0 role=region aria-label="{escape(caption)}"{tall}><table class="ja-table {look}">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell_of(column: Col, row: Row, is_head: bool) -> str:
    name = "th scope=row" if is_head else "td"
    return f'<{name} class="{column.kind}"{column.hit(row) if column.hit else hits.of_measure(column.measure)}>{column.cell(row)}</{name[:2]}>'


def _head(column: Col) -> str:
    label = f"<span class=ja-sr>{escape(column.label)}</span>" if column.is_hidden else escape(column.label)
    hint = f' title="{escape(column.hint)}"' if column.hint else ""
    if column.sorts is None:
        return f'<th scope=col class="{column.kind}"{hint}>{label}</th>'
    address, now = column.sorts
    arrow = {"ascending": " ↑", "descending": " ↓"}.get(now, "")
    order = f' aria-sort="{now}"' if now else ""
    return f'<th scope=col class="{column.kind}"{order}{hint}><a href="{escape(address)}" target=_self>{label}<span aria-hidden=true>{arrow}</span></a></th>'


def of(viewer: Viewer, result: Result, title: str, height: int = 260) -> int | None:
    """A Result as it stands, every column and row of it: what a chart is drawn from and what its files hold.

    Gives the row that was clicked in a table too long to be HTML; those of HTML say it by themselves (core.ui.hits).
    """
    if result.frame.height > LONGEST:
        return _long(viewer, result, title, height)
    columns = [Col(c.label, "n" if c.unit != "text" else "t", _cell(viewer, result, c.name, str(c.unit)), hint=_hint(c.name),
                   measure=c.name.removesuffix("_before")) for c in result.columns]  # fmt: skip
    table(columns, list(result.frame.iter_rows(named=True)), title, height=height)
    return None


def _hint(name: str) -> str:
    declared = MEASURES.get(name)
    return declared.definition if declared else ""


def text(viewer: Viewer, name: str, value: Any, unit: str, currency: str | None = None, journey: str | None = None) -> str:
    """One value of a Result as text: a journey by its name, an element by that in its journey (else the one drawn) and its id, a month without its day."""
    dimension = name.removesuffix("_before")
    if unit != "text":
        return words.number(value, unit, currency)
    if dimension == "journey":
        return catalog.of(viewer).name(value)
    if dimension in ("element", "last_element"):
        return catalog.element_said(viewer, journey or hits.journey(), value)
    if dimension == "channel":
        return words.channel(value)
    if dimension in ("exit_reason", "reason"):
        return words.reason(value)
    if dimension == "month" and value is not None:
        return words.month(value)
    if dimension == "weekday" and value is not None:
        return words.WEEKDAYS[value - 1]
    return words.number(value, unit)


def _cell(viewer: Viewer, result: Result, name: str, unit: str) -> Callable[[Row], str]:
    currencies = "currency" in result.frame.columns
    journey = hits.journey((result,))
    return lambda row: words.name(text(viewer, name, row[name], unit, row["currency"] if currencies else None, row.get("journey", journey)))


def _long(viewer: Viewer, result: Result, title: str, height: int) -> int | None:
    shown = {}
    configured: dict[str, Any] = {}
    for column in result.columns:
        values = result.frame[column.name]
        label = column.label
        if column.unit == "text" and values.dtype != pl.Date:
            journeys = result.frame["journey"] if "journey" in result.frame.columns else [hits.journey((result,))] * len(values)
            values = pl.Series(column.name, [text(viewer, column.name, value, "text", None, one) for value, one in zip(values, journeys, strict=True)])
        configured[column.name] = st.column_config.DateColumn(label, format="D MMM YYYY") if values.dtype == pl.Date else st.column_config.Column(label)
        if column.unit in ("count", "people"):
            configured[column.name] = st.column_config.NumberColumn(label, format="localized")
        if column.unit == "rate":
            configured[column.name] = st.column_config.NumberColumn(label, format="percent")
        if column.unit == "money":
            values = values.cast(pl.Float64)
            configured[column.name] = st.column_config.NumberColumn(label, format="%,.2f")
        shown[column.name] = values
    key = f"long-{hash((title, repr(result.query)))}"
    state = st.dataframe(pl.DataFrame(shown), hide_index=True, row_height=30, height=height, column_config=configured, alt=title, key=key, on_select="rerun",
                         selection_mode="single-cell")  # fmt: skip
    picked = [int(row) for row, _ in state.get("selection", {}).get("cells", [])]
    before, st.session_state[f"picked-{key}"] = st.session_state.get(f"picked-{key}"), picked
    return picked[0] if picked and picked != before and picked[0] < result.frame.height else None
