"""Files of rows: the rows that `journeys rows` gives, masked for whom it must be, told while it grows, and for their reader alone."""
import csv
import os
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest

from core.metrics import Query, rows
from core.reports import made
from tests.metrics.world import World

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def snapshot(tmp_path):
    world = World()
    for profile in (1, 2, 1):
        world.run(profile, "2026-03-01")
    opened = world.snapshot(tmp_path)
    yield opened
    opened.close()


def file_of(snapshot, kind, with_people=True, told=lambda rows: None):
    return made.rows_file(snapshot, Query(("entries",)), kind, "Rows", "acme", with_people=with_people, told=told)


def test_the_file_holds_the_rows_behind_the_number(snapshot):
    told = []
    path = file_of(snapshot, "csv", told=told.append)
    with path.open(encoding="utf-8-sig", newline="") as file:
        written = list(csv.DictReader(file))
    behind = rows(snapshot, Query(("entries",)))
    assert ([row["Profile ID"] for row in written], told[-1]) == (behind["profile_id"].to_list(), 3)
    path.unlink()


def test_ids_are_dots_in_the_file_of_who_may_not_see_them(snapshot):
    path = file_of(snapshot, "xlsx", with_people=False)
    data, about = openpyxl.load_workbook(path).worksheets
    heads = [cell.value for cell in next(data.iter_rows(max_row=1))]
    assert {row[heads.index("Profile ID")].value for row in data.iter_rows(min_row=2)} == {"•••"}
    assert [cell.value for cell in about["A"]][:2] == ["Title", "Account"]
    path.unlink()


def test_a_file_of_another_user_of_the_machine_holds_up_no_sweep(snapshot, monkeypatch):
    path = file_of(snapshot, "csv")
    os.utime(path, (0, 0))
    tried = []

    def refused(file, **_):
        tried.append(file)
        raise PermissionError  # as a sticky folder of temporary files answers

    monkeypatch.setattr("pathlib.Path.unlink", refused)
    made.sweep(NOW)
    monkeypatch.undo()
    assert path in tried
    path.unlink()


def test_a_file_is_for_its_reader_and_for_an_hour(snapshot):
    path = file_of(snapshot, "csv")
    token = made.keep(made.Made(path, "Rows", "csv", "acme", 7, NOW))
    assert made.find(token, "acme", 7).path == path
    assert (made.find(token, "acme", 8), made.find(token, "other", 7), made.find("x", "acme", 7)) == (None, None, None)
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    made.sweep(NOW + timedelta(minutes=59))
    assert path.exists()
    made.sweep(NOW + timedelta(minutes=61))
    assert (path.exists(), made.find(token, "acme", 7)) == (False, None)


def test_a_reader_who_goes_away_leaves_no_file(snapshot, tmp_path, monkeypatch):
    monkeypatch.setattr(made.tempfile, "tempdir", str(tmp_path))

    def gone(rows):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        file_of(snapshot, "csv", told=gone)
    assert list(tmp_path.glob(f"{made.PREFIX}*")) == []
