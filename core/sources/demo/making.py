"""Makes the demo account and gives its events to the log through the same door as anybody's data."""
import tempfile
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.contract.documents import read_document
from core.errors import JourneysError, WrongUsage
from core.eventlog import EventLog
from core.sources.demo.bank import BANK
from core.sources.demo.documents import documents_of
from core.sources.demo.feeds import batches
from core.sources.demo.rhythm import Calendar
from core.sources.demo.sheet import SECOND
from core.sources.demo.shop import SHOP
from core.sources.demo.world import events
from core.sources.ingest import Summary, ingest

PLANS = (*SHOP, *BANK)
PROFILES, DAYS, SEED = 3000, 120, 1


def documents(*, profiles: int = PROFILES, days: int = DAYS, seed: int = SEED, now: datetime) -> list[dict[str, Any]]:
    """The catalog of the demo; its dates lie in the `days` local days that end with `now`. Each also says how the demo was made."""
    made_as = {"profiles": profiles, "days": days, "seed": seed}  # so that a demo made otherwise is known as another one
    return [{**document, "demo": made_as} for document in documents_of(PLANS, Calendar.ending(now, days))]


def files(folder: Path, *, profiles: int = PROFILES, days: int = DAYS, seed: int = SEED, now: datetime) -> list[Path]:
    """Writes the demo's events as three Parquet files, in the order in which they are to be ingested."""
    calendar = Calendar.ending(now, days)
    received = events(PLANS, calendar, profiles, seed)
    parts = batches(received, datetime.fromtimestamp(calendar.end / SECOND, UTC), seed)
    written = []
    for name, part in (("history", parts.history), ("last-days", parts.last_days), ("sent-again", parts.again)):
        if len(part):
            part.write_parquet(folder / f"{name}.parquet", compression="snappy")
            written.append(folder / f"{name}.parquet")
    return written


def make(log: EventLog, *, account_id: str, profiles: int = PROFILES, days: int = DAYS, seed: int = SEED, now: datetime) -> Summary:
    """Fills an empty log with the catalog and three batches of events; the same day, choices and seed give the same records.

    Raises JourneysError where the log holds anything but this demo: the demo is never mixed with somebody's data.
    """
    if profiles < 1 or days < 1:
        raise WrongUsage("a demo needs at least one profile and one day: --profiles and --days start at 1")
    bodies = documents(profiles=profiles, days=days, seed=seed, now=now)
    head = log.head()
    if not head.documents and not head.position:
        log.put_documents(bodies, replace=False, now=now)
    elif [document.body for document in log.documents()] != [read_document(body) for body in bodies]:
        raise JourneysError(f"The account “{account_id}” holds other data already, and the demo is for an account of its own: choose another --account.")
    with tempfile.TemporaryDirectory(prefix="journeys-demo-") as folder:
        written = files(Path(folder), profiles=profiles, days=days, seed=seed, now=now)
        return together([ingest(log, [file], account_id=account_id, source=None, time_zone=None, mapping=None, now=now) for file in written])


def together(taken: Sequence[Summary]) -> Summary:
    """One summary of several batches; their rejected files stay where they are, the last is named."""
    reasons: Counter[str] = Counter()
    for summary in taken:
        reasons.update(summary.reasons)
    accepted, repeated, conflicts, rejected, skipped = (
        sum(getattr(summary, name) for summary in taken) for name in ("accepted", "repeated", "conflicts", "rejected", "skipped"))
    named = [summary.rejected_file for summary in taken if summary.rejected_file is not None]
    return Summary(accepted, repeated, conflicts, rejected, skipped, dict(reasons), named[-1] if named else None)
