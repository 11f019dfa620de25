"""The widgets that Overview and Campaign performance share: trend, messages by day, the ladder, endings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from core.metrics import MEASURES, Query
from core.ui import answers, catalog, columns, filters, parts, seen, series, tables, theme, words
from core.ui import currencies as money
from core.ui.address import Chosen
from core.ui.frame import Results, Widget

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

BY = {"day": "by day", "week": "by week", "month": "by month"}
MOST_MARKS = 6
TREND = ("profiles_in_journey", "profiles_exited", "active_profiles", "goal_performers", "messages_sent", "traffic_cost")
LADDER = (
    "messages_sent", "messages_delivered", "delivery_rate", "messages_viewed", "view_rate", "messages_clicked", "click_rate", "messages_replied",
    "messages_failed", "messages_viewed_machine", "profiles_messaged", "profiles_viewing",
)  # fmt: skip


def trend(viewer: Viewer, chosen: Chosen, key: str, measures: Sequence[str] = TREND, pick: str = "trend") -> Widget:
    """One measure that the reader picks, over the range, against the compared days."""
    offered = choices(viewer, chosen, measures)
    name, currency, query = choice(viewer, chosen, filters.picked(pick, list(offered)), by=(chosen.grain,))
    measure, grain, marks = MEASURES[name], chosen.grain, published(viewer, chosen)
    return Widget(
        key, f"{measure.label}, {BY[grain]}" + (f", {currency}" if currency else ""), (("", query),),
        picture=lambda results: series.trend(results[0], name, chosen, grain, marks, seen.until(viewer), currency),
        sub=series.legend(chosen), picker=lambda: filters.pick(pick, "Measure", offered), empty=f"No {words.lower(measure.label)} in this range",
        foot=lambda _: open_said(viewer, chosen),
    )  # fmt: skip


def choices(viewer: Viewer, chosen: Chosen, measures: Sequence[str]) -> dict[str, str]:
    """What a picker offers, key → label: money in several currencies once in each, `traffic_cost:EUR`."""
    offered: dict[str, str] = {}
    for name in measures:
        label, found = MEASURES[name].label, currencies(viewer, chosen, name)
        offered |= {f"{name}:{currency}": f"{label}, {currency}" for currency in found} if len(found) > 1 else {name: label}
    return offered


def choice(viewer: Viewer, chosen: Chosen, key: str, by: Sequence[str]) -> tuple[str, str | None, Query]:
    """A picker's key as measure, currency (None: no money) and the Query of it with its comparison."""
    name, _, currency = key.partition(":")
    query = chosen.ask(name, by=by, compare=True)
    if currency:
        return name, currency, query.filtered("currency", currency)
    only = next(iter(currencies(viewer, chosen, name)), None)
    several = money.every(viewer) if MEASURES[name].is_money else []
    if len(several) > 1:  # elsewhere in the account: then money says which it is, also where the range holds one alone
        only = only or several[0]
        query = query.filtered("currency", only)
    return name, only, query


def currencies(viewer: Viewer, chosen: Chosen, measure: str) -> list[str]:
    """The currencies of a money measure, in the range and in the compared days, the account's own first; none of any other measure."""
    if not MEASURES[measure].is_money:
        return []
    return money.own_first(answers.ask(viewer, chosen.ask(measure, by=("currency",), compare=True)).frame["currency"], viewer.account.currency)


def published(viewer: Viewer, chosen: Chosen) -> dict[date, str]:
    """Day → what was published on it, of the chosen journeys; nothing where that would be more than a chart can hold."""
    names = catalog.of(viewer)
    first, last = chosen.days
    found: dict[date, list[str]] = {}
    for journey in chosen.journeys or names.journeys:
        for version in names.versions.get(journey, ()):
            if version.published_day and first <= version.published_day <= last:
                told = f"v{version.version}" if len(chosen.journeys) == 1 else f"v{version.version} {names.name(journey)[:16]}"
                found.setdefault(version.published_day, []).append(told)
    return {} if len(found) > MOST_MARKS else {day: ", ".join(said) for day, said in found.items()}


def open_said(viewer: Viewer, chosen: Chosen, *, is_compared: bool = True) -> list[str]:
    """That today is not over, where the range holds it; of the compared day only below a chart that draws it."""
    first, last = chosen.days
    if not first <= chosen.today <= last:
        return []
    against = ", the compared day is whole" if chosen.before and is_compared else ""
    return [f"<b>Today is not over:</b> {words.day(chosen.today, year=False)} ends here at {seen.until(viewer)}{against}"]


