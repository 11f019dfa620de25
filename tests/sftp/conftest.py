"""A real OpenSSH server, an account of its own a test, and connections between them."""
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.access import accounts
from core.access.accounts import Account
from core.sources.sftp import connections
from core.sources.sftp.connections import Connection
from core.sources.sftp.intake import Intake
from core.sources.sftp.reading import Reading
from core.store import open_store
from tests.sftp.server import SSHD, Sshd, start


@pytest.fixture(scope="session")
def start_sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Sshd]]:
    """Starts a server with these lines in front of its configuration."""
    if not Path(SSHD).exists():
        pytest.skip("openssh-server is not installed")
    running: list[Sshd] = []

    def begin(*options: str, **how: str) -> Sshd:
        running.append(start(tmp_path_factory.mktemp("sshd"), *options, **how))
        return running[-1]

    yield begin
    for server in running:
        server.stop()


@pytest.fixture(scope="session")
def sshd(start_sshd: Callable[..., Sshd]) -> Sshd:
    return start_sshd()


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    """An account in Zagreb, with a store, a log and the loopback addresses allowed."""
    store = open_store(f"sqlite:///{tmp_path / 'data' / 'journeys.sqlite'}")
    account = Account("acme", ((None, "Europe/Zagreb"),), "EUR", "start", None, False, None)
    accounts.add(store, account, by="operator", now=datetime.now(UTC))
    folder = tmp_path / "data" / "accounts" / "acme"
    folder.mkdir(parents=True)
    yield Intake(store, account, folder, "a secret key of enough letters", ("127.0.0.0/8",), 64 << 20, lambda: datetime.now(UTC))
    store.close()


@pytest.fixture
def served(tmp_path: Path) -> Path:
    """The folder that connections read."""
    folder = tmp_path / "served"
    folder.mkdir()
    return folder


@pytest.fixture
def connect(intake: Intake, sshd: Sshd, served: Path) -> Callable[..., Connection]:
    """Adds a connection to the server; any of its values may be given."""

    def add(name: str = "crm", *, to: Sshd = sshd, contacts: str = "phone", secret: dict[str, str] | None = None, **values: Any) -> Connection:
        given = {"name": name, "journey_id": "cart", "host": "127.0.0.1", "port": to.port, "username": to.user, "host_keys": (to.host_key,), 
                 "path": str(served), "pattern": "*.csv", "reading": Reading(contacts), **(secret or connections.sealed_key(intake, to.key)), **values}
        return connections.add(intake, Connection(**given), by="operator")

    return add
