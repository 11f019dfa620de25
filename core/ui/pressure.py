"""Pressure and overlap: messages a person a week with what they do to views, and who is in several journeys at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from core.metrics import Query
from core.ui import catalog, columns, filters, frame, journeys, parts, tables, words
from core.ui.address import Chosen
from core.ui.frame import Results, Widget
from core.ui.tables import Col, Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

PAIRS = 10  # shown; the files hold all


def _asked(chosen: Chosen, measure: str, name: str) -> Query:
    query = chosen.ask(measure)
    return replace(query, basis="happened", compare=None, order=None, limit=None, answer=name)


def by_week(viewer: Viewer, chosen: Chosen) -> None:
    """Views and unsubscribes by how many messages people get in a week."""

    def draw(results: Results) -> None:
        rows = list(results[0].frame.iter_rows(named=True))
        top = max((row["person_weeks"] for row in rows), default=0)
        tables.table([
            Col("Messages in the week", "t", lambda row: words.name(row["messages_a_week"])),
            Col("Person-weeks", "n", lambda row: words.count(row["person_weeks"])),
            Col("Share of weeks", "b", lambda row: parts.bar(row["person_weeks"], top), is_hidden=True),
            Col("People", "n", lambda row: words.count(row["profiles"])),
            Col("Messages sent", "n", lambda row: words.count(row["messages"])), Col("View rate", "n", lambda row: _of(row, "viewed_rate")),
            Col("Unsubscribe rate", "n", lambda row: _of(row, "unsubscribed_rate")),
        ], rows, "Views and unsubscribes, by messages a person gets in a week")  # fmt: skip

    queries = (("", _asked(chosen, "messages_sent", "pressure")),)
    frame.show(viewer, chosen, lambda: Widget("pressure", "Views and unsubscribes, by messages a person gets in a week", queries, draw,
                                              sub="Each person and week by itself; rates are of the messages delivered in those weeks",
                                              foot=_most, empty="No message was sent in this range"))  # fmt: skip


def _of(row: Row, rate: str) -> str:
    return f'{words.rate(row[rate])} <span class=q>of {words.count(row["delivered"])}</span>'


def _most(results: Results) -> list[str]:
    """Where the view rate falls below half of that of one message a week, said."""
    rows = list(results[0].frame.iter_rows(named=True))
    first = rows[0]["viewed_rate"] if rows and rows[0]["messages_a_week"] == "1" else None
    fallen = next((row for row in rows if first and row["viewed_rate"] is not None and row["viewed_rate"] < first / 2), None)
    return [f"<b>From {fallen['messages_a_week']} messages a week</b> people view less than half as much as with one"] if fallen else []


def at_once(viewer: Viewer, chosen: Chosen) -> None:
    """How many journeys people are in at the same time."""

    def draw(results: Results) -> None:
        rows = list(results[0].frame.iter_rows(named=True))
        top = max((row["profiles"] for row in rows), default=0)
        tables.table([
            Col("Journeys at once", "t", lambda row: words.count(row["journeys_at_once"])), Col("People", "n", lambda row: words.count(row["profiles"])),
            Col("", "b", lambda row: parts.bar(row["profiles"], top), is_hidden=True), Col("Share", "n", lambda row: words.rate(row["share"])),
        ], rows, "People, by number of journeys at once", "tight")  # fmt: skip

    queries = (("", _asked(chosen, "profiles_in_journey", "overlap")),)
    frame.show(viewer, chosen, lambda: Widget("overlap", "People, by number of journeys at once", queries, draw,
                                              empty="Nobody was in a journey in this range"))  # fmt: skip


def _journey(names: catalog.Catalog, key: str, label: str) -> Col:
    carried = filters.carried()
    return columns.link(lambda row: journeys.address("campaign-performance", row[key], carried), lambda row: names.name(row[key]), label)


def pairs(viewer: Viewer, chosen: Chosen) -> None:
    """Which two journeys share people at the same time."""
    names = catalog.of(viewer)

    def draw(results: Results) -> None:
        found = results[0].frame
        top = max(found["profiles"].to_list(), default=0)
        tables.table([
            _journey(names, "journey", "Journey"), _journey(names, "journey_2", "And"),
            Col("People in both at once", "n", lambda row: words.count(row["profiles"])),
            Col("", "b", lambda row: parts.bar(row["profiles"], top), is_hidden=True),
            Col("Of the smaller one", "n", lambda row: words.rate(row["share"])),
        ], list(found.head(PAIRS).iter_rows(named=True)), "People in two journeys at once, by pair")  # fmt: skip

    queries = (("", _asked(chosen, "profiles_in_journey", "together")),)
    frame.show(viewer, chosen, lambda: Widget("together", "People in two journeys at once, by pair", queries, draw,
                                              empty="Nobody was in two journeys at once in this range",
                                              foot=lambda results: [f"{PAIRS} of {words.count(results[0].frame.height)} pairs are shown; the files hold all"]
                                              if results[0].frame.height > PAIRS else []))  # fmt: skip
