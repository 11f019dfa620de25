"""Two versions of a call flow side by side: its calls, and each of its menus."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any

from core.ui import answers, parts, tables, words
from core.ui.address import Chosen
from core.ui.call_menus import element_names
from core.ui.calls import told
from core.ui.frame import Results, Widget
from core.ui.tables import Col, Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer


def beside(viewer: Viewer, chosen: Chosen, journey: str) -> Widget | None:
    """Two versions side by side: the two that the filter names, else the newest two with calls; None where there are not two."""
    counted = ("calls", "calls_answered", "calls_completed", "call_completion_rate")
    free = replace(chosen, versions=chosen.versions if len(chosen.versions) == 2 else ())
    with_calls = [row["journey_version"] for row in answers.ask(viewer, free.ask("calls", by=("journey_version",))).frame.iter_rows(named=True)]
    two = sorted((version for version in with_calls if version is not None), reverse=True)[:2][::-1]
    if len(two) < 2:
        return None
    of = replace(free, versions=tuple(two))
    queries = (
        ("", of.ask(*counted, by=("journey_version",))), ("menus", told(of, "menu_visits", "menu_use", ("journey_version",))),
        ("length", told(of, "calls_answered", "call_length_quartiles", ("journey_version",))),
        ("calls again", told(of, "calls", "repeat_calls", ("journey_version",))),
    )  # fmt: skip
    named = element_names(viewer, journey)

    def draw(results: Results) -> None:
        rows = _measured(results, two) + _by_menu(results[1].frame.to_dicts(), two, named)
        shown = [Col("", "t", lambda row: row["said"]), *(_of_version(version) for version in two), Col("Change", "n", lambda row: row["change"])]
        tables.table(shown, rows, "Two versions side by side", "tight")

    return Widget("versions", f"Version {two[0]} and version {two[1]}, side by side", queries, draw,
                  sub="The same range and filters; counts depend on how long each was in force, so only rates and lengths have a change")  # fmt: skip


def _of_version(version: int) -> Col:
    return Col(f"Version {version}", "n", lambda row: row[str(version)])


def _measured(results: Results, two: list[int]) -> list[Row]:
    lines = [(results[0], "calls", "Calls", None), (results[0], "calls_answered", "Answered", None), (results[0], "calls_completed", "Completed", None),
             (results[0], "call_completion_rate", "Completion rate", True), (results[2], "call_length_median_s", "Half of answered calls took at most", None),
             (results[3], "repeat_rate", "Calls within 24 h of the one before", False)]  # fmt: skip
    rows = []
    for result, name, label, good in lines:
        unit = next(str(column.unit) for column in result.columns if column.name == name)
        found = {row["journey_version"]: row[name] for row in result.frame.iter_rows(named=True)}
        rows.append(_line(escape(label), found, two, unit, good))
    return rows


def _by_menu(found: list[Row], two: list[int], named: Callable[[str | None], str]) -> list[Row]:
    rows = []
    for element in dict.fromkeys(row["element"] for row in found):
        of = {row["journey_version"]: row for row in found if row["element"] == element}
        for name, label, unit, good in (("menu_calls", "calls", "count", None), ("ok_rate", "chose", "rate", True), ("lost_rate", "calls lost", "rate", False)):
            found_there = {version: row[name] for version, row in of.items()}
            if any(value is not None for value in found_there.values()):  # a collect has no choice: its rate is of nothing
                rows.append(_line(f"{named(element)} <span class=q>{label}</span>", found_there, two, unit, good))
    return rows


def _line(said: str, found: Mapping[int, Any], two: list[int], unit: str, good: bool | None) -> Row:
    then, now = (found.get(version) for version in two)
    moved = None if then is None or now is None or unit == "count" else 100 * (now - then) if unit == "rate" else 100 * (now / then - 1) if then else None
    shown = {str(version): escape(words.number(found.get(version), unit)) for version in two}
    return {"said": said, **shown, "change": parts.change(moved, good, "pp" if unit == "rate" else "%") or f"<span class=q>{words.MISSING}</span>"}
