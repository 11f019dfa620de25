"""Channels: what does each channel and sender bring, when is it seen, and what is paid for nothing?"""

from core import ui
from core.ui import channels, filters, frame, goals, journeys, parts, performance, states, words

TITLE = "Channels"

viewer = ui.viewer()
states.need_data(viewer, TITLE)
chosen = filters.read(viewer, TITLE)
journey = chosen.journeys[0] if len(chosen.journeys) == 1 else None
if journey is None:
    parts.header(viewer, TITLE, basis=words.BASES[chosen.basis])
else:
    journeys.head(viewer, chosen, "channels", journey)
filters.bar(viewer, chosen, "journey", "version", "channel", "sub_account")
channels.need_messages(viewer, chosen)

frame.show(viewer, chosen, lambda: performance.ladder(viewer, chosen))
frame.show(viewer, chosen, lambda: channels.senders(viewer, chosen))
frame.show(viewer, chosen, lambda: channels.apart(viewer, chosen))
frame.pair(viewer, chosen, lambda: performance.sent_by_day(viewer, chosen), lambda: channels.viewed_when(viewer, chosen), share=1.35)
frame.pair(viewer, chosen, lambda: channels.failures(viewer, chosen), lambda: channels.waited(viewer, chosen), share=1)
frame.pair(viewer, chosen, lambda: channels.wasted(viewer, chosen), lambda: channels.wasted_where(viewer, chosen), share=1)
if journey is not None:
    frame.show(viewer, chosen, lambda: goals.links(viewer, chosen))
