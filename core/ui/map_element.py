"""One element of the map, chosen by its address: its numbers, its days, and the rows behind each of its states."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from core.metrics import MEASURES, Query
from core.metrics.behind import row_batches, row_columns
from core.ui import columns, filters, map_cards, parts, rows_out, seen, series, states, tables, words
from core.ui.frame import Results, Widget
from core.ui.journey_map import chosen_element, element_named, queries
from core.ui.map_cards import Numbers
from core.ui.map_elements import Elements, Scope, of_versions
from core.ui.performance import BY

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

STATES = {"element_arrived": "Arrived", "element_passed": "Passed", "element_waiting": "Waiting now", "element_ended": "Ended here"}
MOST_ROWS = 50


def which(viewer: Viewer, scope: Scope, arrived: Mapping[str, int]) -> str | None:
    """The element that the page shows: the address's, else the one at which most runs arrived; None where none did."""
    elements = of_versions(viewer, scope.journey, scope.chosen.versions) or {key: element_named(key, {}) for key in arrived}
    busiest = max(arrived, key=lambda key: (arrived[key], key), default=None)
    return chosen_element(elements) or busiest or next(iter(elements), None)


def facts(viewer: Viewer, scope: Scope, element_id: str) -> Widget:
    """Its numbers, as the map's card has them, above the days on which runs arrived."""
    described = of_versions(viewer, scope.journey, scope.chosen.versions)
    asked = [(said, query if query.answer else query.filtered("element", element_id)) for said, query in queries(scope)]
    days = scope.ask("element_arrived", by=(scope.chosen.grain,), compare=True).filtered("element", element_id)
    element = element_named(element_id, described)

    def draw(results: Results) -> None:
        numbers = Numbers.of(results[1:])
        elements: Elements = described or map_cards.learned(numbers)
        row = numbers.rows.get(element_id, columns.blank_of(results[1:3]))
        said = "".join(f"<dt>{words.name(label)}</dt><dd>{words.name(value)}</dd>" for label, value in map_cards.card(element, row, elements, numbers))
        st.html(f"<dl class='ja-facts ja-side'>{said}</dl>")

    said = [words.KINDS.get(element.kind, "")] + ([words.channel(element.channel)] if element.channel else [])
    return Widget(
        "element", f"{element.name}: runs that arrived, {BY[scope.chosen.grain]}", (("", days), *((said or "runs, in total", query) for said, query in asked)),
        draw, picture=lambda results: series.trend(results[0], "element_arrived", scope.chosen, scope.chosen.grain, {}, seen.until(viewer)),
        sub=words.name(" · ".join(said)) + " · Arrived = passed + waiting now + ended here",
    )  # fmt: skip


def rows(viewer: Viewer, scope: Scope, element_id: str) -> Widget:
    """The runs behind one of its states, the first of them here, all through `journeys rows`."""
    element = element_named(element_id, of_versions(viewer, scope.journey, scope.chosen.versions))
    state = filters.picked("state", list(STATES), "element_arrived")
    query = scope.ask(state).filtered("element", element_id)

    def draw(results: Results) -> None:
        number = results[0].value(state)
        if not number:
            states.nothing(viewer, scope.chosen, f"No run: {STATES[state].lower()}")
            return
        frame = rows_out.masked(viewer, _first(viewer.account.account_id, seen.snapshot(viewer).snapshot_id, query, viewer))
        named = [tables.Col(column.label, "t", _cell(column.name)) for column in row_columns(query, frame)]
        tables.table(named, list(frame.iter_rows(named=True)), f"Runs behind {STATES[state].lower()}", "tight wide", height=320)
        parts.foot(f"{min(number, MOST_ROWS)} of {words.plural(number, 'row')}, the first of the log")

    return Widget("element-rows", f"{element.name}: {words.lower(MEASURES[state].label)}, the runs behind it", (("", query),), draw,
                  picker=lambda: filters.pick("state", "State", STATES, "element_arrived"))  # fmt: skip


def _cell(name: str) -> Callable[[tables.Row], str]:
    return lambda row: words.name(words.MISSING if row[name] is None else str(row[name]))


@st.cache_resource(max_entries=64, ttl="15m", show_spinner=False)
def _first(account: str, snapshot: str, query: Query, _viewer: Viewer) -> pl.DataFrame:
    return pl.concat(list(row_batches(seen.snapshot(_viewer), replace(query, limit=MOST_ROWS))), how="vertical_relaxed")
