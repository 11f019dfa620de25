"""Two versions of a journey side by side: what was added, removed and changed, and how the numbers of each common element moved."""
from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from core.metrics import Query
from core.ui import catalog, changes, filters, map_cards, map_drawing, map_paper, parts, tables, words
from core.ui.frame import Results, Widget
from core.ui.journey_map import chosen_element, of_one_version, opened
from core.ui.map_cards import Numbers
from core.ui.map_drawing import Node
from core.ui.map_elements import ADDED, CHANGED, REMOVED, SAME, Elements, Scope, name, of_version, versions
from core.ui.map_elements import changes as changed
from core.ui.map_lines import Link
from core.ui.svg import Drawing
from core.ui.tables import Col, Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

WORDS = {ADDED: "added", REMOVED: "removed", CHANGED: "changed", SAME: "<span class=q>the same</span>"}
ENTRIES = 6  # answers of one version: those of the map, then its entries


@dataclass(frozen=True, slots=True)
class Two:
    """The older and the newer version: their numbers and elements, and what became of each element from the one to the other."""

    versions: tuple[int, int]
    elements: tuple[Elements, Elements]
    became: dict[str, tuple[str, str]]

    @property
    def marks(self) -> dict[str, str]:
        """Element → added, removed, changed or the same."""
        return {element: what for element, (what, _) in self.became.items()}

    def drawn(self, results: Results) -> Iterator[tuple[str, int, list[Node], list[Link]]]:
        """(side, version, elements, lines) of both maps."""
        for side, version, elements, numbers in zip(("old", "new"), self.versions, self.elements, _both(results), strict=True):
            yield side, version, map_cards.nodes(elements, numbers, self.marks), map_cards.links(elements, numbers)[0]


def side_by_side(viewer: Viewer, scope: Scope) -> Widget | None:
    """The two maps and a table of both; None of a journey with fewer than two versions in the catalog."""
    there = versions(viewer, scope.journey)
    if len(there) < 2:
        return None
    options = {str(version): f"Version {version}" for version in there}
    newer, older = _two(scope, list(options))
    elements = of_version(viewer, scope.journey, older), of_version(viewer, scope.journey, newer)
    two = Two((older, newer), elements, changed(*elements))
    asked = [(_said(said, version), query) for version in two.versions for said, query in _queries(scope, version)]
    return Widget(
        "versions", f"Versions {older} and {newer} side by side: runs, by element", (("", asked[0][1]), *asked[1:]), lambda results: _draw(two, results),
        table=lambda results: _table(two, results), image=lambda results: _image(two, results), picker=lambda: _picker(options, two.versions),
        sub=_summary(two.became), foot=lambda results: [*_absent(viewer, scope, two, results), "each version's numbers are of its own runs in the range"],
    )  # fmt: skip


def _draw(two: Two, results: Results) -> None:
    for place, (side, version, nodes, lines) in zip(st.columns(2, gap="medium"), two.drawn(results), strict=True):
        with place:
            st.html(f"<h3 class=ja-t>Version {version}</h3>")
            label = f"Map of version {version}, {words.plural(len(nodes), 'element')}. Arrow keys walk from element to element."
            opened(map_drawing.draw(nodes, lines, f"map-{side}", label, chosen_element({node.id: node for node in nodes})))
    _table(two, results)


def _image(two: Two, results: Results) -> Drawing:
    return map_paper.beside([(f"Version {version}", map_paper.sheet(nodes, lines)) for _, version, nodes, lines in two.drawn(results)])


def _picker(options: dict[str, str], which: tuple[int, int]) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center", key="two-versions"):
        filters.pick("older", "Version on the left", options, str(which[0]))
        st.html("<span class=ja-sub>beside</span>", width="content")
        filters.pick("newer", "Version on the right", options, str(which[1]))


