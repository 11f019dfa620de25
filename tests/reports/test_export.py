"""Files that leave: every byte of a CSV, typed cells in Excel, nothing that a spreadsheet would run, nothing half-written."""

import io
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import polars as pl
import pytest
from openpyxl import load_workbook

from core.errors import JourneysError
from core.metrics import Column, Query, Unit, answer
from core.reports import export
from tests.metrics.world import World

TEXT = (Column("a", "A", Unit.TEXT),)


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    world = World()
    world.journey("=cart", "Abandoned, cart")
    run = world.run(1, "2026-01-05", "=cart", exit="2026-01-06")
    world.message(run, sent="2026-01-06", cost="-0.5")
    world.run(2, "2026-01-06", "other")
    snapshot = world.snapshot(tmp_path_factory.mktemp("world"))
    query = Query.of(
        {"measures": ["entries", "exit_rate", "traffic_cost"], "dimensions": ["journey", "month"], "where": {"sub_account": [None]}, "to": "2026-01-31"}
    )
    yield answer(snapshot, query)
    snapshot.close()


def csv_of(*values):
    file = io.BytesIO()
    export.write_csv(file, TEXT, [pl.DataFrame({"a": list(values)}, schema={"a": pl.String})], {})
    return file.getvalue().decode().split("\r\n")[1:-1]


