"""The worker's polls: due ones begin at once, and a frozen server holds back nobody else's."""
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from core.sources.sftp import connections, dialling, fetches
from core.sources.sftp.connections import Connection
from core.sources.sftp.intake import Intake
from core.sources.sftp.polling import Poller
from tests.sftp.proxy import Proxy
from tests.sftp.server import Sshd
from tests.sftp.test_fetch import put

Connect = Callable[..., Connection]


@dataclass(frozen=True)
class Limits:
    secret_key: str = "a secret key of enough letters"
    sftp_allowed_hosts: tuple[str, ...] = ("127.0.0.0/8",)
    sftp_max_mb: int = 64


@pytest.fixture
def poller(intake: Intake) -> Poller:
    return Poller(intake.store, Limits(), intake.folder.parent, intake.clock)


def test_a_connection_is_polled_when_it_is_due_and_takes_what_two_polls_saw(intake: Intake, connect: Connect, served: Path, poller: Poller) -> None:
    connect(every_minutes=10)
    connect("off", active=False)
    put(served, "a.csv", "phone\n+385911234567\n")
    now = intake.clock()
    for at, begun in ((now, 1), (now, 0), (now + timedelta(minutes=11), 1)):
        polls = poller.poll_due(at)
        wait(polls)
        assert len(polls) == begun
    assert [(one.connection, one.status) for one in fetches.every(intake)] == [("crm", "Imported")]
    assert connections.find(intake, "off").polled_at is None
    poller.close()


def test_a_frozen_server_holds_back_nobody_and_is_not_polled_twice(intake: Intake, connect: Connect, sshd: Sshd, served: Path, poller: Poller,
                                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dialling, "GREET_S", 60.0)
    with Proxy(sshd.port, "mute") as frozen:
        connect("frozen", port=frozen.port)
        for number in range(4):
            connect(f"c{number}")
        now = intake.clock()
        left = set(poller.poll_due(now))
        assert len(left) == 5
        while len(left) > 1:  # the others end while the frozen one still waits, however busy the machine is
            done, left = wait(left, timeout=50, return_when=FIRST_COMPLETED)
            assert done
        assert poller.poll_due(now + timedelta(seconds=1)) == []
        frozen.mode = "cut"
        frozen.let_go()
        wait(left)
    assert [one.status[:28] for one in fetches.every(intake)] == ["Connection error: 127.0.0.1:"]
    poller.close()
