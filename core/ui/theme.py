"""The colours of both grounds, the colours of channels, and the one stylesheet."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent
# Okabe–Ito, at least 3.3:1 on both grounds; a channel keeps its colour on every page
CHANNEL = {"SMS": "#0072B2", "EMAIL": "#C27A00", "VIBER": "#B0578D", "WHATSAPP": "#00875F", "RCS": "#3E94CC", "PUSH": "#D55E00", "VOICE": "#6B7A80"}
SERIES = tuple(CHANNEL.values())
LIGHT = {
    "ground": "#FFFFFF", "paper": "#F2F6F5", "ink": "#14262B", "muted": "#52666C", "line": "#E3EAE9", "accent": "#0B5F6B", "here": "#E8A317",
    "ghost": "#A9B8BA", "rule": "#14262B", "good": "#0A7A52", "bad": "#B5401B",
}  # fmt: skip
DARK = {
    "ground": "#0F1719", "paper": "#172225", "ink": "#E3EBEB", "muted": "#97AAAE", "line": "#223033", "accent": "#5FBAC5", "here": "#F2B441",
    "ghost": "#5C7075", "rule": "#64797D", "good": "#4FC391", "bad": "#F0916B",
}  # fmt: skip


def ground() -> str:
    """“light” or “dark”, as the reader's browser shows it."""
    return "dark" if st.context.theme.type == "dark" else "light"


def colours(ground: str) -> dict[str, str]:
    """Token → colour on that ground."""
    return DARK if ground == "dark" else LIGHT


def channel(name: str | None, place: int = 0) -> str:
    """A known channel's own colour; of the open list's others, the one of its place among them."""
    return CHANNEL.get(name or "", SERIES[(5 - place) % len(SERIES)] if name else CHANNEL["VOICE"])


def stylesheet() -> None:
    """Our stylesheet; drawn first on every run."""
    st.html(_style(ground()))


@cache
def _style(ground: str) -> str:
    """Streamlit says the ground to its app alone; dialogs, popovers and lists stand beside it in the body, so the root says it too."""
    return f"<style>:root{{color-scheme:{ground}}}{''.join((HERE / name).read_text(encoding='utf-8') for name in ('look.css', 'menu.css'))}</style>"
