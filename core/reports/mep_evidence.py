"""The evidence pack of a month: its lines, the entries they are counted from, what changed since the last export, and a script that counts again."""
from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast
from zipfile import ZIP_DEFLATED, ZipFile

import orjson
import polars as pl

from core.metrics import MEASURES, Query, answer, mep_entries, mep_forecast, mep_rules
from core.metrics import mep as ledger
from core.metrics.clock import rfc3339
from core.reports import export
from core.reports.mep_report import Keeping, Ledger, Progress, ledger_of, on_its_clock
from core.reports.summed import Summed
from core.store.mep import Export

if TYPE_CHECKING:
    from core.access.accounts import Account
    from core.metrics.mep_entries import Log
    from core.store import Store
    from core.warehouse.snapshots import Snapshot

SCRIPT = Path(__file__).parent / "count_again.py"
README = """MEP evidence pack of {account}, {month}

lines.csv        the lines of the report, as exported: one a monthly engaged person
entries.ndjson   every entry of the month in order of receipt: [position, person, entered at, received at, campaign, sub-account]
additions.csv    lines that came after the export before this one; that export's lines are among lines.csv unchanged
rules.csv        the six rules of counting, with the people of this month to whom each applies
pack.json        snapshot, zone and bounds of the month, earlier exports, numbers
count_again.py   plain Python without dependencies: counts lines.csv again from entries.ndjson
checksums.txt    SHA-256 of every file above

To count again:  python3 count_again.py THIS.zip, or python3 count_again.py in the folder where it was unpacked

What is counted: {definition}
{rules}
An entry is the first received journey.entered of a run. Per person and calendar month (of the time of the entry, in the account's zone) there is one line:
of the entry received first. Order of receipt is `position`, the place in the log. A line is never changed by what is received later.
Campaign Name: the journey's name in the newest catalog document that the log held before the line's record, else in the first one, else its id.
An erased person's id is a random token in every file; the lines are otherwise the same.
"""


def evidence_pack(store: Store, account: Account, snapshot: Snapshot, folder: Path, log: Log, month: date | str, sub_accounts: Sequence[str | None],
                  path: Path, *, by: str, now: datetime, progress: Progress = lambda share: None) -> Export:
    """Write the pack of a month as a zip file, whole or not at all, and keep that its lines left. `folder` and `log` are the account's."""
    month_lines = ledger_of(store, account, snapshot, folder, month, sub_accounts)
    lines = month_lines.about()
    with (Keeping(month_lines, lines, lambda share: progress(0.6 * share)) as keeping, export.replaced(path) as file,
          ZipFile(file, "w", ZIP_DEFLATED, compresslevel=3) as archive):
        pack = _Pack(archive)
        with pack.member("lines.csv") as out:
            keeping.copy_to(out)
            for _ in keeping.batches():
                pass
        entries = _entries(pack, month_lines, log, path.parent, progress)
        before = month_lines.last
        with pack.member("additions.csv") as out:
            added = _added(out, month_lines, before)
        with pack.member("rules.csv") as out:
            told = answer(snapshot, _asked(month_lines))
            export.write_csv(out, told.columns, [told.frame], {})
        pack.text("pack.json", json.dumps(_said(month_lines, keeping.lines, entries, added, now), indent=1, ensure_ascii=False))
        pack.text("count_again.py", SCRIPT.read_text(encoding="utf-8"))
        pack.text("README.txt", README.format(account=account.account_id, month=month_lines.name, definition=MEASURES["mep"].definition,
                                              rules="\n".join(f"- {rule.text}: {rule.each}" for rule in mep_rules.RULES)))
        archive.writestr("checksums.txt", "".join(f"{digest}  {name}\n" for name, digest in pack.sums.items()))
    progress(1.0)
    return keeping.keep("evidence", by=by, now=now)


