"""`journeys backup | restore | doctor`, and the worker."""
import asyncio
import errno
import hashlib
import json
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

import pytest

from core import worker
from core.cli import backups
from core.cli.door import Door
from core.metrics import Query, answer
from core.store import Lease, refreshes
from core.store.refreshes import Refresh
from core.warehouse.build import build
from core.worker import RETRY, Worker, is_due
from tests.sources.files import ingest_records

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOURS = timedelta(hours=6)
ENTERED = {"source": "shop", "event_id": "1", "event_type": "journey.entered", "occurred_at": "2026-03-01T09:00:00Z", "profile_id": "ana", "journey_id": "cart"}
ENTRIES = Query(measures=("entries",))


@pytest.fixture
def acme(journeys, door):
    journeys("account add acme --time-zone Europe/Zagreb --package grow")
    journeys("user add ana --account acme --role viewer", said="correct horse\n")
    ingest_records(door.log("acme"), [ENTERED], account_id="acme", now=door.now())


def entries(door):
    return answer(door.snapshot("acme"), ENTRIES).value("entries")


def test_what_is_restored_answers_as_before(journeys, acme, door, tmp_path):
    assert journeys("build --account acme").code == 0
    assert journeys(f"backup {tmp_path / 'copy'}").code == 0
    assert journeys(f"--data-dir {tmp_path / 'new'} restore {tmp_path / 'copy'}").code == 0
    again = Door({"data_dir": str(tmp_path / "new")})
    assert (again.account("acme"), again.log("acme").head(), entries(again)) == (door.account("acme"), door.log("acme").head(), 1)
    assert again.settings.secret_key == door.settings.secret_key
    again.store.close()
    assert journeys(f"--data-dir {tmp_path / 'new'} build --account acme --full --format json").code == 0


@pytest.mark.parametrize("damage", [
    lambda file: file.unlink(), lambda file: file.write_bytes(file.read_bytes()[:-1] + b"?"), lambda file: file.write_bytes(b"")])
def test_a_damaged_backup_is_refused_before_anything_is_written(journeys, acme, tmp_path, damage):
    journeys(f"backup {tmp_path / 'copy'}")
    damage(next((tmp_path / "copy" / "accounts").rglob("*.parquet")))
    done = journeys(f"--data-dir {tmp_path / 'new'} restore {tmp_path / 'copy'}")
    assert (done.code, "is damaged" in done.err, (tmp_path / "new" / "accounts").exists()) == (1, True, False)


def test_a_backup_that_was_interrupted_is_no_backup(journeys, acme, tmp_path):
    journeys(f"backup {tmp_path / 'copy'}")
    (tmp_path / "copy" / "backup.json").unlink()
    assert "no whole backup" in journeys(f"--data-dir {tmp_path / 'new'} restore {tmp_path / 'copy'}").err


def test_a_backup_of_a_newer_version_is_refused_before_anything_is_written(journeys, acme, tmp_path):
    journeys(f"backup {tmp_path / 'copy'}")
    with closing(sqlite3.connect(tmp_path / "copy" / "journeys.sqlite")) as copy:
        copy.execute("UPDATE alembic_version SET version_num = '999'")
        copy.commit()
    record = tmp_path / "copy" / "backup.json"
    said = json.loads(record.read_text())
    said["files"]["journeys.sqlite"] = hashlib.sha256((tmp_path / "copy" / "journeys.sqlite").read_bytes()).hexdigest()
    record.write_text(json.dumps(said))
    done = journeys(f"--data-dir {tmp_path / 'new'} restore {tmp_path / 'copy'}")
    assert (done.code, "newer version (schema 999" in done.err, len(done.err.splitlines()), (tmp_path / "new" / "accounts").exists()) == (1, True, 1, False)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"files": 1}'])
def test_a_folder_with_a_record_of_something_else_is_no_backup(journeys, acme, tmp_path, text):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "backup.json").write_text(text)
    done = journeys(f"--data-dir {tmp_path / 'new'} restore {tmp_path / 'other'}")
    assert (done.code, "was not written by journeys backup" in done.err, len(done.err.splitlines())) == (1, True, 1)


