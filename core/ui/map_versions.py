"""Two versions of a journey side by side: what was added, removed and changed, and how the numbers of each common element moved."""
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from core.metrics import Query
from core.ui import changes, filters, map_cards, map_drawing, parts, tables, words
from core.ui.frame import Results, Widget
from core.ui.journey_map import chosen_element, opened, queries
from core.ui.map_cards import Numbers
from core.ui.map_elements import ADDED, CHANGED, REMOVED, SAME, Elements, Scope, name, of_version, versions
from core.ui.map_elements import changes as changed
from core.ui.tables import Col, Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

WORDS = {ADDED: "added", REMOVED: "removed", CHANGED: "changed", SAME: "<span class=q>the same</span>"}
ENTRIES = 6  # answers of one version: those of the map, then its entries


def side_by_side(viewer: Viewer, scope: Scope) -> Widget | None:
    """The two maps and a table of both; None of a journey with fewer than two versions in the catalog."""
    there = versions(viewer, scope.journey)
    if len(there) < 2:
        return None
    options = {str(version): f"Version {version}" for version in there}
    newer, older = _two(scope, list(options))
    pair = [of_version(viewer, scope.journey, version) for version in (older, newer)]
    became = changed(*pair)

    def draw(results: Results) -> None:
        both = _both(results)
        marks = {element: what for element, (what, _) in became.items()}
        for place, side, version, elements, numbers in zip(st.columns(2, gap="medium"), ("old", "new"), (older, newer), pair, both, strict=True):
            with place:
                st.html(f"<h3 class=ja-t>Version {version}</h3>")
                label = f"Map of version {version}, {words.plural(len(elements), 'element')}. Arrow keys walk from element to element."
                lines, _ = map_cards.links(elements, numbers)
                opened(map_drawing.draw(map_cards.nodes(elements, numbers, marks), lines, f"map-{side}", label, chosen_element(elements)))
        table(results)

    def table(results: Results) -> None:
        _table(pair, became, results, (older, newer))

    def picker() -> None:
        with st.container(horizontal=True, gap="small", vertical_alignment="center", key="two-versions"):
            filters.pick("older", "Version on the left", options, str(older))
            st.html("<span class=ja-sub>beside</span>", width="content")
            filters.pick("newer", "Version on the right", options, str(newer))

    asked = [(_said(said, version), query) for version in (older, newer) for said, query in _queries(scope, version)]
    return Widget("versions", f"Versions {older} and {newer} side by side: runs, by element", (("", asked[0][1]), *asked[1:]), draw, table=table, picker=picker,
                  sub=_summary(became), foot=lambda _: ["each version's numbers are of its own runs in the range"])  # fmt: skip


def _two(scope: Scope, options: list[str]) -> tuple[int, int]:
    """(newer, older): as the address says, else the newest chosen one and the one before it."""
    wished = [str(version) for version in scope.chosen.versions if str(version) in options]
    newer = filters.picked("newer", options, max(wished, key=int, default=options[0]))
    before = options[options.index(newer) + 1 :] or [option for option in options if option != newer]
    return int(newer), int(filters.picked("older", options, before[0]))


def _queries(scope: Scope, version: int) -> list[tuple[str, Query]]:
    own = replace(scope, chosen=replace(scope.chosen, versions=(version,)))
    return [*queries(own), ("entries", own.ask("entries"))]


def _said(said: str, version: int) -> str:
    return f"{said or 'runs'}, version {version}"


def _both(results: Results) -> tuple[Numbers, Numbers]:
    half = ENTRIES + 1
    return Numbers.of(results[:ENTRIES]), Numbers.of(results[half : half + ENTRIES])


def _summary(became: dict[str, tuple[str, str]]) -> str:
    counts = {what: sum(1 for state, _ in became.values() if state == what) for what in (ADDED, REMOVED, CHANGED)}
    return ", ".join(f"{n} {what}" for what, n in counts.items() if n) or "No element was added, removed or changed"


def _table(pair: Sequence[Elements], became: dict[str, tuple[str, str]], results: Results, which: tuple[int, int]) -> None:
    both, half = _both(results), ENTRIES + 1
    entries = [results[ENTRIES].value("entries"), results[half + ENTRIES].value("entries")]
    everything = {**pair[0], **pair[1]}
    rows: list[Row] = []
    for element, (what, words_of_it) in became.items():
        row: Row = {"element": element, "what": what, "changed": words_of_it}
        for side, numbers, elements, whole in zip(("old", "new"), both, pair, entries, strict=True):
            own = numbers.rows.get(element, {}) if element in elements else {}
            arrived = own.get("element_arrived", 0 if element in elements else None)
            row |= {f"arrived {side}": arrived, f"share {side}": arrived / whole if arrived is not None and whole else None}
            row |= {f"ended {side}": own["element_ended"] / arrived if arrived else None, f"view {side}": own.get("view_rate")}
            row |= {f"time {side}": own.get("element_time_median_s")}
        rows.append(row)
    older, newer = which
    tables.table(
        [
            Col("Element", "t", lambda row: words.name(name(everything, row["element"]))),
            Col("Change", "t", lambda row: WORDS[row["what"]] + (f" <span class=q>{row['changed']}</span>" if row["changed"] else "")),
            *(Col(f"Arrived, v{version}", "n", _count(f"arrived {side}")) for version, side in ((older, "old"), (newer, "new"))),
            *_moved("share", "Of entries", which), *_moved("ended", "Ended of arrived", which), *_moved("view", "Viewed of delivered", which),
            *(Col(f"Median time, v{version}", "n", _seconds(f"time {side}")) for version, side in ((older, "old"), (newer, "new"))),
        ],
        rows, f"Elements of versions {older} and {newer}", "tight",
    )  # fmt: skip


def _moved(key: str, label: str, which: tuple[int, int]) -> list[Col]:
    """A rate in both versions, and how many points it moved."""

    def moved(row: Row) -> str:
        return parts.change(changes.points(row[f"{key} new"], row[f"{key} old"]), None, "pp") or f"<span class=q>{words.MISSING}</span>"

    return [Col(f"{label}, v{which[0]}", "n", _rate(f"{key} old")), Col(f"v{which[1]}", "n", _rate(f"{key} new")), Col("Moved", "n", moved)]


def _count(key: str) -> Callable[[Row], str]:
    return lambda row: words.count(row[key])


def _rate(key: str) -> Callable[[Row], str]:
    return lambda row: words.rate(row[key])


def _seconds(key: str) -> Callable[[Row], str]:
    return lambda row: words.seconds(row[key])
