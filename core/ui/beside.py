"""Two or three journeys side by side: a measure a row, a journey a column."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import streamlit as st

from core.errors import WrongUsage, unknown
from core.ui import catalog, columns, filters, parts, tables, words
from core.ui.address import Chosen, split
from core.ui.frame import Results, Widget
from core.ui.journeys import sparklines
from core.ui.row_menu import BESIDE, MOST_BESIDE
from core.ui.tables import Col, Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

PEOPLE = (
    "profiles_in_journey", "entries", "currently_in_journey", "profiles_exited", "exit_rate", "active_profiles", "active_rate", "goal_performers", "goal_rate",
)  # fmt: skip
MESSAGES = ("messages_sent", "delivery_rate", "view_rate", "click_rate", "messages_failed")


def compared(viewer: Viewer, chosen: Chosen) -> tuple[str, ...]:
    """The journeys that the reader compares: those of `beside`, else two or three that the filter chooses. Raises WrongUsage."""
    text = st.query_params.get(BESIDE)
    if text is None:
        return chosen.journeys if 2 <= len(chosen.journeys) <= MOST_BESIDE else ()
    known = catalog.of(viewer).journeys
    found = tuple(dict.fromkeys(journey for journey in split(text, known) if journey is not None))
    for journey in found:
        if journey not in known:
            raise WrongUsage(unknown("journey to compare called", journey, known))
    if len(found) > MOST_BESIDE:
        raise WrongUsage(f"At most {MOST_BESIDE} journeys stand side by side; the address names {len(found)}.")
    return found


def widget(viewer: Viewer, chosen: Chosen) -> Widget | None:
    """The comparison, or what is still missing for one; None where nothing is compared."""
    journeys = compared(viewer, chosen)
    names = catalog.of(viewer)
    if len(journeys) == 1:
        head = f"{names.name(journeys[0])} is chosen for a comparison"
        parts.state("compare_arrows", head, "Choose one or two more in the menus of the list.", link=(filters.address_with({BESIDE: None}), "Compare nothing"))
    if len(journeys) < 2:
        return None
    queries = tuple(
        (said, chosen.ask(*measures, by=by, compare=not said).filtered("journey", *journeys))
        for said, measures, by in (
            ("", PEOPLE, ("journey",)), ("messages, by journey", MESSAGES, ("journey",)),
            ("cost and value, by journey and currency", ("traffic_cost", "goal_value"), ("journey", "currency")),
        )
    )  # fmt: skip

    def draw(results: Results) -> None:
        lines = {one: f"<span class='ja-cellspark r'>{line}</span>" for one, line in sparklines(viewer, chosen, journeys, *journeys).items()}
        rows: list[Row] = [{"said": "Profiles over the range", **lines}, *_measured(chosen, journeys, results)]
        heads = [Col(names.name(journey), "n", lambda row, journey=journey: row[journey]) for journey in journeys]  # type: ignore[misc]
        tables.table([Col("Measure", "t", lambda row: row["said"]), *heads], rows, "Journeys side by side")

    away = f'{words.days(*chosen.days)} · <a href="{filters.address_with({BESIDE: None}).replace("&", "&amp;")}" target=_self>Compare nothing</a>'
    return Widget("beside", "The chosen journeys, side by side", queries, draw, sub=away if BESIDE in st.query_params else words.days(*chosen.days))


def _measured(chosen: Chosen, journeys: tuple[str, ...], results: Results) -> Iterator[Row]:
    """A row a measure; below the profiles how they moved."""
    found, blank = {row["journey"]: row for row in columns.joined(results)}, columns.blank_of(results)

    def row(said: str, col: Col) -> Row:
        return {"said": said, **{journey: col.cell(found.get(journey, blank)) for journey in journeys}}

    for col in (*(columns.measure(name) for name in (*PEOPLE, *MESSAGES)), columns.money("traffic_cost"), columns.money("goal_value")):
        yield row(col.label, col)
        if col.measure == "profiles_in_journey" and chosen.before:
            yield row(f"Change against {words.days(*chosen.before)}", columns.change("profiles_in_journey", True))
