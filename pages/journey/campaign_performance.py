"""Campaign performance: what did this journey do, what did it send, and what came of it?"""

from core import ui
from core.ui import catalog, elements, frame, goals, journeys, performance, tiles, words

viewer = ui.viewer()
chosen, journey = journeys.opened(viewer, "campaign-performance", "compare", "one_journey", "version", "channel", "sub_account")
tiles.six_or_nothing(viewer, chosen, f"{catalog.of(viewer).name(journey)}, {words.days(*chosen.days)}")

frame.pair(viewer, chosen, lambda: performance.trend(viewer, chosen, "trend"), lambda: goals.by_day(viewer, chosen))
frame.pair(viewer, chosen, lambda: performance.sent_by_day(viewer, chosen), lambda: performance.endings(viewer, chosen), share=1.35)
frame.show(viewer, chosen, lambda: performance.ladder(viewer, chosen))
frame.show(viewer, chosen, lambda: elements.sending(viewer, chosen, journey))
frame.show(viewer, chosen, lambda: elements.standing(viewer, chosen, journey))
frame.pair(viewer, chosen, lambda: goals.by_version(viewer, chosen, journey), lambda: goals.times(viewer, chosen), share=1.6)
frame.show(viewer, chosen, lambda: goals.arms(viewer, chosen, journey))
frame.show(viewer, chosen, lambda: goals.links(viewer, chosen))
