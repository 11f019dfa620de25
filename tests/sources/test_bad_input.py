"""What cannot be read, or is no record, is said in one line and leaves nothing half done."""

import errno
import gzip

import orjson
import polars as pl
import pytest

from core.errors import WrongUsage
from core.eventlog.files import DiskFull
from core.sources.mapping_file import mapping_of
from core.sources.reading import Unreadable, delimited, ndjson
from tests.eventlog.records import held
from tests.sources.files import HEADER, ROW, file, refused, take
from tests.sources.records import ENTERED


def test_an_unreadable_file_stops_the_batch(log, tmp_path):
    good = file(tmp_path, "a.ndjson", [ENTERED])
    with pytest.raises(Unreadable):
        take(log, good, tmp_path / "missing.ndjson")
    assert log.head().position == 0
    assert not list((log.folder / "staging").iterdir())


def sized(size: int) -> bytes:
    empty = orjson.dumps({**ENTERED, "x": ""})
    return orjson.dumps({**ENTERED, "x": "x" * (size - len(empty))})


def test_too_large_is_looked_at_first(log, tmp_path, monkeypatch):
    monkeypatch.setattr(ndjson, "BLOCK", 1000)
    lines = [sized(65_536), sized(65_537), b"\xff" * 70_000, b"z" * 200_000, {**ENTERED, "event_id": "2"}]
    summary = take(log, file(tmp_path, "f.ndjson", lines))
    assert (summary.accepted, summary.reasons) == (2, {"too large": 3})
    assert [(line, reason) for _, line, reason, _ in refused(summary)] == [(2, "too large"), (3, "too large"), (4, "too large")]
    assert take(log, file(tmp_path, "crlf.ndjson", sized(65_536) + b"\r\n")).repeated == 1


@pytest.mark.parametrize("cell", ["x" * 1_000_000, "\u00e9" * 33_000, '"' * 33_000])
def test_a_cell_that_makes_the_row_too_large(log, tmp_path, cell):
    quoted = '"' + cell.replace('"', '""') + '"'
    summary = take(log, file(tmp_path, "f.csv", f"{HEADER},x\n{ROW.format(1)},{quoted}\n{ROW.format(2)},y\n"))
    assert (summary.accepted, summary.reasons) == (1, {"too large": 1})
    pl.DataFrame([{**ENTERED, "x": cell}]).write_parquet(tmp_path / "f.parquet")
    assert take(log, tmp_path / "f.parquet").reasons == {"too large": 1}


def test_lines_that_are_no_records(log, tmp_path):
    lines = [b"[1]", b'"text"', b"null", b"{", b'{"a":NaN}', b'{"a":"\\ud800"}', b'{"a":"\xff"}', b"\xc2\xa0", b"{}{}", orjson.dumps(ENTERED)]
    summary = take(log, file(tmp_path, "f.ndjson", lines))
    assert (summary.accepted, summary.reasons) == (1, {"not a record": 9})
    assert refused(summary)[6] == ("f.ndjson", 7, "not a record", '{"a":"\\xff"}')


def test_csv_rows_that_are_no_records(log, tmp_path):
    rows = [
        ROW.format(1),
        ROW.format(2) + ",,",
        ROW.format(3) + ",more",
        "s,4,journey.entered",
        "  ",
        '"s","5\n5",journey.entered,2026-01-05T10:00:00Z,cart,p1',
        ROW.format(6).replace("p1", "\udcff"),
        ROW.format(7).replace("p1", '"p1'),
    ]
    summary = take(log, file(tmp_path, "f.csv", "\n".join([HEADER, *rows, ""]).encode(errors="surrogateescape")))
    assert (summary.accepted, summary.reasons) == (3, {"not a record": 4})
    assert [(line, record) for _, line, _, record in refused(summary)] == [
        (4, ["s", "3", "journey.entered", "2026-01-05T10:00:00Z", "cart", "p1", "more"]),
        (5, ["s", "4", "journey.entered"]),
        (9, ["s", "6", "journey.entered", "2026-01-05T10:00:00Z", "cart", "\\xff"]),
        (10, ["s", "7", "journey.entered", "2026-01-05T10:00:00Z", "cart", "p1\n"]),
    ]
    assert held(log, "event_id") == [("1",), ("2",), ("5\n5",)]


@pytest.mark.parametrize(("name", "content"), [
    ("f.ndjson", b""), ("f.ndjson", b"\xef\xbb\xbf\n \n"), ("f.ndjson.gz", gzip.compress(b"", mtime=0)), ("f.ndjson.gz", gzip.compress(b"\r\n", mtime=0))])
