"""What came into the log between two snapshots: events by source and how many of them were late, catalog documents, erasures."""
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import polars as pl

from core.eventlog import EventLog
from core.sources.left_out import erased, grouped

_INSTANT = pl.Datetime("us", "UTC")
_CAME = {"source": pl.String(), "event_type": pl.String(), "events": pl.Int64(), "late": pl.Int64(), "first_occurred_at": _INSTANT,
         "last_occurred_at": _INSTANT}


class Built(Protocol):
    """How far a snapshot goes, as its own record says."""

    @property
    def position(self) -> int: ...

    @property
    def documents(self) -> int: ...

    @property
    def as_of(self) -> datetime: ...

    @property
    def zones(self) -> str: ...

    @property
    def currency(self) -> str: ...

    @property
    def edition(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Between:
    """`events`: `came`'s. `journeys`: ids of those whose catalog document came, in order of receipt. `settings`: what else differs, in words."""

    events: pl.DataFrame
    journeys: tuple[str, ...]
    erasures: int
    settings: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """As JSON; instants in UTC."""
        events = [{name: value.isoformat() if isinstance(value, datetime) else value for name, value in row.items()} for row in self.events.to_dicts()]
        return {"events": events, "documents": list(self.journeys), "erasures": self.erasures, "settings": list(self.settings)}


def between(log: EventLog, before: Built, after: Built) -> Between:
    """What the later snapshot knows that the earlier one did not."""
    journeys = [str(one.body["journey_id"]) for one in log.documents()[before.documents : after.documents]]
    settings = [("the account's time zones", before.zones, after.zones), ("the account's currency", before.currency, after.currency),
                ("the release that built it", before.edition, after.edition)]
    return Between(came(log, before.position, after.position, before.as_of), tuple(dict.fromkeys(journeys)),
                   sum(before.as_of < moment <= after.as_of for moment in erased(log)), tuple(said for said, old, new in settings if old != new))


def came(log: EventLog, after: int, until: int, seen_at: datetime) -> pl.DataFrame:
    """What the log took at the positions after `after` up to `until`: (source, event_type, events, late, first and last occurred_at), most first.

    `late`: happened before `seen_at`, the as-of of the snapshot that ends at `after`, so that snapshot could have known them.
    """
    with log.reading():
        files = [segment.path for segment in log.segments(after) if segment.first_position <= until]
        late = f"count(*) FILTER (occurred_at < TIMESTAMPTZ '{seen_at.isoformat()}') AS late"
        select = f"SELECT source, event_type, count(*) AS events, {late}, min(occurred_at) AS first_occurred_at, max(occurred_at) AS last_occurred_at"
        where = f"WHERE position > {int(after)} AND position <= {int(until)}"
        return grouped(files, select, f"{where} GROUP BY source, event_type ORDER BY events DESC, source, event_type", _CAME)
