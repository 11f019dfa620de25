"""Connections: which servers files are fetched from, whether each works, and what may be changed of it."""

import streamlit as st

from core import ui
from core.ui import filters, parts, sftp_connections, sftp_desk, sftp_form

TITLE = "Connections"

viewer = ui.viewer()
parts.header(viewer, TITLE)
intake = sftp_desk.of(viewer)
if said := st.session_state.pop("sftp-said", None):
    parts.state("check", said, "Test it to see each step.")
name, is_new = st.query_params.get("name"), "new" in st.query_params
with st.container(key="filters", horizontal=True, gap="small"):
    if viewer.may("connections") and not is_new:
        st.button("Add a connection", key="add", type="primary", icon=":material/add:", on_click=filters.write, args=({"new": "1", "name": None},))
    if name or is_new:
        st.button("All connections", key="all", type="tertiary", icon=":material/arrow_back:", on_click=filters.write, args=({"new": None, "name": None},))
if is_new:
    viewer.require("connections")
    sftp_form.show(viewer, intake, None)
elif name:
    sftp_connections.one(viewer, intake, sftp_desk.connections.find(intake, name))
else:
    sftp_connections.listed(viewer, intake, sftp_desk.connections.every(intake))
