"""A page about one journey: which one the address names, the way to choose one, and the tabs between its pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlencode

import streamlit as st

from core.ui import answers, catalog, columns, filters, menu, parts, series, states, tables, words
from core.ui.address import CARRIED, Chosen
from core.ui.menu import MENU
from core.ui.tables import Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

SECTION = "Journey"


def opened(viewer: Viewer, page: str, *shown: str, basis: str = "") -> tuple[Chosen, str]:
    """A page about one journey from its head to its filter bar: what is asked, and of which journey. Ends the page where there is nothing to show."""
    entry = menu.entry_of(page)
    title = entry.title if entry else page
    states.need_data(viewer, title)
    chosen = filters.read(viewer, title)
    journey = one(viewer, chosen, title)
    head(viewer, chosen, page, journey, basis)
    filters.bar(viewer, chosen, *shown)
    return chosen, journey


def head(viewer: Viewer, chosen: Chosen, page: str, journey: str, basis: str = "") -> None:
    """Its name, its state, what the numbers speak of, and the tabs between its pages."""
    names = catalog.of(viewer)
    parts.header(viewer, names.name(journey), crumb="Journeys", badge=parts.status(names.journeys[journey].status), basis=basis or words.BASES[chosen.basis])
    tabs(page, filters.carried())


def one(viewer: Viewer, chosen: Chosen, title: str) -> str:
    """The journey that the address names. Ends the page with a list to choose from unless it is exactly one."""
    if len(chosen.journeys) != 1:
        _choose(viewer, chosen, title)
    return chosen.journeys[0]


def _choose(viewer: Viewer, chosen: Chosen, title: str) -> NoReturn:
    parts.header(viewer, title)
    head = "Choose a journey" if not chosen.journeys else f"This page shows one journey; the address names {len(chosen.journeys)}"
    parts.state("route", head, "Each has a page of its own, with an address to keep.")
    names = catalog.of(viewer)

    def there(row: Row) -> str:
        return filters.address_with({"journey": row["journey"]}, only=CARRIED)

    named = columns.link(there, lambda row: names.name(row["journey"]), "Journey")
    state = tables.Col("State", "t", lambda row: parts.mark(names.journeys[row["journey"]].status))
    tables.table([named, state], [{"journey": journey} for journey in chosen.journeys or names.journeys], "Journeys")
    st.stop()


def sparklines(viewer: Viewer, chosen: Chosen, journeys: Sequence[str], *only: str) -> dict[str, str]:
    """Journey → sparkline of its profiles, each to the scale of its own. `only`: asked of these journeys alone."""
    grain, name = chosen.grain, "profiles_in_journey"
    query = chosen.ask(name, by=("journey", grain))
    result = answers.ask(viewer, query.filtered("journey", *only) if only else query)
    return {journey: parts.spark(series.sparks(series.points(result, name, chosen, grain, {"journey": journey}))[0]) for journey in journeys}


def address(page: str, journey: str, carried: dict[str, str] | None = None) -> str:
    """The address of a page about one journey, with the range and basis of this one."""
    own = {name: value for name, value in (filters.carried() if carried is None else carried).items() if name != "journey"}
    return f"{page}?{urlencode(own | {'journey': journey})}"


def tabs(current: str, carried: dict[str, str]) -> None:
    """The pages of one journey, where there is more than one."""
    pages = [(entry.title, entry.url_path) for entry in MENU if entry.section == SECTION]
    if len(pages) > 1:
        parts.tabs(pages, current, carried)
