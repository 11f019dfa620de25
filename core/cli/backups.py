"""A backup: the store, the key and every account's log and newest snapshot, each copied in one consistent state while others write."""
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from core.access import accounts
from core.cli.door import PRIVATE, Door, progress
from core.errors import JourneysError
from core.eventlog.files import replace_durably, settle
from core.store.schema import STEPS

RECORD = "backup.json"  # written last: a folder without it is no whole backup
DRAFT = "restoring"  # in the data folder: what is not all there yet
STORE = "journeys.sqlite"
KEY = "secret.key"


class BadBackup(JourneysError):
    """The folder is not a whole backup, or there is no place for it."""


def backup(door: Door, to: Path) -> dict[str, int]:
    """Copy everything into the folder, which must be empty or absent. Returns the number of files and bytes.

    The store goes first: a log may then hold more than the store knows of, and taking that again enters nothing twice.
    """
    _empty(to, f"{to} is not empty: name a new folder for the backup.")
    door.store  # noqa: B018  # one that cannot be opened is said before anything is written
    to.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
    (to / "accounts").mkdir(mode=PRIVATE)
    source = sqlite_file(door)
    if source is None:
        progress("The store is in PostgreSQL and not part of this backup: copy it with pg_dump.")
    else:
        _copy_store(source, to / STORE)
    if door.settings.secret is None:
        door.settings.secret_key  # noqa: B018  # makes the file where there is none yet
        _copy(door.settings.data_dir / KEY, to / KEY)
    for account in accounts.every(door.store):
        _copy_account(door, account.account_id, to / "accounts" / account.account_id)
    files = {str(file.relative_to(to)): _hash(file) for file in sorted(_files(to))}
    size = sum((to / name).stat().st_size for name in files)
    _settle_all(to)
    replace_durably(to / RECORD, json.dumps({"taken_at": door.now().isoformat(), "files": files}, indent=1).encode())
    return {"files": len(files), "bytes": size}


def _copy_store(source: Path, to: Path) -> None:
    """Whole transactions, while others write. Raises BadBackup."""
    try:
        with closing(sqlite3.connect(source)) as living, closing(sqlite3.connect(to)) as copy:
            living.backup(copy)
        to.chmod(0o600)
    except sqlite3.Error as error:
        raise BadBackup(f"The store {source} cannot be copied to {to} ({error}): look at both disks, and name a new folder for the backup.") from error


def restore(door: Door, source: Path) -> dict[str, int]:
    """Copy a whole backup into the data folder, which must hold nothing of ours yet. Raises BadBackup before anything is written.

    Where it was stopped, the same again finishes it.
    """
    if not (source / RECORD).is_file():
        raise BadBackup(f"{source} is no whole backup: there is no {RECORD} in it.")
    files = _recorded(source)
    _check(source, files)
    folder, store_file = door.settings.data_dir, sqlite_file(door)
    if store_file is None and STORE in files:
        raise BadBackup("The backup holds an SQLite store, but JOURNEYS_DATABASE_URL names PostgreSQL: restore without it.")
    draft, whole = folder / DRAFT, folder / DRAFT / RECORD
    if not (whole.is_file() and whole.read_bytes() == (source / RECORD).read_bytes()):  # else all of it is there and was being moved
        _refuse_taken(folder / "accounts", folder / KEY, store_file)
        _copy_all(source, files, draft)
        replace_durably(whole, (source / RECORD).read_bytes())
    _move(draft, folder, store_file)
    return {"files": len(files), "bytes": sum((source / name).stat().st_size for name in files)}


def _check(source: Path, files: dict[str, str]) -> None:
    """Raises BadBackup where the backup is not as it was written, or not for this version."""
    for name, digest in files.items():
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise BadBackup(f"{source} is no backup of ours: {name} would lead out of the data folder. Nothing was restored.")
        if not (source / name).is_file() or _hash(source / name) != digest:
            raise BadBackup(f"The backup is damaged: {source / name} is missing or not as it was written. Nothing was restored.")
    if STORE in files:
        _refuse_newer(source / STORE)


def _refuse_taken(*places: Path | None) -> None:
    for taken in places:
        if taken is not None and taken.exists() and not (taken.is_dir() and not any(taken.iterdir())):
            raise BadBackup(f"{taken} is there already: restore into an empty --data-dir.")


