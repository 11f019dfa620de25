"""How far the numbers of a snapshot can be trusted: what it left out, what it took for granted, how late its events came, what it changed of the last."""
import polars as pl

from core.metrics.measures import MEASURES
from core.warehouse.snapshots import Snapshot
from core.warehouse.zones import local_day

# rung, when it was, when the rung above was: one that has the time of the rung above has no evidence of its own before it
_RUNGS = (("messages_sent", "sent_at", "delivered_at"), ("messages_delivered", "delivered_at", "viewed_at"),
          ("messages_viewed", "viewed_at", "least(clicked_at, replied_at)"))
_MOVED = "SELECT measure, day, sum(n)::BIGINT AS n, sum(amount) AS amount FROM daily WHERE basis = 'happened' AND day < ? GROUP BY measure, day"


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
    """(measure, day, before, after, difference) of the measures that add up, by when it happened, on the days that were over when `before` was built.

    Counts for counts, amounts for money whatever its currency; days and measures that are the same are left out.
    """
    over = local_day(before.zones, before.as_of)
    old, new = (snapshot.sql(_MOVED, [over]) for snapshot in (before, after))
    both = old.join(new, on=["measure", "day"], how="full", coalesce=True, suffix="_after")
    is_money = pl.col("measure").is_in([name for name, measure in MEASURES.items() if measure.is_money])
    value = [pl.when(is_money).then(pl.col(f"amount{side}").cast(pl.Float64)).otherwise(pl.col(f"n{side}").cast(pl.Float64)).fill_null(0.0).alias(name)
             for side, name in (("", "before"), ("_after", "after"))]
    labels = {name: measure.label for name, measure in MEASURES.items()}
    return (both.select(pl.col("measure").replace(labels), "day", *value).with_columns((pl.col("after") - pl.col("before")).alias("difference"))
            .filter(pl.col("difference").abs() > 1e-9).sort(["day", "measure"], descending=[True, False]))
