"""Journeys beside each other: the top ten by a measure that the reader picks, and what moved most."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from core.metrics import MEASURES
from core.ui import catalog, columns, filters, journeys, parts, tables, words
from core.ui.address import Chosen
from core.ui.frame import Results, Widget
from core.ui.performance import choice, choices
from core.ui.tables import Col, Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

TOP = ("profiles_in_journey", "goal_performers", "goal_rate", "active_profiles", "messages_sent", "traffic_cost")
BESIDE = ("profiles_in_journey", "active_profiles", "goal_performers", "goal_rate")
MOST = 10
GOOD = {"profiles_in_journey": True, "goal_performers": True, "goal_rate": True, "active_profiles": True, "traffic_cost": False}


def top(viewer: Viewer, chosen: Chosen) -> Widget:
    """The ten journeys with the most of a measure that the reader picks, and how each moved."""
    offered = choices(viewer, chosen, TOP)
    name, currency, ranked_by = choice(viewer, chosen, filters.picked("top", list(offered)), by=("journey",))
    ranked_by = replace(ranked_by, order=f"-{name}")
    measure = MEASURES[name]
    queries = (
        ("", ranked_by),
        ("people and goals, by journey", chosen.ask(*(m for m in BESIDE if m != name), by=("journey",))),
        ("messages, by journey", chosen.ask("messages_sent", by=("journey",))),
        ("cost, by journey and currency", chosen.ask("traffic_cost", by=("journey", "currency"))),
    )

    def draw(results: Results) -> None:
        ranked = set(results[0].frame["journey"].head(MOST))
        rows = [row for row in columns.joined(results) if row["journey"] in ranked][:MOST]
        tables.table([to_journey(viewer), *_ranked(name, currency, rows)], rows, f"Top journeys by {words.lower(measure.label)}")

    def foot(results: Results) -> Sequence[str]:
        found = results[0].frame.height
        said = [f"{MOST} of {words.count(found)} journeys are shown; the files hold all"] if found > MOST else []
        return [*said, "People do not add up over journeys: one may be in several"] if measure.unit == "people" else said

    against = f"Change is against {words.days(*chosen.before)}" if chosen.before else ""
    return Widget(
        "top", f"Top {MOST} journeys by {words.lower(measure.label)}", queries, draw, sub=against, foot=foot,
        picker=lambda: filters.pick("top", "Order by", offered), empty="No journey has anything to show in this range",
    )  # fmt: skip


def _ranked(name: str, currency: str | None, rows: Sequence[Row]) -> list[Col]:
    """The measure that ranks as a bar, a number and its change; then the others."""
    measure = MEASURES[name]
    shown = Col(measure.label + (f", {currency}" if currency else ""), "n", lambda row: escape(words.number(row[name], str(measure.unit))),
                hint=measure.definition)  # fmt: skip
    others = [columns.measure(m) for m in (*BESIDE, "messages_sent") if m != name]
    cost = [] if name == "traffic_cost" else [columns.money("traffic_cost", "Cost")]
    return [columns.bar(name, rows), shown, columns.change(name, GOOD.get(name)), *others, *cost]


def moved(viewer: Viewer, chosen: Chosen) -> Widget:
    """The journeys whose number of profiles moved most against the compared days, up or down."""
    name = "profiles_in_journey"
    query = chosen.ask(name, by=("journey",), compare=True)

    def draw(results: Results) -> None:
        if not chosen.before:
            parts.state("history", "Nothing is compared", "Choose a comparison in the filter bar to see what moved.")
            return
        rows = [{**row, "by": (row[name] or 0) - (row[f"{name}_before"] or 0)} for row in results[0].frame.iter_rows(named=True)]
        rows = sorted((row for row in rows if row["by"]), key=lambda row: -abs(row["by"]))[:5]
        tables.table(
            [
                to_journey(viewer), Col(words.days(*chosen.before), "n", lambda row: words.count(row[f"{name}_before"])),
                Col(words.days(*chosen.days), "n", lambda row: words.count(row[name])),
                Col("Moved by", "n", lambda row: _signed(row["by"])), columns.change(name, True),
            ],
            rows, "Journeys that moved most", "tight said",
        )  # fmt: skip

    return Widget(
        "moved",
        "What moved most, by profiles in journey",
        (("", query),),
        draw,
        sub="By the number of profiles, not by per cent",
        empty="No journey ran in this range",
    )


def to_journey(viewer: Viewer, note: Callable[[Row], str] = lambda row: "") -> Col:
    """A journey's name, which opens its page with the range and basis of this one; `note` is HTML after it."""
    names = catalog.of(viewer)
    carried = filters.carried()
    return columns.link(lambda row: journeys.address("campaign-performance", row["journey"], carried), lambda row: names.name(row["journey"]), "Journey", note)


def _signed(by: float) -> str:
    return f"+{words.count(by)}" if by > 0 else words.count(by)
