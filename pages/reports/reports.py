"""Reports: what was asked for as a file, how far it is, and the way to ask for more."""

import streamlit as st

from core import ui
from core.ui import filters, parts, reports_custom, reports_forms, reports_list, reports_mail, reports_words

TITLE = "Reports"

viewer = ui.viewer()
wanted = reports_words.wanted(viewer, st.query_params.to_dict())
chosen = filters.read(viewer, TITLE) if wanted == "journey" else None
parts.header(viewer, TITLE, basis="Made in the background, kept for 90 days")
if said := st.session_state.pop(reports_list.SAID, None):
    parts.state("check", said, "Below is what there is now.")
with st.container(horizontal=True, gap="small", vertical_alignment="center"):
    reports_forms.create(viewer, wanted)
    reports_mail.said(viewer)

if wanted == "mep":
    reports_forms.mep(viewer)
elif wanted == "journey" and chosen:
    reports_forms.journey(viewer, chosen)
elif wanted == "custom":
    reports_custom.form(viewer)

if report := st.query_params.get("report"):
    reports_list.one(viewer, report)
if schedule := st.query_params.get("schedule"):
    reports_custom.one(viewer, schedule)
reports_list.listed(viewer)
reports_custom.listed(viewer)
