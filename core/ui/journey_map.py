"""The map of a journey: its elements with what runs did at each, lines as wide as the runs that took them; the same rows as a table."""
from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.errors import WrongUsage
from core.metrics import Query, Result
from core.ui import answers, catalog, columns, filters, map_cards, map_drawing, map_paper, parts, tables, words, worked_out
from core.ui.catalog import Element
from core.ui.frame import Results, Widget
from core.ui.map_cards import Numbers
from core.ui.map_elements import Elements, Scope, name, of_versions
from core.ui.svg import Drawing
from core.ui.tables import Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

LEARNED = '<span class="ja-tag">learned from its events</span> '
UNDESCRIBED = f"{LEARNED} The catalog does not describe its elements: these are those that its runs arrived at, and the lines they took most."
LOST = "People who ended or wait at an element × goal value per person who passed it"
NO_VALUE = "Nobody who passed an element brought a goal value in this range: ordered by the people who ended or wait there"


def queries(scope: Scope) -> tuple[tuple[str, Query], ...]:
    """What the map is drawn from: what one version's is, and what is lost at each element."""
    return (*of_one_version(scope), ("lost goal value, by element", lost(scope)))


def lost(scope: Scope) -> Query:
    """The question where goal value is lost."""
    return scope.ask("goal_value", by=("currency",), answer="drop_off")


def of_one_version(scope: Scope) -> tuple[tuple[str, Query], ...]:
    """Runs, messages and their cost by element, the lines, the ways on, the choices in menus."""
    return (
        ("", scope.ask(*map_cards.RUNS, by=("element",))), ("messages, by element", scope.ask(*map_cards.MESSAGES, by=("element",))),
        ("cost, by element and currency", scope.ask("traffic_cost", by=("element", "currency"))), ("lines", scope.ask("element_arrived", answer="flow")),
        ("ways on from splits and waits for events", scope.ask("element_arrived", answer="ways")),
        ("choices in menus", scope.ask("menu_inputs", by=("element", "input"))),
    )  # fmt: skip


def the_map(viewer: Viewer, scope: Scope) -> Widget:
    """The map of the versions chosen; of a journey that the catalog does not describe one that is learned from its runs."""
    catalogued = of_versions(viewer, scope.journey, scope.chosen.versions)

    def read(results: Results) -> tuple[Elements, Numbers]:
        numbers = Numbers.of(results, viewer.account.currency)
        return catalogued or map_cards.learned(numbers), numbers

    def draw(results: Results) -> None:
        there, numbers = read(results)
        lines, _ = map_cards.links(there, numbers)
        label = f"Journey map, {words.plural(len(there), 'element')}. Arrow keys walk from element to element, Enter opens one below."
        opened(map_drawing.draw(map_cards.nodes(there, numbers), lines, "map", label, shown(viewer, scope)))

    def image(results: Results) -> Drawing:
        there, numbers = read(results)
        return map_paper.sheet(map_cards.nodes(there, numbers), map_cards.links(there, numbers)[0])

    def foot(results: Results) -> list[str]:
        there, numbers = read(results)
        return [*undrawn(map_cards.links(there, numbers)[1]), *_elsewhere(there, numbers)]

    sub = "A line is as wide as the runs that took it; dashed: not on the catalog's map. Choose an element to see its days and rows."
    return Widget(
        "map", f"Runs through the journey, {which(scope)}", queries(scope), draw, table=lambda results: table(*read(results), results),
        sub=sub if catalogued else UNDESCRIBED, image=image,
        foot=foot, empty="No run arrived at an element in this range",
    )  # fmt: skip


def opened(clicked: str | None, parameter: str = "element") -> None:
    """A click on an element goes into the address, and the whole page follows."""
    if clicked and clicked != st.query_params.get(parameter):
        filters.write({parameter: clicked})
        st.rerun(scope="app")


def chosen_element(elements: Mapping[str, Any]) -> str | None:
    """The element that the address names; None where it names none of these."""
    named = st.query_params.get("element")
    return named if named in elements else None


