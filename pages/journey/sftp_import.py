"""SFTP import: which files came for this journey, which rows of them were refused and why, and what should have come."""

import streamlit as st

from core import ui
from core.ui import catalog, filters, journeys, parts, sftp_days, sftp_desk, sftp_fetches, sftp_refused, sftp_upload, states

TITLE = "SFTP import"

viewer = ui.viewer()
states.need_data(viewer, TITLE)
chosen = filters.read(viewer, TITLE)
journey = journeys.one(viewer, chosen, TITLE)

names = catalog.of(viewer)
parts.header(viewer, names.name(journey), crumb=f"Journeys / {TITLE}", badge=parts.status(names.journeys[journey].status),
             basis="Fetches are shown at once, whatever the refresh")
journeys.tabs("sftp-import", filters.carried())
filters.bar(viewer, chosen, "one_journey")

intake = sftp_desk.of(viewer)
mine, fetched = sftp_desk.of_journey(intake, journey)
sftp_fetches.broken(viewer, mine, fetched)
if not mine and not fetched:
    way = ("connections", "Connections")
    parts.state("folder_off", "No file feeds this journey", "Add an SFTP connection to it, and its files come by themselves.", link=way)
    st.stop()

found = sftp_desk.in_range(intake, fetched, chosen)
sftp_fetches.listed(viewer, intake, found, journey)
wanted = sftp_refused.asked(fetched)
if wanted:
    sftp_refused.rows(viewer, intake, wanted)
left, right = st.columns([1.7, 1], gap="medium")
with left:
    sftp_days.trend(viewer, chosen, found)
with right:
    sftp_refused.reasons(found)
if mine:
    left, right = st.columns(2, gap="medium")
    with left:
        sftp_days.polls(viewer, mine)
        sftp_upload.form(viewer, intake, mine)
    with right:
        sftp_days.arrivals(viewer, mine, fetched)