def _absent(viewer: Viewer, scope: Scope, two: Two, results: Results) -> list[str]:
    """That a version has no run in the range, since when it was published, and the way to all days."""
    published = {version.version: version.published_day for version in catalog.of(viewer).versions.get(scope.journey, ())}
    way = f'<a href="{escape(filters.address_with({"range": "all", "from": None, "to": None}))}" target=_self>Show all days</a>'
    told = []
    for version, entries in zip(two.versions, _entries(results), strict=True):
        day = published.get(version)
        if not entries:
            told.append(f"<b>No run of version {version} started in this range:</b> {f'it was published on {words.day(day)}. ' if day else ''}{way}")
    return told


def _entries(results: Results) -> tuple[int, int]:
    return results[ENTRIES].value("entries"), results[2 * ENTRIES + 1].value("entries")


def _two(scope: Scope, options: list[str]) -> tuple[int, int]:
    """(newer, older): as the address says, else the newest chosen one and the one before it."""
    wished = [str(version) for version in scope.chosen.versions if str(version) in options]
    newer = filters.picked("newer", options, max(wished, key=int, default=options[0]))
    before = options[options.index(newer) + 1 :] or [option for option in options if option != newer]
    return int(newer), int(filters.picked("older", options, before[0]))


def _queries(scope: Scope, version: int) -> list[tuple[str, Query]]:
    own = replace(scope, chosen=replace(scope.chosen, versions=(version,)))
    return [*of_one_version(own), ("entries", own.ask("entries"))]


def _said(said: str, version: int) -> str:
    return f"{said or 'runs'}, version {version}"


def _both(results: Results) -> tuple[Numbers, Numbers]:
    half, no_loss = ENTRIES + 1, ""  # what is lost is not asked here, so no currency goes first
    return Numbers.of(results[:ENTRIES], no_loss), Numbers.of(results[half : half + ENTRIES], no_loss)


def _summary(became: dict[str, tuple[str, str]]) -> str:
    counts = {what: sum(1 for state, _ in became.values() if state == what) for what in (ADDED, REMOVED, CHANGED)}
    return ", ".join(f"{n} {what}" for what, n in counts.items() if n) or "No element was added, removed or changed"


def _rows(two: Two, results: Results) -> list[Row]:
    """A row an element with its numbers in both versions."""
    rows: list[Row] = []
    for element, (what, words_of_it) in two.became.items():
        row: Row = {"element": element, "what": what, "changed": words_of_it}
        for side, numbers, elements, whole in zip(("old", "new"), _both(results), two.elements, _entries(results), strict=True):
            own = numbers.rows.get(element, {}) if element in elements else {}
            arrived = own.get("element_arrived", 0 if element in elements else None)
            row |= {f"arrived {side}": arrived, f"share {side}": arrived / whole if arrived is not None and whole else None}
            row |= {f"ended {side}": own["element_ended"] / arrived if arrived else None, f"view {side}": own.get("view_rate")}
            row |= {f"time {side}": own.get("element_time_median_s")}
        rows.append(row)
    return rows


def _table(two: Two, results: Results) -> None:
    everything, (older, newer) = {**two.elements[0], **two.elements[1]}, two.versions
    tables.table(
        [
            Col("Element", "t", lambda row: words.name(name(everything, row["element"]))),
            Col("Change", "t", lambda row: WORDS[row["what"]] + (f" <span class=q>{row['changed']}</span>" if row["changed"] else "")),
            *(Col(f"Arrived, v{version}", "n", _count(f"arrived {side}")) for version, side in ((older, "old"), (newer, "new"))),
            *_moved("share", "Of entries", two.versions), *_moved("ended", "Ended of arrived", two.versions),
            *_moved("view", "Viewed of delivered", two.versions),
            *(Col(f"Median time, v{version}", "n", _seconds(f"time {side}")) for version, side in ((older, "old"), (newer, "new"))),
        ],
        _rows(two, results), f"Elements of versions {older} and {newer}", "tight",
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
