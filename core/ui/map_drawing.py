"""The journey map on the page: laid out here, drawn by our own component, whose script comes from our own address."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from core.ui.components import component
from core.ui.map_layout import SIZE, Edge, Plan, layered

ACROSS, DOWN = (64.0, 24.0), (46.0, 22.0)  # gaps between layers, and within one, px


@dataclass(frozen=True, slots=True)
class Node:
    """One element as it is drawn. `line`: a number and its words; `card`: (words, number) pairs; `tone` of the badge: "", "bad" or "quiet"; `mark` of a
    version beside another: added, removed or changed."""

    id: str
    kind: str
    icon: str
    title: str
    line: tuple[str, str]
    card: tuple[tuple[str, str], ...]
    color: str | None = None
    badge: str = ""
    tone: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """One line: as wide as `runs`, `said` is their text, `word` the way's label; `off`: taken by runs, but not on the catalog's map."""

    source: str
    to: str
    runs: int
    said: str
    word: str = ""
    off: bool = False


def draw(nodes: Sequence[Node], links: Sequence[Link], key: str, label: str, chosen: str | None = None) -> str | None:
    """Draw it; the element that was clicked in this run, or None. Names of the data go to the browser as text, never as HTML."""
    across, down = _laid_out(tuple(node.id for node in nodes), tuple((link.source, link.to) for link in links))
    given = data(nodes, links, across, down, label, chosen)
    drawn = component("map", html='<div class="map"></div>', css="map.css", js="map.js")
    clicked = drawn(data=given, key=key, on_element_change=_nothing, height="content").element
    return clicked if isinstance(clicked, str) else None


def data(nodes: Sequence[Node], links: Sequence[Link], across: Any, down: Any, label: str, chosen: str | None) -> dict[str, Any]:
    """What the script is given; `across` and `down` are layouts as `sent` writes them, of which it takes the one that fits."""
    return {
        "nodes": [asdict(node) for node in nodes], "links": [{**asdict(link), "from": link.source} for link in links],
        "w": SIZE[0], "h": SIZE[1], "label": label, "chosen": chosen, "across": across, "down": down,
    }  # fmt: skip


def _nothing() -> None:
    """A trigger is read where it was drawn; Streamlit wants a callback to know its name."""


@st.cache_resource(max_entries=256, show_spinner=False)
def _laid_out(nodes: tuple[str, ...], edges: tuple[Edge, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
    plans = (layered(nodes, edges, down=False, gap=ACROSS), layered(nodes, edges, down=True, gap=DOWN))
    across, down = (sent(plan) for plan in plans)
    return across, down


def sent(plan: Plan) -> dict[str, Any]:
    """A layout as the script reads it."""
    return {"at": plan.at, "routes": [[a, b, points] for (a, b), points in plan.routes.items()], "size": plan.size}
