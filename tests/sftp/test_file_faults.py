"""Each fault of a file has a text of its own and hinders no other file; nothing hangs."""
import gzip
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest

from core.sources.sftp import client, connections, dialling, fetch, fetches
from core.sources.sftp.client import Client
from core.sources.sftp.connections import Connection
from core.sources.sftp.intake import Intake
from core.sources.sftp.wire import Stat
from tests.sftp.proxy import Proxy
from tests.sftp.server import PATIENCE_S, Sshd
from tests.sftp.test_fetch import logged, poll, put, result

Connect = Callable[..., Connection]
GOOD = "phone\n+385911234567\n"


def errors(intake: Intake, name: str = "crm") -> dict[str, str | None]:
    return {str(one["file"]): one["error"] and str(one["error"]) for one in poll(intake, name)}  # type: ignore[misc]


@pytest.mark.parametrize(("content", "text"), [
    (b"", "the file is empty"),
    (b"\n\n", "the file is empty"),
    (b"name\n", "there is no contact column “phone”. The file has: name."),
    (gzip.compress(b"phone\n", mtime=0), "is a gzip archive, not a text file"),
    (b"PK\x03\x04rest", "is an Excel workbook or a zip archive, not a text file"),
])
def test_a_file_of_which_no_row_can_be_judged(intake: Intake, connect: Connect, served: Path, content: bytes, text: str) -> None:
    connect()
    put(served, "a.csv", content)
    put(served, "b.csv", GOOD)
    found = errors(intake)
    assert text in str(found["a.csv"])
    assert found["b.csv"] is None


def test_a_wrong_delimiter(intake: Intake, connect: Connect, served: Path) -> None:
    connection = connect()
    connections.change(intake, "crm", by="operator", reading=connection.reading.of({**connection.reading.document(), "delimiter": "comma"}))
    put(served, "a.csv", "phone;city\n")
    assert "It looks delimited by semicolon" in str(errors(intake)["a.csv"])


