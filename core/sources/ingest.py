"""Ingest: read all files of a batch, judge every row, and take the batch into the log."""
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.contract.columns import COLUMNS
from core.contract.judge import Given
from core.errors import WrongUsage
from core.eventlog import EventLog
from core.eventlog.files import disk_faults_said
from core.eventlog.log import WAIT_S
from core.sources.judging import judged
from core.sources.mapping import Mapping as ColumnMapping
from core.sources.reading import Chunk, Unreadable, chunks_of
from core.sources.staging import staged


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of a batch: accepted + repeated + conflicts + rejected = records; skipped ones are none."""

    accepted: int
    repeated: int
    conflicts: int
    rejected: int
    skipped: int
    reasons: dict[str, int]
    rejected_file: Path | None

    @property
    def records(self) -> int:
        return self.accepted + self.repeated + self.conflicts + self.rejected

    def document(self) -> dict[str, object]:
        """The JSON document of interface §5."""
        return {
            "records": self.records, "accepted": self.accepted, "repeated": self.repeated, "conflicts": self.conflicts,
            "rejected": self.rejected, "skipped": self.skipped, "reasons": self.reasons,
            "rejected_file": None if self.rejected_file is None else str(self.rejected_file),
        }


def ingest(log: EventLog, files: Sequence[Path], *, account_id: str, source: str | None, time_zone: str | None, mapping: ColumnMapping | None,
           now: datetime, wait_s: float = WAIT_S) -> Summary:
    """Take the files as one batch: all of it is in the log, or nothing and an error.

    `source` and `time_zone` go before the mapping's. Raises Unreadable for a file that cannot be read, WrongUsage for an unknown zone,
    Busy and DiskFull as EventLog.append does.
    """
    chunks = (chunk for path in files for chunk in chunks_of(path))
    return _taken(log, chunks, _given(account_id, source, time_zone, mapping, now), mapping, wait_s)


def _given(account_id: str, source: str | None, time_zone: str | None, mapping: ColumnMapping | None, now: datetime) -> Given:
    source = source or (mapping.source if mapping else None)
    time_zone = time_zone or (mapping.time_zone if mapping else None)
    return Given(now, account_id, source, None if time_zone is None else zone_named(time_zone))


def zone_named(name: str) -> ZoneInfo:
    """The zone of this IANA name. Raises WrongUsage."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise WrongUsage(f"There is no time zone “{name}”: use an IANA name such as Europe/Zagreb.") from error


def _check_header(chunk: Chunk, mapping: ColumnMapping | None) -> None:
    """A file that has none of the columns is a mistake to be said once, not row by row."""
    if chunk.header is None:
        return
    if mapping is not None:
        mapping.check(chunk.header, chunk.file)
    elif COLUMNS.keys().isdisjoint(chunk.header):
        raise Unreadable(f"{chunk.file} has none of the columns of an event (its header: {', '.join(chunk.header)[:200]}): "
                         "rename them, or give a --mapping (docs/bring-your-data.md).")


def _taken(log: EventLog, chunks: Iterable[Chunk], given: Given, mapping: ColumnMapping | None, wait_s: float) -> Summary:
    reasons: Counter[str] = Counter()
    skipped = 0
    with disk_faults_said(log.folder), staged(log.folder) as staging:
        for chunk in chunks:
            _check_header(chunk, mapping)
            verdict = judged(chunk, mapping, given)
            staging.add(chunk, verdict)
            reasons.update(reason for _, reason in verdict.refused)
            skipped += verdict.skipped
        taken = log.append(staging.frames(), rejected=staging.rejected(), rejected_count=staging.refused, wait_s=wait_s)
    return Summary(taken.accepted, taken.repeated, taken.conflicts, staging.refused, skipped, dict(sorted(reasons.items())), taken.rejected_file)
