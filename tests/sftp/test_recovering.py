"""After each fault the next poll works: of the server, of the disk, of the store, and with two workers at once."""
import resource
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import wait
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from core.errors import JourneysError
from core.sources.sftp import connections, dialling, fetch, fetches, history
from core.sources.sftp.connections import Connection
from core.sources.sftp.intake import Intake
from core.sources.sftp.polling import Poller
from core.store import StoreUnavailable, database, open_store
from tests.e2e.serving import free_port
from tests.sftp.proxy import Proxy
from tests.sftp.server import Sshd
from tests.sftp.test_fetch import logged, poll, put, result
from tests.sftp.test_kills import CHILD, CONTENT
from tests.sftp.test_polling import Limits

Connect = Callable[..., Connection]
GOOD = "phone\n+385911234567\n"
FULL = "the disk is full: free some space; the file is taken at the next poll"


def mended(intake: Intake, connect: Connect, sshd: Sshd, served: Path, text: str, **wrong: object) -> None:
    """A connection with a wrong value fails with a text of its own; with the right one the next poll takes the file."""
    put(served, "a.csv", GOOD)
    right = connect()
    connections.change(intake, "crm", by="operator", **wrong)
    (only,) = poll(intake)
    assert (only["file"], str(only["error"]).split(":")[0]) == (None, text)
    connections.change(intake, "crm", by="operator", **{name: getattr(right, name) for name in wrong})
    assert poll(intake) == [result("a.csv", 1, 1, 0)]
    assert [one.status.split(":")[0] for one in history.newest(intake)] == ["Imported", "Connection error"]


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("CONNECT_S", 1.0), ("GREET_S", 1.5), ("ANSWER_S", 1.0)):
        monkeypatch.setattr(dialling, name, seconds)


def test_a_port_where_nothing_listens(intake: Intake, connect: Connect, sshd: Sshd, served: Path) -> None:
    mended(intake, connect, sshd, served, "refused", port=free_port())


def test_a_banner_that_never_comes(intake: Intake, connect: Connect, sshd: Sshd, served: Path, short: None) -> None:
    with Proxy(sshd.port, "mute") as proxy:
        mended(intake, connect, sshd, served, "no banner", port=proxy.port)


def test_what_is_no_ssh_server(intake: Intake, connect: Connect, sshd: Sshd, served: Path) -> None:
    with Proxy(0, "say", words=b"220 FTP ready\r\n") as proxy:
        mended(intake, connect, sshd, served, "not an SSH server", port=proxy.port)


def test_a_host_key_that_is_not_the_accepted_one(intake: Intake, connect: Connect, sshd: Sshd, start_sshd: Callable[..., Sshd], served: Path) -> None:
    mended(intake, connect, sshd, served, "host key changed", host_keys=(start_sshd().host_key,))


def test_a_key_that_the_server_does_not_know(intake: Intake, connect: Connect, sshd: Sshd, start_sshd: Callable[..., Sshd], served: Path) -> None:
    mended(intake, connect, sshd, served, "wrong key", sealed=connections.sealed_key(intake, start_sshd().key)["sealed"])


def test_a_folder_that_is_missing(intake: Intake, connect: Connect, sshd: Sshd, served: Path) -> None:
    mended(intake, connect, sshd, served, "folder missing", path=f"{served}/none")


def test_a_server_that_is_gone_for_a_while(intake: Intake, connect: Connect, start_sshd: Callable[..., Sshd], served: Path) -> None:
    put(served, "a.csv", GOOD)
    server = start_sshd("MaxSessions 0")
    connect(to=server)
    assert str(poll(intake)[0]["error"]).startswith("too many connections")
    server.stop()
    assert str(poll(intake)[0]["error"]).startswith("refused")


@pytest.mark.parametrize(("content", "total", "valid"), [
    ("phone\n+385911234567\n".encode("utf-16"), 1, 1), (b"\xef\xbb\xbfphone\r\n+385911234567\r\n", 1, 1), (b"phone,name\n+385911234567,\xe9t\xe9\n", 1, 1),
    (b"phone\n+38591\x001234567\n+385911234567\n", 2, 1), (b'phone,name\n+385911234567,Ana\n+385911234568,"Eva\n+385911234569,Ivo\n', 2, 1),
    (b"phone,note\n+385911234567," + b"x" * (1 << 20) + b"\n+385911234568,y\n", 2, 1),
], ids=["UTF-16", "byte-order mark", "Latin-1", "NUL", "unclosed quote", "over-long row"])
def test_a_strange_file_is_fetched_and_judged_and_hinders_no_other(intake: Intake, connect: Connect, served: Path, content: bytes, total: int,
                                                                   valid: int) -> None:
    connect()
    put(served, "a.csv", content)
    put(served, "b.csv", "phone\n+385921234567\n")
    assert poll(intake) == [result("a.csv", total, valid, total - valid), result("b.csv", 1, 1, 0)]
    assert len(logged(intake)) == valid + 1


