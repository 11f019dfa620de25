"""Time from sent to viewed: how long messages waited for a human, as a distribution and as quartiles by channel.

Asked as `{"measures": ["messages_viewed"], "answer": "view_times"}` or `"view_time_quartiles"`.
"""
from core.metrics.bands import Bands, banded, quartered
from core.metrics.facts import Rows
from core.metrics.ivr import meant
from core.metrics.measures import MEASURES
from core.metrics.planner import Part
from core.metrics.query import Query
from core.metrics.result import Column, Result
from core.metrics.sql import Params, fact_rows
from core.metrics.units import Unit
from core.warehouse.snapshots import Snapshot

DEFINITION = ("Of messages that a human viewed: the whole seconds from sent to the first view. A message whose sending no event reports is left out: "
              "its view is the only proof that it was sent.")
BANDS: Bands = ((60, "under 1 min"), (300, "1 to 5 min"), (900, "5 to 15 min"), (3600, "15 min to 1 h"), (10800, "1 to 3 h"), (43200, "3 to 12 h"),
                (86400, "12 to 24 h"), (259200, "1 to 3 days"), (604800, "3 to 7 days"), (None, "over 7 days"))
TIME, TIMED = Column("time_to_view", "Time from sent to viewed", Unit.TEXT), Column("messages_timed", "Messages viewed", Unit.COUNT)
VIEWED = Rows("messages", "viewed_at > sent_at", "viewed")
BY = ("channel", "sender", "element", "journey", "journey_version", "sub_account", "arm")


def view_times(snapshot: Snapshot, asked: Result) -> Result:
    """Per band of time, in order: messages, and the share of all of them viewed by its end."""
    meant(asked.query, "view_times", "messages_viewed")
    return banded(snapshot, asked, _seconds(asked.query), BANDS, TIME, TIMED, DEFINITION)


def view_time_quartiles(snapshot: Snapshot, asked: Result) -> Result:
    """Per value of the dimensions: messages, and within how many seconds a quarter, half and three quarters of them were viewed."""
    meant(asked.query, "view_time_quartiles", "messages_viewed", BY)
    return quartered(snapshot, asked, _seconds(asked.query), "view_time", TIMED, (TIME.label, DEFINITION))


def _seconds(query: Query) -> tuple[str, Params]:
    part = Part("facts", (MEASURES["messages_viewed"],), query.dimensions, query.where, rows=(VIEWED,))
    return fact_rows(VIEWED, part, query, ["(epoch_us(viewed_at) - epoch_us(sent_at)) // 1000000 AS seconds"])


