"""The history of fetches as people read it: rows, reasons, and what came of each."""
import io
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl

from core.access.accounts import Account
from core.sources.sftp import fetches, importing, sheets
from core.sources.sftp.fetches import Fetch
from core.sources.sftp.intake import Intake

COLUMNS = ("Date time", "SFTP connection", "File", "Total entries", "Valid entries", "Invalid entries", "Status")


def newest(intake: Intake, *, connection: str | None = None, journey_id: str | None = None, since: datetime | None = None, until: datetime | None = None,
           limit: int | None = None) -> list[Fetch]:
    """The account's fetches, newest first; what a killed process had finished all but in name is among them."""
    importing.settle(intake)
    return fetches.every(intake, connection=connection, journey_id=journey_id, since=since, until=until, limit=limit)


def rows(account: Account, found: Sequence[Fetch]) -> list[dict[str, object]]:
    """The history's columns, one row a fetch. Date time is the start of the fetch, RFC 3339 in the account's zone."""
    return [dict(zip(COLUMNS, (local(account, fetch.started_at), fetch.connection, fetch.file, fetch.total, fetch.valid, fetch.invalid, fetch.status),
                     strict=True)) for fetch in found]


def csv_bytes(found: Sequence[dict[str, object]]) -> bytes:
    """Rows as `rows` gives them, as a file; what the page exports, for every package."""
    out = io.BytesIO()
    sheets.write(out, [COLUMNS, *(tuple(row.values()) for row in found)])
    return out.getvalue()


def reasons(found: Sequence[Fetch]) -> pl.DataFrame:
    """Reason and Invalid entries (how many rows over these fetches), the most frequent first."""
    counted = pl.DataFrame([(reason, count) for fetch in found for reason, count in fetch.reasons.items()],
                           schema={"Reason": pl.String, "Invalid entries": pl.Int64}, orient="row")
    return counted.group_by("Reason").sum().sort("Invalid entries", "Reason", descending=[True, False])


def local(account: Account, instant: datetime) -> str:
    """RFC 3339 in the zone that the account had at the instant, a fraction only where there is one."""
    return instant.astimezone(ZoneInfo(account.zone_at(instant))).isoformat()