def shown(viewer: Viewer, scope: Scope) -> str | None:
    """The element that the page tells of: the address's, else where most goal value is lost, else the one that most runs got to; None where none did."""
    runs = answers.ask(viewer, scope.ask("element_arrived", by=("element",))).frame
    arrived = {row["element"]: row["element_arrived"] for row in runs.iter_rows(named=True) if row["element"] is not None}
    elements = of_versions(viewer, scope.journey, scope.chosen.versions) or {key: element_named(key, {}) for key in arrived}
    loses = [row["element"] for row in _lost_rows(viewer, answers.ask(viewer, lost(scope))) if row["lost_value"]]
    busiest = max(arrived, key=lambda key: (arrived[key], key), default=None)
    return chosen_element(elements) or next((key for key in loses if key in elements), busiest) or next(iter(elements), None)


def table(elements: Elements, numbers: Numbers, results: Sequence[Result]) -> None:
    """Everything that the map says, a row an element."""
    rows = [{**numbers.rows.get(key, columns.blank_of(results[:2])), "element": key} for key in elements]
    tables.table(
        [
            columns.link(lambda row: filters.address_with({"element": row["element"]}), lambda row: name(elements, row["element"]), "Element"),
            tables.Col("Kind", "t", lambda row: words.KINDS.get(elements[row["element"]].kind, "")),
            columns.measure("element_arrived"), columns.bar("element_arrived", rows), columns.measure("element_passed", "Passed"),
            columns.measure("element_waiting", "Waiting now"), columns.measure("element_ended", "Ended here"),
            tables.Col("Stopped", "n", lambda row: words.rate(map_cards.stopped(row)), hint="Waiting now and ended here, of arrived"),
            tables.Col("Lost goal value", "n", lambda row: _lost_said(numbers, row)),
            columns.measure("element_time_median_s", "Median time"), columns.measure("messages_sent", "Sent"),
            columns.measure("delivery_rate", "Delivered"), columns.measure("view_rate", "Viewed"), columns.measure("click_rate", "Clicked"),
            columns.money("traffic_cost", "Cost"), tables.Col("Goes on to", "t w", _goes_on(elements, numbers)),
        ],
        rows, "Elements of the journey", "top",
    )  # fmt: skip


def _lost_said(numbers: Numbers, row: Row) -> str:
    known = numbers.lost.get(row["element"], ())
    return "<br>".join(words.money(one["lost_value"], one["currency"]) for one in known) or f"<span class=q>{words.MISSING}</span>"


def _goes_on(elements: Elements, numbers: Numbers) -> Callable[[Row], str]:
    """Where runs went straight from an element, the most first."""

    def said(row: Row) -> str:
        taken = ((n, to) for (source, to), n in numbers.lines.items() if source == row["element"] and to is not None)
        out = sorted(taken, key=lambda pair: (-pair[0], pair[1]))
        return "<br>".join(f"{words.name(name(elements, to))} <b>{words.count(n)}</b>" for n, to in out)

    return said


def which(scope: Scope) -> str:
    """The versions and the arm that the map is of, in words."""
    of = "all versions" if not scope.chosen.versions else ", ".join("no version" if v is None else f"version {v}" for v in scope.chosen.versions)
    return f"{of}, arm {scope.arm}" if scope.arm else of


def undrawn(runs: int) -> list[str]:
    """A note on moves along lines too rare to be drawn."""
    return [f"<b>{words.count(runs)}</b> moves took lines too rare to be drawn: the file “Lines” has them all"] if runs else []


def _elsewhere(elements: Elements, numbers: Numbers) -> list[str]:
    others = [row for key, row in numbers.rows.items() if key not in elements and row["element_arrived"]]
    arrived = sum(row["element_arrived"] for row in others)
    return [f"<b>{words.plural(arrived, 'arrival')}</b> at {words.plural(len(others), 'element')} that the catalog does not describe here"] if others else []


