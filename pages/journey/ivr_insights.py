"""IVR insights: do callers get through the menus, and where are they lost?"""

import streamlit as st

from core import ui
from core.ui import call_menus, call_paths, call_versions, calls, catalog, filters, frame, journeys, parts, states, words

TITLE = "IVR insights"

viewer = ui.viewer()
states.need_data(viewer, TITLE)
chosen = filters.read(viewer, TITLE)
journey = journeys.one(viewer, chosen, TITLE)

names = catalog.of(viewer)
parts.header(viewer, names.name(journey), crumb=f"Journeys / {TITLE}", badge=parts.status(names.journeys[journey].status),
             basis="A call counts on the day it started")
journeys.tabs("ivr-insights", filters.carried())
filters.bar(viewer, chosen, "compare", "one_journey", "version", "sub_account")
calls.need_calls(viewer, chosen, journey)
calls.four(viewer, chosen, f"Calls of {names.name(journey)}, {words.days(*chosen.days)}")

left, right = st.columns([1.35, 1], gap="medium")
with left:
    frame.show(viewer, chosen, lambda: calls.by_outcome(viewer, chosen))
with right:
    frame.show(viewer, chosen, lambda: calls.by_hour(viewer, chosen))
frame.show(viewer, chosen, lambda: call_paths.behind(viewer, chosen, journey))
frame.show(viewer, chosen, lambda: call_paths.paths(viewer, chosen, journey))
frame.show(viewer, chosen, lambda: call_menus.menus(viewer, chosen, journey))
left, right = st.columns(2, gap="medium")
with left:
    frame.show(viewer, chosen, lambda: call_menus.lost(viewer, chosen, journey))
    frame.show(viewer, chosen, lambda: calls.endings(viewer, chosen))
    frame.show(viewer, chosen, lambda: call_menus.transfers(viewer, chosen, journey))
    frame.show(viewer, chosen, lambda: call_paths.loops(viewer, chosen, journey))
with right:
    frame.show(viewer, chosen, lambda: call_menus.choices(viewer, chosen, journey))
    frame.show(viewer, chosen, lambda: calls.again(viewer, chosen))
left, right = st.columns(2, gap="medium")
with left:
    frame.show(viewer, chosen, lambda: calls.lengths(viewer, chosen))
with right:
    frame.show(viewer, chosen, lambda: calls.answers_within(viewer, chosen))
    frame.show(viewer, chosen, lambda: calls.first_steps(viewer, chosen))
left, right = st.columns(2, gap="medium")
with left:
    frame.show(viewer, chosen, lambda: call_menus.collects(viewer, chosen))
with right:
    frame.show(viewer, chosen, lambda: call_menus.collected(viewer, chosen))
frame.show(viewer, chosen, lambda: call_versions.beside(viewer, chosen, journey))
