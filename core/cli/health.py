"""What `journeys doctor` looks at, one finding a thing; a finding that is not good says what to do."""
import fcntl
import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select, text

from core.access import accounts
from core.access.accounts import Account
from core.access.features import PACKAGES
from core.cli import backups
from core.cli.door import Door
from core.errors import JourneysError
from core.eventlog.erasure import NOTES
from core.metrics.numbers import plural
from core.store import refreshes, schema
from core.store.tables import leases

LEAST_FREE_MB = 1024
OTHERS = 0o007  # rights of those who are neither owner nor of the group
LIBRARIES = ("streamlit", "duckdb", "polars", "sqlalchemy")


@dataclass(frozen=True, slots=True)
class Finding:
    is_good: bool
    subject: str
    text: str


def examine(door: Door) -> Iterator[Finding]:
    """All findings in order; those that need the settings or the store end where these are bad."""
    yield Finding(sys.version_info >= (3, 11), "versions", ", ".join([f"Python {platform.python_version()}", *_versions()]))
    try:
        settings = door.settings
    except JourneysError as error:
        yield Finding(False, "settings", str(error))
        return
    lacks = "; single sign-on lacks one of JOURNEYS_OIDC_SERVER_METADATA_URL, _CLIENT_ID and _CLIENT_SECRET" if settings.oidc else ""
    yield Finding(not lacks or settings.has_provider, "settings", f"data in {settings.data_dir}" + ("; single sign-on" if settings.has_provider else lacks))
    yield _folder(settings.data_dir)
    yield from _readable(settings.data_dir)
    yield _disk(settings.data_dir)
    yield _key(door)
    if any((settings.data_dir / backups.DRAFT).glob("*")):
        yield Finding(False, "restore", f"was stopped half way: run `journeys restore DIR` again, or remove {settings.data_dir / backups.DRAFT}")
    if (file := backups.sqlite_file(door)) and not file.exists():
        yield Finding(True, "store", f"{file} is made on first use")
        return
    store = _store(door)
    yield store
    if store.is_good:
        yield _worker(door)
        for account in accounts.every(door.store):
            yield from _account(door, account)


def _versions() -> list[str]:
    return [f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES]


def _folder(folder: Path) -> Finding:
    place = next(part for part in (folder, *folder.parents) if part.exists())
    if not os.access(place, os.W_OK | os.X_OK):
        return Finding(False, "folder", f"{place} cannot be written: give it to the user that runs journeys.")
    return Finding(True, "folder", f"{folder} can be written" if folder.exists() else f"{folder} is made on first use")


def _readable(folder: Path) -> Iterator[Finding]:
    """What anybody on this machine could read."""
    if folder.exists() and folder.stat().st_mode & OTHERS:
        for place, mode in ((folder / "accounts", 700), (folder / "journeys.sqlite", 600)):
            if place.exists() and place.stat().st_mode & OTHERS:
                yield Finding(False, "folder", f"{place} can be read by anybody on this machine: run chmod {mode} on it")


def _disk(folder: Path) -> Finding:
    free = shutil.disk_usage(next(part for part in (folder, *folder.parents) if part.exists())).free // 1024**2
    is_enough = free >= LEAST_FREE_MB
    return Finding(is_enough, "disk", f"{free:,} MB free" + ("" if is_enough else f": a build needs room for one more snapshot, free {LEAST_FREE_MB:,} MB"))


def _key(door: Door) -> Finding:
    file = door.settings.data_dir / "secret.key"
    if door.settings.secret is None and not file.exists():
        return Finding(True, "key", "is made on first start")
    try:
        return Finding(bool(door.settings.secret_key), "key", "of JOURNEYS_SECRET_KEY" if door.settings.secret else f"in {file}, readable by its owner alone")
    except (JourneysError, OSError) as error:
        return Finding(False, "key", str(error))


def _store(door: Door) -> Finding:
    try:
        with door.store.read() as connection:
            if connection.dialect.name == "sqlite":
                said = connection.execute(text("PRAGMA quick_check")).scalars().first()
                if said != "ok":
                    return Finding(False, "store", f"is damaged ({said}): restore it from a backup")
            return Finding(True, "store", f"{connection.dialect.name}, schema {schema.version(connection)}")
    except JourneysError as error:
        return Finding(False, "store", str(error))


def _worker(door: Door) -> Finding:
    with door.store.read() as connection:
        row = connection.execute(select(leases.c.holder, leases.c.until_at).where(leases.c.name == "worker")).first()
    if row is None or row.until_at <= door.now():
        return Finding(True, "worker", "none runs: `journeys serve` or `journeys worker` refreshes the accounts")
    return Finding(True, "worker", f"runs as {row.holder}")


def _account(door: Door, account: Account) -> Iterator[Finding]:
    subject = f"account {account.account_id}"
    try:
        head = door.log(account.account_id).head()
    except JourneysError as error:
        yield Finding(False, subject, str(error))
        return
    left = sorted((door.log(account.account_id).folder / NOTES).glob("*.json"))
    if left:
        yield Finding(False, subject, f"an erasure was stopped half way: run `journeys erase` again for the profile that {left[0]} names")
        return
    building = _is_locked(door.warehouse(account.account_id) / "build.lock")
    state = f"{plural(head.position, 'event')}, {plural(head.documents, 'document')}" + (", a build is running" if building else "")
    if door.newest_snapshot_id(account.account_id) is None:
        yield Finding(True, subject, f"{state}; not built yet")
        return
    try:
        snapshot = door.snapshot(account.account_id)
    except JourneysError as error:
        yield Finding(False, subject, str(error))
        return
    newest = refreshes.newest(door.store, account.account_id)
    if newest and newest.error:
        yield Finding(False, subject, f"{state}; the last refresh failed: {newest.error}")
        return
    age_h = (door.now() - snapshot.as_of).total_seconds() / 3600
    late = age_h > 1.5 * PACKAGES[account.package].refresh.total_seconds() / 3600
    yield Finding(True, subject, f"{state}; snapshot {snapshot.snapshot_id}, {age_h:.1f} h old" + (" (older than its package promises)" if late else ""))


def _is_locked(file: Path) -> bool:
    if not file.exists():
        return False
    with file.open() as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
