"""The filters of SFTP import: journey, days up to today, connection and outcome; fetches are there before anything is built, so no snapshot is asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from html import escape
from typing import TYPE_CHECKING, NoReturn

import streamlit as st

from core.errors import WrongUsage
from core.sources.sftp import connections, fetches
from core.sources.sftp.intake import Intake
from core.ui import address, catalog, filters, parts, ranges, saved, seen, sftp_desk, tables, words
from core.ui.address import Chosen, Known
from core.ui.tables import Col, Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

READ = ("from", "to", "range", "basis", "compare", "journey")  # what of an address means something here, `connection` and `status` apart
PRESETS = ("Today", *ranges.PRESETS)


@dataclass(frozen=True, slots=True)
class Journeys:
    """Those that a file may feed: id → name; the status of those in the catalog; connections and fetches of each; the first day of a fetch."""

    names: Mapping[str, str]
    statuses: Mapping[str, str | None]
    fed: Counter[str]
    came: Mapping[str, int]
    begins: date

    def name(self, journey: str) -> str:
        """Its name, else its id."""
        return self.names.get(journey, journey)


def journeys(viewer: Viewer, intake: Intake) -> Journeys:
    """Of the newest snapshot, where there is one, and of the connections and fetches."""
    known = catalog.of(viewer).journeys if viewer.snapshot is not None else {}
    fed = Counter(one.journey_id for one in connections.every(intake))
    came = fetches.by_journey(intake)
    names = {one.journey_id: one.name for one in known.values()}
    names |= {journey: journey for journey in sorted({*fed, *came}) if journey not in names}
    begins = min((sftp_desk.day_of(viewer.account, first) for _, first in came.values()), default=today(viewer))
    return Journeys(names, {one.journey_id: one.status for one in known.values()}, fed, {journey: count for journey, (count, _) in came.items()}, begins)


def today(viewer: Viewer) -> date:
    """The account's day now, not that of the snapshot."""
    return sftp_desk.day_of(viewer.account, viewer.now)


def read(viewer: Viewer, there: Journeys, title: str) -> Chosen:
    """What the address chooses. A range that reaches the snapshot's newest day goes on to today. Ends the page where a value is not valid."""
    now = today(viewer)
    known = Known(today=now, begins=there.begins, journeys={journey: frozenset() for journey in there.names}, channels=(), sub_accounts=(), versions={})
    try:
        meant = saved.meant(viewer, st.query_params.to_dict())
        chosen = address.read({name: value for name, value in meant.items() if name in READ}, known)
    except WrongUsage as problem:
        parts.header(viewer, title)
        parts.state("error", "The address asks for something that is not there", str(problem), "bad", (filters.address_with({}, only=()), "Start over"))
        st.stop()
    built = seen.today(viewer) if viewer.snapshot is not None else now
    return replace(chosen, days=(chosen.days[0], max(chosen.days[1], now))) if chosen.days[1] >= built else chosen


def bar(chosen: Chosen, there: Journeys, names: Sequence[str]) -> None:
    """Draw the filters; each stands in the address. `names`: the connections to choose from."""
    with st.container(key="filters", horizontal=True, gap="xsmall", vertical_alignment="center"):
        filters.days(chosen, PRESETS, lambda name: _days_of(name, chosen, there.begins), "s")
        _journey(chosen, there)
        if len(names) > 1:
            filters.pick("connection", "SFTP connection", {"all": "All connections", **{name: name for name in names}})


def _days_of(name: str, chosen: Chosen, begins: date) -> ranges.Days:
    return (chosen.today, chosen.today) if name == "Today" else ranges.preset(name, chosen.today, begins)


def _journey(chosen: Chosen, there: Journeys) -> None:
    def picked() -> None:
        filters.write({"journey": address.written([st.session_state["s-journey"]]), "connection": None, "fetch": None})

    name = there.name(chosen.journeys[0])
    with st.popover(words.plain(name if len(name) <= 28 else name[:27].rstrip() + "…"), icon=":material/route:", key="s-journey-pop"):
        st.session_state["s-journey"] = chosen.journeys[0]
        st.selectbox("Journey", list(there.names), format_func=there.name, key="s-journey", on_change=picked)


def choose(viewer: Viewer, chosen: Chosen, there: Journeys, title: str) -> NoReturn:
    """The page where the address names no journey, or several: a list to choose from, those that files feed first."""
    parts.header(viewer, title)
    if not there.names:
        way = ("connections", "Connections")
        parts.state("folder_off", "No file has come yet", "Add an SFTP connection, and the files it fetches are listed here.", link=way)
        st.stop()
    head = "Choose a journey" if not chosen.journeys else f"This page shows one journey; the address names {len(chosen.journeys)}"
    parts.state("route", head, "Those that files feed come first.")
    rows: list[Row] = [{"journey": journey, "fed": there.fed[journey], "came": there.came.get(journey, 0)} for journey in chosen.journeys or there.names]
    rows.sort(key=lambda row: not (row["fed"] or row["came"]))

    def named(row: Row) -> str:
        way = filters.address_with({"journey": address.written([row["journey"]])}, only=address.CARRIED)
        return f'<a href="{escape(way)}" target=_self>{words.name(there.name(row["journey"]))}</a>'

    tables.table([Col("Journey", "t", named), Col("SFTP connections", "n", lambda row: words.count(row["fed"])),
                  Col("Fetches", "n", lambda row: words.count(row["came"]))], rows, "Journeys")  # fmt: skip
    st.stop()
