"""The elements of a journey's versions and the ways between them, as the catalog has them; and what one version changed of another."""
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st

from core.metrics import Query
from core.ui import catalog, seen, words
from core.ui.address import Chosen
from core.ui.catalog import Element

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

Elements = Mapping[str, Element]
ADDED, REMOVED, CHANGED, SAME = "added", "removed", "changed", "same"


@dataclass(frozen=True, slots=True)
class Scope:
    """What the map page speaks of: one journey, the filters that act on runs (a channel is none of them), and an arm or none."""

    chosen: Chosen
    journey: str
    arm: str = ""

    @classmethod
    def of(cls, chosen: Chosen, journey: str, arm: str = "") -> Scope:
        return cls(replace(chosen, channels=()), journey, arm)

    def ask(self, *measures: str, by: Sequence[str] = (), compare: bool = False, answer: str | None = None) -> Query:
        """The Query of these measures in this scope."""
        query = replace(self.chosen.ask(*measures, by=by, compare=compare), answer=answer)
        return query.filtered("arm", self.arm) if self.arm else query

    def entered(self, *measures: str, by: Sequence[str] = (), compare: bool = False, answer: str | None = None) -> Query:
        """The same of the runs that started in the range, whatever the page's basis: for what compares people with what became of them."""
        return replace(self.ask(*measures, by=by, compare=compare, answer=answer), basis="entered")


def of_version(viewer: Viewer, journey: str, version: int | None) -> dict[str, Element]:
    """Element → its description in that version, in the order of the catalog; empty where the catalog has none."""
    return {element.element_id: element for element in _described(viewer.account.account_id, seen.snapshot(viewer).snapshot_id, journey, viewer)
            if element.version == version}


def of_versions(viewer: Viewer, journey: str, versions: Sequence[int | None]) -> dict[str, Element]:
    """Element → the newest description in these versions (none: in all), with the ways on of all of them, the newest label of each."""
    found: dict[str, Element] = {}
    for element in _described(viewer.account.account_id, seen.snapshot(viewer).snapshot_id, journey, viewer):
        if versions and element.version not in versions:
            continue
        known = found.get(element.element_id)
        if known is None:
            found[element.element_id] = element
        else:
            there = {to for to, _ in known.exits}
            found[element.element_id] = replace(known, exits=(*known.exits, *((to, label) for to, label in element.exits if to not in there)))
    return found


def versions(viewer: Viewer, journey: str) -> tuple[int, ...]:
    """The versions that have elements in the catalog, the newest first."""
    described = _described(viewer.account.account_id, seen.snapshot(viewer).snapshot_id, journey, viewer)
    return tuple(dict.fromkeys(element.version for element in described if element.version is not None))


def ways(elements: Elements) -> dict[tuple[str, str], str]:
    """(from, to) → the labels of the ways between them."""
    found: dict[tuple[str, str], list[str]] = {}
    for element in elements.values():
        for to, label in element.exits:
            if to in elements:
                found.setdefault((element.element_id, to), []).append(label)
    return {way: ", ".join(label for label in dict.fromkeys(labels) if label) for way, labels in found.items()}


def changes(old: Elements, new: Elements) -> dict[str, tuple[str, str]]:
    """Element → (what became of it, in which words) from the old version to the new, the new one's order first."""
    found = {}
    for element_id in [*new, *(element for element in old if element not in new)]:
        before, now = old.get(element_id), new.get(element_id)
        if before is None or now is None:
            found[element_id] = (ADDED if before is None else REMOVED, "")
            continue
        said = [word for word, one, other in (("name", before.name, now.name), ("kind", before.kind, now.kind), ("channel", before.channel, now.channel),
                                              ("ways on", set(before.exits), set(now.exits))) if one != other]
        found[element_id] = (CHANGED if said else SAME, ", ".join(said))
    return found


def name(elements: Elements, element_id: str | None) -> str:
    """An element's name, else its id."""
    known = elements.get(element_id or "")
    return known.name if known else element_id or words.MISSING


@st.cache_resource(max_entries=256, show_spinner=False)
def _described(account: str, snapshot: str, journey: str, _viewer: Viewer) -> tuple[Element, ...]:
    """Every version's description of every element, the newest version first."""
    rows = seen.snapshot(_viewer).sql(catalog.ELEMENTS, [journey]).iter_rows()
    return tuple(
        Element(element, version, kind or "other", name or element, channel, _exits(following or "[]"))
        for element, version, kind, name, channel, following in rows
    )


def _exits(following: str) -> tuple[tuple[str, str], ...]:
    return tuple((way.get("to") or "", way.get("label") or "") for way in json.loads(following))
