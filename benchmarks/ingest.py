"""Ingest: records a second by format; and the id index: known ids found by it, and by joining the log's Parquet files."""
import argparse
import gzip
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl

from benchmarks import big_world
from benchmarks.big_world import END
from benchmarks.measuring import Claims, fresh, median, times_of
from core.eventlog import SCHEMA, EventLog
from core.eventlog.hashes import identity_hashes
from core.eventlog.identities import Known
from core.sources.ingest import ingest

LOOKED_UP = (100, 200_000)


def as_ndjson(frame: pl.DataFrame, file: Path) -> None:
    """Lines as a platform writes them: what is not there is not written."""
    lines = frame.select(line=pl.struct(pl.all()).struct.json_encode())["line"].str.replace_all(r'"[a-z_]+":null,|,"[a-z_]+":null', "")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def as_text(frame: pl.DataFrame) -> pl.DataFrame:
    """Times as RFC 3339, decimals as text."""
    times = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Datetime)]
    amounts = [name for name, kind in frame.schema.items() if isinstance(kind, pl.Decimal)]
    return frame.with_columns(pl.col(times).dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ"), pl.col(amounts).cast(pl.String))


def zipped(file: Path) -> Path:
    target = file.with_name(file.name + ".gz")
    with file.open("rb") as plain, gzip.open(target, "wb", compresslevel=3) as packed:
        shutil.copyfileobj(plain, packed)
    return target


def files(folder: Path, records: int) -> list[Path]:
    """The same events in every format."""
    frame = big_world.rendered(big_world.world(records).bulk)
    text = as_text(frame)
    as_ndjson(text, folder / "events.ndjson")
    text.write_csv(folder / "events.csv")
    frame.write_parquet(folder / "events.parquet")
    plain = [folder / f"events.{kind}" for kind in ("ndjson", "csv", "parquet")]
    return [*plain, *(zipped(file) for file in plain[:2])]


def take(log: Path, file: Path) -> dict[str, Any]:
    return ingest(EventLog(log), [file], account_id="big", source=None, time_zone=None, mapping=None, now=END).document()


def look_up(log: Path, count: int) -> dict[str, tuple[float, int]]:
    """Way of looking → (median ms, ids found), for `count` ids that are known and as many that are not."""
    manifest = EventLog(log).manifest()
    paths = [str(segment.path) for segment in manifest.segments]
    with duckdb.connect() as connection:
        known = connection.sql("SELECT source, event_id FROM read_parquet(?) ORDER BY hash(event_id) LIMIT ?", params=[paths, count]).pl()
        asked = pl.concat([known, known.with_columns(event_id=pl.lit("not-") + pl.col("event_id"))])
        connection.register("asked", asked.to_arrow())
        whole = connection.sql("SELECT record.* EXCLUDE (position) FROM read_parquet(?) AS record SEMI JOIN asked USING (source, event_id)",
                               params=[paths]).pl().cast(SCHEMA)
        hashes = np.sort(identity_hashes(asked))
        index = Known.of(manifest)
        ways: dict[str, Callable[[], int]] = {
            "hashes in the memory-mapped index": lambda: sum(len(part.hits(hashes)[0]) for _, part in index.parts),
            "repeats decided, each hit read and compared": lambda: int(Known.of(manifest).decide(whole).repeated),
            "joining the Parquet files": lambda: int(connection.execute(
                "SELECT count(*) FROM read_parquet(?) SEMI JOIN asked USING (source, event_id)", [paths]).fetchall()[0][0]),
        }
        return {what: (median(times_of(way, 5)), way()) for what, way in ways.items()}


def main() -> int:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--records", type=int, default=200_000, help="in each file (default 200,000)")
    reader.add_argument("--indexed", type=int, default=1_000_000, help="events in the log whose index is asked (default 1,000,000; the design says 20,000,000)")
    chosen = reader.parse_args()
    work = Path(tempfile.mkdtemp(prefix="journeys-bench-"))
    claims = Claims()
    try:
        for file in files(work, chosen.records):
            taken = fresh(take, work / f"log-{file.name}", file)
            print(f"{file.name}: {taken.value['records'] / taken.seconds:,.0f} records a second ({taken.value['records'] / taken.cpu_s:,.0f} a second of CPU), "
                  f"{file.stat().st_size / 2**20:,.0f} MiB, peak {taken.peak_mib:,.0f} MiB", flush=True)
            claims.equal(f"all of {file.name} accepted", taken.value["accepted"], taken.value["records"])
        made = big_world.world(chosen.indexed)
        ingest(EventLog(work / "log"), big_world.write(made.bulk, work, "bulk"), account_id="big", source=None, time_zone=None, mapping=None, now=END)
        for count in LOOKED_UP:
            found = fresh(look_up, work / "log", count).value
            print(f"{count:,} known ids among {len(made.bulk):,} events:")
            for what, (taken_ms, _) in found.items():
                print(f"    {what}: {taken_ms:,.2f} ms", flush=True)
            claims.equal(f"all ways find {count:,}", {number for _, number in found.values()}, {count})
    finally:
        shutil.rmtree(work)
    return claims.exit_code()


if __name__ == "__main__":
    sys.exit(main())
