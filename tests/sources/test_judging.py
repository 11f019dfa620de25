"""What is judged by column is judged as the exact judge would."""

import csv
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as some

from core.contract import Given
from core.contract.objects import dumps
from core.eventlog.records import SCHEMA
from core.sources.judging import exactly, judged
from core.sources.mapping import Mapping
from core.sources.mapping_file import mapping_of
from core.sources.reading import Chunk
from core.sources.reading.delimited import csv_chunks
from core.sources.reading.ndjson import chunk_of_lines
from core.sources.reading.parquet import parquet_chunks
from tests.sources.records import GIVEN, NOW, json_records, text_records

IN_ROME = Given(NOW, "acme", source="given", zone=ZoneInfo("Europe/Rome"))
SOME_GIVEN = some.sampled_from([GIVEN, IN_ROME])


def as_exact(chunk: Chunk, mapping: Mapping | None, given: Given) -> None:
    quick, exact = judged(chunk, mapping, given), exactly(chunk, mapping, given, np.arange(len(chunk)))
    assert quick.refused == exact.refused
    assert quick.accepted.rows() == exact.accepted.drop("row").rows()
    assert quick.accepted.schema == pl.Schema(SCHEMA)
    assert quick.skipped == exact.skipped


@given(some.lists(json_records(), min_size=1, max_size=8), SOME_GIVEN)
@settings(max_examples=300, deadline=None)
def test_json_is_judged_by_column_as_record_by_record(records, given):
    lines = [dumps(record).encode() for record in records]
    as_exact(chunk_of_lines("f", range(len(lines)), lines), None, given)


def csv_file(folder: str, records: list[dict[str, str]]) -> Path:
    path = Path(folder) / "f.csv"
    header = list(dict.fromkeys(key for record in records for key in record))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows([record.get(key, "") for key in header] for record in records)
    return path


@given(some.lists(text_records(), min_size=1, max_size=8), SOME_GIVEN)
@settings(max_examples=300, deadline=None)
def test_csv_is_judged_by_column_as_record_by_record(records, given):
    with TemporaryDirectory() as folder:
        for chunk in csv_chunks(csv_file(folder, records)):
            as_exact(chunk, None, given)


MAPPED = mapping_of(
    {
        "columns": {"event_id": "{event_id}-{x}", "source": "source", "occurred_at": "occurred_at", "status": "x", "name": None},
        "constants": {"channel": "sms"},
        "rules": [
            {"when": {"event_type": "journey.entered"}, "set": {"profile_id": "{source}/{y}", "entry_id": "{x}"}},
            {"when": {"event_type": ["journey.exited", "call.started"], "x": None}, "skip": "true"},
            {"when": {"event_type": ["message.sent", "journey.exited"]}, "set": {"cost_amount": "{cost_amount}", "cost_currency": "EUR"}},
        ],
    }
)


@given(some.lists(text_records(), min_size=1, max_size=8), SOME_GIVEN)
@settings(max_examples=200, deadline=None)
def test_a_mapping_is_applied_by_column_as_record_by_record(records, given):
    with TemporaryDirectory() as folder:
        for chunk in csv_chunks(csv_file(folder, records)):
            as_exact(chunk, MAPPED, given)


CELLS = {
    pl.Int64(): some.integers(-(2**63), 2**63 - 1) | some.integers(-2, 2),
    pl.UInt64(): some.integers(0, 2**64 - 1),
    pl.Int8(): some.integers(-3, 3),
    pl.Float64(): some.floats() | some.sampled_from([0.1, 1.5, -0.0, 1e16, 1e-7]),
    pl.Float32(): some.floats(width=32),
    pl.Boolean(): some.booleans(),
    pl.String(): some.sampled_from(["", "a", "1.5", "true", "2026-01-05T10:00:00Z", "2026-01-05T10:00:00", "eur", '{"a":1}', "0", "s\u00e9"]),
    pl.Datetime("ns", "UTC"): some.integers(-(10**18), 2 * 10**18),
    pl.Datetime("us", "UTC"): some.integers(1_600_000_000_000_000, 1_800_000_000_000_000),
    pl.Datetime("ms"): some.integers(-(10**12), 4 * 10**14),
    pl.Datetime("us"): some.integers(0, 2 * 10**15),
    pl.Date(): some.integers(0, 20_000),
    pl.Decimal(20, 7): some.decimals(-(10**11), 10**11, places=7),
    pl.Decimal(12, 2): some.decimals(-(10**6), 10**6, places=2),
    pl.List(pl.Int64()): some.lists(some.integers(0, 3), max_size=2),
    pl.Binary(): some.binary(max_size=3),
}
ROW_COUNT = 3


@some.composite
def parquet_tables(draw):
    base = {
        "source": "s",
        "event_id": "1",
        "event_type": draw(some.sampled_from(["journey.entered", "message.sent"])),
        "occurred_at": "2026-01-05T10:00:00Z",
        "journey_id": "cart",
        "profile_id": "p1",
    }
    table = pl.DataFrame({column: [value] * ROW_COUNT for column, value in base.items()})
    columns = some.sampled_from(
        [
            "event_id",
            "occurred_at",
            "received_at",
            "journey_version",
            "channel",
            "is_machine",
            "cost_amount",
            "cost_currency",
            "duration_s",
            "attributes",
            "x",
            "^y$",
            "profile_id",
        ]
    )
    for column in draw(some.lists(columns, min_size=1, max_size=4, unique=True)):
        kind = draw(some.sampled_from(list(CELLS)))
        cells = draw(some.lists(CELLS[kind] | some.none(), min_size=ROW_COUNT, max_size=ROW_COUNT))
        table = table.with_columns(pl.Series(column, cells, dtype=pl.Int64() if kind.is_temporal() else kind, strict=False).cast(kind).alias(column))
    return table


@given(parquet_tables(), SOME_GIVEN)
@settings(max_examples=400, deadline=None)
def test_parquet_is_judged_by_column_as_record_by_record(table, given):
    with TemporaryDirectory() as folder:
        table.write_parquet(Path(folder) / "f.parquet")
        for chunk in parquet_chunks(Path(folder) / "f.parquet"):
            as_exact(chunk, None, given)


@given(parquet_tables(), SOME_GIVEN)
@settings(max_examples=150, deadline=None)
def test_a_mapping_of_parquet_is_applied_by_column_as_record_by_record(table, given):
    with TemporaryDirectory() as folder:
        table.write_parquet(Path(folder) / "f.parquet")
        for chunk in parquet_chunks(Path(folder) / "f.parquet"):
            as_exact(chunk, MAPPED, given)
