"""Connections as they are kept: what may be added, that secrets show nowhere, and that a host is public or listed."""
import dataclasses
import socket
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from core.access import audit
from core.errors import JourneysError, WrongUsage
from core.sources.sftp import connections, hosts
from core.sources.sftp.connections import Connection, ConnectionExists, UnknownConnection
from core.sources.sftp.faults import ConnectionFault
from core.sources.sftp.intake import Intake
from core.sources.sftp.keys import BadKey, HostKey, host_keys, private_key
from core.sources.sftp.reading import Reading
from core.sources.sftp.secrets import Unreadable, seal, unseal
from core.store import sftp as tables


@pytest.fixture
def connection(intake: Intake) -> Connection:
    secret = connections.sealed_password(intake, "hunter2 \r\n")
    host_keys = (HostKey("ssh-ed25519", "AAAA"),)
    return Connection("crm", "cart", "127.0.0.1", 22, "ana", secret["sign_in"], secret["sealed"], host_keys, "in", "*.csv", Reading("both"))


def test_what_is_added_is_found_again_and_its_secret_opens(intake: Intake, connection: Connection) -> None:
    connections.add(intake, connection, by="operator")
    assert connections.find(intake, "crm") == connection
    assert connections.server(intake, connection).secret == "hunter2 "


def test_the_secret_shows_in_no_row_output_audit_or_repr(intake: Intake, connection: Connection) -> None:
    connections.add(intake, connection, by="operator")
    connections.change(intake, "crm", by="operator", **connections.sealed_password(intake, "hunter3"))
    found = connections.find(intake, "crm")
    with intake.store.read() as read:
        rows = str(read.execute(select(tables.connections)).all())
    everything = rows + str(found.document()) + repr(found) + repr(connections.server(intake, found)) + str(audit.newest(intake.store, "acme"))
    assert "hunter" not in everything
    assert found.sealed not in str(found.document()) + repr(found) + str(audit.newest(intake.store, "acme"))


def test_a_secret_opens_with_its_own_key_alone() -> None:
    assert unseal(seal("word", "one key of the house"), "one key of the house") == "word"
    with pytest.raises(Unreadable, match="JOURNEYS_SECRET_KEY"):
        unseal(seal("word", "one key of the house"), "another key of the house")


@pytest.mark.parametrize("change", [
    {"name": ""}, {"name": "a/b"}, {"name": "-x"}, {"port": 0}, {"port": 70_000}, {"pattern": "in/*.csv"}, {"pattern": ""}, {"every_minutes": 0},
    {"host": " "}, {"path": "a\nb"}, {"journey_id": ""},
])
def test_a_value_that_cannot_be_meant_is_wrong_usage(intake: Intake, connection: Connection, change: dict[str, object]) -> None:
    with pytest.raises(WrongUsage):
        connections.add(intake, dataclasses.replace(connection, **change), by="operator")  # type: ignore[arg-type]


def test_a_name_is_taken_once_and_an_unknown_one_is_told(intake: Intake, connection: Connection) -> None:
    connections.add(intake, connection, by="operator")
    with pytest.raises(ConnectionExists):
        connections.add(intake, connection, by="operator")
    with pytest.raises(UnknownConnection, match="Did you mean “crm”"):
        connections.find(intake, "crn")
    connections.remove(intake, "crm", by="operator")
    assert connections.every(intake) == []


def resolving(monkeypatch: pytest.MonkeyPatch, *found: str) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [
        (socket.AF_INET6 if ":" in one else socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 22)) for one in found])


