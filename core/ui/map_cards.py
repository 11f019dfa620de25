"""Answers → what the map draws: for each element its line, badge and card, for each way a line as wide as the runs that took it."""
from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.metrics import MEASURES, Result
from core.ui import columns, theme, words
from core.ui.catalog import Element
from core.ui.map_drawing import Node
from core.ui.map_elements import Elements, name, ways
from core.ui.map_lines import Link
from core.ui.tables import Row

ICONS = {
    "entry": "login", "wait_time": "hourglass_top", "wait_event": "hourglass_top", "split": "call_split", "control_group": "science", "send": "send",
    "ivr_menu": "dialpad", "ivr_collect": "edit_note", "update_profile": "manage_accounts", "call_api": "api", "exit": "logout", "goal": "flag",
    "other": "radio_button_unchecked",
}  # fmt: skip
CHANNEL_ICONS = {"SMS": "sms", "EMAIL": "mail", "PUSH": "notifications", "VOICE": "call", "VIBER": "chat_bubble", "WHATSAPP": "chat", "RCS": "forum"}
RUNS = ("element_arrived", "element_passed", "element_waiting", "element_ended", "element_time_median_s")
MESSAGES = ("messages_sent", "messages_delivered", "delivery_rate", "messages_viewed", "view_rate", "messages_clicked", "click_rate", "messages_failed")
FAILING = 0.01  # of sent and failed: above it an element's badge says so
RARE = 0.01  # of the runs drawn: below it a way that is not on the catalog's map is left out


@dataclass(frozen=True, slots=True)
class Numbers:
    """All that is known of elements in one scope: rows by element, lines, ways and choices."""

    rows: Mapping[str, Row]
    lines: Mapping[tuple[str | None, str | None], int]
    shares: Mapping[str, tuple[Row, ...]]  # of an element with two ways on or more
    choices: Mapping[str, tuple[tuple[str | None, int], ...]]  # of a menu: input → times, most chosen first
    lost: Mapping[str, tuple[Row, ...]]  # goal value lost there, a row a currency, the account's own first
    loses_most: str | None

    @classmethod
    def of(cls, results: Sequence[Result], currency: str) -> Numbers:
        """Of the answers in the order of `journey_map.queries`: runs, messages, cost, lines, ways, choices, and maybe lost goal value.

        `currency` is the account's own: what is lost in it says where most is lost.
        """
        runs, messages, cost, lines, shares, choices, *lost = results
        rows = {row["element"]: row for row in columns.joined((runs, messages, cost)) if row["element"] is not None}
        taken = {(row["from_element"], row["to_element"]): row["runs"] for row in lines.frame.iter_rows(named=True)}
        chosen = {element: tuple((row["input"], row["menu_inputs"]) for row in found) for element, found in _grouped(choices, "menu_inputs").items()}
        known = own_first((row for result in lost for row in result.frame.iter_rows(named=True) if row["lost_value"]), currency)
        gone = {element: tuple(row for row in known if row["element"] == element) for element in {row["element"] for row in known}}
        return cls(rows, taken, _grouped(shares), chosen, gone, known[0]["element"] if known else None)


def own_first(rows: Iterable[Row], currency: str) -> list[Row]:
    """Rows of lost goal value with the account's own currency first, then the others by letter; in each the most lost first."""
    return sorted(rows, key=lambda row: row["currency"] != currency)  # stable: the answer is ordered by currency, then by loss


def learned(numbers: Numbers) -> dict[str, Element]:
    """Elements as the events alone tell them, the most arrived at first: what sent messages sends, what callers chose in is a menu."""
    order = sorted(numbers.rows, key=lambda element: (-numbers.rows[element]["element_arrived"], element))
    kinds = {element: "ivr_menu" if element in numbers.choices else "send" if numbers.rows[element]["messages_sent"] else "other" for element in order}
    return {element: Element(element, None, kinds[element], element, None, ()) for element in order}


def nodes(elements: Elements, numbers: Numbers, marks: Mapping[str, str] | None = None) -> list[Node]:
    """The elements as they are drawn. `marks`: element → added, removed or changed."""
    blank = {name: 0 if MEASURES[name].unit == "count" else None for name in (*RUNS, *MESSAGES)}
    return [_node(element, numbers.rows.get(key, blank), elements, numbers, (marks or {}).get(key, "")) for key, element in elements.items()]


def links(elements: Elements, numbers: Numbers) -> tuple[list[Link], int]:
    """The catalog's ways with the runs that took them, and others that runs took often; how many runs took one that is not drawn."""
    drawn = ways(elements)
    other = {way: n for way, n in numbers.lines.items() if way[0] in elements and way[1] in elements and way not in drawn}
    least = RARE * max((n for (source, _), n in numbers.lines.items() if source is None), default=0)
    often = {(str(source), str(to)): n for (source, to), n in other.items() if n >= least}
    found = [_link(source, to, numbers.lines.get((source, to), 0), word) for (source, to), word in drawn.items()]
    found += [_link(*way, n, "", off=bool(drawn)) for way, n in often.items()]
    return found, sum(n for n in other.values() if n < least)


