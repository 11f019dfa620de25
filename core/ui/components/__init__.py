"""Our own components (v2): each is a folder here, registered at run time, so that its script comes from our own address (stack-facts §4)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest


def component(name: str, html: str, js: str | None = None, css: str | None = None) -> Any:
    """The component of the folder `name`; js and css are files in it. Internal names of Streamlit: used here alone."""
    return _made(get_bidi_component_manager(), name, html, js, css)


@cache
def _made(manager: Any, name: str, html: str, js: str | None, css: str | None) -> Any:
    """Once a server; in tests, whose apps have managers of their own, once an app."""
    manager.register_from_manifest(ComponentManifest(f"journeys-{name}", "1", [ComponentConfig(name, name)]), Path(__file__).parent)
    return st.components.v2.component(f"journeys-{name}.{name}", html=html, js=js, css=css)