def _copy_all(source: Path, files: dict[str, str], draft: Path) -> None:
    """Beside the data, where nothing reads it; on the disk before it is moved."""
    shutil.rmtree(draft, ignore_errors=True)  # of a restore that was killed
    (draft / "accounts").mkdir(mode=PRIVATE, parents=True)
    try:
        for name in files:
            _copy(source / name, draft / name)
        _settle_all(draft)
    except BaseException:  # whatever ends it: half a copy is of no use
        shutil.rmtree(draft, ignore_errors=True)
        raise


def _move(draft: Path, folder: Path, store_file: Path | None) -> None:
    """Put each part into its place, the store last: without it nothing of the rest is seen."""
    for part in ("accounts", KEY):
        if (draft / part).exists():
            (draft / part).replace(folder / part)
    settle(folder)
    if store_file is not None and (draft / STORE).exists():
        beside = store_file.with_name(f".{store_file.name}.{DRAFT}")  # its place may be on another disk
        _copy(draft / STORE, beside)
        beside.replace(store_file)
        settle(store_file.parent)
    (draft / STORE).unlink(missing_ok=True)
    (draft / RECORD).unlink()  # last: as long as it is there, the same again goes on from here
    draft.rmdir()


def _recorded(source: Path) -> dict[str, str]:
    """Each file of the backup and its hash."""
    try:
        files: dict[str, str] = dict(json.loads((source / RECORD).read_text(encoding="utf-8"))["files"])
    except (ValueError, KeyError, TypeError) as error:
        raise BadBackup(f"{source / RECORD} was not written by journeys backup. Nothing was restored.") from error
    return files


def _refuse_newer(store: Path) -> None:
    """A store of a newer version would be copied whole, and then nothing could open it."""
    with closing(sqlite3.connect(f"{store.resolve().as_uri()}?mode=ro&immutable=1", uri=True)) as kept:
        found = kept.execute("SELECT version_num FROM alembic_version").fetchone()[0]
    if found not in STEPS:
        raise BadBackup(f"The backup was taken by a newer version (schema {found}, this one knows {STEPS[-1]}): restore it with that one. Nothing restored.")


def _copy_account(door: Door, account_id: str, to: Path) -> None:
    """The log as of its manifest, the newest snapshot, and whatever else is kept for the account, such as SFTP originals.

    Files come and go only around what the manifest counts in.
    """
    from core.warehouse import snapshots

    folder, log = door.folder(account_id), door.log(account_id)
    if (folder / "log" / "manifest.json").is_file():
        with log.reading():
            _copy(folder / "log" / "manifest.json", to / "log" / "manifest.json")
            for file in _files(folder / "log"):
                name = file.relative_to(folder)
                if file.name != "manifest.json" and file.suffix not in (".lock", ".new") and name.parts[1] != "staging":
                    _copy(file, to / name)
    for part in folder.iterdir() if folder.is_dir() else ():
        if part.name not in ("log", "warehouse"):
            for file in _files(part) if part.is_dir() else (part,):
                _copy(file, to / file.relative_to(folder))
    warehouse = door.warehouse(account_id)
    while (newest := snapshots.current(warehouse)) is not None:
        file = snapshots.file_of(warehouse, newest)
        _copy(file, copied := to / "warehouse" / file.relative_to(warehouse))
        if copied.exists() or newest == snapshots.current(warehouse):  # else it was pruned before it was read, and there is a newer one
            replace_durably(to / "warehouse" / "current", newest.encode())
            return


def _copy(source: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copy2(source, to)
    except FileNotFoundError:
        if source.exists():
            raise
        return  # a draft that another process has just finished with; what counts is held by reading()
    with to.open("rb") as file:
        os.fsync(file.fileno())


def _settle_all(folder: Path) -> None:
    """Flush the entries of the folder and of all below it."""
    for one in (folder, *(below for below in folder.rglob("*") if below.is_dir())):
        settle(one)


def _files(folder: Path) -> Iterator[Path]:
    """All files below; one that goes meanwhile was nobody's. Raises BadBackup for a link: to leave it out in silence would be half a backup."""
    for place, folders, files in os.walk(folder, onerror=_raise_unless_gone):
        for path in (Path(place, name) for name in (*folders, *files)):
            if path.is_symlink():
                raise BadBackup(f"{path} is a link, which a backup does not follow: put what it names in its place, or mount it there.")
            if path.is_file():
                yield path


def _raise_unless_gone(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error


def _hash(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def sqlite_file(door: Door) -> Path | None:
    from sqlalchemy import make_url
    url = make_url(door.settings.database_url)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _empty(folder: Path, otherwise: str) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadBackup(otherwise)
