"""Where a call flow loses its callers: last elements, menus, choices, collects and transfers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from core.metrics import Result
from core.metrics.formulas import Formula
from core.ui import answers, catalog, columns, parts, tables, words
from core.ui.address import Chosen
from core.ui.calls import cost as cost_of
from core.ui.calls import told
from core.ui.frame import Results, Widget
from core.ui.tables import Col, Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

LOST = "Calls lost"
LOST_BY = Formula(LOST, "calls_answered - calls_completed")
STATUSES = {"ok": "Chose", "invalid": "Invalid", "no_input": "No input"}
MOST_VALUES = 12  # a name, on screen


def element_names(viewer: Viewer, journey: str) -> Callable[[str | None], str]:
    """Element id → its name as HTML."""
    named = {element.element_id: element.name for element in catalog.elements(viewer, journey)}

    def said(element: str | None) -> str:
        return "<span class=q>before any step</span>" if element is None else words.name(named.get(element, element))

    return said


def plain_names(viewer: Viewer, journey: str) -> Mapping[str, str]:
    """Element id → its name as text, of the catalogued ones."""
    return {element.element_id: element.name for element in catalog.elements(viewer, journey)}


def lost(viewer: Viewer, chosen: Chosen, journey: str) -> Widget:
    """Answered calls that did not complete, by the last element they reached, most first."""
    query = replace(chosen.ask("calls_answered", "calls_completed", by=("last_element",)), formulas=(LOST_BY,), order=f"-{LOST}")
    named = element_names(viewer, journey)

    def rows_of(results: Results) -> list[Row]:
        return [row for row in results[0].frame.iter_rows(named=True) if row[LOST]]

    def sub(results: Results) -> str:
        answered, completed = (int(results[0].frame[name].sum()) for name in ("calls_answered", "calls_completed"))
        return f"{words.count(answered - completed)} of {words.plural(answered, 'answered call')}, by the last element they reached"

    def draw(results: Results) -> None:
        rows, answered = rows_of(results), int(results[0].frame["calls_answered"].sum())
        if not rows:
            parts.state("check_circle", "No answered call was lost", "Every answered call of the range was completed or transferred.")
            return
        top = max(row[LOST] for row in rows)
        tables.table(
            [Col("Last element", "t", lambda row: named(row["last_element"])),
             Col("Calls lost as a bar", "b", lambda row: parts.bar(row[LOST], top, "var(--bad)"), is_hidden=True),
             Col("Calls", "n", lambda row: words.count(row[LOST])), Col("Of answered", "n", lambda row: words.rate(row[LOST] / answered)),
             *(_cost(result) for result in results[1:])],
            rows, "Answered calls that did not complete, by last element", "tight",
        )  # fmt: skip

    cost = (("cost of calls, by last element and currency", query) for query in cost_of(viewer, chosen, "element"))
    return Widget("lost", "Where answered calls ended without completing", (("", query), *cost), draw, sub=sub)


def _cost(result: Result) -> Col:
    """What all calls with this last element cost, the completed ones too."""
    paid: dict[str | None, list[str]] = {}
    for row in result.frame.iter_rows(named=True):
        paid.setdefault(row["element"], []).append(words.money(row["traffic_cost"], row["currency"]))
    return Col("Cost of all calls that ended there", "n", lambda row: "<br>".join(paid.get(row["last_element"], [])) or f"<span class=q>{words.MISSING}</span>")


def menus(viewer: Viewer, chosen: Chosen, journey: str) -> Widget | None:
    """How each menu was used, the one that loses most calls first; None where no menu was heard."""
    query, named = told(chosen, "menu_visits", "menu_use"), element_names(viewer, journey)
    if answers.ask(viewer, query).frame.is_empty():
        return None

    def draw(results: Results) -> None:
        shown = [Col("Menu", "t", lambda row: "<span class=q>no element named</span>" if row["element"] is None else named(row["element"]))]
        labels = {"menu_visits": "Heard", "ok_rate": "Chose", "no_input_rate": "No input", "invalid_rate": "Invalid", "repeats": "Heard again",
                  "heard_a_call": "Times a call", "time_to_choose_s": "Time to choose", "lost_calls": LOST, "lost_rate": "Of calls"}  # fmt: skip
        units = {column.name: str(column.unit) for column in results[0].columns}
        shown += [_number(name, label, units[name], "menu_inputs" if units[name] == "rate" and name != "lost_rate" else "") for name, label in labels.items()]
        tables.table(shown, list(results[0].frame.iter_rows(named=True)), "Menus, by calls lost", "tight")

    return Widget("menus", "How the menus were used", (("", query),), draw,
                  sub="By calls lost: answered, not completed, and their last step was here. One call may hear a menu again",
                  foot=lambda _: ["Chose, no input and invalid are shares of the inputs that a menu had; time to choose is the median"])  # fmt: skip


def _number(name: str, label: str, unit: str, of: str = "") -> Col:
    def said(row: Row) -> str:
        text = escape(words.number(row[name], unit))
        return f'<span title="of {words.count(row[of])}">{text}</span>' if of else text

    return Col(label, "n", said)


def choices(viewer: Viewer, chosen: Chosen, journey: str) -> Widget:
    """What callers chose in each menu, wrong keys and silence too."""
    query, named = chosen.ask("menu_inputs", by=("element", "input", "input_status")), element_names(viewer, journey)
    ways = _ways(viewer, journey)

    def draw(results: Results) -> None:
        rows = list(results[0].frame.iter_rows(named=True))
        whole: dict[str | None, int] = {}
        for row in rows:
            whole[row["element"]] = whole.get(row["element"], 0) + row["menu_inputs"]
        rows.sort(key=lambda row: (-whole[row["element"]], row["element"] or "", _place(row["input_status"]), -row["menu_inputs"]))
        tables.table(
            [Col("Menu", "t", _once_a_group(named)), Col("Input", "t", lambda row: _input(row, ways)),
             Col("Inputs as a bar", "b", lambda row: parts.bar(row["menu_inputs"], whole[row["element"]], _tone(row)), is_hidden=True),
             columns.measure("menu_inputs", "Inputs"),
             Col("Of the menu", "n", lambda row: words.rate(row["menu_inputs"] / whole[row["element"]]))],
            rows, "Inputs by menu, key and status", "tight", height=420,
        )  # fmt: skip

    return Widget("choices", "Menu inputs, by menu and choice", (("", query),), draw, sub="Every input that a menu took, wrong keys and silence too",
                  empty="No menu took an input in this range")  # fmt: skip


def _place(status: str | None) -> int:
    return list(STATUSES).index(status) if status in STATUSES else len(STATUSES)


def _ways(viewer: Viewer, journey: str) -> dict[tuple[str, str], str]:
    """(menu, label of a way on) → the element it leads to."""
    names = plain_names(viewer, journey)
    return {(element.element_id, label): names.get(to, to) for element in catalog.elements(viewer, journey) for to, label in element.exits}


def _input(row: Row, ways: Mapping[tuple[str, str], str]) -> str:
    name = STATUSES.get(row["input_status"], row["input_status"] or "")
    status = "" if row["input_status"] == "ok" else f" <span class=q>{words.name(words.lower(name))}</span>"
    if row["input"] is None:
        return status.strip() or "<span class=q>no key given</span>"
    leads = ways.get((row["element"], row["input"]))
    return words.name(row["input"]) + (f" <span class=q>{words.name(leads)}</span>" if leads and not status else status)


def _tone(row: Row) -> str | None:
    return None if row["input_status"] == "ok" else "var(--bad)" if row["input_status"] == "invalid" else "var(--ghost)"


def _once_a_group(named: Callable[[str | None], str]) -> Callable[[Row], str]:
    """The element's name in the first of its rows, for screen readers in the others too."""
    last: list[str | None] = []

    def said(row: Row) -> str:
        text = "<span class=q>no element named</span>" if row["element"] is None else named(row["element"])
        is_first = not last or last[-1] != row["element"]
        last.append(row["element"])
        return text if is_first else f"<span class=ja-sr>{text}</span>"

    return said


