"""The journey map on the page: laid out here, drawn by our own component, whose script comes from our own address."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import streamlit as st

from core.ui.components import component
from core.ui.map_layout import SIZE, Edge, Plan, layered
from core.ui.map_lines import Link, lines

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


def draw(nodes: Sequence[Node], links: Sequence[Link], key: str, label: str, chosen: str | None = None) -> str | None:
    """Draw it; the element that was clicked in this run, or None. Names of the data go to the browser as text, never as HTML."""
    drawn = component("map", html='<div class="map"></div>', css="map.css", js="map.js")
    clicked = drawn(data=data(nodes, links, label, chosen), key=key, on_element_change=_nothing, height="content").element
    return clicked if isinstance(clicked, str) else None


def data(nodes: Sequence[Node], links: Sequence[Link], label: str, chosen: str | None) -> dict[str, Any]:
    """What the script is given: the elements, and both layouts, of which it takes the one that fits."""
    across, down = plans(nodes, links)
    return {
        "nodes": [asdict(node) for node in nodes], "w": SIZE[0], "h": SIZE[1], "label": label, "chosen": chosen,
        "across": _sent(across, links, down=False), "down": _sent(down, links, down=True),
    }  # fmt: skip


def plans(nodes: Sequence[Node], links: Sequence[Link]) -> tuple[Plan, Plan]:
    """The layout across the page, and the one down it."""
    return _laid_out(tuple(node.id for node in nodes), tuple((link.source, link.to) for link in links))


def _nothing() -> None:
    """A trigger is read where it was drawn; Streamlit wants a callback to know its name."""


@st.cache_resource(max_entries=256, show_spinner=False)
def _laid_out(nodes: tuple[str, ...], edges: tuple[Edge, ...]) -> tuple[Plan, Plan]:
    return layered(nodes, edges, down=False, gap=ACROSS), layered(nodes, edges, down=True, gap=DOWN)


def _sent(plan: Plan, links: Sequence[Link], *, down: bool) -> dict[str, Any]:
    """A layout as the script reads it."""
    drawn = [{"from": line.link.source, "to": line.link.to, "none": not line.link.runs, "off": line.link.off, "d": line.d, "width": line.width,
              "at": line.at, "word": line.link.word, "said": line.link.said} for line in lines(plan, links, down=down)]  # fmt: skip
    return {"at": plan.at, "size": plan.size, "lines": drawn}
