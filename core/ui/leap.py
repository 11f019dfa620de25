"""Going to another address of ours from Python, as a click on a link would: one step in the browser's history."""

from __future__ import annotations

from collections.abc import Mapping
from secrets import token_hex
from urllib.parse import urlencode

from core.ui import menu
from core.ui.components import component


def to(page: str, parameters: Mapping[str, str]) -> None:
    """Leave for the page (its address in the menu) with these parameters; does nothing where there is no such page."""
    if menu.entry_of(page):
        address = f"/{page}?{urlencode(parameters)}" if parameters else f"/{page}"
        component("leap", html="<i></i>", js="leap.js")(data={"to": address, "once": token_hex(8)}, key="leap", height="content")
