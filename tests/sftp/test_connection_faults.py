"""Each fault of a server has a text of its own, ends in time, is a line of the history, and the next poll works."""
import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.sources.sftp import connections, dialling, fetches
from core.sources.sftp.connections import Connection
from core.sources.sftp.faults import ConnectionFault
from core.sources.sftp.intake import Intake
from core.sources.sftp.trial import trial
from tests.e2e.serving import free_port
from tests.sftp.proxy import Proxy
from tests.sftp.server import PATIENCE_S, Sshd
from tests.sftp.test_fetch import logged, poll, put, result

Connect = Callable[..., Connection]
Start = Callable[..., Sshd]
root_alone = pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("useradd"), reason="makes a user of the machine, which takes root")


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes 10 to 25 s takes 1 or 2 here."""
    for name, seconds in (("CONNECT_S", 1.0), ("GREET_S", 2.0), ("SIGN_IN_S", 3.0), ("OPEN_S", 2.0), ("ANSWER_S", 1.0)):
        monkeypatch.setattr(dialling, name, seconds)


def said(intake: Intake, name: str = "crm") -> str:
    """The error of a poll that fails as a connection, in time, with its line in the history."""
    began = time.monotonic()
    (only,) = poll(intake, name)
    assert time.monotonic() - began < PATIENCE_S
    assert (only["file"], only["total"]) == (None, None)
    assert fetches.every(intake)[0].status == f"Connection error: {only['error']}"
    return str(only["error"])


def test_all_steps_pass_and_the_newest_file_is_previewed(intake: Intake, connect: Connect, served: Path) -> None:
    put(served, "a.csv", "phone,city\n+385911234567,Split\n1,\n")
    found = trial(intake, connect())
    assert (found.passed, found.failed) == (["resolve", "connect", "host key", "sign-in", "SFTP", "folder"], None)
    assert found.preview is not None
    assert (found.preview["columns"], [row["reason"] for row in found.preview["rows"]]) == (["phone", "city"], [None, "invalid phone"])
    assert fetches.every(intake) == []


def test_a_name_that_is_not_found(intake: Intake, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = connect()

    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert said(intake).startswith("host name not found: 127.0.0.1 is not known")
    assert trial(intake, connection).failed == "resolve"


def test_a_port_at_which_nothing_listens(intake: Intake, connect: Connect) -> None:
    connection = connect(port=free_port())
    assert said(intake).startswith("refused: nothing listens at 127.0.0.1:")
    assert trial(intake, connection).passed == ["resolve"]


def test_a_server_that_does_not_answer(intake: Intake, connect: Connect) -> None:
    with socket.socket() as full:  # a listener whose queue is full drops what comes, as a firewall does
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
        connect(port=port)
        assert said(intake).startswith("timeout: 127.0.0.1:")
        for one in waiting:
            one.close()


@pytest.mark.parametrize(("words", "text"), [
    (b"HTTP/1.1 400 Bad Request\r\n\r\n", "not an SSH server: 127.0.0.1:{port} answers “HTTP/1.1 400 Bad Request”"),
    (b"Exceeded MaxStartups\r\n", "too many connections: 127.0.0.1:{port} takes no more"),
    (b"", "127.0.0.1:{port} closed the connection before it said anything: too many connections"),
])
def test_what_answers_is_no_ssh_server_or_takes_no_more(intake: Intake, connect: Connect, words: bytes, text: str) -> None:
    with Proxy(0, "say", words=words) as proxy:
        connection = connect(port=proxy.port)
        assert said(intake).startswith(text.format(port=proxy.port))
        assert trial(intake, connection).failed == "connect"


def test_a_banner_that_never_comes_or_drips(intake: Intake, connect: Connect, sshd: Sshd) -> None:
    with Proxy(sshd.port, "mute") as proxy:
        connect(port=proxy.port)
        assert said(intake).startswith(f"no banner: 127.0.0.1:{proxy.port} takes the connection and says nothing")
    with Proxy(sshd.port, "drip") as proxy:
        connect("slow", port=proxy.port)
        assert said(intake, "slow").startswith("timeout: 127.0.0.1:")


def test_a_host_key_that_nobody_accepted_and_one_that_changed(intake: Intake, connect: Connect, sshd: Sshd, start_sshd: Start, served: Path) -> None:
    put(served, "a.csv", "phone\n")
    unknown = connect(host_keys=())
    fingerprint = sshd.host_key.fingerprint
    assert said(intake).startswith(f"host key unknown: 127.0.0.1:{sshd.port} shows {fingerprint} (ssh-ed25519)")
    assert (trial(intake, unknown).failed, trial(intake, unknown).fingerprint) == ("host key", fingerprint)
    connections.change(intake, "crm", by="operator", host_keys=tuple(dialling.offered_keys(connections.server(intake, unknown))))
    assert poll(intake) == [result("a.csv", 0, 0, 0)]
    connections.change(intake, "crm", by="operator", host_keys=(start_sshd().host_key,))
    assert said(intake).startswith(f"host key changed: 127.0.0.1:{sshd.port} shows {fingerprint}")


def test_a_wrong_key_and_a_sign_in_that_the_server_does_not_offer(intake: Intake, connect: Connect, start_sshd: Start, sshd: Sshd) -> None:
    connect(secret=connections.sealed_key(intake, start_sshd().key))
    assert said(intake).startswith("wrong key: 127.0.0.1:")
    connect("word", secret=connections.sealed_password(intake, "x\n"))
    assert "does not let" in said(intake, "word")
    assert "wants: publickey" in said(intake, "word")


@pytest.fixture(scope="module")
def person() -> Iterator[tuple[str, str]]:
    """A user of the machine, with a password."""
    name, password = f"jt{secrets.token_hex(4)}", secrets.token_hex(12)
    subprocess.run(["useradd", "--create-home", "--shell", "/bin/sh", name], check=True)
    subprocess.run(["chpasswd"], input=f"{name}:{password}\n".encode(), check=True)
    yield name, password
    subprocess.run(["userdel", "--remove", name], check=False, capture_output=True)


@root_alone
def test_a_password_signs_in_and_a_wrong_one_does_not(intake: Intake, connect: Connect, start_sshd: Start, person: tuple[str, str]) -> None:
    server = start_sshd("PasswordAuthentication yes")
    connect(to=server, username=person[0], path=".", secret=connections.sealed_password(intake, f"{person[1]}\n"))
    assert poll(intake) == []
    connections.change(intake, "crm", by="operator", **connections.sealed_password(intake, "wrong\n"))
    assert said(intake).startswith("wrong password: 127.0.0.1:")
    assert person[1] not in server.log.read_text()


@root_alone
def test_a_folder_and_a_file_without_permission(intake: Intake, connect: Connect, start_sshd: Start, person: tuple[str, str]) -> None:
    server = start_sshd("PasswordAuthentication yes")
    home = Path(f"/home/{person[0]}")
    (home / "closed").mkdir(mode=0o700, exist_ok=True)
    (home / "open").mkdir(exist_ok=True)
    put(home / "open", "a.csv", "phone\n").chmod(0o600)
    secret = connections.sealed_password(intake, f"{person[1]}\n")
    connect(to=server, username=person[0], path="closed", secret=secret)
    assert said(intake).startswith("no permission:")
    connect("file", to=server, username=person[0], path="open", secret=secret)
    assert poll(intake, "file") == [result("a.csv", error="no permission to read it: give the user of the connection the right to read the file")]


def test_no_common_algorithm(intake: Intake, connect: Connect, start_sshd: Start) -> None:
    connection = connect(to=start_sshd("KexAlgorithms diffie-hellman-group14-sha1"))
    assert said(intake).startswith("no common algorithm with 127.0.0.1:")
    assert trial(intake, connection).failed == "connect"


@pytest.mark.parametrize("subsystem", ["", "/bin/false", "/bin/cat"])
def test_a_server_without_sftp(intake: Intake, connect: Connect, start_sshd: Start, subsystem: str) -> None:
    connection = connect(to=start_sshd(subsystem=subsystem))
    assert said(intake).startswith("no SFTP: 127.0.0.1:")
    assert trial(intake, connection).failed == "SFTP"


def test_no_session_left(intake: Intake, connect: Connect, start_sshd: Start) -> None:
    connect(to=start_sshd("MaxSessions 0"))
    assert said(intake).startswith("too many connections: 127.0.0.1:")


def test_a_folder_that_is_missing_or_a_file(intake: Intake, connect: Connect, served: Path) -> None:
    connection = connect(path=str(served / "none"))
    assert said(intake).startswith(f"folder missing: there is no {served}/none at ")
    assert trial(intake, connection).failed == "folder"
    connections.change(intake, "crm", by="operator", path=str(put(served, "a.csv", "phone\n")))
    assert "folder" in said(intake)


@pytest.mark.parametrize(("then", "text"), [("cut", "connection lost while listing"), ("freeze", "timeout: 127.0.0.1:")])
def test_a_connection_that_ends_or_freezes_while_listing(intake: Intake, connect: Connect, sshd: Sshd, served: Path, then: str, text: str) -> None:
    for number in range(2000):
        (served / f"{number:04d}-{'x' * 100}.txt").touch()
    with Proxy(sshd.port, after=100_000, then=then) as proxy:
        connect(port=proxy.port)
        assert said(intake).startswith(text)
    connections.change(intake, "crm", by="operator", port=sshd.port)
    put(served, "a.csv", "phone\n+385911234567\n")
    assert poll(intake) == [result("a.csv", 1, 1, 0)]
    assert len(logged(intake)) == 1


def test_an_address_that_became_private_is_not_connected_to(intake: Intake, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    connect()
    connections.change(intake, "crm", by="operator", host="93.184.215.14")
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.5", 22))])
    assert said(intake) == ("93.184.215.14 is 10.0.0.5, which is no public address: name another host, or have the operator list it in "
                            "JOURNEYS_SFTP_ALLOWED_HOSTS")


def test_a_secret_of_another_installation(intake: Intake, connect: Connect) -> None:
    connect(secret={"sign_in": "key", "sealed": "gAAAAAnonsense"})
    assert said(intake).startswith("the stored secret cannot be read with this JOURNEYS_SECRET_KEY")


def test_faults_name_the_step_they_belong_to() -> None:
    assert ConnectionFault("sign-in", "wrong key").step == "sign-in"
