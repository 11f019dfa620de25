"""The MEP report: a month's lines as CSV or Excel, and the record of what was exported, so that such a line never changes again."""
from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from secrets import token_hex
from typing import IO, TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

import polars as pl

from core.access import audit
from core.errors import WrongUsage
from core.metrics import mep as ledger
from core.metrics.clock import rfc3339
from core.reports import export
from core.store import mep as exports
from core.store.mep import Export

if TYPE_CHECKING:
    from core.access.accounts import Account
    from core.store import Store
    from core.warehouse.snapshots import Snapshot

FOLDER = "mep"  # in the account's folder: what exported lines said
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Ledger:
    """One month of an account's ledger, as it is exported: lines that left before are told as they were then. `folder` is the account's."""

    store: Store
    account: Account
    snapshot: Snapshot
    folder: Path
    month: date
    sub_accounts: tuple[str | None, ...]
    exported: tuple[Export, ...]  # before, oldest first
    kept: tuple[Path, ...]  # what they said, the oldest first

    @property
    def name(self) -> str:
        """`2026-03`"""
        return f"{self.month:%Y-%m}"

    @property
    def last(self) -> Export | None:
        """The newest export of these lines: of the same sub-accounts, or of all."""
        return next((one for one in reversed(self.exported) if not one.sub_accounts or set(one.sub_accounts) == set(self.sub_accounts)), None)

    def batches(self, **only: Any) -> Iterator[pl.DataFrame]:
        """Its lines in order (metrics.mep.line_batches); `only`: after, upto."""
        return ledger.line_batches(self.snapshot, self.month, self.sub_accounts, self.kept, **only)

    def about(self) -> int:
        """How many lines it has, but for those that were exported under another sub-account: for whoever watches, at no cost."""
        return ledger.count(self.snapshot, self.month, self.sub_accounts)[0]

    def count(self, after: int = 0) -> int:
        return ledger.count(self.snapshot, self.month, self.sub_accounts, self.kept, after=after)[0]


def ledger_of(store: Store, account: Account, snapshot: Snapshot, folder: Path, month: date | str, sub_accounts: Sequence[str | None] = ()) -> Ledger:
    """The ledger of a month (its first day, or YYYY-MM), of these sub-accounts alone where any is named ("" or None: of none)."""
    first = ledger.first_day(month) if isinstance(month, str) else month
    exported = exports.listed(store, account.account_id, f"{first:%Y-%m}")
    kept = tuple(folder / FOLDER / one.kept for one in exported if one.kept)
    return Ledger(store, account, snapshot, folder, first, tuple(name or None for name in sub_accounts), tuple(exported), kept)


def write_mep(store: Store, account: Account, snapshot: Snapshot, folder: Path, month: date | str, sub_accounts: Sequence[str | None], path: Path,
              form: str, *, by: str, now: datetime, progress: Progress = lambda share: None) -> Export:
    """Write the lines of a month as `csv` or `xlsx`, and keep that they left. The file is whole or not there; memory is bounded.

    Raises WrongUsage where a sheet cannot hold them. `by`: a user's name, or “operator”. `progress` hears shares from 0 to 1 and may raise to stop.
    """
    month_lines = ledger_of(store, account, snapshot, folder, month, sub_accounts)
    lines = month_lines.about()
    if form == "xlsx":
        fits(lines)
    with Keeping(month_lines, lines, progress) as keeping, export.replaced(path) as file:
        if form == "csv":
            keeping.copy_to(file)
            for _ in keeping.batches():
                pass
        else:
            export.write_xlsx(file, ledger.COLUMNS, keeping.batches(), {}, about(month_lines, now))
    return keeping.keep(form, by=by, now=now)


def fits(lines: int) -> None:
    """Raises WrongUsage where an Excel sheet cannot hold so many lines."""
    if lines > export.MOST_ROWS:
        raise WrongUsage(f"{lines:,} lines do not fit into an Excel sheet, which holds {export.MOST_ROWS:,}: take .csv, or fewer sub-accounts.")


