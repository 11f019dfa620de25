"""How an answer of its own is worked out, to open below its widget: the definition that its files carry too."""
from html import escape

import streamlit as st

from core.metrics import Result


def below(*results: Result) -> None:
    """Each definition once, behind one line to open."""
    said = dict.fromkeys(definition for result in results for definition in result.definitions)
    lines = "".join(f"<p class=ja-sub><b>{escape(label)}:</b> {escape(text)}</p>" for label, text in said)
    st.html(f"<details class=ja-worked><summary class=ja-sub>How this is worked out</summary>{lines}</details>")