def test_an_hour_without_events_is_a_file_of_no_records_and_no_fault(log, tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    summary = take(log, tmp_path / name)
    assert (summary.records, summary.rejected, summary.rejected_file) == (0, 0, None)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("f.csv", b"", "f.csv is empty."),
        ("f.csv", b"\n\n", "f.csv is empty."),
        ("f.ndjson.gz", b"", "f.ndjson.gz is empty."),
        ("f.ndjson.gz", gzip.compress(b"{}" * 90_000, mtime=0)[:-30], "f.ndjson.gz is cut short or damaged: its gzip data end too early."),
        ("f.ndjson.gz", b"{}\n{}", "f.ndjson.gz is not gzip"),
        ("f.ndjson", gzip.compress(b"{}", mtime=0), "f.ndjson is not what its name says: it is gzip."),
        ("f.csv", b"PK\x03\x04....", "f.csv is not what its name says: it is a zip archive (such as XLSX)."),
        ("f.csv", b"PAR1....", "it is Parquet."),
        ("f.parquet", b"source,event_id\n", "f.parquet cannot be read as Parquet:"),
        ("f.parquet", b"", "f.parquet cannot be read as Parquet:"),
        ("f.xlsx", b"a,b\n", "f.xlsx cannot be read as XLSX:"),
        ("f.csv", HEADER.encode("utf-16"), "f.csv is UTF-16: save it as UTF-8."),
        ("f.csv", HEADER.encode("utf-16-le"), "f.csv is not text in UTF-8."),
        ("f.csv", b"s\xe9,event_id\n", "f.csv is not UTF-8: save it as UTF-8."),
        ("f.csv", b"event_id,source,event_id\n", "f.csv has the column “event_id” twice"),
        ("f.csv", b"event_id,,source\n", ""),
        ("f.csv", b"a;b\n1;2\n", "f.csv has none of the columns of an event (its header: a;b)"),
        ("f.txt", b"{}", "the name must say what it is"),
        ("f.parquet.gz", b"", "the name must say what it is"),
    ],
)
def test_a_file_that_cannot_be_read_is_said_in_one_line(log, tmp_path, name, content, said):
    path = file(tmp_path, name, content)
    if not said:
        assert take(log, path).records == 0
        return
    with pytest.raises(Unreadable) as error:
        take(log, path)
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert log.head().position == 0


def test_a_folder_is_no_file(log, tmp_path):
    (tmp_path / "f.ndjson").mkdir()
    (tmp_path / "f.parquet").mkdir()
    for name in ("f.ndjson", "f.parquet"):
        with pytest.raises(Unreadable, match="is a folder"):
            take(log, tmp_path / name)


def test_a_quote_left_open_ends_with_the_file_or_with_patience(log, tmp_path, monkeypatch):
    path = file(tmp_path, "f.csv", f'{HEADER},x\n{ROW.format(1)},"open\n' + f"{ROW.format(2)},y\n" * 100)
    assert take(log, path).reasons == {"not a record": 1}
    monkeypatch.setattr(delimited, "LONGEST", 1000)
    with pytest.raises(Unreadable, match=r"f.csv, line 2: field larger than field limit \(1000\); is a quote left open\?"):
        take(log, path)


@pytest.mark.parametrize(
    "place",
    ["core.eventlog.segments.write_durably", "core.eventlog.index.write_durably", "core.eventlog.manifest.replace_durably", "core.sources.staging.os.fsync"],
)
def test_a_full_disk_leaves_the_log_as_it_was(log, tmp_path, monkeypatch, place):
    take(log, file(tmp_path, "a.ndjson", [ENTERED]))
    before = sorted(log.folder.rglob("*"))

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    batch = file(tmp_path, "b.ndjson", [{**ENTERED, "event_id": "2"}, {**ENTERED, "profile_id": "p2"}, b"nope"])
    with monkeypatch.context() as patch, pytest.raises(DiskFull) as error:
        patch.setattr(place, full)
        take(log, batch)
    assert str(error.value) == f"The disk is full ({log.folder}): nothing of this was taken into the log. Free some space and do it again."
    assert sorted(log.folder.rglob("*")) == before
    assert take(log, batch).document()["accepted"] == 1


def test_an_unknown_zone_is_wrong_usage(log, tmp_path):
    for name in ("Mars/Base", "/etc/passwd"):
        with pytest.raises(WrongUsage, match=f"There is no time zone “{name}”"):
            take(log, file(tmp_path, "f.ndjson", [ENTERED]), time_zone=name)


def test_a_mapped_file_that_lacks_a_column_is_said_once(log, tmp_path):
    mapping = mapping_of({"columns": {"event_id": "{case}-{idx}", "occurred_at": "tijd"}}, "m.yaml")
    with pytest.raises(Exception, match=r"m.yaml names a column that f.csv lacks. There is no column “tijd”. Did you mean “tijdd”\?"):
        take(log, file(tmp_path, "f.csv", "case,idx,tijdd\n1,2,3\n"), mapping=mapping)
