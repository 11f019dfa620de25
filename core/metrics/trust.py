"""How far the numbers of a snapshot can be trusted: what it left out, what it took for granted, how late its events came, what it changed of the last."""
import polars as pl

from core.metrics.measures import MEASURES
from core.warehouse.snapshots import Snapshot
from core.warehouse.zones import local_day

# rung, when it was, when the rung above was: one that has the time of the rung above has no evidence of its own before it
_RUNGS = (("messages_sent", "sent_at", "delivered_at"), ("messages_delivered", "delivered_at", "viewed_at"),
          ("messages_viewed", "viewed_at", "least(clicked_at, replied_at)"))
_MOVED = """SELECT measure, day, CASE WHEN measure IN ({money}) THEN currency END AS currency,
                   sum(CASE WHEN measure IN ({money}) THEN amount ELSE n END)::DECIMAL(38, 6) AS value
            FROM daily WHERE basis = 'happened' AND day < ? GROUP BY ALL"""


def orphans(snapshot: Snapshot) -> pl.DataFrame:
    """(source, event_type, events, last_occurred_at): events that name a journey and are in no run, by most."""
    return snapshot.sql("""SELECT source, event_type, count(*) AS events, max(occurred_at) AS last_occurred_at FROM orphans
                           GROUP BY source, event_type ORDER BY events DESC, source, event_type""")


def implied(snapshot: Snapshot) -> pl.DataFrame:
    """(rung, messages, implied, share): messages on a rung, and those of them that are there only by a later rung, having its very time."""
    rows = []
    for measure, at, above in _RUNGS:
        messages, found = snapshot.sql(f"SELECT count({at}), count(*) FILTER ({at} = {above}) FROM messages").row(0)
        rows.append((MEASURES[measure].label, messages, found, found / messages if messages else None))
    return pl.DataFrame(rows, schema={"rung": pl.String(), "messages": pl.Int64(), "implied": pl.Int64(), "share": pl.Float64()}, orient="row")


def lateness(snapshot: Snapshot) -> pl.DataFrame:
    """(source, events, last_occurred_at, last_received_at, and the shares received within an hour, a day and a week of having occurred), by source."""
    return snapshot.sql("""SELECT source, sum(events)::BIGINT AS events, max(last_occurred_at) AS last_occurred_at, max(last_received_at) AS last_received_at,
                                  sum(within_hour) / sum(events) AS within_hour, sum(within_day) / sum(events) AS within_day,
                                  sum(within_week) / sum(events) AS within_week
                           FROM sources GROUP BY source ORDER BY source""")


def changed(before: Snapshot, after: Snapshot) -> pl.DataFrame:
    """(measure, day, currency, before, after, difference) of the measures that add up, by when it happened, on the days that were over when `before` was built.

    Counts for counts; money by currency, as currencies are never added together. Days and measures that are the same are left out.
    """
    over = local_day(before.zones, before.as_of)
    moved = _MOVED.format(money=", ".join(f"'{name}'" for name, measure in MEASURES.items() if measure.is_money))
    old, new = (snapshot.sql(moved, [over]) for snapshot in (before, after))
    keys = ["measure", "day", "currency"]
    both = old.join(new, on=keys, how="full", coalesce=True, suffix="_after", nulls_equal=True)
    value = [pl.col(f"value{side}").fill_null(0).alias(name) for side, name in (("", "before"), ("_after", "after"))]
    labels = {name: measure.label for name, measure in MEASURES.items()}
    return (both.select(pl.col("measure").replace(labels), "day", "currency", *value).with_columns((pl.col("after") - pl.col("before")).alias("difference"))
            .filter(pl.col("difference") != 0).sort(["day", "measure", "currency"], descending=[True, False, False]))
