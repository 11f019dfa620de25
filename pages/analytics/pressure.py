"""Pressure and overlap: do people get too much, and from which journeys at once?"""

import streamlit as st

from core import ui
from core.ui import filters, parts, pressure, states

TITLE = "Pressure and overlap"

viewer = ui.viewer()
states.need_data(viewer, TITLE)
chosen = filters.read(viewer, TITLE)
parts.header(viewer, TITLE, basis="By when messages were sent, and when people were in their journeys")
filters.bar(viewer, chosen, "journey", "channel", "sub_account")
pressure.by_week(viewer, chosen)
left, right = st.columns([1, 1.9], gap="medium")
with left:
    pressure.at_once(viewer, chosen)
with right:
    pressure.pairs(viewer, chosen)
