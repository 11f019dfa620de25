"""The place of a widget whose numbers are on the way: how far they are, and a button that stops them; nothing where they are there before anybody looked."""

from __future__ import annotations

from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.ui import words

HEIGHT = 260  # px of a widget whose numbers are on the way: a chart's


class Held:
    """Holds the place from `hold` on, at the latest when `told` says that the work goes on."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._place: DeltaGenerator | None = None
        self._line: DeltaGenerator | None = None

    def hold(self) -> None:
        """Draw the waiting state."""
        self._place = st.empty()
        with self._place.container(gap="xsmall"):
            st.html(f"<h2 class=ja-t>{escape(self._title)}</h2><p class=ja-sub>The next numbers are on the way</p>")
            self._line = st.empty()
            st.skeleton(height=HEIGHT)

    def told(self, seconds: float, share: float | None) -> None:
        """Say how far the work is (core.metrics.under_way)."""
        if self._line is None:
            self.hold()
        assert self._line is not None
        far = "" if share is None else f" · {share:.0%} of this step"
        self._line.html(f"<p class=ja-sub>{words.seconds(max(seconds, 1))}{far} <button type=button class=ja-stopper data-stop>Cancel</button></p>")

    def leave(self) -> None:
        """Give the place back."""
        if self._place is not None:
            self._place.empty()