def card(element: Element, row: Row, elements: Elements, numbers: Numbers) -> tuple[tuple[str, str], ...]:
    """What is said of an element: how runs passed it, then what belongs to its kind."""
    said = [("Arrived", words.count(row["element_arrived"])), ("Passed", words.count(row["element_passed"])),
            ("Waiting now", words.count(row["element_waiting"])), ("Ended here", words.count(row["element_ended"]))]
    if element.kind != "exit" and row["element_arrived"]:
        said.append(("Stopped of arrived", words.rate(stopped(row))))
    said += [("Lost goal value", words.money(lost["lost_value"], lost["currency"])) for lost in numbers.lost.get(element.element_id, ())]
    if row["element_time_median_s"] is not None:
        said.append(("Median time", words.seconds(row["element_time_median_s"])))
    if row["messages_sent"] or row["messages_failed"]:
        said += [("Sent", words.count(row["messages_sent"])), ("Delivered of sent", words.rate(row["delivery_rate"])),
                 ("Viewed of delivered", words.rate(row["view_rate"])), ("Clicked of delivered", words.rate(row["click_rate"])),
                 ("Failed", words.count(row["messages_failed"]))]
    known = [(currency, amount) for currency, amount in row.get("traffic_cost by currency", ()) if amount is not None]
    said += [("Cost", words.money(amount, currency)) for currency, amount in known]
    for way in numbers.shares.get(element.element_id, ()):
        to = "Still here, or ended here" if way["next_element"] is None else f"→ {name(elements, way['next_element'])}"
        said.append((to, f"{words.rate(way['way_rate'])} · {words.count(way['runs'])}"))
    chosen = numbers.choices.get(element.element_id, ())
    whole = sum(n for _, n in chosen)
    said += [(f"Chose {given}" if given is not None else "No input", f"{words.rate(n / whole)} · {words.count(n)}") for given, n in chosen]
    return tuple(said)


def stopped(row: Row) -> float | None:
    """The share of the runs that arrived which wait there or ended there; None where none arrived."""
    return (row["element_waiting"] + row["element_ended"]) / row["element_arrived"] if row["element_arrived"] else None


def _node(element: Element, row: Row, elements: Elements, numbers: Numbers, mark: str) -> Node:
    count = words.count(row["element_arrived"])
    arrived = (words.count(row["element_ended"]), "ended here") if element.kind == "exit" else (count, "entered" if element.kind == "entry" else "arrived")
    line = (words.rate(row["delivery_rate"]), "delivered") if row["messages_sent"] else arrived
    badge, tone = _badge(element, row, numbers)
    of_kind = ICONS.get(element.kind, ICONS["other"])
    icon = CHANNEL_ICONS.get(element.channel or "", of_kind) if element.kind == "send" else of_kind
    facts = card(element, row, elements, numbers)
    said = (("This version", mark), *facts) if mark in ("added", "removed", "changed") else facts
    colour = theme.channel(element.channel) if element.kind == "send" and element.channel else None
    return Node(element.element_id, element.kind, icon, element.name, line, said, colour, badge, tone, mark)


def _badge(element: Element, row: Row, numbers: Numbers) -> tuple[str, str]:
    """What stands out at an element: that most goal value is lost there above all, else failures, who waits, who ended where the journey does not end."""
    if element.element_id == numbers.loses_most:
        lost = numbers.lost[element.element_id][0]
        return f"{words.money(lost['lost_value'], lost['currency'])} lost", "bad"
    tried = row["messages_sent"] + row["messages_failed"]
    if tried and row["messages_failed"] / tried > FAILING:
        return f"{words.count(row['messages_failed'])} failed", "bad"
    if row["element_waiting"]:
        return f"{words.count(row['element_waiting'])} waiting", ""
    if row["element_ended"] and element.kind != "exit":
        return f"{words.count(row['element_ended'])} ended", "quiet"
    return (f"{words.count(row['element_arrived'])} arrived", "quiet") if row["messages_sent"] else ("", "")


def _link(source: str, to: str, runs: int, word: str, off: bool = False) -> Link:
    return Link(source, to, runs, words.count(runs), word, off)


def _grouped(result: Result, order: str = "") -> dict[str, tuple[Row, ...]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in result.frame.iter_rows(named=True):
        if row["element"] is not None:
            found.setdefault(row["element"], []).append(row)
    return {element: tuple(sorted(rows, key=lambda row: -row[order]) if order else rows) for element, rows in found.items()}
