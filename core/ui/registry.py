"""The widgets of a page run: what a test walks, and what a link or an export names."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.metrics import Query

KEY = "ja-widgets"
SAID = "ja-said"


@dataclass(frozen=True, slots=True)
class Noted:
    """One widget as it was drawn: the title on the page, and each Query with the words for it in the menu (“” for the first)."""

    key: str
    title: str
    queries: tuple[tuple[str, Query], ...]


def begin() -> None:
    """A page begins: nothing is drawn yet."""
    st.session_state[KEY] = {}
    st.session_state[SAID] = {}


def first_to_say(warning: str, key: str) -> bool:
    """Whether this widget is the one that says the warning: a page says each once."""
    return bool(st.session_state.setdefault(SAID, {}).setdefault(warning, key) == key)


def note(widget: Noted) -> None:
    """This widget is on the page."""
    st.session_state.setdefault(KEY, {})[widget.key] = widget


def noted() -> list[Noted]:
    """The widgets of the page that was drawn last, in order."""
    return list(st.session_state.get(KEY, {}).values())
