"""Explore: ask one question of your own, see it drawn, keep it."""

import streamlit as st

from core import ui
from core.ui import asking, drill, editor, explorer, parts, states, words

TITLE = "Explore"

viewer = ui.viewer()
viewer.require("explore")
states.need_data(viewer, TITLE)
asked = explorer.read(viewer, TITLE)

parts.header(viewer, TITLE, basis=words.BASES[asked.query.basis])
drill.show_trail()
question, answer = st.columns([1, 3.1], gap="medium")
with question:
    editor.show(viewer, asked)
    explorer.keep(viewer, asked)
with answer:
    explorer.answer(viewer, asked, asking.chosen_of(viewer, asked.asked(explorer.today(viewer))))
