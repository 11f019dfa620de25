"""The names behind the ids of a snapshot: journeys, versions, elements, arms, and what filters may choose from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from core.ui import seen
from core.ui.address import Known
from core.ui.once import once_a_snapshot

if TYPE_CHECKING:
    from core.ui.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Journey:
    journey_id: str
    name: str
    status: str | None
    created_by: str | None
    tags: tuple[str, ...]
    launched_at: datetime | None


@dataclass(frozen=True, slots=True)
class Version:
    version: int | None
    published_day: date | None  # in the account's zone
    goal_event: str | None
    within_days: float | None


@dataclass(frozen=True, slots=True)
class Element:
    element_id: str
    version: int | None
    kind: str
    name: str
    channel: str | None
    exits: tuple[tuple[str, str], ...]  # (to, label) of what comes next


@dataclass(frozen=True, slots=True)
class Arm:
    name: str
    is_control: bool
    element_id: str


@dataclass(frozen=True, slots=True)
class Catalog:
    """What a snapshot names. Small: rows of the catalog, never of facts."""

    journeys: Mapping[str, Journey]  # by name, then id
    versions: Mapping[str, tuple[Version, ...]]
    channels: tuple[str | None, ...]
    sub_accounts: tuple[str | None, ...]
    sub_accounts_of: Mapping[str, tuple[str | None, ...]]  # journey → those of its runs
    begins: date | None  # None: no fact at all
    ends: date | None

    def name(self, journey_id: str | None) -> str:
        """A journey's name, else its id."""
        journey = self.journeys.get(journey_id or "")
        return journey.name if journey else journey_id or "–"

    def known(self, today: date) -> Known:
        """What an address may name."""
        return Known(
            today=today,
            begins=self.begins or today,
            journeys={journey.journey_id: frozenset(journey.tags) for journey in self.journeys.values()},
            channels=self.channels,
            sub_accounts=self.sub_accounts,
            versions={journey: tuple(v.version for v in versions) for journey, versions in self.versions.items()},
        )


@once_a_snapshot
def of(viewer: Viewer) -> Catalog:
    """The catalog of the viewer's snapshot, read once a snapshot."""
    ask = seen.snapshot(viewer).sql
    journeys = [Journey(key, name, status, owner, tuple(tags or ()), launched) for key, name, status, owner, tags, launched in ask(JOURNEYS).iter_rows()]
    versions: dict[str, list[Version]] = {}
    for journey, *rest in ask(VERSIONS, [viewer.account.time_zone]).iter_rows():
        versions.setdefault(journey, []).append(Version(*rest))
    of_journeys: dict[str, list[str | None]] = {}
    for journey, sub_account in ask(SUB_ACCOUNTS).iter_rows():
        of_journeys.setdefault(journey, []).append(sub_account)
    begins, ends = ask("SELECT min(day), max(day) FROM daily").row(0)
    return Catalog(
        journeys={journey.journey_id: journey for journey in journeys},
        versions={journey: tuple(rows) for journey, rows in versions.items()},
        channels=tuple(ask(CHANNELS)["channel"]),
        sub_accounts=tuple(sorted({name for names in of_journeys.values() for name in names}, key=lambda name: (name is None, name or ""))),
        sub_accounts_of={journey: tuple(names) for journey, names in of_journeys.items()},
        begins=begins,
        ends=ends,
    )


@once_a_snapshot
def elements(viewer: Viewer, journey_id: str) -> tuple[Element, ...]:
    """A journey's catalogued elements in the order of its map, the newest version's description of each."""
    found: dict[str, Element] = {}
    for element, version, kind, name, channel, following in seen.snapshot(viewer).sql(ELEMENTS, [journey_id]).iter_rows():
        exits = tuple((way.get("to") or "", way.get("label") or "") for way in json.loads(following or "[]"))
        found.setdefault(element, Element(element, version, kind or "other", name or element, channel, exits))
    return tuple(found.values())


def element_said(viewer: Viewer, journey_id: str | None, element_id: str | None) -> str:
    """An element by its name and its id, as files have it; the id alone where its journey is not known or gives it no name."""
    if element_id is None:
        return "–"
    found = next((one.name for one in elements(viewer, journey_id) if one.element_id == element_id), element_id) if journey_id else element_id
    return element_id if found == element_id else f"{found} ({element_id})"


@once_a_snapshot
def arms(viewer: Viewer, journey_id: str) -> tuple[Arm, ...]:
    """A journey's arms, the newest version's order."""
    found: dict[str, Arm] = {}
    for name, is_control, element in seen.snapshot(viewer).sql(ARMS, [journey_id]).iter_rows():
        found.setdefault(name, Arm(name, bool(is_control), element))
    return tuple(found.values())


JOURNEYS = "SELECT journey_id, name, status, created_by, tags, launched_at FROM journeys ORDER BY lower(name), journey_id"
VERSIONS = """SELECT journey_id, version, CAST(published_at AT TIME ZONE $1 AS DATE), goal_event, within_days
FROM versions ORDER BY journey_id, version NULLS LAST"""
CHANNELS = "SELECT DISTINCT channel FROM daily WHERE measure IN ('messages_sent', 'messages_failed', 'traffic_cost') ORDER BY channel NULLS LAST"
SUB_ACCOUNTS = """SELECT DISTINCT journey_id, sub_account_id FROM daily WHERE measure = 'entries' AND basis = 'entered'
ORDER BY journey_id, sub_account_id NULLS LAST"""
ELEMENTS = """SELECT element_id, version, kind, name, channel, next FROM elements
WHERE journey_id = $1 ORDER BY version DESC NULLS LAST, ordinal"""
ARMS = "SELECT name, is_control, element_id FROM arms WHERE journey_id = $1 ORDER BY version DESC NULLS LAST, ordinal"
