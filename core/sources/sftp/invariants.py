"""What must hold between the history of fetches and the log, for the Trust page."""
from typing import NamedTuple

import polars as pl

from core.sources.sftp import history
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
    """Over all fetches of the account: valid + invalid = total; valid entries = entries in the log from the connections that the history knows."""
    found = [fetch for fetch in history.newest(intake) if fetch.total is not None]
    total, valid, invalid = (sum(getattr(fetch, count) for fetch in found) for count in ("total", "valid", "invalid"))
    sources = sorted({f"sftp:{fetch.connection}" for fetch in found})
    return [Invariant("valid + invalid = total entries", valid + invalid, total), Invariant("valid entries = entries added", valid, _entered(intake, sources))]


def _entered(intake: Intake, sources: list[str]) -> int:
    with intake.log.reading():
        paths = [segment.path for segment in intake.log.segments()]
        if not paths or not sources:
            return 0
        records = pl.scan_parquet(paths).filter(pl.col("source").is_in(sources), pl.col("event_type") == "journey.entered")
        return int(records.select(pl.len()).collect().item())