def drop_off(viewer: Viewer, scope: Scope) -> Widget:
    """Where the journey loses most: elements by lost goal value; where none is known by the people who stopped."""
    elements = of_versions(viewer, scope.journey, scope.chosen.versions)

    def draw(results: Results) -> None:
        runs = {row["element"]: row for row in results[1].frame.iter_rows(named=True)}
        rows = [row for row in _lost_rows(viewer, results[0]) if row["stopped"] and row["passed"]]
        worth = [row for row in rows if row["lost_value"] is not None]
        if not rows:
            parts.state("check_circle", "Nobody stopped", "Nobody of the range ended or waits at an element that others passed.")
            return
        if not worth:  # one row an element, whatever the currencies
            rows = sorted({row["element"]: row for row in rows}.values(), key=lambda row: -row["stopped"])
        tables.table(_lost_columns(elements, runs, worth or rows), worth or rows, "Elements by lost goal value" if worth else "Elements by people who stopped")
        worked_out.below(*results[:1])

    def sub(results: Results) -> str:
        return LOST if results[0].frame["lost_value"].is_not_null().any() else NO_VALUE

    queries = (("", lost(scope)), ("runs, by element", scope.ask(*map_cards.RUNS, by=("element",))))
    return Widget("drop-off", "Lost goal value, by element", queries, draw, sub=sub, empty="No run arrived at an element in this range",
                  foot=lambda _: ["an estimate to rank elements by; it cannot be added up"])  # fmt: skip


def _lost_rows(viewer: Viewer, result: Result) -> list[Row]:
    return map_cards.own_first(result.frame.iter_rows(named=True), viewer.account.currency)


def _lost_columns(elements: Elements, runs: Mapping[str, Row], rows: Sequence[Row]) -> list[tables.Col]:
    """Columns of the drop-off: without the money where none of the rows has any. A name leads to the runs that stopped there."""

    def to_the_stopped(row: Row) -> str:
        own = runs[row["element"]]
        return filters.address_with({"element": row["element"], "state": max(("element_ended", "element_waiting"), key=lambda state: own[state])})

    link = columns.link(to_the_stopped, lambda row: name(elements, row["element"]), "Element")
    top = {row["currency"]: float(row["lost_value"]) for row in reversed(rows) if row["lost_value"] is not None}  # each currency by itself
    most = max(row["stopped"] for row in rows)
    money = [
        tables.Col("Lost goal value", "n", lambda row: f"<b>{words.money(row['lost_value'], row['currency'])}</b>"),
        tables.Col("Lost goal value as a bar", "b", lambda row: parts.bar(float(row["lost_value"]), top[row["currency"]], "var(--bad)"), is_hidden=True),
    ]  # fmt: skip
    people = [tables.Col("Ended or waiting as a bar", "b", lambda row: parts.bar(row["stopped"], most, "var(--bad)"), is_hidden=True)]
    worth = [tables.Col("Value per person who passed", "n", lambda row: words.money(row["value_a_person"], row["currency"]))]
    return [
        link, *(money if top else people), tables.Col("Ended or waiting, people", "n", lambda row: words.count(row["stopped"])),
        tables.Col("of them at the goal", "n", lambda row: words.count(row["stopped_at_goal"])),
        tables.Col("Passed, people", "n", lambda row: words.count(row["passed"])),
        tables.Col("Runs stopped, of arrived", "n", lambda row: words.rate(map_cards.stopped(runs[row["element"]]))), *(worth if top else []),
    ]  # fmt: skip


def has_elements(viewer: Viewer, scope: Scope) -> bool:
    """Whether the journey has elements, in the catalog or in events, of whatever day; else its map is of what happened to its runs."""
    everything = Query(("element_arrived",), where=(("journey", (scope.journey,)),))
    return bool(of_versions(viewer, scope.journey, ())) or bool(answers.ask(viewer, everything).value("element_arrived"))


def arm(viewer: Viewer, journey: str) -> str:
    """The arm that the address names, with the way to choose one; "": all runs, in an arm or not."""
    names = {"": "All arms"} | {arm.name: arm.name for arm in catalog.arms(viewer, journey)}
    if len(names) == 1:
        return ""
    try:
        chosen = filters.picked("arm", list(names), "")
    except WrongUsage as problem:
        parts.state("error", "The address asks for something that is not there", str(problem), "bad", (filters.address_with({"arm": None}), "All arms"))
        st.stop()
    with st.container(key="arms", horizontal=True):
        filters.pick("arm", "Arm", names, "")
    return chosen


def element_named(element_id: str, elements: Elements) -> Element:
    """An element of the map; one that only events know has no name of its own."""
    return elements.get(element_id) or Element(element_id, None, "other", element_id, None, ())
