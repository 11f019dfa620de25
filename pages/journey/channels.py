"""Channels: what does each channel and sender bring, when is it seen, and what is paid for nothing?"""

import streamlit as st

from core import ui
from core.ui import catalog, channels, filters, frame, goals, journeys, parts, performance, states, words

TITLE = "Channels"

viewer = ui.viewer()
states.need_data(viewer, TITLE)
chosen = filters.read(viewer, TITLE)
names = catalog.of(viewer)
journey = chosen.journeys[0] if len(chosen.journeys) == 1 else None

if journey is None:
    parts.header(viewer, TITLE, basis=words.BASES[chosen.basis])
else:
    badge = parts.status(names.journeys[journey].status)
    parts.header(viewer, names.name(journey), crumb=f"Journeys / {TITLE}", badge=badge, basis=words.BASES[chosen.basis])
    journeys.tabs("channels", filters.carried())
filters.bar(viewer, chosen, "journey", "version", "channel", "sub_account")
channels.need_messages(viewer, chosen)

frame.show(viewer, chosen, lambda: performance.ladder(viewer, chosen))
frame.show(viewer, chosen, lambda: channels.senders(viewer, chosen))
frame.show(viewer, chosen, lambda: channels.apart(viewer, chosen))
left, right = st.columns([1.35, 1], gap="medium")
with left:
    frame.show(viewer, chosen, lambda: performance.sent_by_day(viewer, chosen))
with right:
    frame.show(viewer, chosen, lambda: channels.viewed_when(viewer, chosen))
left, right = st.columns(2, gap="medium")
with left:
    frame.show(viewer, chosen, lambda: channels.failures(viewer, chosen))
with right:
    frame.show(viewer, chosen, lambda: channels.waited(viewer, chosen))
left, right = st.columns(2, gap="medium")
with left:
    frame.show(viewer, chosen, lambda: channels.wasted(viewer, chosen))
with right:
    frame.show(viewer, chosen, lambda: channels.wasted_where(viewer, chosen))
if journey is not None:
    frame.show(viewer, chosen, lambda: goals.links(viewer, chosen))
