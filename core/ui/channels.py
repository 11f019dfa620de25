"""What each channel and sender brought: from sent to clicked, failures, people and machines, when messages are viewed, and spend that nobody saw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from core.metrics.formulas import Formula
from core.ui import answers, catalog, columns, durations, filters, heat, parts, series, states, tables, words
from core.ui.address import Chosen
from core.ui.call_menus import plain_names
from core.ui.calls import told
from core.ui.frame import Results, Widget
from core.ui.performance import choice, choices
from core.ui.tables import Col

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

LADDER = (
    "messages_sent", "messages_delivered", "delivery_rate", "messages_viewed", "view_rate", "messages_clicked", "click_rate", "click_to_view_rate",
    "messages_replied", "messages_failed",
)  # fmt: skip
APART = ("messages_delivered", "messages_viewed", "messages_viewed_machine", "messages_unsubscribed", "messages_complained")
MACHINE_RATE, LEFT_RATE = "Machine views of delivered", "Unsubscribed of delivered"
WASTED_RATE = "Wasted of paid"
MOST = 15


def need_messages(viewer: Viewer, chosen: Chosen) -> None:
    """End the page where the range holds no message; it says whether there are any elsewhere."""
    if answers.ask(viewer, chosen.ask("messages_sent", "messages_failed", by=("channel",))).frame.is_empty():
        anywhere = answers.ask(viewer, replace(chosen.ask("messages_sent"), first=None, last=None)).value("messages_sent")
        if anywhere:
            states.nothing(viewer, chosen, "No message in this range")
        else:
            parts.state("forum", "No message here", "No message.sent or message.failed event belongs to a run of what is chosen: see whether the delivery feed "
                        "names the message ids that the sends name, under the same source.", link=("trust", "Trust: what was left out"))  # fmt: skip
        st.stop()


def senders(viewer: Viewer, chosen: Chosen) -> Widget:
    """Each sender of each channel from sent to clicked, with its failures and cost."""
    queries = (
        ("", chosen.ask(*LADDER, by=("channel", "sender"))),
        ("cost, by channel, sender and currency", chosen.ask("traffic_cost", by=("channel", "sender", "currency"))),
        ("failed, by channel, sender and reason", chosen.ask("messages_failed", by=("channel", "sender", "reason"))),
    )

    def draw(results: Results) -> None:
        rows = sorted(columns.joined(results), key=lambda row: (-row["messages_sent"], row["channel"] or "", row["sender"] or ""))
        colour = series.coloured(rows)
        tables.table(
            [
                Col("Sender", "t", lambda row: words.name(row["sender"]) if row["sender"] else "<span class=q>no sender named</span>"),
                Col("Channel", "t", lambda row: parts.chip(row["channel"])), columns.measure("messages_sent", "Sent"),
                *columns.rungs(colour), columns.rung("click_to_view_rate", "Clicked of viewed", colour),
                columns.measure("messages_delivered", "Delivered"), columns.measure("messages_viewed", "Viewed"),
                columns.measure("messages_clicked", "Clicked"), columns.measure("messages_replied", "Replied"),
                columns.reasons("messages_failed", "Failed"), columns.money("traffic_cost", "Cost"),
            ],
            rows, "Senders from sent to clicked",
        )  # fmt: skip

    return Widget("senders", "From sent to clicked, by sender and channel", queries, draw,
                  sub="Each rate's n stands in the columns beside it", empty="No message was sent in this range")  # fmt: skip


def failures(viewer: Viewer, chosen: Chosen) -> Widget:
    """Messages failed by channel and reason, most first."""
    query = chosen.ask("messages_failed", by=("channel", "reason"), order="-messages_failed")

    def draw(results: Results) -> None:
        found = list(results[0].frame.iter_rows(named=True))
        whole = {"messages_failed": sum(row["messages_failed"] for row in found)}
        tables.table(
            [columns.dated("reason", "Reason", words.reason), Col("Channel", "t", lambda row: parts.chip(row["channel"])),
             columns.bar("messages_failed", found, "var(--bad)"), columns.measure("messages_failed", "Failed"),
             columns.share("messages_failed", whole, "Of all failed")],
            found[:MOST], "Failed messages by reason and channel", "tight",
        )  # fmt: skip

    return Widget("failures", "Messages failed, by reason and channel", (("", query),), draw, sub="The reason of the latest failed event",
                  foot=_cut, empty="No message failed in this range")  # fmt: skip


def apart(viewer: Viewer, chosen: Chosen) -> Widget:
    """What people did and what machines did, each on its own."""
    formulas = (Formula(MACHINE_RATE, "messages_viewed_machine / messages_delivered", is_rate=True),
                Formula(LEFT_RATE, "messages_unsubscribed / messages_delivered", is_rate=True))  # fmt: skip
    query = replace(chosen.ask(*APART, "view_rate", by=("channel",)), formulas=formulas)

    def draw(results: Results) -> None:
        rows = sorted(results[0].frame.iter_rows(named=True), key=lambda row: -row["messages_delivered"])
        tables.table(
            [Col("Channel", "t", lambda row: parts.chip(row["channel"])), columns.measure("messages_delivered", "Delivered"),
             columns.measure("messages_viewed", "People viewed"), columns.measure("view_rate", "Of delivered"),
             columns.measure("messages_viewed_machine", "Only machines"), Col("Of delivered ", "n", lambda row: words.rate(row[MACHINE_RATE])),
             columns.measure("messages_unsubscribed", "Unsubscribed"), Col("Of delivered  ", "n", lambda row: words.rate(row[LEFT_RATE])),
             columns.measure("messages_complained", "Complained")],
            rows, "Views of people and of machines by channel", "tight",
        )  # fmt: skip

    return Widget("apart", "Views by people and by machines, by channel", (("", query),), draw,
                  sub="A prefetch, proxy or bot proves delivery and is no view; a message is viewed by a person, or only by a machine",
                  empty="No message was delivered in this range")  # fmt: skip


def viewed_when(viewer: Viewer, chosen: Chosen) -> Widget:
    """Views by weekday and hour, by the moment of the view on both bases."""
    query = replace(chosen.ask("messages_viewed", by=("weekday", "hour")), basis="happened")
    alt = f"Messages viewed by weekday and hour, {words.days(*chosen.days)}"
    return Widget(
        "viewed-when", "Messages viewed, by weekday and hour", (("", query),), picture=lambda results: heat.weekly(results[0], "messages_viewed", alt),
        sub=lambda results: heat.busiest(results[0], "messages_viewed", "view"), empty="No message was viewed in this range",
        foot=lambda _: ["First views in the range, by the hour of the view, whenever the run started"],
    )  # fmt: skip


def waited(viewer: Viewer, chosen: Chosen) -> Widget | None:
    """How long messages waited to be viewed; None where none was viewed."""
    queries = (("", told(chosen, "messages_viewed", "view_times")), ("quartiles", told(chosen, "messages_viewed", "view_time_quartiles")),
               ("quartiles, by channel", told(chosen, "messages_viewed", "view_time_quartiles", ("channel",))))  # fmt: skip
    if answers.ask(viewer, queries[0][1]).frame.is_empty():
        return None

    def sub(results: Results) -> str:
        _, half, _ = durations.three(results[1], "view_time")
        return f"Of {words.plural(results[1].value('messages_timed'), 'viewed message')} <b>half were viewed within {half}</b> of sending"

    def draw(results: Results) -> None:
        durations.bands(results[0], "Time from sent to viewed", "Messages", "Messages viewed by time from sent")
        channels = sorted(results[2].frame.iter_rows(named=True), key=lambda row: -row["messages_timed"])
        tables.table([Col("Channel", "t", lambda row: parts.chip(row["channel"])), Col("Viewed", "n", lambda row: words.count(row["messages_timed"])),
                      *durations.quartiles(results[2])], channels, "Time from sent to viewed by channel", "tight gap")  # fmt: skip

    return Widget("waited", "Messages viewed, by time from sent to viewed", queries, draw, sub=sub)


def wasted(viewer: Viewer, chosen: Chosen) -> Widget | None:
    """What was paid for messages that nobody viewed, by channel; None where nothing has a price."""
    query = replace(chosen.ask("traffic_cost", "wasted_cost", by=("channel", "currency")),
                    formulas=(Formula(WASTED_RATE, "wasted_cost / traffic_cost", is_rate=True),))  # fmt: skip
    if answers.ask(viewer, query).frame.is_empty():
        return None

    def draw(results: Results) -> None:
        rows = sorted(results[0].frame.iter_rows(named=True), key=lambda row: (row["currency"] or "", -(row["traffic_cost"] or 0)))
        tables.table(
            [Col("Channel", "t", lambda row: parts.chip(row["channel"])), _amount("traffic_cost", "Paid"), _amount("wasted_cost", "Never viewed"),
             Col("Of paid as a bar", "b", lambda row: parts.bar(row[WASTED_RATE], 1, "var(--bad)"), is_hidden=True),
             Col("Of paid", "n", lambda row: words.rate(row[WASTED_RATE]))],
            rows, "Cost paid and wasted by channel", "tight",
        )  # fmt: skip

    return Widget("wasted", "Spend on messages that nobody viewed, by channel", (("", query),), draw,
                  sub="Paid for messages that no person viewed; calls are paid for and never wasted. Not an invoice")  # fmt: skip


def wasted_where(viewer: Viewer, chosen: Chosen) -> Widget | None:
    """Where that spend goes: by element of one journey, else by journey; most first, each currency by itself; None where nothing is wasted."""
    by = "element" if len(chosen.journeys) == 1 else "journey"
    offered = choices(viewer, chosen, ("wasted_cost",))
    _, currency, _ = choice(viewer, chosen, filters.picked("waste", list(offered)), by=("channel",))
    query = replace(chosen.ask("wasted_cost", by=(by, "channel", "currency")), order="-wasted_cost")
    query = query.filtered("currency", currency) if currency else query
    if not any(answers.ask(viewer, query).frame["wasted_cost"]):
        return None
    names = catalog.of(viewer).name if by == "journey" else _element_of(viewer, chosen.journeys[0])

    def draw(results: Results) -> None:
        rows = [row for row in results[0].frame.iter_rows(named=True) if row["wasted_cost"]]
        top, whole = float(max(row["wasted_cost"] for row in rows)), sum(row["wasted_cost"] for row in rows)
        tables.table(
            [Col(by.capitalize(), "t", lambda row: words.name(names(row[by]))), Col("Channel", "t", lambda row: parts.chip(row["channel"])),
             Col("Wasted as a bar", "b", lambda row: parts.bar(float(row["wasted_cost"]), top, "var(--bad)"), is_hidden=True),
             _amount("wasted_cost", "Never viewed"), Col("Of all wasted", "n", lambda row: words.rate(float(row["wasted_cost"] / whole)))],
            rows[:MOST], f"Wasted cost by {by} and channel", "tight",
        )  # fmt: skip

    return Widget("wasted-where", f"Where wasted spend goes, by {by} and channel" + (f", {currency}" if currency else ""), (("", query),), draw,
                  picker=(lambda: filters.pick("waste", "Currency", offered)) if len(offered) > 1 else None, foot=_cut)  # fmt: skip


def _element_of(viewer: Viewer, journey: str) -> Callable[[str | None], str]:
    names = plain_names(viewer, journey)
    return lambda element: names.get(element, element) if element else "no element named"


def _amount(name: str, label: str) -> Col:
    return Col(label, "n", lambda row: words.number(row[name], "money", row["currency"]))


def _cut(results: Results) -> list[str]:
    found = results[0].frame.height
    return [f"{MOST} of {words.plural(found, 'row')} are shown; the files hold all"] if found > MOST else []
