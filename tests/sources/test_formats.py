"""Every format is read as the same records."""

import gzip
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import orjson
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.sources.reading import Unreadable
from tests.eventlog.records import held
from tests.sources.files import HEADER, file, take
from tests.sources.records import ENTERED

EVERY = {
    "source": "s",
    "event_id": "1",
    "event_type": "message.sent",
    "occurred_at": "2026-01-05T10:00:00.25Z",
    "received_at": "2026-01-06T10:00:00Z",
    "account_id": "acme",
    "profile_id": 'p,"1"\n\u00e9',
    "journey_id": "cart",
    "journey_version": "2",
    "channel": "sms",
    "is_machine": "true",
    "cost_amount": "1.5",
    "cost_currency": "eur",
    "duration_s": "2.5",
    "attributes": '{"a": [1.50]}',
    "x": "y",
}
READ = (
    "s",
    "1",
    "message.sent",
    datetime(2026, 1, 5, 10, 0, 0, 250_000, tzinfo=UTC),
    'p,"1"\n\u00e9',
    2,
    "SMS",
    True,
    "1.500000",
    "EUR",
    2.5,
    '{"x":"y","a":[1.50]}',
)
COLUMNS = (
    "source",
    "event_id",
    "event_type",
    "occurred_at",
    "profile_id",
    "journey_version",
    "channel",
    "is_machine",
    "cost_amount",
    "cost_currency",
    "duration_s",
    "attributes",
)


def as_json(folder: Path) -> Path:
    return file(folder, "f.jsonl", [{**EVERY, "attributes": {"a": [1.5]}}])


def as_csv(folder: Path) -> Path:
    quoted = ",".join('"' + value.replace('"', '""') + '"' for value in EVERY.values())
    return file(folder, "f.csv", f"\ufeff{','.join(EVERY)}\r\n\r\n{quoted}\r\n")


def as_parquet(folder: Path) -> Path:
    columns = {
        **{name: pa.array([value]) for name, value in EVERY.items()},
        "occurred_at": pa.array([1767607200_250_000_999], pa.timestamp("ns", "Europe/Rome")),
        "journey_version": pa.array([2], pa.int32()),
        "is_machine": pa.array([True]),
        "cost_amount": pa.array([1.5]),
        "duration_s": pa.array([2.5]),
        "channel": pa.array(["sms"]).dictionary_encode(),
        "event_id": pa.array([1], pa.uint8()),
    }
    pq.write_table(pa.table(columns), folder / "f.parquet")
    return folder / "f.parquet"


def as_xlsx(folder: Path) -> Path:
    book = openpyxl.Workbook()
    book.active.append(["", *EVERY][1:])
    book.active.append([])
    book.active.append(
        [{"event_id": 1, "journey_version": 2, "is_machine": True, "cost_amount": 1.5, "duration_s": 2.5}.get(name, value) for name, value in EVERY.items()]
    )
    book.save(folder / "f.xlsx")
    return folder / "f.xlsx"


def packed(path: Path) -> Path:
    target = path.with_name(path.name + ".gz")
    target.write_bytes(gzip.compress(path.read_bytes(), mtime=0))
    return target


@pytest.mark.parametrize("made", [as_json, as_csv, as_parquet, as_xlsx, lambda folder: packed(as_json(folder)), lambda folder: packed(as_csv(folder))])
def test_every_format_is_read_as_the_same_record(log, tmp_path, made):
    assert take(log, made(tmp_path)).document()["reasons"] == {}
    (row,) = held(log, *COLUMNS)
    read = tuple(str(value) if name == "cost_amount" else value for name, value in zip(COLUMNS, row, strict=True))
    assert read[:-1] == READ[:-1]
    assert orjson.loads(row[-1]) == orjson.loads(READ[-1])


def test_an_excel_time_is_naive(log, tmp_path):
    book = openpyxl.Workbook()
    for row in (HEADER.split(","), ["s", "1", "journey.entered", datetime(2026, 1, 5, 10), "cart", 0.5]):  # noqa: DTZ001
        book.active.append(row)
    book.save(tmp_path / "f.xlsx")
    assert take(log, tmp_path / "f.xlsx").reasons == {"naive occurred_at": 1}
    assert take(log, tmp_path / "f.xlsx", time_zone="Europe/Rome").accepted == 1
    assert held(log, "occurred_at", "profile_id") == [(datetime(2026, 1, 5, 9, tzinfo=UTC), "0.5")]


def test_numbers_keep_their_literal_in_text_and_attributes(log, tmp_path):
    take(
        log,
        file(
            tmp_path,
            "f.ndjson",
            [
                b'{"source":"s","event_id":1.50,"event_type":"journey.entered","occurred_at":"2026-01-05T10:00:00Z","journey_id":9007199254740993,'
                b'"profile_id":123456789012345678901234567890,"n":1.50,"attributes":{"big":12345678901234567890123}}'
            ],
        ),
    )
    assert held(log, "event_id", "journey_id", "profile_id", "attributes") == [
        ("1.50", "9007199254740993", "123456789012345678901234567890", '{"n":1.50,"big":12345678901234567890123}')
    ]


