"""What every command is given: settings, the time, the store and the account's folders; opened when first asked for."""
import sys
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from core import settings
from core.access import accounts
from core.access.accounts import Account
from core.cli.shelf import Shelf
from core.store import Store, open_store

if TYPE_CHECKING:
    from core.eventlog import EventLog
    from core.warehouse.build import Built
    from core.warehouse.snapshots import Published, Snapshot

PRIVATE = 0o700  # of a folder with what people did: its owner's alone


class Door:
    """One command's way to everything outside of it. `obj` is click's: its `data_dir` is what --data-dir said, or None."""

    def __init__(self, obj: dict[str, Any]) -> None:
        self.obj = obj
        self._shelf = Shelf()

    @cached_property
    def settings(self) -> settings.Settings:
        return settings.read(data_dir=self.obj.get("data_dir"))

    @cached_property
    def store(self) -> Store:
        opened = open_store(self.settings.database_url)
        self.settings.accounts_dir.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
        return opened

    def now(self) -> datetime:
        """Aware, UTC."""
        return datetime.now(UTC)

    def account(self, account_id: str) -> Account:
        """Raises UnknownAccount."""
        return accounts.find(self.store, account_id)

    def folder(self, account_id: str) -> Path:
        """Where the account's log and snapshots lie. Raises UnknownAccount, so no id can lead elsewhere."""
        return self.settings.accounts_dir / self.account(account_id).account_id

    def log(self, account_id: str) -> "EventLog":
        from core.eventlog import EventLog  # brings Polars and DuckDB: half a second that `journeys user add` need not wait
        return EventLog(self.folder(account_id) / "log")

    def warehouse(self, account_id: str) -> Path:
        return self.folder(account_id) / "warehouse"

    def snapshot(self, account_id: str, snapshot_id: str | None = None) -> "Snapshot":
        """The newest published snapshot, or the one named. Raises NotBuilt, which says how to build one."""
        from core.warehouse.snapshots import NotBuilt, current
        folder = self.warehouse(account_id)
        if current(folder) is None:
            raise NotBuilt(f"The account {account_id} is not built yet: journeys build --account {account_id}.")
        return self._shelf.take(folder, snapshot_id)

    def build(self, account: Account, *, as_of: datetime, full: bool = False, engine: str = "duckdb") -> "Built":
        """Build and publish a snapshot of the account's log by its settings. Raises JourneysError, and the last snapshot stays."""
        from core.warehouse import build
        return build.build(self.log(account.account_id), self.warehouse(account.account_id), zones=account.zones, currency=account.currency,
                           attributes=account.attributes, as_of=as_of, full=full, engine=engine)

    def newest_snapshot_id(self, account: str | Account) -> str | None:
        """Of the snapshot published last; None: never built. An account that was just read is not read again."""
        from core.warehouse.snapshots import current
        return current(self.warehouse(account) if isinstance(account, str) else self.settings.accounts_dir / account.account_id / "warehouse")

    def pin(self, account_id: str, snapshot_id: str, now: datetime) -> None:
        """Keep that snapshot for 90 days. Raises NotBuilt."""
        from core.warehouse import snapshots
        snapshots.pin(self.warehouse(account_id), snapshot_id, now)

    def unpin(self, account_id: str, snapshot_id: str) -> None:
        """Keep that snapshot no longer for its links. Raises NotBuilt."""
        from core.warehouse import snapshots
        snapshots.unpin(self.warehouse(account_id), snapshot_id)

    def pins(self, account_id: str, now: datetime) -> "tuple[list[tuple[Published, datetime, datetime]], int]":
        """The snapshots that links hold on to, newest first, each with its last link and until when it is kept; and how many there may be."""
        from core.warehouse.snapshots import MOST_PINNED, PINNED_FOR
        held = [(one, at, at + PINNED_FOR) for one, at in self.kept_snapshots(account_id) if at is not None]
        return [(one, at, until) for one, at, until in held if now <= until], MOST_PINNED

    def kept_snapshots(self, account_id: str) -> "list[tuple[Published, datetime | None]]":
        """The records of all snapshots that are kept, newest first, each with when it was pinned."""
        from core.warehouse import snapshots
        folder = self.warehouse(account_id)
        pins = snapshots.pinned(folder)
        return [(one, pins.get(one.snapshot)) for one in snapshots.kept(folder)]


@cache
def of_the_server() -> Door:
    """The one door of a web server's process: its routes and all its page runs go through it. Its settings are the environment's."""
    return Door({})


def print_json(document: Any) -> None:
    """One JSON document on stdout, and nothing else."""
    click.echo(orjson.dumps(document, option=orjson.OPT_NON_STR_KEYS).decode())


def progress(text: str) -> None:
    """A line for whoever watches, on stderr."""
    click.echo(text, file=sys.stderr)
