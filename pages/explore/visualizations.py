"""Visualizations: those that were saved, each open to be changed beside its answer."""

import streamlit as st

from core import ui
from core.ui import asking, boards, editor, explorer, parts, states, words

TITLE = "Visualizations"

viewer = ui.viewer()
viewer.require("visualizations")
states.need_data(viewer, TITLE)
board = boards.opened(viewer, boards.VISUALIZATION, TITLE)

if board is None:
    explorer.every(viewer, TITLE)
    st.stop()

asked = explorer.read(viewer, TITLE, explorer.standing(board))
parts.header(viewer, board.name, crumb=TITLE, badge=boards.badge(viewer, board), basis=words.BASES[asked.query.basis])
boards.actions(viewer, board)
st.html(f"<p class=ja-sub>{words.name(board.description)}</p><p class=ja-sub>{boards.used(viewer, board)}</p>")
question, answer = st.columns([1, 3.1], gap="medium")
with question:
    editor.show(viewer, asked)
    explorer.keep(viewer, asked, board)
with answer:
    explorer.answer(viewer, asked, asking.chosen_of(viewer, asked.asked(explorer.today(viewer))), board.name)
