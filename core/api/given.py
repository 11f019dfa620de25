"""What the doors hand to the routes: the store, the time, and the way to an account's log and snapshots."""
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from core.access.accounts import Account


class Given(Protocol):
    """One server's way to everything outside of the routes; `core.cli.door.Door` is one."""

    @property
    def settings(self) -> Any: ...

    @property
    def store(self) -> Any: ...

    def now(self) -> datetime: ...

    def account(self, account_id: str) -> Account: ...

    def folder(self, account_id: str) -> Path: ...

    def log(self, account_id: str) -> Any: ...

    def snapshot(self, account_id: str, snapshot_id: str | None = None) -> Any: ...