def test_a_backup_taken_between_builds_and_batches_answers_and_builds(journeys, acme, door, tmp_path):
    assert journeys("build --account acme").code == 0
    stop = Event()

    def write():
        for number in range(1000):
            if stop.is_set():
                return
            ingest_records(door.log("acme"), [{**ENTERED, "event_id": f"more-{number}", "entry_id": f"more-{number}"}], account_id="acme", now=door.now())
            build(door.log("acme"), door.warehouse("acme"), zones=((None, "Europe/Zagreb"),), currency="EUR", as_of=NOW + timedelta(seconds=number))

    writer = Thread(target=write)
    writer.start()
    try:
        assert journeys(f"backup {tmp_path / 'copy'}").code == 0
    finally:
        stop.set()
        writer.join()
    assert journeys(f"--data-dir {tmp_path / 'new'} restore {tmp_path / 'copy'}").code == 0
    again = Door({"data_dir": str(tmp_path / "new")})
    kept, runs = again.log("acme").head(), entries(again)
    assert journeys(f"--data-dir {tmp_path / 'new'} build --account acme").code == 0
    assert (runs >= 1, entries(again)) == (True, kept.position)
    again.store.close()


def test_folders_that_come_and_go_meanwhile_end_no_backup(acme, data, tmp_path):
    stop, work = Event(), data / "accounts" / "acme" / "sftp" / "shop" / "work"
    work.mkdir(parents=True)

    def come_and_go():
        while not stop.is_set():
            with TemporaryDirectory(dir=work) as folder:
                (Path(folder) / "below").mkdir()
                (Path(folder) / "below" / "rows").touch()

    going = Thread(target=come_and_go)
    going.start()
    try:
        for _ in range(2000):
            assert {file.name for file in backups._files(data / "accounts" / "acme" / "sftp")} <= {"rows"}
    finally:
        stop.set()
        going.join()


def test_neither_backup_nor_restore_overwrites(journeys, acme, tmp_path):
    journeys(f"backup {tmp_path / 'copy'}")
    again, over = journeys(f"backup {tmp_path / 'copy'}"), journeys(f"restore {tmp_path / 'copy'}")
    assert [(done.code, len(done.err.splitlines())) for done in (again, over)] == [(1, 1), (1, 1)]


def test_a_backup_taken_while_the_store_is_written_holds_whole_transactions(journeys, acme, door, tmp_path):
    with door.store.write() as connection:
        connection.exec_driver_sql("INSERT INTO leases VALUES ('half', 'x', '2026-01-01 00:00:00')")
        assert journeys(f"backup {tmp_path / 'copy'}").code == 0
    with sqlite3.connect(tmp_path / "copy" / "journeys.sqlite") as copy:
        assert copy.execute("SELECT count(*) FROM leases").fetchall() == [(0,)]


def test_a_link_in_the_data_is_said_and_not_left_out(journeys, acme, data, tmp_path):
    segments = data / "accounts" / "acme" / "log" / "segments"
    segments.rename(tmp_path / "other disk")
    segments.symlink_to(tmp_path / "other disk")
    done = journeys(f"backup {tmp_path / 'copy'}")
    assert (done.code, done.err) == (
        1, f"journeys: {segments} is a link, which a backup does not follow: put what it names in its place, or mount it there.\n")
    assert not (tmp_path / "copy" / "backup.json").exists()


def test_doctor_makes_nothing(journeys, data):
    done = journeys("doctor")
    assert (done.code, f"ok   store: {data / 'journeys.sqlite'} is made on first use" in done.out, data.exists()) == (0, True, False)


def test_doctor_finds_nothing_in_a_sound_installation(journeys, acme):
    done = journeys("doctor")
    assert (done.code, [line[:4] for line in done.out.splitlines() if not line.startswith("ok ")]) == (0, [])
    assert "account acme: 1 event, 0 documents; not built yet" in done.out


def test_doctor_names_what_is_bad_and_exits_with_1(journeys, acme, data):
    (data / "secret.key").write_text("x" * 32)
    (data / "secret.key").chmod(0o644)
    (data / "accounts" / "acme" / "log" / "manifest.json").write_text("{")
    done = journeys("doctor")
    assert done.code == 1
    assert [line.split(":")[0] for line in done.out.splitlines() if line.startswith("BAD")] == ["BAD  key", "BAD  account acme"]
    assert (done.err.splitlines()[0].startswith("journeys: 2 of 8 findings are bad, the first: key: "), len(done.err.splitlines())) == (True, 1)


def test_doctor_says_that_an_erasure_was_stopped_half_way_and_does_not_name_the_person(journeys, acme, door):
    def stopped(_):
        raise OSError

    with pytest.raises(OSError):
        door.log("acme").erase("ana", now=door.now(), then=stopped)
    done = journeys("doctor")
    said = "BAD  account acme: an erasure was stopped half way: run `journeys erase` again"
    assert (done.code, said in done.out, "profile ana" in done.out) == (1, True, False)
    assert journeys("erase --account acme --profile ana").code == 0
    assert journeys("doctor").code == 0