def about(month_lines: Ledger, now: datetime) -> list[tuple[str, str]]:
    """What a report is, as lines of a name and a text."""
    snapshot, account = month_lines.snapshot, month_lines.account
    told = [("Account", account.account_id), ("MEP report", month_lines.name)]
    told += [("Sub-account", name or "none") for name in month_lines.sub_accounts]
    return [*told, ("Snapshot", snapshot.snapshot_id), ("As of", on_its_clock(account, snapshot.as_of)), ("Made at", on_its_clock(account, now))]


def on_its_clock(account: Account, moment: datetime) -> str:
    """RFC 3339 in the account's zone of that moment."""
    return rfc3339(moment.astimezone(ZoneInfo(account.zone_at(moment))))


class Keeping:
    """Lines on their way out: counted, hashed as CSV, and what they say kept for every later export."""

    def __init__(self, month_lines: Ledger, lines: int, progress: Progress) -> None:
        self.of, self.expected, self.progress = month_lines, lines, progress
        self.lines, self._digest = 0, hashlib.sha256()
        self._copy: IO[bytes] | None = None
        self._file: Path | None = None
        self._writer: Any = None

    def __enter__(self) -> Keeping:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._writer is None or self._file is None:
            return
        self._writer.close()
        if kind is not None:
            self._file.unlink(missing_ok=True)
            return
        with self._file.open("rb") as file:  # on disk before the store says so
            os.fsync(file.fileno())

    def copy_to(self, file: IO[bytes]) -> None:
        """The lines as CSV go there too."""
        self._copy = file

    def write(self, data: bytes) -> int:
        """Take a piece of the CSV."""
        self._digest.update(data)
        return self._copy.write(data) if self._copy else len(data)

    def batches(self) -> Iterator[pl.DataFrame]:
        """The lines (COLUMNS); each batch is hashed and kept as it is taken."""
        out = cast("IO[bytes]", self)
        export.write_csv(out, ledger.COLUMNS, [], {})
        for batch in self.of.batches():
            export.csv_rows(out, ledger.COLUMNS, batch)
            self._take(batch)
            self.lines += batch.height
            self.progress(min(self.lines / self.expected, 1.0) if self.expected else 1.0)
            yield batch.select(ledger.NAMES)

    def _take(self, batch: pl.DataFrame) -> None:
        new = batch.filter(~pl.col("is_kept")).select("position", pl.col("Campaign Name").alias("campaign_name"), "sub_account_id")
        if new.is_empty():
            return
        import pyarrow.parquet as pq

        table = new.select(pl.col(name).cast(kind) for name, kind in ledger.KEPT.items()).to_arrow(compat_level=pl.CompatLevel.oldest())
        if self._writer is None:
            self._file = self.of.folder / FOLDER / f"{self.of.name}-{token_hex(8)}.parquet"
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._writer = pq.ParquetWriter(self._file, table.schema, compression="zstd")
        self._writer.write_table(table)

    def keep(self, form: str, *, by: str, now: datetime) -> Export:
        """The record of what left; after the lines are all out."""
        of = self.of
        values = {"form": form, "exported_at": now, "exported_by": by, "snapshot_id": of.snapshot.snapshot_id, "position": of.snapshot.published.position,
                  "lines": self.lines, "sha256": self._digest.hexdigest(), "kept": self._file.name if self._file else None}
        with of.store.write() as connection:
            made = exports.add(connection, of.account.account_id, of.name, sub_accounts=of.sub_accounts, **values)
            said = {"month": of.name, "form": form, "sub_accounts": list(of.sub_accounts), "lines": self.lines, "sha256": values["sha256"]}
            audit.record(connection, audit.Entry(now, of.account.account_id, by, "mep.exported", of.name, said))
        return made