def test_a_file_over_the_limit_is_refused_before_a_byte_is_read(intake: Intake, connect: Connect, served: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect()
    with (served / "huge.csv").open("wb") as file:
        file.truncate(intake.max_bytes + 1)
    monkeypatch.setattr(Client, "read", lambda *_: pytest.fail("it was read"))
    assert str(errors(intake)["huge.csv"]).startswith("too large: it has 67,108,865 bytes, the limit is 67,108,864")


def test_pipes_links_and_folders_are_named_and_never_opened(intake: Intake, connect: Connect, served: Path) -> None:
    connect()
    os.mkfifo(served / "pipe.csv")
    (served / "folder.csv").mkdir()
    (served / "link.csv").symlink_to(put(served, "real.txt", GOOD))
    put(served, "ok.csv", GOOD)
    found = errors(intake)
    assert {name for name, error in found.items() if str(error).startswith("not a regular file")} == {"pipe.csv", "folder.csv", "link.csv"}
    assert found["ok.csv"] is None


def test_a_pattern_that_means_everything_leaves_folders_and_dot_files_alone(intake: Intake, connect: Connect, served: Path) -> None:
    connect(pattern="*")
    (served / "archive").mkdir()
    put(served, ".hidden.csv", GOOD)
    put(served, "ok", GOOD)
    assert errors(intake) == {"ok": None}


def test_hostile_names_are_shown_escaped_and_hinder_no_other(intake: Intake, connect: Connect, served: Path) -> None:
    connect()
    for name in (b"new\nline.csv", b"not-\xff-utf8.csv", b"back\\slash.csv", b"\x1b[31mred.csv"):
        (served / os.fsdecode(name)).write_text(GOOD)
    put(served, "ok.csv", GOOD)
    assert errors(intake) == {
        "new\\nline.csv": "the file's name has a control character: rename it",
        "not-\\xff-utf8.csv": "the file's name is not UTF-8: rename it",
        "back\\\\slash.csv": "the file's name has a slash or backslash: rename it",
        "\\x1b[31mred.csv": "the file's name has a control character: rename it",
        "ok.csv": None,
    }
    assert len(logged(intake)) == 1


CHANGES = {
    "grew": lambda file: file.write_text(GOOD + "+385911234568\n"),
    "shrank": lambda file: file.write_text("phone\n"),
    "was rewritten": lambda file: (file.write_text(GOOD.replace("7", "8")), os.utime(file, (1, 1))),
    "was removed": lambda file: file.unlink(),
    "is no longer a regular file": lambda file: (file.unlink(), os.mkfifo(file)),
}


@pytest.mark.parametrize("moment", ["before it is opened", "after its last byte"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_file_that_changes_while_it_is_fetched_is_not_imported(intake: Intake, connect: Connect, served: Path, monkeypatch: pytest.MonkeyPatch,
                                                                 change: str, moment: str) -> None:
    connect()
    file = put(served, "a.csv", GOOD)
    read, wire_read = Client.read, client.Wire.read

    def first_changed(self: Client, name: bytes, seen: Stat, out: IO[bytes], most: int | None = None) -> None:
        CHANGES[change](file)
        read(self, name, seen, out, most)

    def then_changed(self: client.Wire, *given: object) -> None:
        wire_read(self, *given)  # type: ignore[arg-type]
        CHANGES[change](file)

    if moment == "before it is opened":
        monkeypatch.setattr(Client, "read", first_changed)
    else:
        monkeypatch.setattr(client.Wire, "read", then_changed)
    assert str(errors(intake)["a.csv"]).startswith(change)
    assert intake.log.head().position == 0
    monkeypatch.undo()
    if file.is_file():
        os.utime(file, (2, 2))
        assert poll(intake)[0]["error"] is None


def test_a_file_that_is_replaced_while_it_is_read(intake: Intake, connect: Connect, served: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect()
    file = put(served, "a.csv", GOOD)
    wire_read = client.Wire.read

    def then_replaced(self: client.Wire, *given: object) -> None:
        wire_read(self, *given)  # type: ignore[arg-type]
        other = put(served, "other", GOOD)
        os.utime(other, (5, 5))
        other.replace(file)

    monkeypatch.setattr(client.Wire, "read", then_replaced)
    assert str(errors(intake)["a.csv"]).startswith("was replaced while it was read")


@pytest.mark.parametrize(("then", "text"), [("freeze", "stalled: no byte came for"), ("cut", "the connection was lost while it was read")])
def test_a_transfer_that_stalls_or_is_cut_ends_in_time_and_the_next_poll_takes_all(intake: Intake, connect: Connect, sshd: Sshd, served: Path,
                                                                                  monkeypatch: pytest.MonkeyPatch, then: str, text: str) -> None:
    monkeypatch.setattr(dialling, "ANSWER_S", 1.0)
    monkeypatch.setattr(dialling, "GREET_S", 2.0)
    put(served, "a.csv", "phone\n" + "+385911234567\n" * 20_000)
    put(served, "b.csv", GOOD)
    with Proxy(sshd.port, after=150_000, then=then) as proxy:
        connect(port=proxy.port)
        began = time.monotonic()
        found = poll(intake)
        assert time.monotonic() - began < PATIENCE_S
        assert str(found[0]["error"]).startswith(text)
    connections.change(intake, "crm", by="operator", port=sshd.port)
    assert {str(one["file"]): one["valid"] for one in poll(intake)} == {"a.csv": 20_000, "b.csv": 1}


def test_a_transfer_that_drips_ends_after_its_time(intake: Intake, connect: Connect, sshd: Sshd, served: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "TRANSFER_S", 2.0)
    put(served, "a.csv", "phone\n" + "+385911234567\n" * 20_000)
    with Proxy(sshd.port, after=150_000, then="drip") as proxy:
        connect(port=proxy.port)
        began = time.monotonic()
        monkeypatch.setattr(dialling, "GREET_S", 2.0)
        assert str(poll(intake)[0]["error"]).startswith("did not arrive within 2 s")
        assert time.monotonic() - began < PATIENCE_S


def test_after_a_file_that_broke_the_connection_the_others_get_a_new_one(intake: Intake, connect: Connect, served: Path,
                                                                         monkeypatch: pytest.MonkeyPatch) -> None:
    connect()
    for name in ("a.csv", "b.csv", "c.csv"):
        put(served, name, f"phone\n+38591123456{'abc'.index(name[0])}\n")
    read = Client.read

    def breaks(self: Client, name: bytes, *given: object) -> None:
        if name == b"a.csv":
            self._transport.close()
        read(self, name, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Client, "read", breaks)
    assert {name: error and error[:23] for name, error in errors(intake).items()} == {"a.csv": "the connection was lost", "b.csv": None, "c.csv": None}


def test_a_file_that_always_fails_comes_last(intake: Intake, connect: Connect, served: Path) -> None:
    connect()
    put(served, "a.csv", "")
    assert list(errors(intake)) == ["a.csv"]
    put(served, "b.csv", GOOD)
    assert list(errors(intake)) == ["b.csv", "a.csv"]


def test_a_full_disk_is_said_and_the_next_poll_takes_the_file(intake: Intake, connect: Connect, served: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connect()
    put(served, "a.csv", GOOD)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    for place in ("fetch.Client.read", "originals.keep", "importing.checked"):
        with monkeypatch.context() as patch:
            patch.setattr(f"core.sources.sftp.{place}", full)
            assert poll(intake) == [result("a.csv", error="the disk is full: free some space; the file is taken at the next poll")]
    assert poll(intake) == [result("a.csv", 1, 1, 0)]
    assert len(logged(intake)) == 1


def test_a_poll_by_hand_waits_for_another_and_then_says_who_is_busy(intake: Intake, connect: Connect) -> None:
    connect()
    with intake.alone("crm", 0), pytest.raises(Exception, match="Another process is fetching from “crm”"):
        fetch.poll(intake, "crm", settle_s=0, wait_s=0.1)
    assert fetches.every(intake) == []
