"""A small script of ours: links inside the app open without loading it anew, a link is copied, a phone's sidebar folds once it has been used."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

NAME = "journeys-page.page"
MANIFEST = ComponentManifest("journeys-page", "1", [ComponentConfig("page", "page")])


def put() -> None:
    """Put the script on the page; it does its work in the browser alone."""
    manager = get_bidi_component_manager()
    if manager.get(NAME) is None:  # from our own folder, so that it comes from our own address (stack-facts §4)
        manager.register_from_manifest(MANIFEST, Path(__file__).parent / "components")
    _component()(key="hand")


@cache
def _component() -> Any:
    return st.components.v2.component(NAME, html="<i></i>", js="page.js")
