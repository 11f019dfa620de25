"""Snapshots: published whole, three kept and every pinned one, the last one stays where a build is killed or fails."""
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.eventlog import EventLog, frame_of
from core.warehouse import snapshots
from core.warehouse.build import Built, build
from core.warehouse.erase import erase

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
ZONES = ((None, "Europe/Rome"),)


def entered(number: int, profile: str) -> dict[str, object]:
    return {"source": "s", "event_id": str(number), "event_type": "journey.entered", "occurred_at": NOW - timedelta(days=3), "received_at": NOW,
            "profile_id": profile, "journey_id": "cart", "is_machine": False}


def take(log: EventLog, *records: dict[str, object]) -> None:
    log.append(frame_of(records))


def built(log: EventLog, folder: Path, minutes: int = 0, **how: object) -> Built:
    return build(log, folder, zones=ZONES, currency="EUR", as_of=NOW + timedelta(minutes=minutes), **how)  # type: ignore[arg-type]


def test_an_account_without_events_has_an_empty_snapshot(tmp_path: Path) -> None:
    made = built(EventLog(tmp_path / "log"), tmp_path / "w")
    with_none = snapshots.open_snapshot(tmp_path / "w")
    assert (made.events, made.runs, made.orphans, made.full) == (0, 0, 0, True)
    assert [with_none.sql(f"SELECT count(*) AS n FROM {table}").item() for table in ("runs", "reach", "daily", "mep")] == [0, 0, 0, 0]


def five(log: EventLog, folder: Path, *, pinned: range) -> list[str]:
    """The ids of five snapshots, each of one more entry; those of these numbers are pinned."""
    names = []
    for number in range(5):
        take(log, entered(number, f"p{number}"))
        names.append(built(log, folder, number).snapshot)
        if number in pinned:
            snapshots.pin(folder, names[-1], NOW)
    return names


def test_three_snapshots_are_kept_and_the_pinned_one_for_ninety_days(tmp_path: Path) -> None:
    log, folder = EventLog(tmp_path / "log"), tmp_path / "w"
    names = five(log, folder, pinned=range(1))
    assert {file.stem for file in (folder / "snapshots").glob("*.duckdb")} == {names[0], *names[2:]}
    built(log, folder, 91 * 24 * 60)
    assert not snapshots.file_of(folder, names[0]).exists()
    with pytest.raises(snapshots.NotBuilt, match="no longer kept"):
        snapshots.open_snapshot(folder, names[0])


def test_a_snapshot_that_is_let_go_of_goes_with_the_next_build_and_makes_room_for_another(tmp_path: Path) -> None:
    log, folder = EventLog(tmp_path / "log"), tmp_path / "w"
    names = five(log, folder, pinned=range(5))
    snapshots.unpin(folder, names[0])
    snapshots.unpin(folder, names[4])
    assert sorted(snapshots.pinned(folder)) == names[1:4]
    with pytest.raises(snapshots.NotBuilt, match=f"No link holds on to snapshot {names[0]}"):
        snapshots.unpin(folder, names[0])
    take(log, entered(5, "p5"))
    newest = built(log, folder, 5).snapshot
    assert sorted(file.stem for file in (folder / "snapshots").glob("*.duckdb")) == [*names[1:], newest]


def test_of_links_made_at_once_each_keeps_its_snapshot(tmp_path: Path) -> None:
    names = [f"s-{n}" for n in range(24)]
    (tmp_path / "snapshots").mkdir()
    for name in names:
        snapshots.file_of(tmp_path, name).touch()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: snapshots.pin(tmp_path, name, NOW), names))
    assert sorted(snapshots.pinned(tmp_path)) == sorted(names)


def test_links_hold_on_to_thirty_snapshots_and_a_new_one_must_wait_for_the_oldest(tmp_path: Path) -> None:
    (tmp_path / "snapshots").mkdir()
    for number in range(31):
        snapshots.file_of(tmp_path, f"s-{number}").touch()
        if number < 30:
            snapshots.pin(tmp_path, f"s-{number}", NOW + timedelta(days=number))
    with pytest.raises(snapshots.TooManyPinned, match=f"hold on to 30 snapshots of this account already, .* goes on {NOW + timedelta(days=90):%Y-%m-%d}"):
        snapshots.pin(tmp_path, "s-30", NOW + timedelta(days=30))
    snapshots.pin(tmp_path, "s-5", NOW + timedelta(days=30))  # one that is held already costs nothing more
    snapshots.pin(tmp_path, "s-30", NOW + timedelta(days=90, seconds=1))
    assert sorted(snapshots.pinned(tmp_path)) == sorted(f"s-{number}" for number in range(1, 31))


