"""SFTP import: which files came for this journey, which rows of them were refused and why, what their entries did next, and what should have come."""

import streamlit as st

from core import ui
from core.ui import filters, journeys, parts, sftp_bar, sftp_days, sftp_desk, sftp_fetches, sftp_next, sftp_refused, sftp_upload

TITLE = "SFTP import"

viewer = ui.viewer()
intake = sftp_desk.of(viewer)
there = sftp_bar.journeys(viewer, intake)
chosen = sftp_bar.read(viewer, there, TITLE)
if len(chosen.journeys) != 1:
    sftp_bar.choose(viewer, chosen, there, TITLE)
journey = chosen.journeys[0]

parts.header(viewer, there.name(journey), crumb=f"Journeys / {TITLE}", badge=parts.status(there.statuses.get(journey)),
             basis="Fetches are shown at once, whatever the refresh")
journeys.tabs("sftp-import", filters.carried())
connections = sftp_desk.names(intake, journey)
sftp_bar.bar(chosen, there, connections)
wanted = filters.picked("connection", ["all", *connections])
mine = [one for one in sftp_desk.feeding(intake, journey) if wanted in ("all", one.name)]
if not connections:
    way = ("connections", "Connections")
    parts.state("folder_off", "No file feeds this journey", "Add an SFTP connection to it, and its files come by themselves.", link=way)
    st.stop()

recent = sftp_desk.recent(intake, journey, viewer.now)
sftp_fetches.broken(viewer, mine, recent)
opened = sftp_next.asked(intake, journey)
if opened:
    sftp_next.heading(viewer, opened)
    sftp_next.show(viewer, intake, chosen, opened)
    sftp_refused.rows(viewer, intake, chosen, opened)
found = sftp_desk.chosen_of(sftp_desk.in_range(intake, journey, chosen.days), wanted, "all")
sftp_fetches.listed(viewer, intake, chosen, found, journey)
left, right = st.columns([1.7, 1], gap="medium")
with left:
    sftp_days.trend(viewer, chosen, found)
with right:
    sftp_refused.reasons(viewer, chosen, found)
if mine:
    left, right = st.columns(2, gap="medium")
    with left:
        sftp_days.polls(viewer, chosen, mine)
        sftp_upload.form(viewer, intake, mine)
    with right:
        sftp_days.arrivals(viewer, chosen, mine, recent)
