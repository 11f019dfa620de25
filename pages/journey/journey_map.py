"""Journey map: where do people go, wait and leave, what does that cost, and does an arm or a version do better?"""

import streamlit as st

from core import ui
from core.ui import answers, catalog, filters, frame, journey_map, journeys, lift, map_element, map_events, map_versions, parts, states, words
from core.ui.map_elements import Scope

TITLE = "Journey map"

viewer = ui.viewer()
states.need_data(viewer, TITLE)
chosen = filters.read(viewer, TITLE)
journey = journeys.one(viewer, chosen, TITLE)

names = catalog.of(viewer)
parts.header(viewer, names.name(journey), crumb="Journeys", badge=parts.status(names.journeys[journey].status), basis=words.BASES[chosen.basis])
journeys.tabs("journey-map", filters.carried())
filters.bar(viewer, chosen, "one_journey", "version", "sub_account")
scope = Scope.of(chosen, journey, journey_map.arm(viewer, journey))

runs = answers.ask(viewer, scope.ask("element_arrived", by=("element",)))
arrived = {row["element"]: row["element_arrived"] for row in runs.frame.iter_rows(named=True) if row["element"] is not None}
if journey_map.has_elements(viewer, scope):
    left, right = st.columns([2.3, 1], gap="medium")
    with left:
        frame.show(viewer, chosen, lambda: journey_map.the_map(viewer, scope))
    element = map_element.which(viewer, scope, arrived)
    if element is not None:
        with right:
            frame.show(viewer, chosen, lambda: map_element.facts(viewer, scope, element))
        frame.show(viewer, chosen, lambda: map_element.rows(viewer, scope, element))
    frame.show(viewer, chosen, lambda: journey_map.drop_off(viewer, scope))
    frame.show(viewer, chosen, lambda: map_versions.side_by_side(viewer, scope))
else:
    frame.show(viewer, chosen, lambda: map_events.events_map(viewer, scope))
lift.show(viewer, chosen, scope)
