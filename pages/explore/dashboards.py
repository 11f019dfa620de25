"""Dashboards: visualizations and widgets side by side, under filters of their own."""

import streamlit as st

from core import ui
from core.ui import arranging, boards, dashboards, parts, screens, states

TITLE = "Dashboards"

viewer = ui.viewer()
viewer.require("dashboards")
states.need_data(viewer, TITLE)
board = boards.opened(viewer, boards.DASHBOARD, TITLE)

if board is None:
    screens.every(viewer, TITLE)
    st.stop()

dashboard = screens.standing(board)
wanted, chosen = dashboards.read(viewer, TITLE)
widgets = dashboards.shown(viewer, dashboard, wanted)
parts.header(viewer, board.name, crumb=TITLE, badge=boards.badge(viewer, board))
if screens.is_full():
    screens.full(viewer, dashboard)
else:
    boards.actions(viewer, board, lambda: screens.ways(viewer, board, dashboard))
    screens.private(viewer, board, dashboard)
if screens.is_arranging(viewer, board):
    arranging.show(viewer, board, dashboard, screens.titles(widgets))
elif not widgets:
    parts.state("dashboard_customize", "Nothing is on it yet", "Arrange it to add a visualization or a text, or take “Add to dashboard” in any widget's menu.")
else:
    dashboards.bar(viewer, wanted, chosen, widgets)
    dashboards.draw(viewer, widgets)
