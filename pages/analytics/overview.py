"""Overview: how do all journeys do, and which of them moved?"""

import streamlit as st

from core import ui
from core.ui import filters, frame, parts, performance, ranking, states, tiles, words

TITLE = "Overview"
TREND = ("profiles_in_journey", "profiles_exited", "active_profiles", "goal_performers", "messages_sent", "traffic_cost")

viewer = ui.viewer()
states.need_data(viewer, TITLE)
chosen = filters.read(viewer, TITLE)

parts.header(viewer, TITLE, basis=words.BASES[chosen.basis])
filters.bar(viewer, chosen, "compare", "journey", "channel", "sub_account")
if not tiles.six(viewer, chosen, f"All journeys, {words.days(*chosen.days)}"):
    states.nothing(viewer, chosen, "Nothing happened in this range")
    st.stop()

left, right = st.columns([1.7, 1], gap="medium")
with left:
    frame.show(viewer, chosen, lambda: performance.trend(viewer, chosen, "trend", TREND))
with right:
    frame.show(viewer, chosen, lambda: performance.channels(viewer, chosen))
frame.show(viewer, chosen, lambda: ranking.top(viewer, chosen))
frame.show(viewer, chosen, lambda: ranking.moved(viewer, chosen))