@pytest.mark.parametrize("size", [0, 100, 20_000])
def test_a_snapshot_that_is_cut_is_said_in_one_line_and_a_build_mends_it(journeys, acme, door, size):
    journeys("build --account acme")
    (file,) = (door.warehouse("acme") / "snapshots").glob("*.duckdb")
    os.truncate(file, size)
    for asked in ("query --account acme --measures entries", "check --account acme"):
        done = journeys(asked)
        assert (done.code, done.out, done.err.count("\n"), f"{file.stem} is damaged" in done.err) == (1, "", 1, True)
    assert "BAD  account acme: The snapshot" in journeys("doctor").out
    assert journeys("build --account acme").code == 0
    assert journeys("query --account acme --measures entries").code == 0


def test_a_fault_of_ours_is_one_line_and_its_traceback_is_there_for_a_report(journeys, monkeypatch):
    monkeypatch.setattr("core.cli.accounts.accounts.every", lambda _: {}["x"])
    done = journeys("account list")
    said = "journeys: this is a fault of ours (KeyError: 'x'). Report it with what the same command says under JOURNEYS_TRACE=1.\n"
    assert (done.code, done.err) == (1, said)
    monkeypatch.setenv("JOURNEYS_TRACE", "1")
    with pytest.raises(KeyError):
        journeys("account list")


def test_doctor_says_a_wrong_setting_and_a_damaged_store_instead_of_stopping(journeys, acme, door, data, monkeypatch):
    door.store.close()
    for file in data.glob("journeys.sqlite*"):
        file.write_bytes(b"no database" * 1000)
    assert "BAD  store" in journeys("doctor").out
    monkeypatch.setenv("JOURNEYS_SFTP_MAX_MB", "many")
    done = journeys("doctor")
    assert (done.code, "BAD  settings: JOURNEYS_SFTP_MAX_MB" in done.out) == (1, True)


@pytest.mark.parametrize(("as_of", "newest", "due"), [
    (None, None, True), (NOW - HOURS, None, True), (NOW - HOURS + timedelta(seconds=1), None, False),
    (None, Refresh(NOW, NOW, None, "disk full"), False), (None, Refresh(NOW - RETRY, NOW, None, "disk full"), True),
    (NOW - HOURS, Refresh(NOW - timedelta(minutes=1), None, None, None), True),
    (NOW + HOURS, None, True), (None, Refresh(NOW + HOURS, NOW + HOURS, None, "disk full"), True)])  # the clock was put right since
def test_an_account_is_refreshed_when_its_snapshot_is_too_old_and_a_failed_one_is_retried_later(as_of, newest, due):
    assert is_due(as_of, newest, HOURS, NOW) is due


def test_a_worker_that_cannot_be_started_is_started_when_it_can(door, monkeypatch, caplog):
    begun, popen = [], subprocess.Popen

    def fails_once(*given, **how):
        begun.append(given)
        if len(begun) == 1:
            raise OSError(errno.EAGAIN, "Resource temporarily unavailable")
        return popen([sys.executable, "-c", "import sys; sys.stdin.read()"], **how)

    async def served():
        async with worker.beside(door)(None):
            while len(begun) < 2:
                await asyncio.sleep(0.01)

    monkeypatch.setattr(worker.subprocess, "Popen", fails_once)
    monkeypatch.setattr(worker, "RESTARTS_AFTER_S", 0.01)
    asyncio.run(served())
    assert [record.getMessage() for record in caplog.records if record.name == "journeys.worker"] == [
        "the worker cannot be started ([Errno 11] Resource temporarily unavailable), it is tried again"]


def test_a_worker_builds_what_is_due_and_keeps_what_came_of_it(acme, door):
    Worker(door).refresh_due()
    newest = refreshes.newest(door.store, "acme")
    assert (newest.error, newest.snapshot_id, entries(door)) == (None, door.newest_snapshot_id("acme"), 1)


def test_a_worker_that_refreshes_again_grows_from_its_own_last_snapshot(acme, door):
    worker = Worker(door)
    worker.refresh_due()
    first = refreshes.newest(door.store, "acme")
    assert worker.as_of(door.account("acme")) is not None
    worker.refresh_due()  # not due: nothing is built
    assert refreshes.newest(door.store, "acme") == first
    ingest_records(door.log("acme"), [ENTERED | {"event_id": "2"}], account_id="acme", now=door.now())
    worker.refresh(door.account("acme"))
    second = refreshes.newest(door.store, "acme")
    assert (second.error, second.snapshot_id != first.snapshot_id, entries(door)) == (None, True, 2)


