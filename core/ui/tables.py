"""Tables: a real one in HTML up to 50 rows, Streamlit's beyond; names for ids, numbers as words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

import polars as pl
import streamlit as st

from core.metrics.result import Result
from core.ui import catalog, words

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


def table(columns: Sequence[Col], rows: Sequence[Row], caption: str, look: str = "", height: int | None = None) -> None:
    """A ruled table; its first column names the row. What is higher than `height` px scrolls by itself, below its heads."""
    tall = f' style="max-height:{height}px"' if height else ""
    head = "".join(_head(column) for column in columns)
    body = "".join(
        "<tr>"
        + "".join(f'<th scope=row class="{c.kind}">{c.cell(row)}</th>' if not i else f'<td class="{c.kind}">{c.cell(row)}</td>' for i, c in enumerate(columns))
        + "</tr>"
        for row in rows
    )
    st.html(
        f'<div class=ja-scroll tabindex=0 role=region aria-label="{escape(caption)}"{tall}><table class="ja-table {look}">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _head(column: Col) -> str:
    label = f"<span class=ja-sr>{escape(column.label)}</span>" if column.is_hidden else escape(column.label)
    if column.sorts is None:
        return f'<th scope=col class="{column.kind}">{label}</th>'
    address, now = column.sorts
    arrow = {"ascending": " ↑", "descending": " ↓"}.get(now, "")
    order = f' aria-sort="{now}"' if now else ""
    return f'<th scope=col class="{column.kind}"{order}><a href="{escape(address)}" target=_self>{label}<span aria-hidden=true>{arrow}</span></a></th>'


def of(viewer: Viewer, result: Result, title: str, height: int = 260) -> None:
    """A Result as it stands, every column and row of it: what a chart is drawn from and what its files hold."""
    if result.frame.height > LONGEST:
        _long(viewer, result, title, height)
        return
    columns = [Col(c.label, "n" if c.unit != "text" else "t", _cell(viewer, result, c.name, str(c.unit))) for c in result.columns]
    table(columns, list(result.frame.iter_rows(named=True)), title, height=height)


def text(viewer: Viewer, name: str, value: Any, unit: str, currency: str | None = None) -> str:
    """One value of a Result as text, a journey by its name, a month without its day."""
    dimension = name.removesuffix("_before")
    if unit != "text":
        return words.number(value, unit, currency)
    if dimension == "journey":
        return catalog.of(viewer).name(value)
    if dimension == "channel":
        return words.channel(value)
    if dimension in ("exit_reason", "reason"):
        return words.reason(value)
    if dimension == "month" and value is not None:
        return words.day(value).split(" ", 1)[1]
    if dimension == "weekday" and value is not None:
        return words.WEEKDAYS[value - 1]
    return words.number(value, unit)


def _cell(viewer: Viewer, result: Result, name: str, unit: str) -> Callable[[Row], str]:
    currencies = "currency" in result.frame.columns
    return lambda row: words.name(text(viewer, name, row[name], unit, row["currency"] if currencies else None))


def _long(viewer: Viewer, result: Result, title: str, height: int) -> None:
    shown = {}
    configured: dict[str, Any] = {}
    for column in result.columns:
        values = result.frame[column.name]
        label = column.label
        if column.unit == "text" and values.dtype != pl.Date:
            values = pl.Series(column.name, [text(viewer, column.name, value, "text") for value in values])
        configured[column.name] = st.column_config.DateColumn(label, format="D MMM YYYY") if values.dtype == pl.Date else st.column_config.Column(label)
        if column.unit in ("count", "people"):
            configured[column.name] = st.column_config.NumberColumn(label, format="localized")
        if column.unit == "rate":
            configured[column.name] = st.column_config.NumberColumn(label, format="percent")
        if column.unit == "money":
            values = values.cast(pl.Float64)
            configured[column.name] = st.column_config.NumberColumn(label, format="%,.2f")
        shown[column.name] = values
    st.dataframe(pl.DataFrame(shown), hide_index=True, row_height=30, height=height, column_config=configured, alt=title)
