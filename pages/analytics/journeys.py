"""Journeys: all of them, with the numbers to choose one by."""

from core import ui
from core.ui import beside, filters, frame, listing, parts, states, words

TITLE = "Journeys"

viewer = ui.viewer()
states.need_data(viewer, TITLE)
chosen = filters.read(viewer, TITLE)

parts.header(viewer, TITLE, basis=words.BASES[chosen.basis])
filters.bar(viewer, chosen, "compare", "journey", "version", "channel", "sub_account")
frame.show(viewer, chosen, lambda: beside.widget(viewer, chosen))
frame.show(viewer, chosen, lambda: listing.listed(viewer, chosen))
