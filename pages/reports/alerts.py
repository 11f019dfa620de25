"""Alerts: which numbers are watched, what changed in a way that it never did, and why?"""

import streamlit as st

from core import ui
from core.ui import alert_history, alerts, filters, parts, states

TITLE = "Alerts"

viewer = ui.viewer()
states.need_data(viewer, TITLE)
parts.header(viewer, TITLE)
alerts.told()
asked, is_new = st.query_params.get("alert"), "new" in st.query_params
with st.container(key="filters", horizontal=True, gap="small"):
    if asked or is_new:
        st.button("All alerts", key="all", type="tertiary", icon=":material/arrow_back:", on_click=filters.write, args=(alerts.NOWHERE,))
    else:
        st.button("Add an alert", key="add", type="primary", icon=":material/add:", on_click=filters.write, args=({"new": "1"},))
if asked:
    alerts.one(viewer, asked)
elif is_new:
    alerts.new(viewer)
else:
    alerts.listed(viewer)
    alert_history.show(viewer)
