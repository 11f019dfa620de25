"""IVR insights: do callers get through the menus, and where are they lost?"""

from core import ui
from core.ui import call_menus, call_paths, call_versions, calls, catalog, frame, journeys, words

viewer = ui.viewer()
chosen, journey = journeys.opened(
    viewer, "ivr-insights", "compare", "one_journey", "version", "sub_account", basis="A call counts on the day it started",
)  # fmt: skip
calls.need_calls(viewer, chosen, journey)
calls.four(viewer, chosen, f"Calls of {catalog.of(viewer).name(journey)}, {words.days(*chosen.days)}")

frame.pair(viewer, chosen, lambda: calls.by_outcome(viewer, chosen), lambda: calls.by_hour(viewer, chosen), share=1.35)
frame.show(viewer, chosen, lambda: call_paths.behind(viewer, chosen, journey))
frame.show(viewer, chosen, lambda: call_paths.paths(viewer, chosen, journey))
frame.show(viewer, chosen, lambda: call_menus.menus(viewer, chosen, journey))
frame.pair(
    viewer, chosen,
    (lambda: call_menus.lost(viewer, chosen, journey), lambda: calls.endings(viewer, chosen), lambda: call_menus.transfers(viewer, chosen, journey),
     lambda: call_paths.loops(viewer, chosen, journey)),
    (lambda: call_menus.choices(viewer, chosen, journey), lambda: calls.again(viewer, chosen)), share=1,
)  # fmt: skip
frame.pair(
    viewer, chosen, lambda: calls.lengths(viewer, chosen),
    (lambda: calls.answers_within(viewer, chosen), lambda: calls.first_steps(viewer, chosen)), share=1,
)  # fmt: skip
frame.pair(viewer, chosen, lambda: call_menus.collects(viewer, chosen), lambda: call_menus.collected(viewer, chosen), share=1)
frame.show(viewer, chosen, lambda: call_versions.beside(viewer, chosen, journey))
