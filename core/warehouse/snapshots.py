"""Published, read-only states of an account's warehouse: name, publish, open, pin, prune."""
import json
import os
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from core.errors import JourneysError
from core.eventlog.files import replace_durably, settle
from core.eventlog.locks import held
from core.warehouse import spill
from core.warehouse.watch import SETTINGS, watched
from core.warehouse.zones import from_text

KEPT = 3
THREADS = 2
PINNED_FOR = timedelta(days=90)
MOST_PINNED = 30  # of an account: whoever may see a page may pin, and each snapshot is a whole file


class NotBuilt(JourneysError):
    """There is no snapshot to read, or not a whole one."""


class TooManyPinned(JourneysError):
    """Links hold on to as many snapshots as are kept for them."""


@dataclass(frozen=True, slots=True)
class Published:
    """A snapshot's own record: how much of the log it holds, and how it was built."""

    snapshot: str
    as_of: datetime
    position: int
    events: int
    documents: int
    zones: str
    currency: str
    engine: str
    is_full: bool
    seconds: float
    edition: str = ""  # of the .sql files that made it
    attributes: str = "[]"  # whose values it has of each run, as JSON; a snapshot without the column has no table of them either


class Snapshot:
    """One published state, open for reading. Safe for threads: every call has a cursor of its own."""

    def __init__(self, path: Path, memory: str = "1GB", threads: int = THREADS) -> None:
        self.path = path
        self._lock = threading.Lock()
        try:
            self._connection = opened(path, memory, threads)
            self.published = published(self._connection)
        except duckdb.Error as error:
            raise NotBuilt(f"The snapshot {path.stem} is damaged and cannot be opened ({type(error).__name__}): "
                           "`journeys build --full` makes a new one from the log.") from error
        self.snapshot_id = self.published.snapshot
        self.as_of = self.published.as_of
        self.zones = from_text(self.published.zones)
        self.currency = self.published.currency

    @property
    def attributes(self) -> tuple[str, ...]:
        """The names of the entries' attributes that runs can be filtered by."""
        return tuple(json.loads(self.published.attributes))

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A cursor of its own, for callers that stream."""
        with self._lock:
            return self._connection.cursor()

    def sql(self, sql: str, params: Sequence[Any] = ()) -> pl.DataFrame:
        """The rows of one SELECT; times are aware, in UTC."""
        cursor, watch = self.cursor(), watched.get()
        try:
            with watch.over(cursor) if watch else nullcontext():
                frame: pl.DataFrame = cursor.sql(sql, params=list(params)).pl()
            return frame
        finally:
            cursor.close()

    def close(self) -> None:
        """Give the file back."""
        self._connection.close()


def opened(path: Path, memory: str = "1GB", threads: int = THREADS) -> duckdb.DuckDBPyConnection:
    """The file read-only, in UTC, shut off from everything else. A process shares one opening of a file, which is locked already the second time."""
    connection = duckdb.connect(str(path), read_only=True)
    if connection.execute("SELECT current_setting('lock_configuration')").fetchall() == [(True,)]:
        return connection
    _shut(connection, memory, threads)
    return connection


def _shut(connection: duckdb.DuckDBPyConnection, memory: str, threads: int) -> None:
    """UTC, its share of the machine, and nothing outside of what is open already."""
    for setting in (
        "enable_progress_bar=false", "GLOBAL timezone='UTC'", f"memory_limit='{memory}'", f"threads={threads}", f"temp_directory='{quoted(spill.folder())}'",
        "max_temp_directory_size='4GB'", "autoinstall_known_extensions=false", "autoload_known_extensions=false",
        "enable_external_access=false", f"allowed_configs={list(SETTINGS)}", "lock_configuration=true",
    ):
        connection.execute("SET " + setting)


@contextmanager
def apart(path: Path, memory: str, files: Sequence[Path] = ()) -> Iterator[duckdb.DuckDBPyConnection]:
    """The file read-only through a small buffer of its own, for long work that shall not fill the one that answers questions. These files may be read too."""
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"ATTACH '{quoted(path)}' AS apart (READ_ONLY)")
        connection.execute("USE apart")
        connection.execute("SET allowed_paths=[" + ", ".join(f"'{quoted(file)}'" for file in files) + "]")
        _shut(connection, memory, THREADS)
        yield connection


def quoted(path: Path) -> str:
    """A path inside a quoted SQL text."""
    return str(path).replace("'", "''")


def names_text(names: Sequence[str]) -> str:
    """Names as the record holds them."""
    return json.dumps(list(names), ensure_ascii=False)


def published(connection: duckdb.DuckDBPyConnection, catalog: str = "") -> Published:
    """The record in table `build` of an open snapshot; what an older version did not say yet keeps its default."""
    row = connection.sql(f"SELECT * FROM {catalog}build").pl().row(0, named=True)
    return Published(**{name: value for name, value in row.items() if name in Published.__dataclass_fields__})


def current(folder: Path) -> str | None:
    """The id of the newest published snapshot, or None."""
    pointer = folder / "current"
    return pointer.read_text().strip() if pointer.exists() else None


def file_of(folder: Path, snapshot_id: str) -> Path:
    """Where that snapshot lies; refuses what is no plain id."""
    if not snapshot_id or Path(snapshot_id).name != snapshot_id or snapshot_id.startswith("."):
        raise NotBuilt(f"“{snapshot_id}” is no snapshot id.")
    return folder / "snapshots" / f"{snapshot_id}.duckdb"


def open_snapshot(folder: Path, snapshot_id: str | None = None) -> Snapshot:
    """Open the newest snapshot, or the one named; raises NotBuilt where there is none (a pruned one too)."""
    for _ in range(3):  # a newer one may be published, and this one pruned, between the pointer and the file
        wanted = snapshot_id or current(folder)
        if wanted is None:
            raise NotBuilt("This account has no snapshot yet: run `journeys build` after the first events are in.")
        path = file_of(folder, wanted)
        if path.exists():
            return Snapshot(path)
        if snapshot_id:
            raise NotBuilt(f"Snapshot {snapshot_id} is no longer kept: three are, and pinned ones for {PINNED_FOR.days} days.")
    raise NotBuilt("The newest snapshot is missing on disk: run `journeys build --full`.")


def publish(folder: Path, made: Path, snapshot_id: str, now: datetime) -> None:
    """Move a finished file into place, then the pointer, each on disk before the next; prune what is no longer kept."""
    target = file_of(folder, snapshot_id)
    target.parent.mkdir(parents=True, exist_ok=True)
    settle(made)
    made.replace(target)
    settle(target.parent)
    replace_durably(folder / "current", f"{snapshot_id}\n".encode())
    prune(folder, now)


def prune(folder: Path, now: datetime) -> None:
    """Remove all but the three newest snapshots and those pinned in the last 90 days."""
    with _alone(folder):
        pins, keep = pinned(folder), current(folder)
        for file in _newest_first(folder)[KEPT:]:
            if file.stem != keep and not (file.stem in pins and now - pins[file.stem] <= PINNED_FOR):
                file.unlink(missing_ok=True)
                file.with_suffix(".duckdb.wal").unlink(missing_ok=True)


def _newest_first(folder: Path) -> list[Path]:
    return sorted((folder / "snapshots").glob("*.duckdb"), key=lambda file: file.stat().st_mtime_ns, reverse=True)


def _alone(folder: Path, *, shared: bool = False) -> AbstractContextManager[None]:
    """No snapshot goes, and none is pinned, by another process meanwhile."""
    return held(folder / "pins.lock", wait_s=30, busy="Another process is changing which snapshots are kept: try again.", shared=shared)


def kept(folder: Path) -> list[Published]:
    """The records of all snapshots that can be opened, newest first."""
    found = []
    with _alone(folder, shared=True):
        for file in _newest_first(folder):
            with suppress(duckdb.Error), opened(file) as connection:
                found.append(published(connection))
    return found


def pinned(folder: Path) -> dict[str, datetime]:
    """Pinned snapshot ids and when they were pinned last."""
    file = folder / "pins.json"
    return {name: datetime.fromisoformat(at) for name, at in json.loads(file.read_text()).items()} if file.exists() else {}


def pin(folder: Path, snapshot_id: str, now: datetime) -> None:
    """Keep that snapshot for 90 days from now. Raises NotBuilt, TooManyPinned."""
    with _alone(folder):
        if not file_of(folder, snapshot_id).exists():
            raise NotBuilt(f"Snapshot {snapshot_id} is no longer kept.")
        others = {name: at for name, at in pinned(folder).items() if now - at <= PINNED_FOR and name != snapshot_id}
        if len(others) >= MOST_PINNED:
            free = min(others.values()) + PINNED_FOR
            raise TooManyPinned(f"Links hold on to {len(others)} snapshots of this account already, and no more are kept: the oldest goes on {free:%Y-%m-%d}. "
                                "An administrator lets go of one on the page Trust. A link to the newest numbers can be made at any time.")
        pins = others | {snapshot_id: now}
        replace_durably(folder / "pins.json", json.dumps({name: at.isoformat() for name, at in pins.items()}).encode())


def unpin(folder: Path, snapshot_id: str) -> None:
    """Let go of a pinned snapshot: it stays while it is one of the newest three, and goes with the next build after that. Raises NotBuilt."""
    with _alone(folder):
        pins = pinned(folder)
        if pins.pop(snapshot_id, None) is None:
            raise NotBuilt(f"No link holds on to snapshot {snapshot_id}.")
        replace_durably(folder / "pins.json", json.dumps({name: at.isoformat() for name, at in pins.items()}).encode())


def touch_as(path: Path, stamp: os.stat_result) -> None:
    """Give a rewritten snapshot the age of the one it replaces: pruning goes by age."""
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))


def copy(folder: Path, snapshot_id: str, target: Path) -> None:
    """A private copy of a snapshot, to grow the next one from."""
    shutil.copyfile(file_of(folder, snapshot_id), target)
