"""What happened at a journey's elements: those that send, and those where runs wait, part or end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.metrics import Result
from core.ui import answers, catalog, columns, parts, series, tables, words
from core.ui.address import Chosen
from core.ui.catalog import Element
from core.ui.frame import Results, Widget
from core.ui.tables import Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

SENDING = (
    "messages_sent",
    "messages_delivered",
    "delivery_rate",
    "messages_viewed",
    "view_rate",
    "messages_clicked",
    "click_rate",
    "messages_replied",
    "messages_failed",
)
STANDING = ("element_arrived", "element_passed", "element_waiting", "element_ended", "element_time_median_s")


def sending(viewer: Viewer, chosen: Chosen, journey: str) -> Widget | None:
    """Elements that send, in the order of the journey's map; None where none did."""
    named, senders = _named(viewer, journey), _senders(viewer, chosen)
    if not senders:
        return None
    queries = (
        ("", chosen.ask(*SENDING, by=("element",)).filtered("element", *senders)),
        ("cost, by element and currency", chosen.ask("traffic_cost", by=("element", "currency")).filtered("element", *senders)),
    )

    def draw(results: Results) -> None:
        rows = _in_order(columns.joined(results), named)
        colour = series.coloured(rows, lambda row: _channel(row, named))
        tables.table(
            [
                _element(named), tables.Col("Channel", "t", lambda row: parts.chip(_channel(row, named)) if _channel(row, named) else ""),
                columns.measure("messages_sent", "Sent"), *columns.rungs(colour),
                columns.measure("messages_delivered", "Delivered"), columns.measure("messages_viewed", "Viewed"),
                columns.measure("messages_clicked", "Clicked"),
                columns.measure("messages_replied", "Replied"), columns.measure("messages_failed", "Failed"),
                columns.money("traffic_cost", "Cost"),
            ],
            rows, "Elements that send",
        )  # fmt: skip

    return Widget("sending", "Messages, by element that sends", queries, draw, sub="In the order of the journey map")


def standing(viewer: Viewer, chosen: Chosen, journey: str) -> Widget | None:
    """Elements that do not send: who waits there, who went on, who ended, how long it took, what calls cost there; None where there is none."""
    named, senders = _named(viewer, journey), set(_senders(viewer, chosen))
    controls = {arm.element_id for arm in catalog.arms(viewer, journey) if arm.is_control}
    whole, cost = chosen.ask(*STANDING, by=("element",)), chosen.ask("traffic_cost", by=("element", "currency"))
    arrived = dict(answers.ask(viewer, chosen.ask("element_arrived", by=("element",))).frame.iter_rows())  # without the medians, which cost more
    quiet = [element for element in dict.fromkeys([*arrived, *answers.ask(viewer, cost).frame["element"]]) if element not in senders]
    if not quiet:
        return None
    queries = (
        ("", whole.filtered("element", *quiet)), ("cost, by element and currency", cost.filtered("element", *quiet)),
        ("ways on from splits and waits for events", replace(chosen.ask("element_arrived"), answer="ways")),
    )  # fmt: skip

    def draw(results: Results) -> None:
        rows, taken = _in_order(columns.joined(results[:2]), named), _taken(results[2])
        tables.table(
            [
                _element(named), tables.Col("Kind", "t", lambda row: _kind(row, named, controls)),
                columns.measure("element_arrived"), columns.bar("element_arrived", rows), columns.measure("element_passed", "Passed"),
                columns.measure("element_waiting", "Waiting now"), columns.measure("element_ended", "Ended here"),
                columns.measure("element_time_median_s", "Median time"), columns.money("traffic_cost", "Cost of calls"),
                tables.Col("Leads to", "t d", lambda row: _ways(row, named, taken)),
            ],
            rows, "Elements that do not send", "top ways",
        )  # fmt: skip

    return Widget(
        "standing", "Runs, by element that does not send", queries, draw, sub="Arrived = passed + waiting now + ended here; a run counts once an element",
    )  # fmt: skip


def _senders(viewer: Viewer, chosen: Chosen) -> list[str | None]:
    """The elements with a message in the range, sent or failed, over whatever channel."""
    result = answers.ask(viewer, replace(chosen, channels=()).ask("messages_sent", "messages_failed", by=("element",)))
    return [row["element"] for row in result.frame.iter_rows(named=True) if row["messages_sent"] or row["messages_failed"]]


def _named(viewer: Viewer, journey: str) -> dict[str, Element]:
    return {element.element_id: element for element in catalog.elements(viewer, journey)}


def _in_order(rows: list[Row], named: dict[str, Element]) -> list[Row]:
    place = {element: n for n, element in enumerate(named)}
    return sorted(rows, key=lambda row: (place.get(row["element"], len(place)), row["element"] is None, row["element"] or ""))


def _element(named: dict[str, Element]) -> tables.Col:
    def said(row: Row) -> str:
        element = row["element"]
        return "<span class=q>no element named</span>" if element is None else _name(element, named)

    return tables.Col("Element", "t", said)


def _name(element: str, named: dict[str, Element]) -> str:
    return words.name(named[element].name if element in named else element)


def _channel(row: Mapping[str, Any], named: dict[str, Element]) -> str | None:
    return named[row["element"]].channel if row["element"] in named else None


def _kind(row: Row, named: dict[str, Element], controls: set[str]) -> str:
    element = row["element"]
    kind = words.KINDS.get(named[element].kind, "") if element in named else ""
    return kind + (' <span class="ja-tag">control</span>' if element in controls else "")


def _taken(result: Result) -> dict[str, list[Row]]:
    """Element → the ways that its runs took, the most taken first."""
    found: dict[str, list[Row]] = {}
    for row in result.frame.iter_rows(named=True):
        found.setdefault(row["element"], []).append(row)
    return found


def _ways(row: Row, named: dict[str, Element], taken: dict[str, list[Row]]) -> str:
    """Where an element leads: of two ways on or more with their shares, as a bar that is divided; else the next one's name."""
    element = row["element"]
    labels = dict(named[element].exits) if element in named else {}
    if element not in taken:
        return ", ".join(_name(to, named) for to in labels if to)
    lines = []
    for way in taken[element]:
        to, share = way["next_element"], f"<b>{words.rate(way['way_rate'])}</b> <span class=q>{words.count(way['runs'])}</span>"
        name = "<span class=q>still here, or ended here</span>" if to is None else _name(to, named)
        said = f"{words.name(labels[to])}: " if to and labels.get(to) else ""
        lines.append(f"<span class=ja-way>{parts.bar(way['way_rate'], 1)}{share}<span>{said}{name}</span></span>")
    return "".join(lines)
