"""Journey map: where do people go, wait and leave, what does that cost, and does an arm or a version do better?"""

import streamlit as st

from core import ui
from core.ui import frame, journey_map, journeys, lift, map_element, map_events, map_step, map_versions
from core.ui.map_elements import Scope

viewer = ui.viewer()
chosen, journey = journeys.opened(viewer, "journey-map", "one_journey", "version", "sub_account")
scope = Scope.of(chosen, journey, journey_map.arm(viewer, journey))

left, right = st.columns([2.3, 1], gap="medium")
if journey_map.has_elements(viewer, scope):
    with left:
        frame.show(viewer, chosen, lambda: journey_map.the_map(viewer, scope))
    map_element.section(viewer, chosen, scope, right)
    frame.show(viewer, chosen, lambda: journey_map.drop_off(viewer, scope))
    frame.show(viewer, chosen, lambda: map_versions.side_by_side(viewer, scope))
else:
    with left:
        frame.show(viewer, chosen, lambda: map_events.events_map(viewer, scope))
    map_step.section(viewer, chosen, scope, right)
lift.show(viewer, chosen, scope)