def test_a_disk_that_is_full_for_a_file_takes_it_at_the_next_poll(intake: Intake, connect: Connect, served: Path) -> None:
    """A real limit of the system on the size of a file, in a process of its own."""
    connect()
    put(served, "a.csv", "phone\n" + "".join(f"+38591{number}\n" for number in range(2_000_000, 2_040_000)))
    full = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))\n"
    command = [sys.executable, "-c", full + CHILD, str(intake.folder.parents[1]), "core.sources.sftp.fetch", "failed", "before"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    assert [(one.file, one.status) for one in history.newest(intake)] == [("a.csv", FULL)]
    assert list(intake.room("crm", "incoming").iterdir()) == []
    assert poll(intake) == [result("a.csv", 40_000, 40_000, 0)]
    assert len(logged(intake)) == 40_000


def test_a_disk_that_is_full_for_the_log_enters_nothing(intake: Intake, connect: Connect, served: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect()
    put(served, "a.csv", CONTENT)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("core.eventlog.appending.write_table", full)
        (only,) = poll(intake)
    assert (only["file"], only["total"], "disk" in str(only["error"])) == ("a.csv", None, True)
    assert intake.log.head().position == 0
    assert poll(intake) == [result("a.csv", 4, 3, 1)]
    assert len(logged(intake)) == 3


def impatient(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> Intake:
    """The same desk over a store that waits a fifth of a second for a lock."""
    monkeypatch.setattr(database, "BUSY_MS", 200)
    return replace(intake, store=open_store(f"sqlite:///{intake.folder.parents[1]}/journeys.sqlite"))


def test_a_locked_database_is_said_and_the_next_poll_takes_the_file_once(intake: Intake, connect: Connect, served: Path,
                                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    connect()
    put(served, "a.csv", CONTENT)
    desk = impatient(intake, monkeypatch)
    for step in ("begin", "ready", "done"):
        real = getattr(fetches, step)
        with closing(sqlite3.connect(intake.folder.parents[1] / "journeys.sqlite", isolation_level=None)) as other, monkeypatch.context() as patch:

            def locked(*given: object, real: Callable[..., object] = real, other: sqlite3.Connection = other, **named: object) -> object:
                other.execute("BEGIN IMMEDIATE")  # a real lock, from this step on
                return real(*given, **named)

            patch.setattr(fetches, step, locked)
            with pytest.raises(StoreUnavailable, match="in use by another process"):
                fetch.poll(desk, "crm", settle_s=0)
    poll(intake)
    assert [(one.file, one.total, one.status) for one in history.newest(intake)] == [("a.csv", 4, "Imported with errors")]
    assert len(logged(intake)) == 3
    desk.store.close()


def test_a_short_lock_on_the_database_is_waited_for(intake: Intake, connect: Connect, served: Path) -> None:
    connect()
    put(served, "a.csv", GOOD)
    let_go, held = threading.Event(), threading.Event()

    def hold() -> None:
        with intake.store.write():
            held.set()
            let_go.wait(10)

    other = threading.Thread(target=hold)
    other.start()
    held.wait(10)
    threading.Timer(0.5, let_go.set).start()
    assert poll(intake) == [result("a.csv", 1, 1, 0)]
    other.join()


def test_two_workers_at_once_take_a_file_once(intake: Intake, connect: Connect, served: Path) -> None:
    connect(every_minutes=1)
    put(served, "a.csv", CONTENT)
    poll(intake, settle_s=None)  # the look before
    connections.polled(intake, "crm", intake.clock().replace(year=2020))
    workers = [Poller(intake.store, Limits(), intake.folder.parent, intake.clock) for _ in range(2)]
    wait([one for worker in workers for one in worker.poll_due(intake.clock())])
    for worker in workers:
        worker.close()
    assert [one.status for one in history.newest(intake)] == ["Imported with errors"]
    assert len(logged(intake)) == 3


def test_an_upload_while_the_connection_is_polled_says_so_and_nothing_is_lost(intake: Intake, connect: Connect, tmp_path: Path,
                                                                              monkeypatch: pytest.MonkeyPatch) -> None:
    connect()
    monkeypatch.setattr(fetch, "BUSY_S", 0.1)
    file = put(tmp_path, "hand.csv", GOOD)
    with intake.alone("crm", 0), file.open("rb") as content, pytest.raises(JourneysError, match="Another process is fetching from “crm”"):
        fetch.upload(intake, "crm", "hand.csv", content, by="ana")
    with file.open("rb") as content:
        assert fetch.upload(intake, "crm", "hand.csv", content, by="ana").status == "Imported"


def test_a_host_that_is_no_longer_allowed_can_be_switched_off_and_edited_but_not_moved(intake: Intake, connect: Connect) -> None:
    connect()
    closed = replace(intake, allowed_hosts=())
    assert connections.change(closed, "crm", by="operator", active=False, pattern="*.txt").active is False
    with pytest.raises(JourneysError, match="no public address"):
        connections.change(closed, "crm", by="operator", host="127.0.0.2")


def test_a_disk_that_is_full_for_an_upload_is_said(intake: Intake, connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(fetch, "_copy", full)
    with put(tmp_path, "hand.csv", GOOD).open("rb") as content, pytest.raises(JourneysError, match="the disk is full: free some space; upload the file again"):
        fetch.upload(intake, "crm", "hand.csv", content, by="ana")
    assert list(intake.room("crm", "incoming").iterdir()) == []
