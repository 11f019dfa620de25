"""MEP consumption: how many people were engaged this month, will the subscription hold, and which journeys use it up?"""

import streamlit as st

from core import ui
from core.ui import frame, mep, mep_desk, mep_subscription, parts, states, words

TITLE = "MEP consumption"

viewer = ui.viewer()
states.need_data(viewer, TITLE)
chosen = mep.chosen(viewer, TITLE)

parts.header(viewer, TITLE, basis=words.OF_MEP)
mep.bar(viewer, chosen)
left, right = st.columns([1, 1.9], gap="medium")
with left:
    frame.show(viewer, chosen, lambda: mep_subscription.plan(viewer, chosen))
with right:
    frame.show(viewer, chosen, lambda: mep.cumulative(viewer, chosen))
frame.show(viewer, chosen, lambda: mep.top(viewer, chosen))
left, right = st.columns([1.9, 1], gap="medium")
with left:
    frame.show(viewer, chosen, lambda: mep.year(viewer, chosen))
with right:
    mep_desk.watch(viewer)
mep_desk.exported(viewer, chosen)
frame.show(viewer, chosen, lambda: mep.rules(viewer, chosen))
