"""A poll against a real OpenSSH server: what is taken, what waits, what enters the log, and what the history says."""
import hashlib
import os
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import polars as pl
import pytest

from core.eventlog.segments import read_whole
from core.sources.sftp import connections, fetch, fetches, history
from core.sources.sftp.connections import Connection
from core.sources.sftp.drafts import Drafting
from core.sources.sftp.intake import Intake
from core.sources.sftp.invariants import Invariant, invariants
from core.sources.sftp.reading import Reading

Connect = Callable[..., Connection]
WRITING = "still being written: taken at the next poll"
PAST = time.time() - 60


def put(folder: Path, name: str, text: str | bytes) -> Path:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    os.utime(file, (PAST, PAST))
    return file


def poll(intake: Intake, name: str = "crm", settle_s: float | None = 0) -> list[dict[str, object]]:
    return [{key: one.document()[key] for key in ("file", "total", "valid", "invalid", "error")} for one in fetch.poll(intake, name, settle_s=settle_s)]


def logged(intake: Intake) -> pl.DataFrame:
    segments = intake.log.segments()
    return read_whole(segments) if segments else pl.DataFrame()


def result(file: str | None, total: int | None = None, valid: int | None = None, invalid: int | None = None, error: str | None = None) -> dict[str, object]:
    return {"file": file, "total": total, "valid": valid, "invalid": invalid, "error": error}


def test_each_valid_row_becomes_an_entry_of_its_own(intake: Intake, connect: Connect, served: Path) -> None:
    connect(reading=Reading("both", country="HR"))
    content = "Phone;email;profile_id;city;\n091 123 4567;;;Split;x\n;Ana@Example.COM; 7 ;;\n+385911234567;;0;Zadar;\n1;;;;\n"
    put(served, "a.csv", content)
    before = datetime.now(UTC)
    assert poll(intake) == [result("a.csv", 4, 3, 1)]
    found = logged(intake)
    sha256 = hashlib.sha256(content.encode()).hexdigest()
    ids = [Drafting(Path(), "cart", sha256).event_id(line) for line in (2, 3, 4)]
    assert found["event_id"].to_list() == found["entry_id"].to_list() == ids
    assert found["profile_id"].to_list() == ["+385911234567", "7", "+385911234567"]
    assert [orjson.loads(text) if text else None for text in found["attributes"]] == [
        {"city": "Split", "column 5": "x"}, None, {"city": "Zadar", "duplicate_of": 2}]
    assert set(found["source"]) == {"sftp:crm"}
    assert set(found["event_type"]) == {"journey.entered"}
    assert set(found["journey_id"]) == {"cart"}
    (occurred_at,) = set(found["occurred_at"])
    assert before <= occurred_at <= found["received_at"][0] <= datetime.now(UTC)


def test_the_history_says_what_came_newest_first(intake: Intake, connect: Connect, served: Path) -> None:
    connect()
    put(served, "a.csv", "phone\n+385911234567\n1\n")
    poll(intake)
    put(served, "b.csv", "phone\n+385911234568\n")
    poll(intake)
    rows = history.rows(intake.account, history.newest(intake))
    assert [tuple(row.values())[1:] for row in rows] == [("crm", "b.csv", 1, 1, 0, "Imported"), ("crm", "a.csv", 2, 1, 1, "Imported with errors")]
    assert str(rows[0]["Date time"]).endswith(("+01:00", "+02:00"))
    assert history.csv_bytes(rows[:1]).decode("utf-8-sig").splitlines()[0] == ",".join(history.COLUMNS)
    assert history.reasons(history.newest(intake)).rows() == [("invalid phone", 1)]


def test_a_file_that_grows_between_the_two_looks_waits_and_leaves_no_history(intake: Intake, connect: Connect, served: Path,
                                                                             monkeypatch: pytest.MonkeyPatch) -> None:
    connect()
    file = put(served, "a.csv", "phone\n")
    put(served, "whole.csv", "phone\n+385911234567\n")

    def meanwhile(_: float) -> None:
        file.write_text("phone\n+385911234568\n")
        put(served, "new.csv", "phone\n")

    monkeypatch.setattr(fetch, "sleep", meanwhile)
    found = fetch.poll(intake, "crm", settle_s=2)
    assert [(one.document()["file"], one.document()["error"]) for one in found] == [("new.csv", WRITING), ("a.csv", WRITING), ("whole.csv", None)]
    assert not fetch.failed(found)
    assert [one.file for one in fetches.every(intake)] == ["whole.csv"]


def test_the_worker_compares_with_its_last_poll(intake: Intake, connect: Connect, served: Path) -> None:
    connect()
    put(served, "a.csv", "phone\n+385911234567\n")
    assert poll(intake, settle_s=None) == [result("a.csv", error=WRITING)]
    assert poll(intake, settle_s=None) == [result("a.csv", 1, 1, 0)]
    assert poll(intake, settle_s=None) == []