@pytest.mark.parametrize("address", [
    "10.0.0.1", "127.0.0.1", "169.254.169.254", "192.168.1.1", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "fe80::1%eth0", "fd00::1",
    "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:a00:1::", "ff02::1", "::",
])
def test_an_address_that_is_not_public_is_refused_also_beside_a_public_one(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    resolving(monkeypatch, "93.184.215.14", address)
    with pytest.raises(ConnectionFault, match="no public address"):
        hosts.check("sftp.example.com", 22, ())


@pytest.mark.parametrize(("address", "allowed"), [
    ("93.184.215.14", ()), ("2606:2800:21f::1", ()), ("10.0.0.1", ("10.0.0.0/8",)), ("10.0.0.1", ("192.168.0.1", "10.0.0.1")),
    ("10.0.0.1", ("SFTP.example.com.",)), ("::1", ("::1",)), ("::ffff:10.0.0.1", ("10.0.0.1",)), ("fd00::7", ("[fd00::7]",)),
])
def test_a_public_or_listed_address_is_connected_to(monkeypatch: pytest.MonkeyPatch, address: str, allowed: tuple[str, ...]) -> None:
    resolving(monkeypatch, address)
    hosts.check("sftp.example.com", 22, allowed)
    assert [place[0] for _, place in hosts.addresses("sftp.example.com", 22, allowed)] == [address]


def test_another_name_is_not_allowed_by_a_listed_one(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "10.0.0.1")
    with pytest.raises(ConnectionFault):
        hosts.check("other.example.com", 22, ("sftp.example.com", "10.0.0.2"))


def made_key(folder: Path, *options: str) -> Path:
    file = folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-f", str(file), *options], check=True)
    return file


@pytest.mark.parametrize("options", [("-t", "ed25519"), ("-t", "rsa", "-b", "2048"), ("-t", "rsa", "-b", "2048", "-m", "PEM"), ("-t", "ecdsa", "-m", "PKCS8")])
def test_private_keys_of_every_form_are_kept_as_openssh_has_them(tmp_path: Path, options: tuple[str, ...]) -> None:
    kept = private_key(made_key(tmp_path, "-N", "", *options).read_text())
    assert kept.startswith("-----BEGIN OPENSSH PRIVATE KEY-----")
    assert private_key(kept.replace("\n", "\r\n")).startswith("-----BEGIN OPENSSH PRIVATE KEY-----")


@pytest.mark.parametrize("options", [("-t", "ed25519"), ("-t", "rsa", "-b", "2048", "-m", "PEM"), ("-t", "ecdsa", "-m", "PKCS8")])
def test_a_key_with_a_passphrase_is_refused(tmp_path: Path, options: tuple[str, ...]) -> None:
    with pytest.raises(BadKey, match="passphrase"):
        private_key(made_key(tmp_path, "-N", "a long phrase", *options).read_text())


@pytest.mark.parametrize("text", [
    "", "hello", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP9bvx ana", "PuTTY-User-Key-File-3: ssh-ed25519\n",
    "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
])
def test_a_file_that_is_no_private_key_is_refused(text: str) -> None:
    with pytest.raises(BadKey):
        private_key(text)


def test_host_keys_are_read_from_every_kind_of_line(tmp_path: Path) -> None:
    kind, blob, _ = made_key(tmp_path, "-N", "", "-t", "ed25519").with_suffix(".pub").read_text().split(maxsplit=2)
    fingerprint = subprocess.run(["ssh-keygen", "-lf", str(tmp_path / "key.pub")], capture_output=True, text=True, check=True).stdout.split()[1]
    for text in (f"{kind} {blob} ana@home", f"# host:22 SSH-2.0\nhost {kind} {blob}", f"[host]:2222,10.0.0.1 {kind} {blob}",
                 f"|1|c2FsdA==|aGFzaA== {kind} {blob}\n\n"):
        assert host_keys(text) == (HostKey(kind, blob),)
    assert HostKey(kind, blob).fingerprint == fingerprint


@pytest.mark.parametrize("text", [
    "", "host ssh-ed25519 nonsense", "@revoked * ssh-ed25519 AAAA", "host ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIP9bvx//fjhd2iQNaGdffFpjbo3CJfJZ59dfqzz+IaWK",
])
def test_a_host_key_file_without_a_key_is_refused(text: str) -> None:
    with pytest.raises(JourneysError, match="no host key that can be used"):
        host_keys(text)


def test_a_connection_is_due_when_its_minutes_are_over(intake: Intake, connection: Connection) -> None:
    now = intake.clock()
    never, off, just = (dataclasses.replace(connection, polled_at=at, active=active) for at, active in ((None, True), (None, False), (now, True)))
    assert [one.due(now) for one in (never, off, just)] == [True, False, False]
    assert just.due(now + timedelta(minutes=15))
    assert (never.next_poll_at, just.next_poll_at) == (None, now + timedelta(minutes=15))


