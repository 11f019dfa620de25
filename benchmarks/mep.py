"""MEP at size: 10 M entries in one month. The ledger built, the questions of the page, and 1 M lines as CSV and Excel."""
import argparse
import gc
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.measuring import Claims, fresh, median, p95
from core.access.accounts import Account
from core.eventlog import SCHEMA, EventLog
from core.metrics import Query, answer
from core.metrics import mep as ledger
from core.reports.mep_report import write_mep
from core.store import open_store
from core.warehouse import full
from core.warehouse.build import build
from core.warehouse.snapshots import open_snapshot

FULL = 10_000_000
MONTHS = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))
JOURNEYS, SUB_ACCOUNTS, A_BATCH = 40, 5, 500_000
NOW = datetime(2026, 3, 24, 12, tzinfo=UTC)
ACCOUNT = Account("bench", ((None, "Europe/Rome"),), "EUR", "scale", None, False, None)


def frames(month: datetime, entries: int, people: int, first: int) -> Iterator[pl.DataFrame]:
    """Entries over the month, as the contract has them: some people come back, some are in several journeys."""
    span = int(min(timedelta(31), NOW - month).total_seconds()) - 7200
    for start in range(0, entries, A_BATCH):
        n = pl.int_range(start, min(start + A_BATCH, entries), eager=True).cast(pl.UInt64)
        mixed = n.hash(seed=month.month)
        begins = pl.Series([month]).dt.cast_time_unit("us").new_from_index(0, len(n))
        when = begins + (n * span // entries * 1_000_000).cast(pl.Duration("us"))
        columns = {
            "source": pl.Series(["bench"]).new_from_index(0, len(n)), "event_id": (n + first).cast(pl.String),
            "event_type": pl.Series(["journey.entered"]).new_from_index(0, len(n)), "occurred_at": when, "received_at": when + timedelta(minutes=1),
            "profile_id": "person-" + (mixed % people).cast(pl.String), "journey_id": "journey-" + (mixed // people % JOURNEYS).cast(pl.String),
            "entry_id": "e" + (n + first).cast(pl.String), "sub_account_id": "unit-" + (mixed // people // JOURNEYS % SUB_ACCOUNTS).cast(pl.String),
        }
        missing = [pl.lit(None, kind).alias(name) for name, kind in SCHEMA.items() if name not in columns and name != "is_machine"]
        yield pl.DataFrame(columns).with_columns(*missing, pl.lit(False).alias("is_machine")).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def filled(folder: Path, entries: int, people: int) -> int:
    """Two smaller months, so that there is a forecast and a comparison, and the full one."""
    log, first = EventLog(folder / "log"), 0
    for month, share in zip(MONTHS, (20, 20, 1), strict=True):
        log.append(frames(month, entries // share, people, first))
        first += entries // share
    return log.head().position


def built(folder: Path) -> dict[str, float]:
    """A full build; how long its steps of the ledger took, and all of it."""
    took: dict[str, float] = {}
    compute = full.compute

    def timed(works: Any) -> None:
        for name in ("step", "fill"):
            told = getattr(works, name)

            def clocked(table: str, told: Any = told) -> None:
                began = time.perf_counter()
                told(table)
                if table in ("run_base", "mep_entry", "mep", "mep_pair", "mep_engaged", "mep_kinds"):
                    took[table] = took.get(table, 0.0) + time.perf_counter() - began

            setattr(works, name, clocked)
        compute(works)

    vars(full)["compute"] = timed
    began = time.perf_counter()
    build(EventLog(folder / "log"), folder / "warehouse", zones=ACCOUNT.zones, currency="EUR", as_of=NOW, full=True)
    return {**took, "build": time.perf_counter() - began}


def asked(folder: Path) -> dict[str, tuple[float, list[float]]]:
    """By what is asked: milliseconds of the first answer of a snapshot, and of the ones after it."""
    march, february = (MONTHS[2].date(), MONTHS[2].date() + timedelta(30)), (MONTHS[1].date(), MONTHS[1].date() + timedelta(27))
    snapshot, found = open_snapshot(folder / "warehouse"), {}
    for where in ((), (("sub_account", ("unit-1",)),)):
        said = " of a sub-account" if where else ""
        questions = {"mep": Query(("mep",), (), *march, where=where), "by month": Query(("mep",), ("month",), MONTHS[0].date(), march[1], where=where)}
        questions |= {name: Query(("mep",), (), *march, where=where, answer=name)
                      for name in ("mep_by_day", "mep_forecast", "mep_forecast_before", "mep_journeys", "mep_rules")}
        questions["the month before"] = Query(("mep",), (), *february, where=where, answer="mep_by_day")
        for name, query in questions.items():
            times = []
            for _ in range(21):
                began = time.perf_counter()
                answer(snapshot, query)
                times.append(1000 * (time.perf_counter() - began))
            found[name + said] = (times[0], times[1:])
    snapshot.close()
    return found


def written(folder: Path, form: str, sub_accounts: tuple[str, ...]) -> int:
    """One report; gives its lines."""
    store = open_store(f"sqlite:///{folder / f'{form}.sqlite'}")
    snapshot = open_snapshot(folder / "warehouse")
    made = write_mep(store, ACCOUNT, snapshot, folder, MONTHS[2].date(), sub_accounts, folder / f"report.{form}", form, by="bench", now=NOW)
    snapshot.close()
    store.close()
    return made.lines


def prepared(folder: Path, form: str) -> None:
    """A new store with the account: what a report finds."""
    from core.access import accounts

    (folder / f"{form}.sqlite").unlink(missing_ok=True)
    store = open_store(f"sqlite:///{folder / f'{form}.sqlite'}")
    accounts.add(store, ACCOUNT, by="bench", now=NOW)
    store.close()


def naive(folder: Path) -> int:
    """Distinct people of the month, straight from the log."""
    segments = [segment.path for segment in EventLog(folder / "log").segments()]
    month = pl.col("occurred_at").dt.convert_time_zone("Europe/Rome").dt.strftime("%Y-%m") == f"{MONTHS[2]:%Y-%m}"
    return int(pl.scan_parquet(segments).filter(month).select(pl.col("profile_id").n_unique()).collect().item())


def main() -> int:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--entries", type=int, default=FULL, help=f"entries in the month (default {FULL:,})")
    reader.add_argument("--folder", type=Path, help="work here and leave it")
    chosen = reader.parse_args()
    claims, is_full = Claims(chosen.entries >= FULL), chosen.entries >= FULL
    work = chosen.folder or Path(tempfile.mkdtemp(prefix="journeys-bench-"))
    people = chosen.entries // 2
    try:
        if not (work / "log").exists():
            print(f"{fresh(filled, work, chosen.entries, people).value:,} events in the log", flush=True)
        made = fresh(built, work)
        steps = {name: seconds for name, seconds in made.value.items() if name != "build"}
        said = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in steps.items())
        print(f"full build {made.value['build']:.1f} s ({made.cpu_s:.1f} s of CPU), peak {made.peak_mib:,.0f} MiB; of it {said}", flush=True)
        claims.at_most("the ledger built", sum(steps.values()), 60, "s")
        claims.equal("people of the month, naively = lines", fresh(naive, work).value, fresh(counted, work).value)
        answers = fresh(asked, work).value
        for name, (first, times) in answers.items():
            print(f"  {name}: first {first:,.0f} ms, then median {median(times):.2f}, p95 {p95(times):.2f} ms", flush=True)
        claims.at_most("questions of the page, p95", p95([one for _, times in answers.values() for one in times]), 10, "ms")
        gc.collect()
        # a fifth of the people of the full month are one million lines
        for form, seconds, mib in (("csv", 10, 300), ("xlsx", 90, 500)):
            fresh(prepared, work, form)
            for again in (False, True)[: 2 if form == "csv" else 1]:  # the second time each line is told as it was exported
                report = fresh(written, work, form, ("unit-1",) if is_full else ())
                name = f"{form}, exported again" if again else form
                print(f"{name}: {report.value:,} lines in {report.seconds:.1f} s ({report.cpu_s:.1f} s of CPU), peak {report.peak_mib:,.0f} MiB", flush=True)
                claims.at_most(f"a million lines as {name}", report.seconds / (report.value / 1_000_000), seconds, "s")
                claims.at_most("its memory", report.peak_mib * 1.048576, mib, "MB")
    finally:
        if chosen.folder is None:
            shutil.rmtree(work)
    return claims.exit_code()


def counted(folder: Path) -> int:
    """Lines of the month in the snapshot."""
    snapshot = open_snapshot(folder / "warehouse")
    lines, _ = ledger.count(snapshot, MONTHS[2].date())
    snapshot.close()
    return lines


if __name__ == "__main__":
    sys.exit(main())
