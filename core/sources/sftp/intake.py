"""What the imports of one account are given: its store, log and folder, the operator's limits, and the time."""
import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from core.access.accounts import Account
from core.eventlog import EventLog
from core.eventlog.locks import held
from core.store import Store


@dataclass(frozen=True, slots=True)
class Intake:
    """`folder` is the account's; what is kept of SFTP lies in its `sftp/`. `clock` gives the time, aware, UTC."""

    store: Store
    account: Account
    folder: Path
    secret_key: str = field(repr=False)
    allowed_hosts: tuple[str, ...]
    max_bytes: int
    clock: Callable[[], datetime]

    @property
    def account_id(self) -> str:
        return self.account.account_id

    @property
    def log(self) -> EventLog:
        return EventLog(self.folder / "log")

    def room(self, connection: str, part: str) -> Path:
        """A folder of the connection's own, made if absent: `incoming`, `originals` or `work`."""
        folder = self.folder / "sftp" / _safe(connection) / part
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def alone(self, connection: str, wait_s: float) -> AbstractContextManager[None]:
        """One process at a time fetches from a connection. Raises Busy; the lock goes with a process that is killed."""
        busy = f"Another process is fetching from “{connection}”: its result is in the history when it has ended."
        return held(self.folder / "sftp" / _safe(connection) / "lock", wait_s=wait_s, busy=busy)


def _safe(connection: str) -> str:
    """A folder name on every file system, whatever the connection is called."""
    return hashlib.blake2b(connection.encode(), digest_size=10).hexdigest()