def test_a_csv_has_labels_two_columns_of_a_journey_and_the_values_of_the_json(result, tmp_path):
    export.to_csv(result, tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes() == (
        '\ufeffJourney ID,Journey,Month,Entries,Exit rate,Traffic cost\r\n\'=cart,"Abandoned, cart",2026-01,1,1.0,-0.500000\r\nother,Other,2026-01,1,0.0,\r\n'
    ).encode()


@pytest.mark.parametrize("start", list("=+-@\t\r"))
def test_no_text_starts_a_formula(start):
    assert csv_of(f"{start}1+1")[0].strip('"') == f"'{start}1+1"


def test_a_phone_number_and_what_is_harmless_stay_as_they_are():
    assert csv_of("+385991234567", "+0123456", "+3859912345x", "a=1", " =1", "") == ["+385991234567", "'+0123456", "'+3859912345x", "a=1", " =1", '""']


def test_quotes_commas_and_breaks_are_quoted():
    file = io.BytesIO()
    export.write_csv(file, TEXT, [pl.DataFrame({"a": ['q"q', "a,b", "l\nf", "c\rr", None]})], {})
    assert file.getvalue()[3:] == b'A\r\n"q""q"\r\n"a,b"\r\n"l\nf"\r\n"c\rr"\r\n""\r\n'


def test_a_row_of_one_cell_that_is_null_is_no_blank_line_which_readers_leave_out():
    file = io.BytesIO()
    export.write_csv(file, (Column("a", "A", Unit.MONEY),), [pl.DataFrame({"a": [None]}, schema={"a": pl.Decimal(38, 6)})], {})
    assert file.getvalue()[3:] == b'A\r\n""\r\n'


def test_excel_has_typed_cells_and_a_sheet_that_says_what_they_are(result, tmp_path):
    export.to_xlsx(result, tmp_path / "a.xlsx", {"Account": "acme"})
    book = load_workbook(tmp_path / "a.xlsx")
    assert list(book["Data"].values) == [
        ("Journey ID", "Journey", "Month", "Entries", "Exit rate", "Traffic cost"),
        ("=cart", "Abandoned, cart", "2026-01", 1, 1, -0.5),
        ("other", "Other", "2026-01", 1, 0, None),
    ]
    assert book["Data"]["A2"].data_type == "s"
    assert list(book["About"].values) == [
        ("Account", "acme"),
        ("Range", "until 31 Jan 2026"),
        ("Basis", "entered: facts of the runs that started in the range, placed on the day their run started"),
        ("Filter", "Sub-account: none"),
        ("Entries", "Runs: each pass of a profile through a journey."),
        ("Exit rate", "Profiles exited of profiles in journey."),
        ("Traffic cost", "The sum of the costs of messages and calls. Not an invoice."),
        ("Snapshot", "s1"),
        ("As of", "2026-06-01T00:00:00+00:00"),
        ("Note", "1 run of this range is still in the journey: these numbers may grow."),
    ]


def test_excel_keeps_what_a_number_would_lose_as_text(tmp_path):
    columns = (Column("n", "N", Unit.TEXT), Column("m", "M", Unit.MONEY), Column("t", "T", Unit.TEXT))
    frame = pl.DataFrame(
        {"n": [2**53 + 1, 5], "m": [Decimal("1.5"), None], "t": ["x" * 40_000, "https://a.example"]},
        schema={"n": pl.Int64, "m": pl.Decimal(38, 6), "t": pl.String},
    )
    with export.replaced(tmp_path / "a.xlsx") as file:
        export.write_xlsx(file, columns, [frame], {}, [])
    first, second = list(load_workbook(tmp_path / "a.xlsx")["Data"].values)[1:]
    assert first[:2] == ("9007199254740993", 1.5)
    assert len(first[2]) == export.LONGEST_CELL and first[2].endswith(export.CUT)
    assert second == (5, None, "https://a.example")


def test_a_row_of_nothing_but_nulls_is_a_row_of_the_sheet(tmp_path):
    with (tmp_path / "a.xlsx").open("wb") as file:
        export.write_xlsx(file, (Column("a", "A", Unit.MONEY),), [pl.DataFrame({"a": [None]}, schema={"a": pl.Decimal(38, 6)})], {}, [])
    assert list(load_workbook(tmp_path / "a.xlsx")["Data"].iter_rows(values_only=True)) == [("A",), (None,)]


def test_what_a_sheet_cannot_hold_is_said(monkeypatch, tmp_path):
    monkeypatch.setattr(export, "MOST_ROWS", 2)
    with pytest.raises(JourneysError, match=r"An Excel sheet holds 2 rows and there are more: export CSV"), export.replaced(tmp_path / "a.xlsx") as file:
        export.write_xlsx(file, TEXT, [pl.DataFrame({"a": ["1", "2", "3"]})], {}, [])
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    target = tmp_path / "a.csv"
    target.write_text("before")
    with pytest.raises(ZeroDivisionError), export.replaced(target) as file:
        file.write(b"half")
        raise ZeroDivisionError
    assert target.read_text() == "before" and list(tmp_path.iterdir()) == [target]
    for parent, why in (("no", "No such file or directory"), ("a.csv", "Not a directory")):
        with pytest.raises(JourneysError, match=f"cannot be written: {why}"), export.replaced(tmp_path / parent / "a.csv"):
            pass


def test_a_disk_that_is_full_is_said_of_a_workbook_too(tmp_path):
    code = """
import resource, sys
from core.reports import export
resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))  # a write beyond it fails as it does where the disk is full
try:
    with export.replaced(export.Path(sys.argv[1])) as file, export.workbook(file) as book:
        export.write_about(book, [("x", str(n)) for n in range(10)])
except export.JourneysError as error:
    sys.exit(str(error))
"""
    done = subprocess.run([sys.executable, "-c", code, tmp_path / "a.xlsx"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr, list(tmp_path.iterdir())) == (1, f"{tmp_path / 'a.xlsx'} cannot be written: File too large.\n", [])


def test_a_file_that_takes_anothers_place_may_be_read_by_no_more_people(tmp_path):
    target = tmp_path / "a.csv"
    target.touch(mode=0o600)
    with export.replaced(target) as file:
        file.write(b"ids")
    assert (target.read_bytes(), target.stat().st_mode & 0o777) == (b"ids", 0o600)


def test_a_new_file_may_be_read_by_those_whom_the_umask_lets(tmp_path):
    for umask, rights in ((0o077, 0o600), (0o022, 0o644)):
        before = os.umask(umask)
        try:
            with export.replaced(tmp_path / f"{umask}.csv"):
                pass
        finally:
            os.umask(before)
        assert (tmp_path / f"{umask}.csv").stat().st_mode & 0o777 == rights


def test_a_pipe_is_written_into_and_stays_a_pipe(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor() as reader:
        read = reader.submit(pipe.read_bytes)
        with export.replaced(pipe) as file:
            file.write(b"rows")
        assert (read.result(10), pipe.is_fifo(), sorted(path.name for path in tmp_path.iterdir())) == (b"rows", True, ["pipe"])


def test_of_a_link_the_file_it_names_is_replaced(tmp_path):
    (tmp_path / "kept").mkdir()
    target, link = tmp_path / "kept" / "a.csv", tmp_path / "link.csv"
    target.write_bytes(b"old")
    link.symlink_to(target)
    with export.replaced(link) as file:
        file.write(b"new")
    assert (target.read_bytes(), link.is_symlink()) == (b"new", True)
