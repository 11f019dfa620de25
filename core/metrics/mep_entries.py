"""The entries of a month as the log has them: what the ledger's lines are counted from, so that somebody else can count them again."""
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

import duckdb
import polars as pl

from core.access.zones import month_begins
from core.metrics.clock import local_texts
from core.metrics.mep_forecast import following
from core.metrics.mep_stretches import A_BATCH
from core.warehouse.snapshots import Snapshot, quoted
from core.warehouse.zones import Zones, duckdb_macros, month_start

COLUMNS = ("position", "Person ID", "Entered At", "Received At", "Campaign ID", "Sub-account")
# the first received entered event of each run; without an entry_id each is a run of its own (interface §3)
_ENTRIES = """WITH entered AS (
    SELECT position, profile_id, occurred_at, received_at, journey_id, entry_id, sub_account_id FROM read_parquet({files})
    WHERE event_type = 'journey.entered' AND position <= {upto}
), first AS (
    SELECT position FROM entered WHERE entry_id IS NULL
    UNION ALL SELECT min(position) FROM entered WHERE entry_id IS NOT NULL GROUP BY journey_id, entry_id
)
SELECT entered.position, profile_id AS "Person ID", occurred_at AS "Entered At", received_at AS "Received At", entered.journey_id AS "Campaign ID",
       CASE WHEN line.position IS NOT NULL THEN line.sub_account_id ELSE coalesce(entered.sub_account_id, journey.sub_account_id) END AS "Sub-account"
FROM entered SEMI JOIN first ON first.position = entered.position
LEFT JOIN line ON line.position = entered.position
LEFT JOIN journey ON journey.journey_id = entered.journey_id
WHERE date_trunc('month', local_day(occurred_at)) = DATE '{month}'
ORDER BY entered.position"""


class Log(Protocol):
    """What is needed of an account's event log."""

    def reading(self) -> AbstractContextManager[None]: ...
    def segments(self) -> tuple[Any, ...]: ...


def entries(log: Log, snapshot: Snapshot, month: date, lines: pl.DataFrame, spill: Path) -> Iterator[pl.DataFrame]:
    """Every entry of the month that the snapshot knows, in order of receipt, in batches; COLUMNS, times as text in the account's zone.

    lines: `position` and `sub_account_id` of the month's lines as they are told. `spill`: a folder for what does not fit in memory.
    """
    with duckdb.connect(":memory:") as connection, log.reading():
        for setting in ("GLOBAL timezone='UTC'", "memory_limit='1GB'", "threads=2", f"temp_directory='{quoted(spill)}'", "enable_progress_bar=false",
                        "autoinstall_known_extensions=false"):
            connection.execute(f"SET {setting}")
        for macro in duckdb_macros(snapshot.zones):
            connection.execute(macro)
        connection.register("line", lines.select("position", "sub_account_id").to_arrow())
        connection.register("journey", snapshot.sql("SELECT journey_id, sub_account_id FROM journeys").to_arrow())
        files = [segment.path for segment in log.segments() if segment.first_position <= snapshot.published.position]
        if not files:
            return
        paths = "[" + ", ".join(f"'{quoted(file)}'" for file in files) + "]"
        sql = _ENTRIES.format(files=paths, upto=snapshot.published.position, month=month.isoformat())
        for batch in connection.sql(sql).to_arrow_reader(A_BATCH):
            frame = pl.from_arrow(batch)
            assert isinstance(frame, pl.DataFrame)
            yield local_texts(frame, snapshot.zones)


def month_bounds(zones: Zones, first: date) -> tuple[datetime, datetime]:
    """The first instant of a month on the account's clock, and that of the next."""
    return _begins(zones, first), _begins(zones, following(first))


def _begins(zones: Zones, first: date) -> datetime:
    begins = {month_start(zones, at): since for at, (since, _) in enumerate(zones) if since is not None}
    if first in begins and (moment := begins[first]) is not None:
        return moment
    zone = [name for at, (since, name) in enumerate(zones) if since is None or month_start(zones, at) <= first][-1]
    return month_begins(zone, first.year, first.month)