def collects(viewer: Viewer, chosen: Chosen) -> Widget | None:
    """What callers were asked to type or say: collected, empty, invalid; None where nothing was asked."""
    queries = (("", told(chosen, "collects", "collect_use")), ("by name and status", chosen.ask("collects", by=("collect_name", "input_status"))))
    if answers.ask(viewer, queries[0][1]).frame.is_empty():
        return None

    def draw(results: Results) -> None:
        units = {column.name: str(column.unit) for column in results[0].columns}
        labels = {"collects": "Asked", "ok_inputs": "Collected", "ok_rate": "Of asked", "no_inputs": "Empty", "no_input_rate": "Of asked ",
                  "invalid_inputs": "Invalid", "invalid_rate": "Of asked  ", "collected_values": "Different values"}  # fmt: skip
        shown = [Col("Collected", "t", _collect_name), *(_number(name, label, units[name]) for name, label in labels.items())]
        tables.table(shown, list(results[0].frame.iter_rows(named=True)), "Collects by name", "tight")

    return Widget("collects", "Collects, by what was asked for", queries, draw, sub="Each time a step asked for something to be typed or said")


def _collect_name(row: Row) -> str:
    return "<span class=q>no name given</span>" if row["collect_name"] is None else words.name(row["collect_name"])


def collected(viewer: Viewer, chosen: Chosen) -> Widget | None:
    """The values that were collected, most given first, as dots for whoever may not see them; None where there is none."""
    query = told(chosen, "collects", "collect_values")
    if answers.ask(viewer, query).frame.is_empty():
        return None
    masked = viewer.refusal("people")

    def draw(results: Results) -> None:
        shown: list[Row] = []
        for row in results[0].frame.iter_rows(named=True):
            shown += [row] if sum(other["collect_name"] == row["collect_name"] for other in shown[-MOST_VALUES:]) < MOST_VALUES else []
        tables.table(
            [Col("Collected", "t", _collect_name), Col("Value", "t", lambda row: words.name(row["collected_value"])),
             Col("Share as a bar", "b", lambda row: parts.bar(row["value_rate"], 1), is_hidden=True), columns.measure("collects"),
             Col("Share", "n", lambda row: words.rate(row["value_rate"]))],
            shown, "Collected values by name", "tight", height=420,
        )  # fmt: skip

    def foot(results: Results) -> list[str]:
        said = [f"<b>Values are masked:</b> {escape(masked)}"] if masked else []
        return [*said, f"Under each name the {MOST_VALUES} values given most often are shown; the files hold all {words.count(results[0].frame.height)}"]

    return Widget("collected", "Collected values, by how often they were given", (("", query),), draw, sub="Of collects with an ok value", foot=foot)


def transfers(viewer: Viewer, chosen: Chosen, journey: str) -> Widget | None:
    """Calls that were transferred, by the element from which; None where none was."""
    query, named = chosen.ask("calls", by=("last_element",), order="-calls").filtered("outcome", "transferred"), element_names(viewer, journey)
    if answers.ask(viewer, query).frame.is_empty():
        return None

    def draw(results: Results) -> None:
        rows = list(results[0].frame.iter_rows(named=True))
        whole = {"calls": sum(row["calls"] for row in rows)}
        tables.table(
            [Col("Last element", "t", lambda row: named(row["last_element"])), columns.bar("calls", rows), columns.measure("calls", "Transferred"),
             columns.share("calls", whole, "Of transfers")],
            rows, "Transferred calls by last element", "tight",
        )  # fmt: skip

    return Widget("transfers", "Calls transferred, by the element before", (("", query),), draw, sub="A transferred call counts as completed")
