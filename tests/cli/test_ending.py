"""How commands end: by the pipe that somebody closed, by a signal, on a full disk, in a locale without our letters."""
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import select

from core.settings import ROOT
from core.store.tables import leases
from tests.sources.files import ingest_records
from tests.waiting import until

ENTERED = {"source": "shop", "event_type": "journey.entered", "occurred_at": "2026-03-01T09:00:00Z", "journey_id": "cart"}
WITHOUT_STDOUT = "import os, sys; os.close(1); os.execv(sys.argv[1], sys.argv[1:])"


@pytest.fixture
def acme(journeys, door):
    journeys("account add acme --time-zone Europe/Zagreb --package grow")
    ingest_records(door.log("acme"), [{**ENTERED, "event_id": str(n), "profile_id": f"profile-{n}"} for n in range(3)], account_id="acme", now=door.now())
    journeys("build --account acme")


@pytest.fixture
def begun(data):
    """Begins a command in a process of its own."""
    def begin(line, before=(), **how):
        command = [*before, sys.executable, "-m", "core", "--data-dir", str(data), *line.split()]
        heeds = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}  # also where the tests run in the background, which ignores Ctrl+C
        return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, **{"stdout": subprocess.PIPE, **heeds, **how})

    return begin


ASKED = ["rows --account acme --measures entries", "rows --account acme --measures entries --format json", "mep --account acme --month 2026-03",
         "mep --account acme --month 2026-03 --format csv", "query --account acme --measures entries --format csv", "sftp history --account acme --format csv",
         "account list", "explain --account acme --measures entries", "--help", "rows --help"]


@pytest.mark.parametrize("line", ASKED)
def test_a_reader_who_has_enough_ends_a_command_as_it_ends_every_unix_tool(acme, begun, line):
    process = begun(line)
    process.stdout.close()
    assert (process.wait(60), process.stderr.read()) == (-signal.SIGPIPE, b"")


def test_also_in_the_midst_of_what_it_reads(journeys, acme, begun, door):
    more = [{**ENTERED, "event_id": str(n), "profile_id": f"profile-{n}"} for n in range(5_000)]  # more than a pipe holds
    ingest_records(door.log("acme"), more, account_id="acme", now=door.now())
    journeys("build --account acme")
    process = begun("rows --account acme --measures entries")
    assert process.stdout.read(9) == b"\xef\xbb\xbfPositi"
    process.stdout.close()
    assert (process.wait(60), process.stderr.read()) == (-signal.SIGPIPE, b"")


def test_an_answer_that_has_no_room_says_so(acme, begun):
    for line in ("rows --account acme --measures entries", "account list"):
        with Path("/dev/full").open("wb") as full:
            process = begun(line, stdout=full)
        said = b"journeys: No space left on device. Free some room (`journeys doctor` shows what there is), then do it again.\n"
        assert (process.wait(60), process.stderr.read()) == (1, said)


def test_an_excel_file_that_has_no_room_says_so_once(acme, begun):
    process = begun("query --account acme --measures entries --format xlsx -o /dev/full")
    assert (process.wait(60), process.stderr.read()) == (1, b"journeys: /dev/full cannot be written: No space left on device.\n")


def test_without_a_stdout_the_answer_goes_nowhere_and_into_no_file_of_ours(acme, begun):
    process = begun("query --account acme --measures entries --format json", before=[sys.executable, "-c", WITHOUT_STDOUT])
    assert (process.wait(60), process.stderr.read()) == (0, b"")


@pytest.mark.parametrize(("encoding", "said"), [
    ("ascii", "There is no measure “entrys”. Did you mean “entries”?".encode()),  # click takes ASCII for a machine that says nothing of its letters
    ("latin-1", rb"There is no measure \u201centrys\u201d. Did you mean \u201centries\u201d?")])
def test_a_locale_without_our_letters_ends_no_command(acme, begun, encoding, said):
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    process = begun("terms show", env=environment, stdout=subprocess.DEVNULL)
    assert (process.wait(60), process.stderr.read()) == (0, b"")
    process = begun("query --account acme --measures entrys", env=environment)
    assert (process.wait(60), process.stderr.read()) == (2, b"journeys: " + said + b"\n")
    out, _ = begun("account list --format json", env=environment).communicate(timeout=60)
    assert [account["account"] for account in json.loads(out)] == ["acme"]


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
def test_a_command_that_is_told_to_stop_clears_away_what_it_has_begun(acme, begun, tmp_path, name):
    fifo = tmp_path / "events.ndjson"
    os.mkfifo(fifo)
    process = begun(f"ingest --account acme {fifo}")
    with fifo.open("wb"):  # opens as soon as the command reads from it, and gives it nothing
        process.send_signal(name)
        assert (process.wait(60), process.stderr.read()) == (1, b"journeys: stopped\n")
    assert list((acme_log(tmp_path) / "staging").iterdir()) == []


def acme_log(tmp_path):
    return tmp_path / "data" / "accounts" / "acme" / "log"


@pytest.mark.parametrize("args", [["link", b"\xff"], ["ingest", "--account", "acme", b"/no/\xff.csv"], ["erase", "--account", "acme", "--profile", b"p\xe4"]])
def test_an_argument_that_is_not_utf_8_is_wrong_usage(data, args):
    done = subprocess.run([sys.executable, "-m", "core", "--data-dir", data, *args], cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr.count(b"\n"), b"is not UTF-8: write it as UTF-8" in done.stderr) == (2, b"", 1, True)


def test_a_password_that_is_not_utf_8_is_wrong_usage(acme, begun, data):
    process = begun("user add ana --account acme --role viewer", stdin=subprocess.PIPE)
    _, err = process.communicate(b"\xff\n", timeout=60)
    assert (process.returncode, err) == (2, b"journeys: The password on stdin is not UTF-8: send it as UTF-8.\n")


def test_what_a_name_holds_moves_no_cursor(journeys, tmp_path):
    done = journeys(f"ingest --account acm\x1b[2J {tmp_path}/f")
    assert (done.code, "\x1b" in done.err, r"“acm\x1b[2J”" in done.err) == (1, False, True)


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
def test_a_worker_that_is_told_to_end_is_done(acme, begun, door, name):
    process = begun("worker")
    until(lambda: lease_of(door))
    process.send_signal(name)
    assert (process.wait(60), lease_of(door), b"Traceback" in process.stderr.read()) == (0, [], False)


def lease_of(door):
    with door.store.read() as connection:
        return connection.execute(select(leases.c.name)).all()


def test_a_worker_that_is_told_a_second_time_does_not_wait_for_what_is_under_way(door, data):
    endless = f"""
import threading
import core.worker
from core.cli.door import Door
core.worker.Worker.refresh_due = lambda _: threading.Event().wait()  # a refresh that never ends
core.worker.main(Door({{"data_dir": {str(data)!r}}}), with_parent=False)
"""
    process = subprocess.Popen([sys.executable, "-c", endless], cwd=ROOT, stderr=subprocess.PIPE)
    until(lambda: lease_of(door))
    process.terminate()
    assert process.stderr.readline().endswith(b"ending, after the refresh that is under way\n")
    process.terminate()
    assert process.wait(60) == -signal.SIGTERM


def test_a_worker_ends_with_its_parent(acme, begun, door):
    process = begun("worker --with-parent", stdin=subprocess.PIPE)
    until(lambda: lease_of(door))
    process.stdin.close()
    assert (process.wait(60), lease_of(door)) == (0, [])
