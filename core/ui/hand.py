"""A small script of ours: links inside the app open without loading it anew, a link is copied, a click on a number is told, a phone's sidebar folds."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.ui.components import component

KEY, STOP = "hand", "stop"


def put() -> None:
    """Put the script on the page; it does its work in the browser alone, but for `hit`."""
    component("page", html="<i></i>", js="page.js")(key=KEY, on_hit_change=lambda: None)  # to name it makes it known


def hit(widget: str) -> dict[str, Any] | None:
    """What of this widget was clicked to bring about this run, as the browser said it: {"hit", "of"}; None: something else did."""
    given = (st.session_state.get(KEY) or {}).get("hit")
    return given if isinstance(given, dict) and given.get("widget") == widget else None


def is_stopped(widget: str) -> bool:
    """Whether the reader has just stopped this widget's question."""
    given = hit(widget)
    return given is not None and given.get("hit") == STOP
