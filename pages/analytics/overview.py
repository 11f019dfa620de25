"""Overview: how do all journeys do, and which of them moved?"""

from core import ui
from core.ui import filters, frame, parts, performance, ranking, states, tiles, words

TITLE = "Overview"

viewer = ui.viewer()
states.need_data(viewer, TITLE)
chosen = filters.read(viewer, TITLE)

parts.header(viewer, TITLE, basis=words.BASES[chosen.basis])
filters.bar(viewer, chosen, "compare", "journey", "version", "channel", "sub_account")
tiles.six_or_nothing(viewer, chosen, f"All journeys, {words.days(*chosen.days)}")

frame.pair(viewer, chosen, lambda: performance.trend(viewer, chosen, "trend"), lambda: performance.channels(viewer, chosen))
frame.show(viewer, chosen, lambda: ranking.top(viewer, chosen))
frame.show(viewer, chosen, lambda: ranking.moved(viewer, chosen))
