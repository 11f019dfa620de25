"""A year of events: ingest, full build, a refresh with the newest 1 %, the page's queries, unique counts by rollup and by COUNT(DISTINCT)."""
import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks import big_world, page_queries
from benchmarks.big_world import END, JOURNEYS
from benchmarks.measuring import Claims, Measured, fresh, median, p95, times_of
from benchmarks.served import journeys
from core.eventlog import EventLog
from core.metrics import Query, answer, held
from core.metrics.answering import counted
from core.metrics.rules import settled
from core.metrics.series import series_of
from core.metrics.sql import sql_for
from core.sources.ingest import ingest
from core.warehouse.build import build
from core.warehouse.snapshots import open_snapshot

ACCOUNT, USER = "big", "ana"
FULL_SIZE = 20_000_000
ZONES = ((None, "Europe/Zagreb"),)
LAST = END.date() - timedelta(days=1)
YEAR = (LAST - timedelta(days=364), LAST)
# A range in days, a basis, a comparison: what a reader of the page chooses.
CHOICES = ((30, "entered", "previous"), (30, "happened", "previous"), (90, "entered", "weekdays"), (365, "entered", "previous"), (365, "happened", "previous"))
PEOPLE = ("profiles_in_journey", "profiles_exited", "active_profiles", "goal_performers", "profiles_messaged", "profiles_viewing")


def generate(folder: Path, events: int) -> tuple[list[Path], list[Path]]:
    made = big_world.world(events)
    return big_world.write(made.bulk, folder, "bulk"), big_world.write(made.newest, folder, "newest")


def take(log: Path, files: Sequence[Path]) -> dict[str, Any]:
    summary: dict[str, Any] = ingest(EventLog(log), files, account_id=ACCOUNT, source=None, time_zone=None, mapping=None, now=END).document()
    return summary


def put_catalog(log: Path) -> None:
    EventLog(log).put_documents(big_world.documents(), replace=False, now=END)


def make_snapshot(log: Path, warehouse: Path, full: bool) -> dict[str, Any]:
    built = build(EventLog(log), warehouse, zones=ZONES, currency="EUR", as_of=END, full=full, attributes=big_world.ATTRIBUTES)
    return {"full": built.full, "events": built.events, "runs": built.runs, "orphans": built.orphans}


def table_sums(warehouse: Path) -> dict[str, tuple[int, str]]:
    """Of every table but `build`: rows, and a sum over all of them that does not mind their order.

    What `reach_cells` and `reach_series` say is the view `reach`; their series_key numbers series in the order in which a build met them.
    """
    snapshot = open_snapshot(warehouse)
    tables = snapshot.sql("SELECT table_name FROM information_schema.tables WHERE table_name NOT IN ('build', 'reach_cells', 'reach_series') ORDER BY 1")
    sums = {name: snapshot.sql(f'SELECT count(*) AS n, coalesce(bit_xor(hash(t)), 0)::VARCHAR AS x FROM "{name}" AS t').row(0) for name in tables["table_name"]}
    snapshot.close()
    return sums


def addresses() -> list[str]:
    """Ways to look at the page: two journeys, five ranges."""
    ranges = [f"from={LAST - timedelta(days=days - 1)}&to={LAST}&basis={basis}&compare={compare}" for days, basis, compare in CHOICES]
    return [f"journey={journey}&{chosen}" for journey in (JOURNEYS[0], JOURNEYS[4]) for chosen in ranges]


def page_times(warehouse: Path, asked: Mapping[str, Sequence[Query]], repeats: int) -> tuple[dict[str, list[float]], list[float], list[float]]:
    """Milliseconds by question, of every SELECT among them, and of each question's first asking, in which a journey's rows are read into memory.

    Each repeat asks of a range that was not asked of before, so no answer is known.
    """
    snapshot = open_snapshot(warehouse)
    taken: dict[str, list[float]] = {}
    selects: list[float] = []
    firsts: list[float] = []
    plain = snapshot.sql

    def timed(sql: str, params: Sequence[Any] = ()) -> pl.DataFrame:
        began = time.perf_counter()
        frame = plain(sql, params)
        selects.append((time.perf_counter() - began) * 1000)
        return frame

    vars(snapshot)["sql"] = timed
    for queries in asked.values():
        before = len(selects)
        for back in range(repeats + 1):
            for query in queries:
                moved = replace(query, first=query.first and query.first - timedelta(days=back), last=query.last and query.last - timedelta(days=back))
                began = time.perf_counter()
                answer(snapshot, moved)
                of_kind = taken.setdefault(label(query), []) if back else firsts  # the first of each kind reads from disk
                of_kind.append((time.perf_counter() - began) * 1000)
            if not back:
                del selects[before:]
    snapshot.close()
    return taken, selects, firsts