def sent_by_day(viewer: Viewer, chosen: Chosen, key: str = "sent") -> Widget:
    """Messages sent over the range, stacked by channel."""
    grain = chosen.grain

    def of(results: Results) -> dict[str | None, tuple[str, str]]:
        return series.channels(list(results[0].frame["channel"].unique()))

    return Widget(
        key, f"Messages sent, {BY[grain]} and channel", (("", chosen.ask("messages_sent", by=(grain, "channel"))),),
        picture=lambda results: series.stacked(results[0], "messages_sent", "channel", chosen, grain, of(results)),
        sub=lambda results: parts.keys(*((colour, name) for name, colour in dict.fromkeys(of(results).values()))),
        empty="No message was sent in this range", foot=lambda _: open_said(viewer, chosen, is_compared=False),
    )  # fmt: skip


def ladder(viewer: Viewer, chosen: Chosen, key: str = "ladder") -> Widget:
    """Each channel from sent to clicked, with what failed and why, what machines viewed, what it cost and whom it reached."""
    queries = (
        ("", chosen.ask(*LADDER, by=("channel",))),
        ("cost, by channel and currency", chosen.ask("traffic_cost", by=("channel", "currency"))),
        ("failed, by channel and reason", chosen.ask("messages_failed", by=("channel", "reason"))),
    )

    def draw(results: Results) -> None:
        rows = sorted(columns.joined(results), key=lambda row: (-row["messages_sent"], row["channel"] or ""))
        tables.table(
            [
                tables.Col("Channel", "t", lambda row: parts.chip(row["channel"])), columns.measure("messages_sent", "Sent"),
                *columns.rungs(series.coloured(rows)), columns.measure("messages_delivered", "Delivered"),
                columns.measure("messages_viewed", "Viewed"), columns.measure("messages_clicked", "Clicked"), columns.measure("messages_replied", "Replied"),
                columns.reasons("messages_failed", "Failed"), columns.measure("messages_viewed_machine", "Machine views"),
                columns.measure("profiles_messaged", "People messaged"),
                columns.measure("profiles_viewing", "People viewing"), columns.money("traffic_cost", "Cost"),
            ],
            rows, "Channels from sent to clicked",
        )  # fmt: skip

    return Widget(
        key, "From sent to clicked, by channel", queries, draw, sub="Delivered is a share of sent; viewed and clicked are shares of delivered",
        foot=machine_said, empty="No message was sent in this range",
    )  # fmt: skip


def machine_said(results: Results) -> list[str]:
    """How many views of machines the views leave out."""
    left_out = int(results[0].frame["messages_viewed_machine"].sum()) if results[0].frame.height else 0
    return [f"Views leave out {words.plural(left_out, 'message')} that only a machine opened"] if left_out else []


def channels(viewer: Viewer, chosen: Chosen, key: str = "channels") -> Widget:
    """The ladder in short, for Overview."""
    asked = ("messages_sent", "delivery_rate", "view_rate", "click_rate", "messages_viewed_machine")

    def draw(results: Results) -> None:
        rows = sorted(columns.joined(results), key=lambda row: (-row["messages_sent"], row["channel"] or ""))
        top = max((row["messages_sent"] for row in rows), default=0)
        tables.table(
            [
                tables.Col("Channel", "t", lambda row: parts.chip(row["channel"])),
                tables.Col("Messages sent as a bar", "b", lambda row: parts.bar(row["messages_sent"], top, theme.channel(row["channel"])), is_hidden=True),
                columns.measure("messages_sent", "Sent"), columns.measure("delivery_rate", "Delivered"), columns.measure("view_rate", "Viewed"),
                columns.measure("click_rate", "Clicked"),
            ],
            rows, "Messages sent by channel", "tight",
        )  # fmt: skip

    return Widget(
        key, "Messages sent, by channel", (("", chosen.ask(*asked, by=("channel",))),), draw, sub="Delivered of sent; viewed and clicked of delivered",
        foot=machine_said, empty="No message was sent in this range",
    )  # fmt: skip


def endings(viewer: Viewer, chosen: Chosen, key: str = "endings") -> Widget:
    """How runs ended, by reason, and how many have not."""

    def draw(results: Results) -> None:
        rows = sorted(results[0].frame.iter_rows(named=True), key=lambda row: -row["exits"])
        whole = {"exits": sum(row["exits"] for row in rows)}
        tables.table(
            [
                columns.dated("exit_reason", "Ending of a run", words.reason), columns.bar("exits", rows), columns.measure("exits"),
                columns.share("exits", whole, "Of all exits"),
            ],
            rows, "Endings of runs", "tight",
        )  # fmt: skip

    def still(results: Results) -> list[str]:
        runs = results[1].value("currently_in_journey")
        return [f"{words.plural(runs, 'run')} that started in the range {'is' if runs == 1 else 'are'} still in the journey"] if runs else []

    queries = (("", chosen.ask("exits", by=("exit_reason",))), ("runs still in the journey", chosen.ask("currently_in_journey")))
    return Widget(key, "Exits, by their ending", queries, draw, foot=still, empty="No run of this range has ended")
