"""Trust: do the numbers add up, what is not in them, and what did the last refresh change?"""

import streamlit as st

from core import ui
from core.ui import filters, parts, pins, states, trust

TITLE = "Trust"

viewer = ui.viewer()
states.need_data(viewer, TITLE)
chosen = filters.read(viewer, TITLE)
parts.header(viewer, TITLE)
trust.promises(viewer, chosen)
left, right = st.columns([1.35, 1], gap="medium")
with left:
    trust.feeds(viewer, chosen)
    trust.refreshed(viewer, chosen)
    trust.builds(viewer, chosen)
with right:
    trust.aside(viewer, chosen)
    pins.show(viewer)
