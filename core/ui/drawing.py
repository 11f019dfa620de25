"""A visualization as a widget in the frame: its title, its one question, and what its form draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.metrics import MEASURES, Query, Result
from core.metrics import currencies as currencies_of
from core.metrics.result import Column
from core.metrics.rules import with_inputs
from core.ui import (
    changes,
    hits,
    parts,
    picture_words,
    pictures,
    seen,
    specs,  # noqa: F401  # the forms' specs join the house's
    tables,
    words,
)
from core.ui.address import Chosen
from core.ui.charts import Picture
from core.ui.frame import Results, Widget
from core.ui.tables import Col

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

LONG = 1_000  # rows of a table on a page; the files have all
EMPTY = "Nothing to show in this range"
GOOD = {"profiles_in_journey": True, "active_profiles": True, "goal_performers": True, "traffic_cost": False, "wasted_cost": False, "messages_failed": False}


def widget(viewer: Viewer, chosen: Chosen, key: str, title: str, query: Query, form: str, *, height: int | None = None,
           notes: Sequence[str] = (), sub: str = "", only: Sequence[str] = ()) -> Widget:
    """The widget; `notes` are lines of HTML for its foot, `sub` and its filters `only` text below its title. The form can draw the question
    (core.boards.forms)."""
    currency = _currency(viewer, query)

    def legend(results: Results) -> str:
        keys = [(colour, name) for colour, name in pictures.legend(viewer, results[0], form)] if results[0].frame.height else []
        if form in ("line", "bar") and query.compare and chosen.before:
            keys = [("now", words.days(*chosen.days)), ("then", words.days(*chosen.before))]
        said = [*([escape(sub)] if sub and not (keys and keys[0][0] == "now") else []), *map(words.name, only)]
        about = f"<span class=ja-k>{' · '.join(said)}</span>" if said else ""
        return about + (parts.keys(*keys) if keys else "")

    draw: Callable[[Results], int | None] | None = None
    picture: Callable[[Results], Picture] | None = None
    if form == "single":
        draw = lambda results: _single(chosen, results[0], currency)  # noqa: E731
    elif form == "pivot":
        draw = lambda results: _pivot(viewer, chosen, results[0], title, currency, height)  # noqa: E731
    elif form == "table":
        draw = lambda results: tables.of(viewer, _cut(results[0]), title, height or 480)  # noqa: E731
    else:
        picture = lambda results: pictures.of(viewer, chosen, form, results[0], currency, height or pictures.HEIGHT)  # noqa: E731
    return Widget(key, title + (f", {currency}" if currency else ""), (("", query),), draw, picture, legend,
                  foot=lambda results: [*notes, *_foot(results[0], form)], empty=EMPTY if query.dimensions else "", form=form)


def _currency(viewer: Viewer, query: Query) -> str | None:
    """What money is in, where one column of the answer says it of all rows."""
    chosen = dict(query.where).get("currency")
    if chosen and len(chosen) == 1:
        return str(chosen[0]) if chosen[0] else None
    if "currency" in query.dimensions:
        return None
    found = currencies_of(seen.snapshot(viewer))
    return found[0] if len(found) == 1 and any(MEASURES[name].is_money for name in with_inputs(query).measures) else None


def _cut(result: Result) -> Result:
    return replace(result, frame=result.frame.head(LONG)) if result.frame.height > LONG else result


def _foot(result: Result, form: str) -> list[str]:
    rows = result.frame.height
    if form == "table" and rows > LONG:
        return [f"The first {words.count(LONG)} of {words.count(rows)} rows; the files hold all"]
    if form == "bar" and result.query.dimensions and result.query.dimensions[0] not in ("day", "week", "month", "hour", "weekday"):
        there = result.frame[result.query.dimensions[0]].n_unique()
        return [f"The first {pictures.MOST_BARS} of {words.count(there)}; the table and the files hold all"] if there > pictures.MOST_BARS else []
    return []


def _single(chosen: Chosen, result: Result, currency: str | None) -> None:
    """Each number as a tile of its own, with its change."""
    row = result.frame.row(0, named=True) if result.frame.height else {}
    several = len(picture_words.numbers(result)) > 1
    tiles = "".join(_tile(chosen, column, row, currency, several) for column in picture_words.numbers(result))
    st.html(f"<dl class='ja-singles'>{tiles}</dl>")


def _tile(chosen: Chosen, column: Column, row: dict[str, Any], currency: str | None, is_named: bool) -> str:
    now, before = row.get(column.name), row.get(f"{column.name}_before")
    label = f"<dt>{escape(column.label)}</dt>" if is_named else f"<dt class=ja-sr>{escape(column.label)}</dt>"
    unit = f" <small>{escape(currency)}</small>" if column.unit == "money" and currency else ""
    said = ""
    if chosen.before:
        moved = changes.points(now, before) if column.unit == "rate" else changes.change(now, before)
        change = parts.change(moved, GOOD.get(column.name), "points" if column.unit == "rate" else "%")
        period = words.days(*chosen.before, year=chosen.before[0].year != chosen.days[1].year)
        said = f"<span class=dl>{change or words.number(before, str(column.unit))} <span class=vs>{'vs' if change else 'in'} {period}</span></span>"
    return f"<div{hits.of_values({}, column.name)}>{label}<dd><span class=v>{escape(words.number(now, str(column.unit)))}{unit}</span>{said}</dd></div>"


def _pivot(viewer: Viewer, chosen: Chosen, result: Result, title: str, currency: str | None, height: int | None) -> None:
    """The last dimension across; of several measures each below it. No sums: people and rates do not add up."""
    *down, across = result.query.dimensions
    found = picture_words.numbers(result)
    heads = result.frame[across].unique().to_list()
    heads.sort(key=lambda value: (value is None, value if value is not None else 0))
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in result.frame.iter_rows(named=True):
        into = rows.setdefault(tuple(row[name] for name in down), {name: row[name] for name in down})
        for column in found:
            into[f"{heads.index(row[across])} {column.name}"] = words.number(row[column.name], str(column.unit), currency)
    labels = {column.name: column.label for column in result.columns}
    columns = [Col(labels[name], "t", lambda row, name=name: words.name(tables.text(viewer, name, row[name], "text"))) for name in down]  # type: ignore[misc]
    for n, value in enumerate(heads[:60]):
        for column in found:
            head = tables.text(viewer, across, value, "text") + (f" · {column.label}" if len(found) > 1 else "")
            place = lambda row, value=value, of=column.name: hits.of_values({name: row[name] for name in down} | {across: value}, of)  # noqa: E731
            columns.append(Col(head, "n", lambda row, at=f"{n} {column.name}": escape(row.get(at, words.MISSING)), hit=place))  # type: ignore[misc]
    tables.table(columns, list(rows.values())[:LONG], title, height=height or 480)