def test_the_same_content_enters_nothing_and_is_listed_once_for_each_name(intake: Intake, connect: Connect, served: Path) -> None:
    connect()
    put(served, "a.csv", "phone\n+385911234567\n")
    poll(intake)
    put(served, "again.csv", "phone\n+385911234567\n")
    assert poll(intake) == [result("again.csv", error="same content as a.csv")]
    assert poll(intake) == []
    os.utime(served / "again.csv")
    assert poll(intake) == []
    os.utime(served / "a.csv")
    assert poll(intake) == [result("a.csv", error="same content as a.csv")]
    assert len(logged(intake)) == 1
    assert [one.status for one in fetches.every(intake)] == ["same content as a.csv", "same content as a.csv", "Imported"]


def test_a_removed_connection_of_the_same_name_knows_what_it_took(intake: Intake, connect: Connect, served: Path) -> None:
    connect()
    put(served, "a.csv", "phone\n+385911234567\n")
    poll(intake)
    connections.remove(intake, "crm", by="operator")
    connect(journey_id="other")
    assert poll(intake) == []
    assert len(logged(intake)) == 1


def test_another_connection_takes_the_same_file_for_itself(intake: Intake, connect: Connect, served: Path) -> None:
    connect("one")
    connect("two")
    put(served, "a.csv", "phone\n+385911234567\n")
    assert poll(intake, "one") == poll(intake, "two") == [result("a.csv", 1, 1, 0)]
    assert logged(intake)["source"].to_list() == ["sftp:one", "sftp:two"]


def test_a_file_with_new_content_under_its_old_name_is_a_new_fetch(intake: Intake, connect: Connect, served: Path) -> None:
    connect()
    put(served, "a.csv", "phone\n+385911234567\n")
    poll(intake)
    (served / "a.csv").write_text("phone\n+385911234568\n")
    assert poll(intake) == [result("a.csv", 1, 1, 0)]


def test_a_file_that_failed_is_taken_once_its_connection_is_mended(intake: Intake, connect: Connect, served: Path) -> None:
    connect()
    put(served, "a.csv", "mobile\n+385911234567\n")
    assert poll(intake)[0]["error"] == "there is no contact column “phone”. The file has: mobile."
    assert poll(intake)[0]["error"] == "there is no contact column “phone”. The file has: mobile."
    connections.change(intake, "crm", by="operator", reading=Reading("phone", phone_column="mobile"))
    assert poll(intake) == [result("a.csv", 1, 1, 0)]
    assert [one.failed for one in fetches.every(intake)] == [False, True, True]


def test_a_header_alone_is_imported_with_nothing(intake: Intake, connect: Connect, served: Path) -> None:
    connect()
    put(served, "a.csv", "phone\n")
    assert poll(intake) == [result("a.csv", 0, 0, 0)]
    assert (history.newest(intake)[0].status, intake.log.head().position) == ("Imported", 0)


def test_originals_are_kept_for_thirty_days(intake: Intake, connect: Connect, served: Path) -> None:
    connect()
    put(served, "a.csv", "phone\n+385911234567\n")
    poll(intake)
    (original,) = intake.room("crm", "originals").iterdir()
    assert original.read_text() == "phone\n+385911234567\n"
    old = (datetime.now(UTC) - timedelta(days=29, hours=23)).timestamp()
    os.utime(original, (old, old))
    poll(intake)
    assert original.exists()
    os.utime(original, (old - 7200, old - 7200))
    poll(intake)
    assert not original.exists()


def test_an_upload_by_hand_goes_the_way_of_a_fetched_file(intake: Intake, connect: Connect, tmp_path: Path) -> None:
    connect()
    with put(tmp_path, "fixed.csv", "phone,reason\n+385911234567,invalid phone\n").open("rb") as content:
        done = fetch.upload(intake, "crm", "fixed.csv", content, by="ana")
    assert (done.status, done.total, done.valid) == ("Imported", 1, 1)
    assert len(logged(intake)) == 1


def test_a_large_row_enters_without_the_cells_that_a_record_has_no_room_for(intake: Intake, connect: Connect, served: Path) -> None:
    connect()
    put(served, "a.csv", f"phone,note,city\n+385911234567,{'x' * 100_000},Split\n")
    assert poll(intake) == [result("a.csv", 1, 1, 0)]
    assert orjson.loads(logged(intake)["attributes"][0]) == {"city": "Split", "left_out": ["note"]}


def test_what_must_hold_between_history_and_log_holds(intake: Intake, connect: Connect, served: Path) -> None:
    connect()
    put(served, "a.csv", "phone\n+385911234567\n+385911234567\n1\n")
    put(served, "b.csv", "name\n")
    assert [one.holds for one in invariants(intake)] == [True, True, True]
    poll(intake)
    assert invariants(intake) == [Invariant("SFTP: valid + invalid = total entries", 3, 3),
                                  Invariant("SFTP: fetches whose own counts and reasons add up = fetches that were read", 1, 1),
                                  Invariant("SFTP: valid entries = entries added", 2, 2)]