def test_a_reader_keeps_its_snapshot_while_the_next_are_built(tmp_path: Path) -> None:
    log, folder = EventLog(tmp_path / "log"), tmp_path / "w"
    take(log, entered(0, "p0"))
    built(log, folder)
    reader = snapshots.open_snapshot(folder)
    for number in range(1, 6):
        take(log, entered(number, f"p{number}"))
        built(log, folder, number)
    assert reader.sql("SELECT count(*) AS n FROM runs").item() == 1
    assert snapshots.open_snapshot(folder).sql("SELECT count(*) AS n FROM runs").item() == 6


def test_a_second_build_gives_up_when_the_first_takes_too_long(tmp_path: Path) -> None:
    from core.errors import JourneysError
    from core.warehouse.build import locked
    with locked(tmp_path / "w", 1), pytest.raises(JourneysError, match="Another build"):
        built(EventLog(tmp_path / "log"), tmp_path / "w", wait_s=0.2)


def test_an_erased_person_leaves_every_snapshot_and_no_count_moves(tmp_path: Path) -> None:
    log, folder = EventLog(tmp_path / "log"), tmp_path / "w"
    take(log, entered(0, "secret-person"), entered(1, "other"))
    built(log, folder)
    built(log, folder, 1)
    assert erase(folder, "secret-person", "token-1") == 2
    assert snapshots.open_snapshot(folder).sql("SELECT profile_id FROM profiles ORDER BY 1").rows() == [("other",), ("token-1",)]
    assert all(b"secret-person" not in file.read_bytes() for file in (folder / "snapshots").glob("*"))
    assert snapshots.open_snapshot(folder).sql("SELECT count(*) AS n FROM mep").item() == 2


def test_an_erasure_that_was_killed_while_it_wrote_a_snapshot_can_be_repeated(tmp_path: Path) -> None:
    log, folder = EventLog(tmp_path / "log"), tmp_path / "w"
    take(log, entered(0, "secret-person"))
    name = built(log, folder).snapshot
    (folder / "building").mkdir()
    for left in (f"{name}.duckdb", f"{name}.clean"):
        shutil.copyfile(snapshots.file_of(folder, name), folder / "building" / left)
    assert erase(folder, "secret-person", "token-1") == 1
    assert snapshots.open_snapshot(folder).sql("SELECT profile_id FROM profiles").rows() == [("token-1",)]


BUILDER = """
import sys; from pathlib import Path; from datetime import UTC, datetime
from core.eventlog import EventLog; from core.warehouse.build import build
root = Path(sys.argv[1])
while True:
    build(EventLog(root / "log"), root / "w", zones=((None, "Europe/Rome"),), currency="EUR", as_of=datetime.now(UTC), full=len(sys.argv) > 2)
    print("built", flush=True)
"""


@pytest.mark.slow
def test_after_25_kills_during_builds_the_last_snapshot_opens_and_the_next_build_is_whole(tmp_path: Path) -> None:
    log, folder = EventLog(tmp_path / "log"), tmp_path / "w"
    take(log, *(entered(number, f"p{number}") for number in range(500)))
    built(log, folder)
    for kill in range(25):
        take(log, entered(1000 + kill, f"q{kill}"))
        how = ["full"] if kill % 2 else []
        process = subprocess.Popen([sys.executable, "-c", BUILDER, str(tmp_path), *how], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.55 + kill * 0.03)  # killed at another point of the build each time, whichever that is: no outcome hangs on it
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        held = snapshots.open_snapshot(folder)
        assert 500 <= held.sql("SELECT count(*) AS n FROM runs").item() <= 501 + kill
        held.close()
    made = built(log, folder, 5)
    assert (made.events, made.runs) == (525, 525)
    assert not (folder / "building").exists()