def test_parquet_types_that_a_column_cannot_have(log, tmp_path):
    base = pl.DataFrame([ENTERED])
    other = {
        "profile_id": (1.0, "bad profile_id"),
        "event_id": (True, "bad event_id"),
        "entry_id": (b"e", "bad entry_id"),
        "status": (["a"], "bad status"),
        "occurred_at": (datetime(2026, 1, 5), "naive occurred_at"),  # noqa: DTZ001
        "cost_amount": (float("nan"), "bad cost_amount"),
        "received_at": (5, "bad received_at"),
        "attributes": ("[]", "bad attributes"),
    }
    for place, (column, (value, reason)) in enumerate(other.items()):
        base.with_columns(pl.Series(column, [value])).write_parquet(tmp_path / f"{place}.parquet")
        assert take(log, tmp_path / f"{place}.parquet").reasons == {reason: 1}
    base.with_columns(pl.Series("occurred_at", [datetime(2026, 1, 5).date()])).write_parquet(tmp_path / "day.parquet")  # noqa: DTZ001
    assert take(log, tmp_path / "day.parquet").reasons == {"bad occurred_at": 1}


def test_parquet_columns_that_are_none_of_ours_become_json(log, tmp_path):
    extra = pl.DataFrame(
        {
            "whole": [7],
            "real": [0.5],
            "flag": [True],
            "none": [float("nan")],
            "list": [[1, 2]],
            "day": [datetime(2026, 1, 5).date()],  # noqa: DTZ001
            "^odd$": ['\u00e9"'],
            "raw": [b"\x00"],
        }
    )
    pl.DataFrame([ENTERED]).hstack(extra).write_parquet(tmp_path / "f.parquet")
    take(log, tmp_path / "f.parquet")
    ((attributes,),) = held(log, "attributes")
    assert orjson.loads(attributes) == {"whole": 7, "real": 0.5, "flag": True, "list": [1, 2], "day": "2026-01-05", "^odd$": '\u00e9"', "raw": "AA=="}


def test_a_file_with_a_header_alone_has_no_records(log, tmp_path):
    pl.DataFrame([ENTERED]).clear().write_parquet(tmp_path / "f.parquet")
    assert take(log, file(tmp_path, "f.csv", HEADER), tmp_path / "f.parquet").document() == {
        "records": 0,
        "accepted": 0,
        "repeated": 0,
        "conflicts": 0,
        "rejected": 0,
        "skipped": 0,
        "reasons": {},
        "rejected_file": None,
    }


FAR_MS = pa.array([2**62], pa.timestamp("ms", "UTC"))  # in microseconds it would wrap around to 1970


@pytest.mark.parametrize(
    ("column", "cells", "reason"),
    [
        ("occurred_at", FAR_MS, "bad occurred_at"),
        ("occurred_at", pa.array([2**30], pa.int32()).cast(pa.date32()), "bad occurred_at"),
        ("x", FAR_MS, "bad attributes"),
        ("x", pa.array([[None, 2**62]], pa.list_(pa.timestamp("us"))), "bad attributes"),
        ("x", pa.array([[("k", {"at": 2**62})]], pa.map_(pa.string(), pa.struct([("at", pa.timestamp("us"))]))), "bad attributes"),
    ],
)
def test_a_parquet_time_outside_the_calendar_spoils_its_row_alone(log, tmp_path, column, cells, reason):
    bad = pa.table({name: [value] for name, value in ENTERED.items()} | {column: cells, "event_id": ["2"]})
    good = pa.table({name: [value] for name, value in ENTERED.items()} | {"x": pa.nulls(1, cells.type)})
    pq.write_table(bad, tmp_path / "f.parquet") if column != "x" else pq.write_table(pa.concat_tables([bad, good]), tmp_path / "f.parquet")
    summary = take(log, tmp_path / "f.parquet")
    assert (summary.accepted, summary.reasons) == (int(column == "x"), {reason: 1})


def test_parquet_types_that_polars_does_not_have(log, tmp_path):
    wide = pa.array([Decimal("1.5")], pa.decimal256(50, 7))
    whole = {name: [value] for name, value in ENTERED.items()} | {"cost_amount": wide, "x": pa.array([[(7, 1)]], pa.map_(pa.int64(), pa.int64()))}
    pq.write_table(pa.table(whole), tmp_path / "f.parquet")
    take(log, tmp_path / "f.parquet")
    assert held(log, "cost_amount", "attributes") == [(Decimal("1.500000"), '{"x":{"7":1}}')]
    pq.write_table(pa.table(whole | {"x": pa.array([[Decimal("1.5")]], pa.list_(pa.decimal256(50, 7)))}), tmp_path / "f.parquet")
    with pytest.raises(Unreadable, match="decimals of more than 38 digits"):
        take(log, tmp_path / "f.parquet")