def test_a_build_that_fails_leaves_the_last_snapshot_and_says_why(journeys, acme, door, data):
    journeys("build --account acme")
    before = door.newest_snapshot_id("acme")
    (data / "accounts" / "acme" / "warehouse" / "building").write_text("in the way")
    ingest_records(door.log("acme"), [ENTERED | {"event_id": "2"}], account_id="acme", now=door.now())
    segment = door.log("acme").segments()[-1].path
    segment.write_bytes(b"damaged")
    Worker(door).refresh(door.account("acme"))
    newest = refreshes.newest(door.store, "acme")
    assert (bool(newest.error), newest.finished_at is not None, door.newest_snapshot_id("acme")) == (True, True, before)


def test_of_two_workers_the_one_with_the_lease_works(acme, door):
    worked = []
    stop = Event()
    other = Lease(door.store, "worker", "another process")
    assert other.take(door.now(), timedelta(minutes=1))
    worker = Worker(door)
    worker.tick = lambda: worked.append("tick")
    stop.wait = lambda _: stop.set()
    worker.run(stop)
    assert worked == []
    other.give_back()
    stop.clear()
    worker = Worker(door)
    worker.tick = lambda: worked.append("tick")
    worker.run(stop)
    assert worked == ["tick"]


def test_a_backup_is_recorded_with_each_files_hash(journeys, acme, tmp_path):
    journeys(f"backup {tmp_path / 'copy'}")
    record = json.loads((tmp_path / "copy" / "backup.json").read_text())
    there = {str(file.relative_to(tmp_path / "copy")) for file in (tmp_path / "copy").rglob("*") if file.is_file() and file.name != "backup.json"}
    assert set(record["files"]) == there


def test_what_people_did_is_its_owners_alone_in_the_data_a_backup_and_a_restored_one(journeys, acme, data, tmp_path):
    journeys(f"backup {tmp_path / 'copy'}")
    journeys(f"--data-dir {tmp_path / 'new'} restore {tmp_path / 'copy'}")
    folders = (data, tmp_path / "copy", tmp_path / "new")
    modes = [[stat.S_IMODE((one / name).stat().st_mode) for name in ("accounts", "journeys.sqlite")] for one in folders]
    assert modes == [[0o700, 0o600]] * 3


def test_doctor_says_what_anybody_on_the_machine_could_read(journeys, acme, data):
    data.chmod(0o755)
    (data / "accounts").chmod(0o755)
    (data / "journeys.sqlite").chmod(0o644)
    done = journeys("doctor")
    assert (done.code, [line for line in done.out.splitlines() if line.startswith("BAD")]) == (
        1, [f"BAD  folder: {data / 'accounts'} can be read by anybody on this machine: run chmod 700 on it",
            f"BAD  folder: {data / 'journeys.sqlite'} can be read by anybody on this machine: run chmod 600 on it"])
    data.chmod(0o700)  # nobody else comes so far
    assert journeys("doctor").code == 0


def test_a_backup_writes_nowhere_but_into_the_data_folder(journeys, acme, tmp_path):
    journeys(f"backup {tmp_path / 'copy'}")
    record = json.loads((tmp_path / "copy" / "backup.json").read_text())
    record["files"]["../out"] = next(iter(record["files"].values()))
    (tmp_path / "copy" / "backup.json").write_text(json.dumps(record))
    done = journeys(f"--data-dir {tmp_path / 'new'} restore {tmp_path / 'copy'}")
    assert (done.code, "would lead out of the data folder" in done.err, (tmp_path / "out").exists(), (tmp_path / "new" / "accounts").exists()) == (
        1, True, False, False)


def test_a_folder_that_cannot_be_made_is_one_line_and_no_traceback(journeys, acme, tmp_path):
    (tmp_path / "file").touch()
    done = journeys(f"backup {tmp_path / 'file' / 'copy'}")
    assert (done.code, done.err) == (1, f"journeys: {tmp_path / 'file' / 'copy'}: Not a directory. Nothing more was done.\n")


def test_wrong_usage_is_one_line_also_where_there_is_much_to_choose_from(journeys, tmp_path):
    done = journeys(f"sftp check {tmp_path / 'f.csv'}")
    assert (done.code, done.err) == (2, "journeys: Missing option '--contacts'. Choose from: phone, email, both (see: journeys sftp check --help)\n")
