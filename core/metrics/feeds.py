"""Feeds: what each source brought last, and which of them is silent for longer than it ever was."""
from dataclasses import dataclass
from datetime import date, datetime

from core.warehouse.snapshots import Snapshot
from core.warehouse.zones import local_day

LOOKS_BACK = 90  # days: an older habit says nothing, and a feed that is silent for longer has ended
FEWEST_DAYS = 5  # with events, before a feed has a habit

SQL = f"""
SELECT source, sum(events)::BIGINT AS events, max(last_occurred_at) AS last_occurred_at, max(last_received_at) AS last_received_at, max(day) AS last_day,
       count(*) AS days, max(pause) FILTER (day > last_day_of - {LOOKS_BACK})::BIGINT AS longest_pause
FROM (
    SELECT *, day - lag(day) OVER (PARTITION BY source ORDER BY day) AS pause, max(day) OVER (PARTITION BY source) AS last_day_of
    FROM sources WHERE day <= $1
) AS each_day
GROUP BY source ORDER BY source
"""


@dataclass(frozen=True, slots=True)
class Feed:
    """One source. `last_day` is the account's day of its last event, `longest_pause` the days between two with events (1: every day)."""

    source: str
    events: int
    last_occurred_at: datetime
    last_received_at: datetime
    last_day: date
    days: int
    longest_pause: int | None

    def is_silent(self, today: date) -> bool:
        """Whether a whole day more than ever before went by without an event of it. The day that is not over never counts."""
        gap = (today - self.last_day).days
        return self.days >= FEWEST_DAYS and max(self.longest_pause or 1, 1) < gap <= LOOKS_BACK


def feeds(snapshot: Snapshot) -> tuple[Feed, ...]:
    """All feeds of the account, by name; none where the snapshot is older than the table that holds them."""
    if not snapshot.sql("SELECT count(*) AS n FROM duckdb_tables() WHERE table_name = 'sources'").item():
        return ()
    return tuple(Feed(*row) for row in snapshot.sql(SQL, [today(snapshot)]).iter_rows())


def silent(snapshot: Snapshot) -> tuple[Feed, ...]:
    """The feeds from which numbers may be missing."""
    return tuple(feed for feed in feeds(snapshot) if feed.is_silent(today(snapshot)))


def today(snapshot: Snapshot) -> date:
    """The account's day of the as-of."""
    return local_day(snapshot.zones, snapshot.as_of)
