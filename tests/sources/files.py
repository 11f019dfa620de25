"""Event files for tests, and what became of them."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from core.eventlog import EventLog
from core.sources.ingest import Summary, ingest
from tests.sources.records import NOW

HEADER = "source,event_id,event_type,occurred_at,journey_id,profile_id"
ROW = "s,{},journey.entered,2026-01-05T10:00:00Z,cart,p1"


def take(log: EventLog, *files: Path, source=None, time_zone=None, mapping=None) -> Summary:
    return ingest(log, files, account_id="acme", source=source, time_zone=time_zone, mapping=mapping, now=NOW)


def file(folder: Path, name: str, content: bytes | str | list[object]) -> Path:
    if isinstance(content, list):
        content = b"\n".join(line if isinstance(line, bytes) else orjson.dumps(line) for line in content)
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def ingest_records(log: EventLog, records: Iterable[object], *, account_id: str, now: datetime) -> Summary:
    """Take records as one batch: a file of their lines, as JSON has them, is ingested."""
    with TemporaryDirectory() as folder:
        return ingest(log, [file(Path(folder), "batch.ndjson", list(records))], account_id=account_id, source=None, time_zone=None, mapping=None, now=now)


def refused(summary: Summary) -> list[tuple[str, int, str, object]]:
    assert summary.rejected_file is not None
    lines = [orjson.loads(line) for line in summary.rejected_file.read_bytes().splitlines()]
    return [(line["file"], line["line"], line["reason"], line["record"]) for line in lines]
