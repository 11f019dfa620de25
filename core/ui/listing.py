"""The list of all journeys, searched, ordered and paged, and two or three of them side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.ui import answers, catalog, columns, filters, parts, series, tables, words
from core.ui.address import Chosen
from core.ui.frame import Results, Widget
from core.ui.ranking import to_journey
from core.ui.tables import Col, Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

A_PAGE = 25
COMPARED = (
    "profiles_in_journey", "entries", "currently_in_journey", "profiles_exited", "exit_rate", "active_profiles", "active_rate", "goal_performers", "goal_rate",
)  # fmt: skip
COMPARED_MESSAGES = ("messages_sent", "delivery_rate", "view_rate", "click_rate", "messages_failed")


def listed(viewer: Viewer, chosen: Chosen) -> Widget:
    """Every journey with the numbers to choose one by; searched, ordered and paged."""
    queries = (
        (
            "",
            chosen.ask(
                "profiles_in_journey",
                "entries",
                "currently_in_journey",
                "profiles_exited",
                "active_profiles",
                "goal_performers",
                "goal_rate",
                by=("journey",),
                compare=True,
            ),
        ),
        ("messages, by journey", chosen.ask("messages_sent", by=("journey",))),
        ("cost, by journey and currency", chosen.ask("traffic_cost", by=("journey", "currency"))),
    )
    names = catalog.of(viewer)

    def draw(results: Results) -> None:
        found = {row["journey"]: row for row in columns.joined(results)}
        blank = columns.blank_of(results)
        wanted = (chosen.tagged if chosen.tags else chosen.journeys) or (*names.journeys, *(j for j in found if j not in names.journeys))
        text = st.query_params.get("find", "").casefold()
        rows = [blank | found.get(j, {}) | {"journey": j} for j in wanted if not text or text in names.name(j).casefold() or text in (j or "").casefold()]
        rows = _ordered(viewer, rows)
        page = _page(len(rows))
        shown = rows[(page - 1) * A_PAGE : page * A_PAGE]
        tables.table(_list_columns(viewer, _lines(viewer, chosen, [row["journey"] for row in shown])), shown, "Journeys", "list")

    return Widget("list", f"{words.plural(len(names.journeys), 'journey')}, by profiles in journey", queries, draw, picker=lambda: _find(), sub=_states(viewer))


def beside(viewer: Viewer, chosen: Chosen) -> Widget:
    """The chosen journeys side by side: a measure a row, a journey a column."""
    names, currency = catalog.of(viewer), ("cost and value, by journey and currency", chosen.ask("traffic_cost", "goal_value", by=("journey", "currency")))
    queries = (("", chosen.ask(*COMPARED, by=("journey",))), ("messages, by journey", chosen.ask(*COMPARED_MESSAGES, by=("journey",))), currency)

    def draw(results: Results) -> None:
        found = {row["journey"]: row for row in columns.joined(results)}
        shown = [*(columns.measure(name) for name in (*COMPARED, *COMPARED_MESSAGES)), columns.money("traffic_cost"), columns.money("goal_value")]
        rows = [
            {"said": col.label, **{journey: col.cell(found[journey]) if journey in found else words.MISSING for journey in chosen.journeys}} for col in shown
        ]
        cells = [Col(names.name(journey), "n", lambda row, journey=journey: row[journey]) for journey in chosen.journeys]  # type: ignore[misc]
        tables.table([Col("Measure", "t", lambda row: row["said"]), *cells], rows, "Journeys side by side")

    return Widget("beside", "The chosen journeys, side by side", queries, draw, sub=words.days(*chosen.days))


ORDERS: dict[str, tuple[str, Callable[[Viewer, Row], Any]]] = {
    "profiles": ("Most profiles", lambda v, row: -(row["profiles_in_journey"] or 0)),
    "goals": ("Most goal performers", lambda v, row: -(row["goal_performers"] or 0)),
    "rate": ("Highest goal rate", lambda v, row: -(row["goal_rate"] or 0)),
    "messages": ("Most messages", lambda v, row: -(row["messages_sent"] or 0)),
    "moved": ("Moved most", lambda v, row: -abs((row["profiles_in_journey"] or 0) - (row.get("profiles_in_journey_before") or 0))),
    "name": ("Name", lambda v, row: catalog.of(v).name(row["journey"]).casefold()),
    "launched": ("Newest", lambda v, row: -_launched(v, row["journey"])),
}  # fmt: skip


def _ordered(viewer: Viewer, rows: list[Row]) -> list[Row]:
    key = ORDERS[filters.picked("sort", list(ORDERS))][1]
    return sorted(rows, key=lambda row: key(viewer, row))


def _launched(viewer: Viewer, journey: str) -> float:
    found = catalog.of(viewer).journeys.get(journey)
    return found.launched_at.timestamp() if found and found.launched_at else 0.0


def _page(rows: int) -> int:
    return int(st.pagination(-(-rows // A_PAGE), key="list-page")) if rows > A_PAGE else 1


def _find() -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.session_state["p-find"] = st.query_params.get("find", "")
        st.text_input(
            "Find a journey", placeholder="Find a journey by name or id", label_visibility="collapsed", icon=":material/search:", key="p-find", width=300,
            on_change=lambda: filters.write({"find": st.session_state["p-find"] or None}),
        )  # fmt: skip
        filters.pick("sort", "Order", {name: label for name, (label, _) in ORDERS.items()})


def _states(viewer: Viewer) -> str:
    states = [journey.status for journey in catalog.of(viewer).journeys.values()]
    said = [f"{states.count(name)} {label.lower()}" for name, label in words.STATUSES.items() if name in states]
    return ", ".join([*said, *([f"{states.count(None)} not in the catalog"] if None in states else [])])


def _lines(viewer: Viewer, chosen: Chosen, journeys: Sequence[str]) -> dict[str, str]:
    """Journey → sparkline of its profiles, of these journeys."""
    grain, name = chosen.grain, "profiles_in_journey"
    result = answers.ask(viewer, chosen.ask(name, by=("journey", grain)))
    drawn = {}
    for journey in journeys:
        now, _ = series.sparks(series.points(result, name, chosen, grain, {"journey": journey}))
        drawn[journey] = parts.spark(now)
    return drawn


def _list_columns(viewer: Viewer, lines: dict[str, str]) -> list[Col]:
    names = catalog.of(viewer)

    def about(row: Row) -> str:
        journey = names.journeys.get(row["journey"])
        tags = " · ".join(words.name(tag) for tag in journey.tags) if journey else ""
        owner = f" · {words.name(journey.created_by)}" if journey and journey.created_by else ""
        return f"<br><span class=q>{words.name(row['journey'])}{f' · {tags}' if tags else ''}{owner}</span>"

    def launched(row: Row) -> str:
        journey = names.journeys.get(row["journey"])
        return words.moment(journey.launched_at, viewer.account.time_zone, year=True).rsplit(" ", 1)[0] if journey and journey.launched_at else words.MISSING

    return [
        to_journey(viewer, about),
        Col("State", "t", lambda row: parts.mark(names.journeys[row["journey"]].status if row["journey"] in names.journeys else None)),
        Col("Launched", "t w", launched), columns.measure("profiles_in_journey", "Profiles"), columns.change("profiles_in_journey", True),
        Col("Profiles over the range", "t", lambda row: f"<span class=ja-cellspark>{lines.get(row['journey'], '')}</span>", is_hidden=True),
        columns.measure("currently_in_journey", "In journey now"), columns.measure("profiles_exited", "Exited"), columns.measure("active_profiles", "Active"),
        columns.measure("goal_performers"), columns.measure("goal_rate"), columns.measure("messages_sent", "Messages"), columns.money("traffic_cost", "Cost"),
    ]  # fmt: skip
