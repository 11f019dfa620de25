"""Files of the rows behind a number: made batch by batch while the reader watches, and fetched by the same reader's browser within the hour."""
from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe
from threading import Lock
from typing import TYPE_CHECKING

import polars as pl

from core.metrics import Query, answer
from core.metrics.answering import journey_names
from core.metrics.aside import aside
from core.metrics.behind import row_batches, row_columns
from core.metrics.differing import moved_rows
from core.reports import export
from core.reports.masking import MASK, PERSONAL

if TYPE_CHECKING:
    from core.warehouse.snapshots import Snapshot

KINDS = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
KEPT_FOR = timedelta(hours=1)
PREFIX = "journeys-made-"
HIDDEN = (*PERSONAL, "input")  # in rows an input is what one caller typed
Told = Callable[[int], None]  # is told how many rows are written


@dataclass(frozen=True, slots=True)
class Made:
    """One file, for one user of one account."""

    path: Path
    name: str
    kind: str
    account_id: str
    user_id: int
    made_at: datetime


_made: dict[str, Made] = {}
_lock = Lock()


def masked(frame: pl.DataFrame) -> pl.DataFrame:
    """Profile ids and collected values as dots."""
    return frame.with_columns(pl.when(pl.col(name).is_not_null()).then(pl.lit(MASK)).alias(name) for name in HIDDEN if name in frame.columns)


def rows_file(snapshot: Snapshot, query: Query, kind: str, title: str, account_id: str, *, with_people: bool, told: Told,
              against: Snapshot | None = None) -> Path:
    """All rows behind the one measure of the question as a new file; with `against` those alone that came and went since that earlier snapshot.

    Memory is bounded by a batch. Raises WrongUsage, JourneysError; leaves nothing then.
    """
    with aside(snapshot) as reading, aside(against) if against else nullcontext() as before:
        return _file(snapshot, query, kind, title, account_id, _batches(reading, query, with_people, told, before), against)


def _file(snapshot: Snapshot, query: Query, kind: str, title: str, account_id: str, batches: Iterator[pl.DataFrame], against: Snapshot | None) -> Path:
    first = next(batches)
    handle, name = tempfile.mkstemp(prefix=PREFIX, suffix=f".{kind}")
    try:
        with os.fdopen(handle, "wb") as file:
            whole = (frame for frames in ((first,), batches) for frame in frames)
            if kind == "csv":
                export.write_csv(file, row_columns(query, first), whole, journey_names(snapshot))
            else:
                about = [("Title", title), ("Account", account_id), *export.about_result(answer(snapshot, query))]
                about += [("Against snapshot", against.snapshot_id)] if against else []
                export.write_xlsx(file, row_columns(query, first), whole, journey_names(snapshot), about)
    except BaseException:  # a reader who closes the dialog ends the run that writes
        Path(name).unlink()
        raise
    return Path(name)


def _batches(snapshot: Snapshot, query: Query, with_people: bool, told: Told, against: Snapshot | None) -> Iterator[pl.DataFrame]:
    rows = 0
    for frame in moved_rows(against, snapshot, query) if against else row_batches(snapshot, query):
        rows += frame.height
        told(rows)
        yield frame if with_people else masked(frame)


def keep(made: Made) -> str:
    """Keep a file for its reader; gives the token by which the browser asks for it. What is older than an hour goes."""
    sweep(made.made_at)
    token = token_urlsafe(24)
    with _lock:
        _made[token] = made
    return token


def find(token: str, account_id: str, user_id: int) -> Made | None:
    """The file of that token, if it is this user's and still there."""
    found = _made.get(token)
    return found if found and (found.account_id, found.user_id) == (account_id, user_id) and found.path.exists() else None


def sweep(now: datetime) -> None:
    """Remove files of over an hour ago, those of an ended server too."""
    oldest = (now - KEPT_FOR).timestamp()
    with _lock:
        for token in [token for token, made in _made.items() if made.made_at.timestamp() < oldest]:
            del _made[token]
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            if path.stat().st_mtime < oldest:
                path.unlink()
        except (FileNotFoundError, PermissionError):  # another server of the same machine was quicker, or it is another user's
            continue


def forget() -> None:
    """Remove every such file of this machine: an erased person may be in one, and whoever still needs it has it made anew."""
    for path in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            path.unlink(missing_ok=True)
        except PermissionError:  # of another user's server, which holds other accounts
            continue
