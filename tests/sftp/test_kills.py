"""kill -9 at each step of an import: its rows are in the log and its fetch in the history, both or neither, and the next poll makes it whole."""
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core.errors import JourneysError
from core.sources.sftp import fetch, fetches, history
from core.sources.sftp.connections import Connection
from core.sources.sftp.intake import Intake
from core.store import StoreUnavailable
from tests.sftp.test_fetch import logged, poll, put

Connect = Callable[..., Connection]
# a poll in a process of its own, which kills itself when it is about to call, or has just called, the function named
CHILD = """
import os, signal, sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from core.access import accounts
from core.sources.sftp import fetch
from core.sources.sftp.intake import Intake
from core.store import open_store
data, where, name, when = sys.argv[1:]
module = import_module(where)
owner, _, method = name.rpartition(".")
owner = getattr(module, owner) if owner else module
real = getattr(owner, method)
def dies(*given, **named):
    if when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    answer = real(*given, **named)
    os.kill(os.getpid(), signal.SIGKILL)
setattr(owner, method, dies)
store = open_store(f"sqlite:///{data}/journeys.sqlite")
folder = Path(data) / "accounts" / "acme"
desk = Intake(store, accounts.find(store, "acme"), folder, "a secret key of enough letters", ("127.0.0.0/8",), 64 << 20, lambda: datetime.now(UTC))
fetch.poll(desk, "crm", settle_s=0)
"""
STEPS = [
    ("core.sources.sftp.client", "Client.read"), ("core.sources.sftp.importing", "survey"), ("core.sources.sftp.originals", "keep"),
    ("core.sources.sftp.fetches", "begin"), ("core.sources.sftp.importing", "checked"), ("core.sources.sftp.fetches", "ready"),
    ("core.eventlog.log", "commit"), ("core.eventlog.log", "EventLog.append"), ("core.sources.sftp.fetches", "done"), ("core.sources.sftp.fetches", "_know"),
]
CONTENT = "phone\n+385911234567\n1\n+385911234568\n+385911234567\n"


def killed(intake: Intake, where: str, name: str, when: str) -> None:
    done = subprocess.run([sys.executable, "-c", CHILD, str(intake.folder.parents[1]), where, name, when], capture_output=True, text=True, timeout=60)
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(("where", "name"), STEPS)
def test_a_kill_at_a_step_leaves_both_or_neither_and_the_next_poll_both(intake: Intake, connect: Connect, served: Path,
                                                                        where: str, name: str, when: str) -> None:
    connect()
    put(served, "a.csv", CONTENT)
    killed(intake, where, name, when)
    rows = [(one.file, one.total, one.valid, one.status) for one in history.newest(intake)]
    whole = [("a.csv", 4, 3, "Imported with errors")]
    assert (rows, len(logged(intake))) in (([], 0), (whole, 3))
    poll(intake)
    assert [(one.file, one.total, one.valid, one.status) for one in history.newest(intake)] == whole
    assert len(logged(intake)) == 3
    assert intake.log.manifest().conflicts == 0
    assert poll(intake) == []


@pytest.mark.slow
def test_kills_at_any_moment_leave_both_or_neither(intake: Intake, connect: Connect, served: Path) -> None:
    connect()
    for number in range(8):
        put(served, f"{number}.csv", "phone\n" + "".join(f"+38591{number}{row:06d}\n" for row in range(200_000, 203_000)))
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(intake.folder.parents[1]), "core.sources.sftp.fetch", "failed", "before"])
        time.sleep(0.7 + 0.15 * number)
        child.kill()
        child.wait()
        entered = sum(one.valid or 0 for one in history.newest(intake))
        assert len(logged(intake)) == entered
    poll(intake)
    assert len(logged(intake)) == sum(one.valid or 0 for one in history.newest(intake)) == 24_000
    assert intake.log.manifest().conflicts == 0


def test_a_store_that_is_locked_after_the_rows_entered_loses_nothing(intake: Intake, connect: Connect, served: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect()
    put(served, "a.csv", CONTENT)

    def locked(*_: object) -> None:
        raise StoreUnavailable("The store is in use by another process for over 30 s: try again.")

    with monkeypatch.context() as patch, pytest.raises(JourneysError, match="try again"):
        patch.setattr(fetches, "done", locked)
        fetch.poll(intake, "crm", settle_s=0)
    assert [one.status for one in history.newest(intake)] == ["Imported with errors"]
    assert poll(intake) == []
    assert len(logged(intake)) == 3


@pytest.mark.slow
def test_two_polls_at_once_take_a_file_once(intake: Intake, connect: Connect, served: Path) -> None:
    connect()
    put(served, "a.csv", CONTENT)
    command = [sys.executable, "-c", CHILD, str(intake.folder.parents[1]), "core.sources.sftp.fetch", "failed", "before"]
    children = [subprocess.Popen(command) for _ in range(3)]
    assert [child.wait(60) for child in children] == [0, 0, 0]
    assert [one.status for one in history.newest(intake)] == ["Imported with errors"]
    assert len(logged(intake)) == 3
    assert poll(intake) == []
    assert list(intake.room("crm", "incoming").iterdir()) == []