def label(query: Query) -> str:
    days = (query.last - query.first).days + 1 if query.first and query.last else 0
    more = f" and {len(query.measures) - 1} more" if len(query.measures) > 1 else ""
    compared = ", compared" if query.compare else ""
    return f"{query.measures[0]}{more}{f' by {chr(44).join(query.dimensions)}' if query.dimensions else ''}, {days} days, {query.basis}{compared}"


def unique_times(warehouse: Path, repeats: int) -> list[tuple[str, float, float, float, bool]]:
    """A year's people: (what, ms as the product counts them, ms of its SQL over the rollup, ms of COUNT(DISTINCT) over the facts, equal?).

    A server has held its rollups since the first questions of a snapshot; which days are asked makes no difference to it.
    """
    snapshot = open_snapshot(warehouse)
    began = time.perf_counter()
    held.read(snapshot)
    print(f"rollups read into memory in {(time.perf_counter() - began) * 1000:.0f} ms")
    for _ in range(held.WORTH):
        answer(snapshot, Query(("entries",)))
    year = Query(("profiles_in_journey",), first=YEAR[0], last=YEAR[1])
    ten = tuple(answer(snapshot, Query(("entries",), ("journey",), order="-entries", limit=10)).frame["journey"])
    marks = ", ".join("?" * len(ten))
    rows = []
    for what, query, by, where, params, group in (
        ("account", year, "", "", (), ""),
        ("one journey", year.filtered("journey", JOURNEYS[0]), "", " AND journey_id = ?", (JOURNEYS[0],), ""),
        ("top 10 journeys", year.asking("profiles_in_journey", by=("journey",)).filtered("journey", *ten), "journey_id AS journey, ",
         f" AND journey_id IN ({marks})", ten, " GROUP BY journey_id ORDER BY journey_id"),
    ):
        facts = f"SELECT {by}count(DISTINCT profile_key) AS profiles_in_journey FROM runs WHERE run_day BETWEEN ? AND ?{where}{group}"
        ours, rollup, theirs = (partial(counted, snapshot, settled(query)), partial(snapshot.sql, *sql_for(settled(query), series=series_of(snapshot))),
                                partial(snapshot.sql, facts, (*YEAR, *params)))
        times = [median(times_of(way, repeats)) for way in (ours, rollup, theirs)]
        rows.append((what, times[0], times[1], times[2], ours().equals(theirs()) and rollup().equals(theirs())))
    snapshot.close()
    return rows


def people_differences(warehouse: Path) -> list[str]:
    """Every people measure, by month and in total, from the rollup and from the facts: the questions whose answers differ."""
    snapshot = open_snapshot(warehouse)
    questions = [Query((name,), by, *days, basis, where) for name in PEOPLE for by in ((), ("month",)) for days in (YEAR, (LAST - timedelta(days=89), LAST))
                 for basis in ("entered", "happened") for where in ((), (("journey", (JOURNEYS[1],)),))]
    differs = [str(query.document()) for query in questions if not answer(snapshot, query).frame.equals(answer(snapshot, query, force_facts=True).frame)]
    snapshot.close()
    return differs


def main() -> int:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--events", type=int, default=2_000_000, help=f"how many (default 2,000,000; the claims are made at {FULL_SIZE:,})")
    reader.add_argument("--repeats", type=int, default=20, help="of each query")
    reader.add_argument("--keep", type=Path, help="work in this folder, which is a data directory afterwards, and leave it (then: page_rerun --data-dir)")
    reader.add_argument("--only-read", action="store_true", help="ask what an earlier run left in --keep, and write nothing")
    chosen = reader.parse_args()
    work = chosen.keep or Path(tempfile.mkdtemp(prefix="journeys-bench-"))
    work.mkdir(parents=True, exist_ok=True)
    claims = Claims(are_meant=chosen.events >= FULL_SIZE)
    try:
        if not chosen.only_read:
            write(claims, account(work), work / "again", chosen.events)
        read(claims, work, work / "accounts" / ACCOUNT / "warehouse", chosen.repeats)
    finally:
        if not chosen.keep:
            shutil.rmtree(work)
    return claims.exit_code()


