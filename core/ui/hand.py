"""A small script of ours: links inside the app open without loading it anew, a link is copied, a click on a number is told, a phone's sidebar folds."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

NAME, KEY = "journeys-page.page", "hand"
MANIFEST = ComponentManifest("journeys-page", "1", [ComponentConfig("page", "page")])


def put() -> None:
    """Put the script on the page; it does its work in the browser alone, but for `hit`."""
    manager = get_bidi_component_manager()
    if manager.get(NAME) is None:  # from our own folder, so that it comes from our own address (stack-facts §4)
        manager.register_from_manifest(MANIFEST, Path(__file__).parent / "components")
    _component()(key=KEY, on_hit_change=lambda: None)  # to name it makes it known


def hit(widget: str) -> dict[str, Any] | None:
    """What of this widget was clicked to bring about this run, as the browser said it: {"hit", "of"}; None: something else did."""
    given = (st.session_state.get(KEY) or {}).get("hit")
    return given if isinstance(given, dict) and given.get("widget") == widget else None


@cache
def _component() -> Any:
    return st.components.v2.component(NAME, html="<i></i>", js="page.js")
