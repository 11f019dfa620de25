"""`journeys sftp …` as scripts use it: exit codes, one JSON document on stdout, no traceback and no secret anywhere."""
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sftp.server import Sshd
from tests.sftp.test_fetch import put

Journeys = Callable[..., "subprocess.CompletedProcess[str]"]
HISTORY = ["Date time", "SFTP connection", "File", "Total entries", "Valid entries", "Invalid entries", "Status"]


@pytest.fixture
def journeys(tmp_path: Path) -> Journeys:
    environment = {**{name: value for name, value in os.environ.items() if not name.startswith("JOURNEYS_")},
                   "JOURNEYS_DATA_DIR": str(tmp_path / "data"), "JOURNEYS_SFTP_ALLOWED_HOSTS": "127.0.0.1,sftp.not-there.invalid"}

    def run(*command: str, said: str = "", code: int = 0) -> "subprocess.CompletedProcess[str]":
        words = [sys.executable, "-m", "core", *command, *(() if command[0] == "account" else ("--account", "acme"))]
        done = subprocess.run(words, input=said, capture_output=True, text=True, env=environment, timeout=120)
        assert (done.returncode, "Traceback" in done.stderr) == (code, False), done.stderr
        return done

    run("account", "add", "acme", "--time-zone", "Europe/Zagreb", "--package", "start")
    return run


@pytest.fixture
def add(journeys: Journeys, sshd: Sshd, served: Path) -> Callable[..., "subprocess.CompletedProcess[str]"]:
    def run(*options: str, name: str = "crm", host: str = "127.0.0.1", said: str = "", code: int = 0) -> "subprocess.CompletedProcess[str]":
        secret = () if {"--password-stdin", "--key-file"} & set(options) else ("--key-file", str(sshd.home / "user"))
        return journeys("sftp", "add", name, "--journey", "cart", "--host", host, "--port", str(sshd.port), "--user", sshd.user, *secret,
                        "--path", str(served), "--pattern", "*.csv", "--contacts", "phone", *options, said=said, code=code)

    return run


@pytest.mark.slow
def test_from_an_unknown_host_key_to_the_history(journeys: Journeys, add: Journeys, sshd: Sshd, served: Path, tmp_path: Path) -> None:
    add()
    put(served, "a.csv", "phone\n+385911234567\n1\n")
    failed = journeys("sftp", "fetch", "crm", "--settle", "0", "--format", "json", code=1)
    (only,) = json.loads(failed.stdout)["fetches"]
    fingerprint = sshd.host_key.fingerprint
    assert (only["file"], only["total"]) == (None, None)
    assert "host key unknown" in only["error"]
    assert fingerprint in only["error"]
    assert len(failed.stderr.strip().splitlines()) == 1
    assert "host key: failed" in journeys("sftp", "test", "crm", code=1).stdout
    assert fingerprint in journeys("sftp", "accept", "crm", "--fingerprint", "SHA256:other", code=1).stderr
    journeys("sftp", "accept", "crm", "--fingerprint", fingerprint)
    assert "line 3: invalid phone" in journeys("sftp", "test", "crm").stdout
    found = json.loads(journeys("sftp", "fetch", "crm", "--settle", "0", "--format", "json", code=3).stdout)
    assert [{key: one[key] for key in ("file", "total", "valid", "invalid", "error")} for one in found["fetches"]] == [
        {"file": "a.csv", "total": 2, "valid": 1, "invalid": 1, "error": None}]
    assert json.loads(journeys("sftp", "fetch", "crm", "--settle", "0", "--format", "json").stdout) == {"fetches": []}
    rows = json.loads(journeys("sftp", "history", "--format", "json").stdout)
    assert [list(row)[:7] for row in rows] == [HISTORY, HISTORY]
    assert [[row[column] for column in HISTORY[1:6]] for row in rows] == [["crm", "a.csv", 2, 1, 1], ["crm", None, None, None, None]]
    assert [row["Status"][:22] for row in rows] == ["Imported with errors", "Connection error: host"]
    lines = journeys("sftp", "history", "--format", "csv").stdout.lstrip("\ufeff").splitlines()
    assert (lines[0], len(lines)) == (",".join(HISTORY), 3)
    journeys("sftp", "fixit", str(found["fetches"][0]["fetch"]), "-o", str(tmp_path / "fix.csv"))
    assert (tmp_path / "fix.csv").read_bytes() == b"\xef\xbb\xbfphone,reason\r\n1,invalid phone\r\n"
    assert journeys("sftp", "fixit", "a.csv").stdout.endswith("1,invalid phone\n")
    assert "history" in journeys("sftp", "fixit", "b.csv", code=1).stderr


@pytest.mark.slow
def test_a_connection_is_added_shown_edited_and_removed_and_its_password_shows_nowhere(journeys: Journeys, add: Journeys, sshd: Sshd, tmp_path: Path) -> None:
    add("--password-stdin", "--host-key", str(sshd.home / "host.pub"), said="hunter2\nmore\n")
    assert "already" in add(code=1).stderr
    shown = json.loads(journeys("sftp", "show", "crm", "--format", "json").stdout)
    assert (shown["host_keys"][0]["fingerprint"], shown["sign_in"], shown["every_minutes"]) == (sshd.host_key.fingerprint, "password", 15)
    journeys("sftp", "edit", "crm", "--country", "hr", "--every", "60", "--active", "off", "--pattern", "*.txt")
    changed = json.loads(journeys("sftp", "show", "crm", "--format", "json").stdout)
    assert changed == {**shown, "country": "HR", "every_minutes": 60, "active": False, "pattern": "*.txt"}
    listed = journeys("sftp", "list").stdout
    assert "crm\toff" in listed
    failed = journeys("sftp", "fetch", "crm", code=1)
    everything = listed + failed.stdout + failed.stderr + journeys("sftp", "history").stdout + journeys("sftp", "test", "crm", code=1).stdout
    assert "hunter2" not in everything
    assert not any(b"hunter2" in file.read_bytes() for file in (tmp_path / "data").rglob("*") if file.is_file())
    journeys("sftp", "remove", "crm")
    assert "There is no SFTP connection “crm”" in journeys("sftp", "show", "crm", code=1).stderr


@pytest.mark.slow
def test_what_cannot_be_added_is_refused_with_what_to_do(journeys: Journeys, add: Journeys, sshd: Sshd, tmp_path: Path) -> None:
    assert "no public address" in add(host="10.1.2.3", code=1).stderr
    add(name="later", host="sftp.not-there.invalid")
    assert "host name not found" in journeys("sftp", "fetch", "later", code=1).stderr
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "a phrase", "-f", str(tmp_path / "locked")], check=True)
    assert "passphrase" in add("--key-file", str(tmp_path / "locked"), code=1).stderr
    assert "no private key" in add("--key-file", str(sshd.home / "user.pub"), code=1).stderr
    assert "cannot be read" in add("--key-file", str(tmp_path / "none"), code=1).stderr
    assert "no host key that can be used" in add("--host-key", str(sshd.home / "sshd_config"), code=1).stderr
    assert "no password" in add("--password-stdin", code=2).stderr
    add("--country", "XX", code=2)
    add("--pattern", "in/*.csv", code=2)
    add("--every", "0", code=2)
    add(name="a/b", code=2)
    assert "--key-file" in journeys("sftp", "add", "x", "--journey", "j", "--host", "127.0.0.1", "--user", "u", "--path", ".", "--pattern", "*",
                                    "--contacts", "phone", code=2).stderr
