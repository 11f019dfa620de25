"""How the events reach the log: some late, in several batches, and some of them twice."""
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import polars as pl

from core.sources.demo.sheet import DAY, SECOND, Ints

LATE = 0.012  # share of all events that arrive days late
REPEATED = 0.01
CONFLICTS = 6
LAST_BATCH_DAYS = 9


@dataclass(frozen=True, slots=True)
class Batches:
    """Three files: the history, the last days (with what came late from before them), and one sent again by mistake."""

    history: pl.DataFrame
    last_days: pl.DataFrame
    again: pl.DataFrame


def receive(events: pl.DataFrame, late_entries: pl.Series, end: int, rng: np.random.Generator) -> pl.DataFrame:
    """Adds received_at, orders by it, and leaves out what has not arrived by `end` (µs). `late_entries`: by row, its share of lateness."""
    count = len(events)
    occurred: Ints = events["occurred_at"].to_physical().to_numpy()
    is_late = rng.random(count) < np.maximum(late_entries.to_numpy(), LATE)
    lag = np.where(is_late, rng.uniform(1, 12, count) * DAY, rng.exponential(25, count) * SECOND + SECOND).astype(np.int64) // 1000 * 1000
    # A file is received as one: its rows share the moment.
    lag = np.where(events["source"].str.starts_with("sftp:").to_numpy(), 20 * SECOND, lag)
    received = pl.Series("received_at", occurred + lag)
    known = events.with_columns(received_at=pl.from_epoch(received, "us").dt.replace_time_zone("UTC")).filter(received <= end)
    return known.sort("received_at", "source", "event_id")


def batches(received: pl.DataFrame, end: datetime, seed: int) -> Batches:
    """Splits what was received into files; the one sent again also holds a few records that changed their content."""
    rng = np.random.default_rng([seed, 2])
    cut = end.timestamp() - LAST_BATCH_DAYS * DAY / SECOND
    is_history = received["received_at"].dt.epoch("us") < int(cut * SECOND)
    history = received.filter(is_history)
    again = history.filter(pl.Series(rng.random(len(history)) < REPEATED))
    priced = history.filter(pl.col("cost_amount").is_not_null() & (pl.col("event_type") == "message.sent")).tail(CONFLICTS)
    changed = priced.with_columns((pl.col("cost_amount") * 2).cast(pl.Decimal(18, 6)))
    return Batches(history, received.filter(~is_history), pl.concat([again, changed]))
