"""What must hold between the history of fetches and the log, for `journeys check` and the Trust page."""
from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from core.eventlog.records import MOMENT
from core.sources.sftp import history
from core.sources.sftp.fetches import Fetch
from core.sources.sftp.intake import Intake


class Invariant(NamedTuple):
    """Two numbers that must be equal."""

    name: str
    left: int
    right: int

    @property
    def holds(self) -> bool:
        """Whether they are."""
        return self.left == self.right


def invariants(intake: Intake) -> list[Invariant]:
    """Over all fetches of the account that were read; the log's entries are those from the connections that the history knows."""
    found = [fetch for fetch in history.newest(intake) if fetch.total is not None]
    total, valid, invalid = (sum(getattr(fetch, count) for fetch in found) for count in ("total", "valid", "invalid"))
    sound = sum(fetch.valid + fetch.invalid == fetch.total and sum(fetch.reasons.values()) == fetch.invalid for fetch in found)  # type: ignore[operator]
    return [
        Invariant("SFTP: valid + invalid = total entries", valid + invalid, total),
        Invariant("SFTP: fetches whose own counts and reasons add up = fetches that were read", sound, len(found)),
        Invariant("SFTP: valid entries = entries added", valid, _entered(intake, found)),
    ]


def _entered(intake: Intake, found: Sequence[Fetch]) -> int:
    """Entries in the log that these fetches brought: each bears the name of its connection and the moment at which its fetch began."""
    own = pl.LazyFrame([(f"sftp:{fetch.connection}", fetch.started_at) for fetch in found], schema={"source": pl.String, "occurred_at": MOMENT}, orient="row")
    with intake.log.reading():
        paths = [segment.path for segment in intake.log.segments()]
        if not paths or not found:
            return 0
        records = pl.scan_parquet(paths).filter(pl.col("event_type") == "journey.entered").join(own.unique(), on=("source", "occurred_at"), how="semi")
        return int(records.select(pl.len()).collect().item())