class _Pack:
    """The members of the zip as they are written, each with its SHA-256."""

    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive
        self.sums: dict[str, str] = {}

    @contextmanager
    def member(self, name: str) -> Iterator[IO[bytes]]:
        with self._archive.open(name, "w", force_zip64=True) as out:
            summed = Summed(out)
            yield cast("IO[bytes]", summed)
        self.sums[name] = summed.digest.hexdigest()

    def text(self, name: str, text: str) -> None:
        with self.member(name) as out:
            out.write(text.encode())


def _entries(pack: _Pack, month_lines: Ledger, log: Log, spill: Path, progress: Progress) -> int:
    of_all = ledger.line_batches(month_lines.snapshot, month_lines.month, (), month_lines.kept)  # whoever else was first received decides too
    lines = pl.concat([batch.select("position", "sub_account_id") for batch in of_all])
    found = 0
    with pack.member("entries.ndjson") as out:
        for batch in mep_entries.entries(log, month_lines.snapshot, month_lines.month, lines, spill):
            out.write(b"".join(orjson.dumps(row) + b"\n" for row in batch.select(mep_entries.COLUMNS).iter_rows()))
            found += batch.height
            progress(0.6 + 0.3 * (found / (found + lines.height + 1)))
    return found


def _added(out: IO[bytes], month_lines: Ledger, before: Export | None) -> int | None:
    """The lines since the export before; None, and a header alone, where there was none."""
    if before is None:
        export.write_csv(out, ledger.COLUMNS, [], {})
        return None
    batches = [batch.select(ledger.NAMES) for batch in month_lines.batches(after=before.position)]
    export.write_csv(out, ledger.COLUMNS, batches, {})
    return sum(batch.height for batch in batches)


def _asked(month_lines: Ledger) -> Query:
    last = mep_forecast.following(month_lines.month) - timedelta(1)
    where = (("sub_account", month_lines.sub_accounts),) if month_lines.sub_accounts else ()
    return Query(("mep",), first=month_lines.month, last=last, where=where, answer="mep_rules")


def _said(month_lines: Ledger, lines: int, entries: int, added: int | None, now: datetime) -> dict[str, Any]:
    snapshot, account = month_lines.snapshot, month_lines.account
    start, end = mep_entries.month_bounds(snapshot.zones, month_lines.month)
    before = month_lines.last
    told: Callable[[Export], dict[str, Any]] = lambda one: {  # noqa: E731  # said twice below
        "ordinal": one.ordinal, "exported_at": on_its_clock(account, one.exported_at), "exported_by": one.exported_by, "form": one.form,
        "sub_accounts": list(one.sub_accounts), "lines": one.lines, "sha256_of_its_csv": one.sha256, "snapshot": one.snapshot_id, "position": one.position}
    return {
        "account": account.account_id, "month": month_lines.name, "month_start": rfc3339(start), "month_end": rfc3339(end),
        "zones": [[since and rfc3339(since), name] for since, name in snapshot.zones], "sub_accounts": list(month_lines.sub_accounts),
        "snapshot": snapshot.snapshot_id, "as_of": on_its_clock(account, snapshot.as_of), "position": snapshot.published.position,
        "made_at": on_its_clock(account, now), "lines": lines, "entries": entries, "additions": added,
        "export_before": told(before) if before else None, "its_lines_are_unchanged": _unchanged(month_lines, before),
        "exports": [told(one) for one in month_lines.exported],
    }


def _unchanged(month_lines: Ledger, before: Export | None) -> bool | None:
    """Whether the lines of the export before, told again, are the same bytes; an erased person's id makes them others. None: there was none."""
    if before is None:
        return None
    of = month_lines if before.sub_accounts == month_lines.sub_accounts else ledger_of(
        month_lines.store, month_lines.account, month_lines.snapshot, month_lines.folder, month_lines.month, before.sub_accounts)
    again = Summed()
    export.write_csv(cast("IO[bytes]", again), ledger.COLUMNS, (batch.select(ledger.NAMES) for batch in of.batches(upto=before.position)), {})
    return again.digest.hexdigest() == before.sha256