def account(data_dir: Path) -> Path:
    """Makes the account, with a user, and gives its folder."""
    journeys(data_dir, "account", "add", ACCOUNT, "--time-zone", ZONES[0][1], "--package", "scale", "--advanced-analytics", "on",
             "--attributes", ",".join(big_world.ATTRIBUTES))
    journeys(data_dir, "terms", "accept", "--account", ACCOUNT, "--by", USER)
    journeys(data_dir, "user", "add", USER, "--account", ACCOUNT, "--role", "admin", said="correct horse battery staple\n")
    return data_dir / "accounts" / ACCOUNT


def write(claims: Claims, folder: Path, again: Path, events: int) -> None:
    """Ingest, build in full, ingest the newest 1 %, refresh; the same log built in full again, in `again`, must give the same tables."""
    log, warehouse = folder / "log", folder / "warehouse"
    with tempfile.TemporaryDirectory(prefix="journeys-bench-", dir=again.parent) as files:
        bulk, newest = fresh(generate, Path(files), events).value
        put_catalog(log)
        say("ingest", fresh(take, log, bulk))
        say("full build of 99 %", fresh(make_snapshot, log, warehouse, True))
        say("ingest of the newest 1 %", fresh(take, log, newest))
    refresh = fresh(make_snapshot, log, warehouse, False)
    say("refresh", refresh)
    whole = fresh(make_snapshot, log, again, True)
    say("full build", whole)
    claims.at_most("full build", whole.seconds, 180, "s")
    claims.at_most("its memory", whole.peak_mib / 1024, 8, "GiB")
    claims.at_most("refresh, of the full build", refresh.seconds / whole.seconds * 100, 12, "%")
    claims.at_most("the same by CPU", refresh.cpu_s / whole.cpu_s * 100, 12, "%")
    claims.equal("the refresh was an increment", refresh.value["full"], False)
    one, other = fresh(table_sums, warehouse).value, fresh(table_sums, again).value
    for table in sorted({*one, *other}):
        claims.equal(f"{table} ({one.get(table, (0,))[0]:,} rows)", one.get(table), other.get(table))
    shutil.rmtree(again)


def say(what: str, measured: Measured) -> None:
    print(f"{what}: {measured.seconds:,.2f} s ({measured.cpu_s:,.1f} s of CPU), peak {measured.peak_mib:,.0f} MiB; {measured.value}", flush=True)


def read(claims: Claims, data_dir: Path, warehouse: Path, repeats: int) -> None:
    """The page's own questions, and people by rollup against people counted."""
    asked = fresh(page_queries.asked, data_dir, USER, addresses()).value
    taken = fresh(page_times, warehouse, asked, repeats)
    questions, selects, firsts = taken.value
    slowest = sorted(questions.items(), key=lambda item: -p95(item[1]))
    print(f"{len(slowest)} questions behind the page, {repeats} times each and more (peak {taken.peak_mib:,.0f} MiB); the slowest:", flush=True)
    for what, times in slowest[:15]:
        print(f"    median {median(times):6.1f} ms, p95 {p95(times):6.1f} ms  {what}")
    claims.at_most("the slowest question, p95", p95(slowest[0][1]), 10, "ms")
    everything = [taken_ms for times in questions.values() for taken_ms in times]
    print(f"    all questions: median {median(everything):.1f} ms, p95 {p95(everything):.1f} ms; {len(selects)} SELECTs of {len(everything)} questions: "
          f"median {median(selects or [0]):.1f} ms, p95 {p95(selects or [0]):.1f} ms; asked for the first time: median {median(firsts):.1f} ms, "
          f"p95 {p95(firsts):.1f} ms, the slowest {max(firsts):.1f} ms")
    claims.at_most("all questions, p95", p95(everything), 10, "ms")
    for (what, quick, sql, slow, same), factor in zip(fresh(unique_times, warehouse, repeats).value, (30, 10, 100), strict=True):
        print(f"a year's people, {what}: {quick:.2f} ms ({sql:.2f} ms by SQL over the rollup), {slow:.1f} ms by COUNT(DISTINCT)")
        claims.at_least(f"times faster, {what}", slow / quick, factor, "×")
        claims.equal(f"people of the year, {what}", same, True)
    claims.equal("every people measure, by rollup and from the facts", fresh(people_differences, warehouse).value, [])


if __name__ == "__main__":
    sys.exit(main())
