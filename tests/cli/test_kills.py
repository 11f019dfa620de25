"""A kill before any step on the disk: of a build, an erasure, a backup, a restore. What was there stays, and the same again finishes it."""
import json
import shutil
import signal
import subprocess
import sys
from itertools import count

import polars as pl
import pytest

from core.cli.door import Door
from core.eventlog.segments import read_whole
from core.settings import ROOT
from tests.sources.files import ingest_records

pytestmark = pytest.mark.slow

# Forks, for each line, a process that runs a command and is killed before its nth step below a folder. All is imported before, and no thread begun.
KILLING = """
import json, os, signal, sys
import core.cli.data, core.cli.operate, core.eventlog, core.warehouse.build, core.warehouse.erase, core.reports.forgetting
import core.sources.sftp.forgetting, core.sources.sftp.polling
from core.cli import main
STEPS = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.chmod", "os.utime", "os.truncate", "sqlite3.connect"}
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT

def die_before(nth, folder):
    step = 0
    def hook(event, args):
        nonlocal step
        if (event in STEPS or (event == "open" and args[2] & WRITES and not str(args[0]).endswith(".lock"))) and str(args[0]).startswith(folder):
            step += 1
            if step == nth:
                print(event, str(args[0])[len(folder):], file=sys.stderr, flush=True)
                os.kill(os.getpid(), signal.SIGKILL)
    sys.addaudithook(hook)

for line in sys.stdin:
    nth, folder, *args = json.loads(line)
    child = os.fork()
    if not child:
        die_before(nth, folder)
        os.dup2(2, 1)
        try:
            main(args)
        except SystemExit as ended:
            os._exit(ended.code or 0)
    print(json.dumps(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])), flush=True)
"""
EVENT = {"source": "s", "event_type": "journey.entered", "occurred_at": "2026-11-01T09:00:00Z", "journey_id": "cart"}
ANNA = "anna@example.com"


@pytest.fixture
def killed():
    """killed(nth, folder, args) → whether the command was killed; False: it ended before it came so far."""
    killer = subprocess.Popen([sys.executable, "-c", KILLING], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def kill(nth, folder, *args):
        killer.stdin.write(json.dumps([nth, *map(str, (folder, *args))]) + "\n")
        killer.stdin.flush()
        code = json.loads(killer.stdout.readline())
        assert code in (0, -signal.SIGKILL)
        return code != 0

    yield kill
    killer.stdin.close()
    killer.wait(60)
    killer.stdout.close()


@pytest.fixture
def kept(journeys, door, data, tmp_path):
    """A data directory with one account: three people, refused records, a conflict, two snapshots."""
    journeys("account add acme --time-zone Europe/Zagreb --package grow")
    people = [ANNA, "bo", "cy"]
    events = [{**EVENT, "event_id": str(n), "profile_id": people[n % 3], "attributes": {"who": people[n % 3]}} for n in range(9)]
    ingest_records(door.log("acme"), [*events[:6], {"event_type": "nope", "profile_id": ANNA}], account_id="acme", now=door.now())
    ingest_records(door.log("acme"), [*events[6:], {**events[0], "status": "other"}], account_id="acme", now=door.now())
    for how in ("", "--full"):
        assert journeys(f"build --account acme {how}").code == 0
    door.store.close()
    return data


def copied(kept, to):
    shutil.rmtree(to, ignore_errors=True)
    return shutil.copytree(kept, to)


def answer(journeys, folder):
    done = journeys(f"--data-dir {folder} query --account acme --measures entries,profiles_in_journey --format csv")
    return done.out.splitlines()[-1] if done.code == 0 else done.err


def is_sound(journeys, folder):
    return [journeys(f"--data-dir {folder} {line}").code for line in ("doctor", "check --account acme")] == [0, 0]


def leavings(folder):
    return [path.name for path in folder.rglob("*") if path.suffix in (".new", ".clean", ".wal") or path.name in ("draft", "building")
            or path.parent.name in ("erasing", "staging", "restoring")]


def test_a_build(journeys, kept, killed, tmp_path):
    with_more = Door({"data_dir": str(kept)})
    ingest_records(with_more.log("acme"), [{**EVENT, "event_id": "more", "profile_id": "di"}], account_id="acme", now=with_more.now())
    with_more.store.close()
    for nth in count(1):
        folder = copied(kept, tmp_path / "at")
        if not killed(nth, folder, "--data-dir", folder, "build", "--account", "acme"):
            break
        assert (nth, answer(journeys, folder) in ("9,3", "10,4")) == (nth, True)
        assert (nth, journeys(f"--data-dir {folder} build --account acme").code, answer(journeys, folder)) == (nth, 0, "10,4")
        assert (nth, is_sound(journeys, folder), leavings(folder)) == (nth, True, [])
    assert nth > 10


def test_an_erasure(journeys, kept, killed, tmp_path):
    for nth in count(1):
        folder = copied(kept, tmp_path / "at")
        if not killed(nth, folder, "--data-dir", folder, "erase", "--account", "acme", "--profile", ANNA):
            break
        assert (nth, answer(journeys, folder)) == (nth, "9,3")
        again = journeys(f"--data-dir {folder} erase --account acme --profile {ANNA}")
        assert (nth, again.code == 0 or "There is no record of the profile" in again.err) == (nth, True)
        assert (nth, answer(journeys, folder), is_sound(journeys, folder), holds(folder), leavings(folder)) == (nth, "9,3", True, [], [])
    assert nth > 20


def holds(folder):
    """Where the person still is: in which files as they lie there, and in which packed columns."""
    door = Door({"data_dir": str(folder)})
    log = door.log("acme")
    frames = [read_whole(log.segments()), *(pl.read_parquet(path) for path in (log.folder / "conflicts").iterdir())]
    door.store.close()
    return [path.name for path in folder.rglob("*") if path.is_file() and ANNA.encode() in path.read_bytes()] + [
        name for frame in frames for name in ("profile_id", "attributes") if frame[name].str.contains(ANNA, literal=True).any()]


def test_a_backup(journeys, kept, killed, tmp_path):
    for nth in count(1):
        to, back = tmp_path / f"copy-{nth}", tmp_path / "back"
        if not killed(nth, to, "--data-dir", kept, "backup", to):
            break
        if (to / "backup.json").exists():  # it was whole, and lacked only the end of the command
            continue
        refused = journeys(f"--data-dir {back} restore {to}")
        assert (nth, refused.code, "no whole backup" in refused.err, back.exists()) == (nth, 1, True, False)
        assert (nth, journeys(f"--data-dir {kept} backup {to}").code in (0, 1)) == (nth, True)  # 0: it had not begun to write
    assert (nth > 20, journeys(f"--data-dir {back} restore {to}").code, answer(journeys, back), is_sound(journeys, back)) == (True, 0, "9,3", True)


def test_a_restore(journeys, kept, killed, tmp_path):
    assert journeys(f"--data-dir {kept} backup {tmp_path / 'copy'}").code == 0
    for nth in count(1):
        folder = tmp_path / "at"
        shutil.rmtree(folder, ignore_errors=True)
        if not killed(nth, folder, "--data-dir", folder, "restore", tmp_path / "copy"):
            break
        journeys(f"--data-dir {folder} doctor")
        again = journeys(f"--data-dir {folder} restore {tmp_path / 'copy'}")
        assert (nth, again.code == 0 or "is there already" in again.err) == (nth, True)  # the second: it lacked only the end of the command
        assert (nth, answer(journeys, folder), is_sound(journeys, folder), leavings(folder)) == (nth, "9,3", True, [])
    assert nth > 20
