"""Administration: who may come in, which programs may, what the account has, and who changed what."""

import streamlit as st

from core import ui
from core.ui import administration, audit_trail, entry_attributes, parts

viewer = ui.viewer()
viewer.require("administer")
account = administration.account_of(viewer)
parts.header(viewer, "Administration", crumb=account.account_id if account != viewer.account else None)
administration.said()
administration.shelf(viewer, account)
left, right = st.columns([1.35, 1], gap="large")
with left:
    administration.people(viewer, account)
with right:
    administration.contract(viewer, account)
    administration.programs(viewer, account)
    entry_attributes.show(viewer, account)
audit_trail.show(viewer, account)
