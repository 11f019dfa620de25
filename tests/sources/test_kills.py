"""A kill at any moment leaves a batch in the log or not at all, and doing it again leads to every record once."""

import random
import subprocess
import sys
import time
from pathlib import Path

import orjson
import pytest

from core.eventlog import EventLog
from core.sources.ingest import ingest
from tests.eventlog.records import held
from tests.sources.records import ENTERED, NOW

KILLS = 25
BATCHES, SIZE = 40, 150
INGESTING = """
import sys
from datetime import datetime, UTC
from pathlib import Path
from core.eventlog import EventLog
from core.sources.ingest import ingest
log = EventLog(Path(sys.argv[1]))
log.head()
print("ready", flush=True)
while True:
    for path in sorted(Path(sys.argv[2]).glob("*.ndjson")):
        ingest(log, [path], account_id="acme", source=None, time_zone=None, mapping=None, now=datetime(2026, 3, 20, 12, tzinfo=UTC))
"""


def written(folder: Path) -> list[Path]:
    """Batches, each with a bad line, a repeat and a conflict of its own."""
    folder.mkdir()
    paths = []
    for batch in range(BATCHES):
        records = [{**ENTERED, "event_id": f"{batch}-{number}"} for number in range(SIZE)]
        lines = [orjson.dumps(record) for record in (*records, records[0], {**records[1], "profile_id": "other"})]
        paths.append(folder / f"{batch:02d}.ndjson")
        paths[-1].write_bytes(b"\n".join([b"nope", *lines]))
    return paths


def batches_in(log: EventLog) -> list[str]:
    """The batches that are in the log, after a look at whether it is whole."""
    rows = held(log, "position", "event_id")
    assert [position for position, _ in rows] == list(range(1, log.head().position + 1))
    ids = [str(event_id) for _, event_id in rows]
    batches = list(dict.fromkeys(event_id.partition("-")[0] for event_id in ids))
    assert ids == [f"{batch}-{number}" for batch in batches for number in range(SIZE)]
    return batches


@pytest.mark.slow
def test_kills_during_ingest(tmp_path):
    files = written(tmp_path / "files")
    log = EventLog(tmp_path / "log")
    chance = random.Random(4)
    for _ in range(KILLS):
        process = subprocess.Popen([sys.executable, "-c", INGESTING, log.folder, tmp_path / "files"], stdout=subprocess.PIPE)
        assert process.stdout is not None and process.stdout.readline() == b"ready\n"
        time.sleep(chance.expovariate(4))
        process.kill()
        process.wait()
        process.stdout.close()
        batches_in(log)
    for path in files:
        ingest(log, [path], account_id="acme", source=None, time_zone=None, mapping=None, now=NOW)
    assert sorted(map(int, batches_in(log))) == list(range(BATCHES))
    assert {path.suffix for path in (log.folder / "segments").iterdir()} == {".parquet", ".npy"}
    assert len(list((log.folder / "segments").iterdir())) == 3 * len(log.segments())
    assert not list((log.folder / "staging").iterdir())
