"""The layout of a dashboard by dragging, in the browser; what comes back is checked before it is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from core.boards.layout import Layout, Place, settled
from core.errors import WrongUsage
from core.ui.components import component

ROW = 46  # px a row while it is arranged


def arrange(boxes: Sequence[tuple[str, str, str, Place]], key: str, on_change: Callable[[dict[str, Place]], None], picked: str | None = None,
            on_pick: Callable[[str], None] = lambda _: None) -> None:
    """Boxes (key, title, what it is, place) to drag; `on_change` is given the whole layout after each drag, or each run of keys, `on_pick` the key of
    a box that was clicked; `picked` is shown as such."""
    drawn = component("grid", html='<div class="grid-scroll"><div class="grid-stack"></div></div>', js="grid.js", css="grid.css")
    items = [{"key": name, "title": title, "kind": kind, **place.document()} for name, title, kind, place in boxes]

    def moved() -> None:
        given = (st.session_state.get(key) or {}).get("layout")
        layout = read(given, {name: place for name, _, _, place in boxes})
        if layout is not None:
            on_change(layout)

    def pointed() -> None:
        given = (st.session_state.get(key) or {}).get("picked")
        if given in {name for name, *_ in boxes}:
            on_pick(given)

    drawn(data={"items": items, "row": ROW, "editable": True, "picked": picked}, key=key, on_layout_change=moved, on_picked_change=pointed, height="content")


def read(given: Any, known: Layout) -> dict[str, Place] | None:
    """The layout that a browser sent, settled; None where it is none, or of other widgets than these."""
    if not isinstance(given, list) or not all(isinstance(one, Mapping) for one in given):
        return None
    try:
        places = {str(one.get("key")): Place.of(one) for one in given}
    except WrongUsage:
        return None
    return settled(places) if set(places) == set(known) else None
