"""A batch is read, judged and taken; its summary says what became of it."""

import orjson
import pytest

from core.eventlog import EventLog
from core.sources import staging
from core.sources.reading import delimited, ndjson
from tests.eventlog.records import held, kept_conflicts
from tests.sources.files import HEADER, ROW, file, refused, take
from tests.sources.records import ENTERED, NOW


def test_the_summary_is_the_document_of_the_interface(log, tmp_path):
    good, other, bad = {**ENTERED}, {**ENTERED, "profile_id": "p2"}, {**ENTERED, "event_id": "2", "event_type": "x"}
    summary = take(log, file(tmp_path, "f.ndjson", [good, b"", good, other, bad, b"nope", b" \t\r"]))
    assert summary.document() == {
        "records": 5,
        "accepted": 1,
        "repeated": 1,
        "conflicts": 1,
        "rejected": 2,
        "skipped": 0,
        "reasons": {"not a record": 1, "unknown event_type": 1},
        "rejected_file": str(log.folder / "rejected" / "000000000001.ndjson"),
    }
    assert refused(summary) == [("f.ndjson", 5, "unknown event_type", orjson.dumps(bad).decode()), ("f.ndjson", 6, "not a record", "nope")]
    assert kept_conflicts(log, "event_id", "profile_id") == [("1", "p2")]
    assert take(log, file(tmp_path, "f.ndjson", [good])).document()["rejected_file"] is None


def test_several_files_are_one_batch_in_their_order(log, tmp_path):
    one, two = file(tmp_path, "b.ndjson", [{**ENTERED, "event_id": "b"}]), file(tmp_path, "a.csv", f"{HEADER}\n{ROW.format('a')}\n")
    assert take(log, one, two).accepted == 2
    assert held(log, "position", "event_id", "received_at") == [(1, "b", NOW), (2, "a", NOW)]
    assert log.manifest().batches == 1


def test_chunks_and_staging_change_nothing(tmp_path, monkeypatch):
    lines = [{**ENTERED, "event_id": str(number % 70), "x": number % 70} for number in range(100)]
    path = file(tmp_path, "f.ndjson", lines)
    csv = file(tmp_path, "f.csv", "\n".join([HEADER, *(ROW.format(f"c{number % 70}") for number in range(100))]))
    whole, cut = EventLog(tmp_path / "whole"), EventLog(tmp_path / "cut")
    one = take(whole, path, csv)
    for module in (ndjson, delimited):
        monkeypatch.setattr(module, "TEXT_ROWS", 7)
    monkeypatch.setattr(staging, "IN_MEMORY", 20)
    assert take(cut, path, csv) == one
    assert held(cut) == held(whole)


def test_what_a_process_left_that_was_killed_while_it_cleared_away_goes_with_the_next_batch(tmp_path, monkeypatch):
    def killed(_folder):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr("core.sources.staging.shutil.rmtree", killed)
        with staging.staged(tmp_path) as left:
            (left.folder / "000000.arrow").write_bytes(b"people")
    assert [path.name for path in (tmp_path / "staging").rglob("*") if path.is_file()] == ["alive"]
    with staging.staged(tmp_path):
        pass
    assert list((tmp_path / "staging").iterdir()) == []
