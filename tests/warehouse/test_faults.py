"""A build that meets a full disk, a cut file or a second builder says so or waits; what readers have open stays."""
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from core.errors import JourneysError
from core.eventlog import EventLog
from core.warehouse import snapshots
from core.warehouse.engine import Engine
from tests.warehouse.test_snapshots import built, entered, take

BUILDER = """
import resource, sys; from pathlib import Path; from datetime import UTC, datetime
from core.errors import JourneysError; from core.eventlog import EventLog; from core.warehouse.build import build
root, most = Path(sys.argv[1]), int(sys.argv[2])
if most:
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))  # a write beyond it fails as it does where the disk is full
try:
    made = build(EventLog(root / "log"), root / "w", zones=((None, "Europe/Rome"),), currency="EUR", as_of=datetime(2026, 3, 20, 13, tzinfo=UTC),
                 full=sys.argv[3] == "full")
    print(made.runs)
except JourneysError as error:
    sys.exit(str(error))
"""


def builder(root: Path, most: int = 0, how: str = "grown") -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", BUILDER, str(root), str(most), how], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("how", ["full", "grown"])
@pytest.mark.parametrize("most", [20_000, 600_000])
def test_a_full_disk_leaves_the_last_snapshot_and_is_said_in_one_line(how: str, most: int, tmp_path: Path) -> None:
    log, folder = EventLog(tmp_path / "log"), tmp_path / "w"
    take(log, *(entered(number, f"p{number}") for number in range(3)))
    first = built(log, folder).snapshot
    take(log, entered(3, "p3"))
    process = builder(tmp_path, most, how)
    said = process.communicate()[1]
    assert (process.returncode, said.count("\n")) == (1, 1), said
    assert said.startswith("The build stopped and the last snapshot is unchanged: ")
    assert (snapshots.current(folder), [file.stem for file in (folder / "snapshots").glob("*")], (folder / "building").exists()) == (first, [first], False)
    assert built(log, folder, 1).runs == 4


def test_a_commit_that_the_disk_has_no_room_for_is_said_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, folder = EventLog(tmp_path / "log"), tmp_path / "w"
    take(log, entered(0, "p0"))

    def failing(_engine: Engine) -> None:  # what DuckDB raises where a checkpoint on the way finds the disk full
        raise duckdb.TransactionException('TransactionContext Error: Failed to commit: Checkpoint failed for database "snap". The database has been '
                                          'invalidated. Original error: Could not write file "s.duckdb": No space left on device')  # fmt: skip

    monkeypatch.setattr("core.warehouse.full.build", failing)
    with pytest.raises(JourneysError) as said:
        built(log, folder)
    assert str(said.value) == ('The build stopped and the last snapshot is unchanged: Could not write file "s.duckdb": No space left on device '
                               "(disk full? `journeys doctor` shows what is free)")  # fmt: skip


def test_two_builders_at_once_build_one_after_the_other(tmp_path: Path) -> None:
    log, folder = EventLog(tmp_path / "log"), tmp_path / "w"
    take(log, *(entered(number, f"p{number}") for number in range(3)))
    both = [builder(tmp_path, how="full"), builder(tmp_path)]
    assert [process.communicate() for process in both] == [("3\n", "")] * 2
    assert [record.events for record in snapshots.kept(folder)] == [3, 3]


def test_what_a_killed_build_left_is_swept_and_a_cut_snapshot_is_built_anew(tmp_path: Path) -> None:
    log, folder = EventLog(tmp_path / "log"), tmp_path / "w"
    take(log, entered(0, "p0"))
    file = snapshots.file_of(folder, built(log, folder).snapshot)
    left = folder / "building" / "snapshot.duckdb"
    left.parent.mkdir()
    left.write_bytes(file.read_bytes()[:5000])
    left.with_suffix(".duckdb.wal").write_bytes(b"\0" * 100)  # a log of writes that was cut
    file.write_bytes(file.read_bytes()[:5000])
    take(log, entered(1, "p1"))
    made = built(log, folder, 1)
    assert (made.full, made.runs, (folder / "building").exists()) == (True, 2, False)


def test_a_reader_of_a_pruned_snapshot_reads_on(tmp_path: Path) -> None:
    log, folder = EventLog(tmp_path / "log"), tmp_path / "w"
    take(log, entered(0, "p0"))
    first = built(log, folder).snapshot
    reader = snapshots.open_snapshot(folder)
    for number in range(1, 4):
        take(log, entered(number, f"p{number}"))
        built(log, folder, number)
    assert not snapshots.file_of(folder, first).exists()
    assert reader.sql("SELECT profile_id FROM profiles").rows() == [("p0",)]  # blocks that were not read before it went
