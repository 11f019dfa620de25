"""On this page: what a long page holds, as a list in its filter bar that leads there."""

from __future__ import annotations

from html import escape

import streamlit as st

from core.ui import registry

PLACE = "ja-contents"
FEWEST = 6  # widgets: a shorter page is seen as a whole
STRIPS = frozenset({"six", "four"})  # tiles stand on top anyhow


def begin() -> None:
    """A page begins: no list is wanted yet."""
    st.session_state.pop(PLACE, None)


def here() -> None:
    """Keep the list's place: it is known only once the page has been drawn."""
    with st.container(key="contents", width="content"):
        st.session_state[PLACE] = st.empty()


def fill() -> None:
    """The page is drawn: list its widgets where a place was kept and there are many."""
    place = st.session_state.pop(PLACE, None)
    there = [one for one in registry.noted() if one.key not in STRIPS]
    if place is None or len(there) < FEWEST:
        return
    items = "".join(f'<li><button type=button data-goto="{escape(one.key)}">{escape(one.title)}</button></li>' for one in there)
    place.html(
        "<details class='ja-more ja-toc'><summary title='On this page' aria-label='On this page'><span class=ic aria-hidden=true>toc</span></summary>"
        f"<ul>{items}</ul></details>",
        width="content",
    )
