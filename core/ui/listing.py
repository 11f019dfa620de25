"""The list of all journeys with their summary: searched, narrowed by status, ordered by any column, paged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.ui import beside, catalog, columns, currencies, filters, journeys, parts, row_menu, tables, words
from core.ui.address import Chosen
from core.ui.frame import Results, Widget
from core.ui.ranking import to_journey
from core.ui.tables import Col, Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

A_PAGE = 25
SUMMARY = ("profiles_in_journey", "entries", "currently_in_journey", "profiles_exited", "active_profiles", "goal_performers", "goal_rate")
Key = Callable[[Row], Any]


def listed(viewer: Viewer, chosen: Chosen) -> Widget:
    """Every journey with the numbers to choose one by."""
    queries = (
        ("", chosen.ask(*SUMMARY, by=("journey",), compare=True)),
        ("messages, by journey", chosen.ask("messages_sent", by=("journey",))),
        ("cost, by journey and currency", chosen.ask("traffic_cost", by=("journey", "currency"))),
    )
    names, status = catalog.of(viewer), filters.picked("status", list(_statuses(viewer)))
    order = filters.picked("sort", [sign + name for name in _keys(viewer) for sign in ("", "-")], "-profiles_in_journey")
    compared = beside.compared(viewer, chosen)

    def draw(results: Results) -> None:
        found = {row["journey"]: row for row in columns.joined(results)}
        blank = columns.blank_of(results)
        wanted = (chosen.tagged if chosen.tags else chosen.journeys) or (*names.journeys, *(j for j in found if j not in names.journeys))
        there = [blank | found.get(journey, {}) | {"journey": journey} for journey in wanted]
        rows = _ordered(viewer, [row for row in there if _is_meant(viewer, row["journey"], status)], order)
        page = _page(len(rows))
        shown = rows[(page - 1) * A_PAGE : page * A_PAGE]
        if not shown:
            parts.state("search_off", "No journey is like that", "Search finds names, ids, tags and owners.", link=(_without(), "Show all journeys"))
            return
        cols = _list_columns(viewer, journeys.sparklines(viewer, chosen, [row["journey"] for row in shown]), order)
        tables.table([*cols, row_menu.column(viewer, compared)], shown, "Journeys", "list")

    title = f"{words.plural(len(names.journeys), 'journey')}, by {words.lower(_keys(viewer)[order.removeprefix('-')][0])}"
    return Widget("list", title, queries, draw, picker=lambda: _find(viewer), sub=_states(viewer))


def _keys(viewer: Viewer) -> dict[str, tuple[str, Key]]:
    """Column id → its head and what it orders by; None stands last either way."""
    names = catalog.of(viewer)

    def of(what: str) -> Key:
        return lambda row: getattr(names.journeys.get(row["journey"]), what, None)

    measures = {
        "profiles_in_journey": "Profiles", "currently_in_journey": "In journey", "profiles_exited": "Exited", "active_profiles": "Active",
        "goal_performers": "Performers", "goal_rate": "Goal rate", "messages_sent": "Messages",
    }  # fmt: skip
    found: dict[str, tuple[str, Key]] = {"name": ("Journey", lambda row: names.name(row["journey"]).casefold()), "state": ("State", of("status"))}
    found |= {"launched": ("Launched", of("launched_at")), "owner": ("Owner", of("created_by")), "change": ("Change", _moved)}
    found |= {name: (label, lambda row, name=name: row[name]) for name, label in measures.items()}  # type: ignore[misc]
    return found | {"traffic_cost": ("Cost", _cost(next(iter(currencies.every(viewer)), None)))}


def _moved(row: Row) -> Any:
    before = row.get("profiles_in_journey_before")
    return None if before is None else (row["profiles_in_journey"] or 0) - before


def _cost(currency: str | None) -> Key:
    """The cost in this one currency: amounts of several are not to be compared."""
    return lambda row: dict(row.get("traffic_cost by currency", ())).get(currency)


def _ordered(viewer: Viewer, rows: list[Row], order: str) -> list[Row]:
    key = _keys(viewer)[order.removeprefix("-")][1]
    named = sorted(rows, key=lambda row: catalog.of(viewer).name(row["journey"]).casefold())
    there = [row for row in named if key(row) is not None]
    return sorted(there, key=key, reverse=order.startswith("-")) + [row for row in named if key(row) is None]


def _is_meant(viewer: Viewer, journey: str, status: str) -> bool:
    """Whether the search and the chosen status let a journey stand."""
    known = catalog.of(viewer).journeys.get(journey)
    if status != "all" and (known is None or (known.status or "none") != status):
        return False
    words_of = (journey, *(() if known is None else (known.name, known.created_by or "", *known.tags)))
    wanted = st.query_params.get("find", "").casefold()
    return not wanted or any(wanted in text.casefold() for text in words_of)


def _page(rows: int) -> int:
    asked = "-".join(st.query_params.get(name, "") for name in ("find", "status", "sort"))
    return int(st.pagination(-(-rows // A_PAGE), key=f"list-page-{asked}")) if rows > A_PAGE else 1  # another order begins on its first page


def _without() -> str:
    return filters.address_with({"find": None, "status": None})


def _statuses(viewer: Viewer) -> dict[str, str]:
    there = {journey.status or "none" for journey in catalog.of(viewer).journeys.values()}
    return {"all": "All states"} | {name: label for name, label in (words.STATUSES | {"none": "Not in the catalog"}).items() if name in there}


def _find(viewer: Viewer) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.session_state["p-find"] = st.query_params.get("find", "")
        st.text_input(
            "Find a journey", placeholder="Find by name, id, tag or owner", label_visibility="collapsed", icon=":material/search:", key="p-find", width=300,
            on_change=lambda: filters.write({"find": st.session_state["p-find"] or None}),
        )  # fmt: skip
        filters.pick("status", "State", _statuses(viewer))


def _states(viewer: Viewer) -> str:
    states = [journey.status for journey in catalog.of(viewer).journeys.values()]
    said = [f"{states.count(name)} {label.lower()}" for name, label in words.STATUSES.items() if name in states]
    return ", ".join([*said, *([f"{states.count(None)} not in the catalog"] if None in states else [])])


def _list_columns(viewer: Viewer, lines: dict[str, str], order: str) -> list[Col]:
    names = catalog.of(viewer)

    def about(row: Row) -> str:
        journey = names.journeys.get(row["journey"])
        said = [words.name(text) for text in (row["journey"], *(journey.tags if journey else ()))]
        return f"<br><span class=q>{' · '.join(said)}</span>"

    def launched(row: Row) -> str:
        journey = names.journeys.get(row["journey"])
        return words.moment(journey.launched_at, viewer.account.time_zone, year=True).rsplit(" ", 1)[0] if journey and journey.launched_at else words.MISSING

    def owner(row: Row) -> str:
        by = (names.journeys[row["journey"]].created_by if row["journey"] in names.journeys else None) or ""
        return f'<span class=q title="{escape(by)}">{words.name(by.partition("@")[0]) or words.MISSING}</span>'

    cols = {
        "name": to_journey(viewer, about),
        "state": Col("State", "t", lambda row: parts.mark(names.journeys[row["journey"]].status if row["journey"] in names.journeys else None)),
        "profiles_in_journey": columns.measure("profiles_in_journey", "Profiles"), "change": columns.change("profiles_in_journey", True),
        "": Col("Profiles over the range", "t", lambda row: f"<span class=ja-cellspark>{lines.get(row['journey'], '')}</span>", is_hidden=True),
        **{name: columns.measure(name, _keys(viewer)[name][0]) for name in ("currently_in_journey", "profiles_exited", "active_profiles", "goal_performers")},
        "goal_rate": columns.measure("goal_rate"), "messages_sent": columns.measure("messages_sent", "Messages"),
        "traffic_cost": columns.money("traffic_cost", "Cost"), "launched": Col("Launched", "t w", launched), "owner": Col("Owner", "t", owner),
    }  # fmt: skip
    return [replace(col, sorts=_sorts(name, order)) if name else col for name, col in cols.items()]


def _sorts(name: str, order: str) -> tuple[str, str]:
    """Where a column's head leads, and how it orders now: what it holds most of comes first, names from A."""
    now = "" if order.removeprefix("-") != name else "descending" if order.startswith("-") else "ascending"
    other = f"-{name}" if now == "ascending" or (not now and name not in ("name", "state", "owner")) else name
    return filters.address_with({"sort": other}), now
