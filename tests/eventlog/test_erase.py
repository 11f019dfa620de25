"""An erased person's id is nowhere in the log; counts, positions and identities are what they were."""

import subprocess
from pathlib import Path

import orjson
import polars as pl
import pytest

from core.eventlog import EventLog, frame_of
from core.eventlog import erasure as erasing
from core.eventlog.locks import Busy
from tests.eventlog.records import NOW, append, event, held, kept_conflicts

REFUSED = [
    {"file": "f", "line": 1, "reason": "not a record", "record": 'nope "p1", p1; but p12 and xp1'},
    {"file": "f", "line": 2, "reason": "bad cost_amount", "record": '{"profile_id":"p1","x":"p1","n":1.50}'},
    {"file": "f", "line": 3, "reason": "bad cost_amount", "record": '{"profile_id":"p2","x":"p1"}'},
    {"file": "f", "line": 4, "reason": "no rule", "record": {"case": "p1", "profile_id": ""}},
    {"file": "f", "line": 5, "reason": "not a record", "record": ["p1", "p12"]},
]


def filled(folder: Path) -> EventLog:
    log = EventLog(folder)
    refused = folder.parent / "refused"
    refused.write_bytes(b"".join(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE) for line in REFUSED))
    log.append(
        frame_of([event("1", entry_id="p1", attributes={"who": "p1", "all": ["p1", "p12"], "n": 1}), event("p1", profile_id="p2", x="p1")]),
        rejected=refused,
        rejected_count=5,
    )
    append(log, event("1", status="other"), event("2"), event("3", profile_id="p12"))
    return log


@pytest.fixture
def log(tmp_path):
    return filled(tmp_path / "log")


def test_the_token_takes_the_place_of_the_id(log):
    counts = log.manifest()
    erased = log.erase("p1", now=NOW)
    token = erased.token
    assert erased.records == 7
    assert held(log, "position", "event_id", "profile_id", "entry_id", "attributes") == [
        (1, "1", token, "p1", f'{{"who":"{token}","all":["{token}","p12"],"n":1}}'),
        (2, "p1", "p2", None, '{"x":"p1"}'),
        (3, "2", token, None, None),
        (4, "3", "p12", None, None),
    ]
    assert kept_conflicts(log, "position", "profile_id", "status") == [(1, token, "other")]
    refused = [orjson.loads(line)["record"] for line in next((log.folder / "rejected").iterdir()).read_bytes().splitlines()]
    assert refused == [
        f'nope "{token}", {token}; but p12 and xp1',
        f'{{"profile_id":"{token}","x":"{token}","n":1.50}}',
        REFUSED[2]["record"],
        {"case": token, "profile_id": ""},
        [token, "p12"],
    ]
    after = log.manifest()
    assert (after.position, after.batches, after.conflicts, after.repeated, after.rejected) == (
        counts.position,
        counts.batches,
        counts.conflicts,
        counts.repeated,
        counts.rejected,
    )
    assert [(one.token, one.at) for one in after.erasures] == [(token, NOW.isoformat())]


def test_no_byte_of_the_id_is_left(tmp_path):
    log = EventLog(tmp_path / "log")
    append(log, event("1", profile_id="Xanthippe", x="Xanthippe"), event("2", profile_id="Xanthippe"))
    append(log, event("2", profile_id="Xanthippe", status="other"))
    log.erase("Xanthippe", now=NOW)
    assert [path for path in log.folder.rglob("*") if path.is_file() and b"Xanthippe" in path.read_bytes()] == []


def test_what_was_received_already_is_a_repeat_all_the_same(log):
    log.erase("p1", now=NOW)
    assert append(log, event("1", entry_id="p1", attributes={"who": "p1", "all": ["p1", "p12"], "n": 1.0}), event("2")) == (0, 2, 0)
    assert append(
        log, event("1", entry_id="p1", attributes={"who": "p3", "all": ["p1", "p12"], "n": 1}), event("2", profile_id="p2"), event("2", status="x")
    ) == (0, 0, 3)


def test_a_person_who_comes_again_is_another_one(log):
    first = log.erase("p1", now=NOW).token
    append(log, event("9"))
    second = log.erase("p1", now=NOW).token
    assert first != second
    assert held(log, "event_id", "profile_id")[-1] == ("9", second)
    assert append(log, event("2"), event("9")) == (0, 2, 0)


def test_a_person_who_is_not_there_is_said_by_the_count(log):
    assert log.erase("nobody", now=NOW).records == 0
    assert not list((log.folder / erasing.NOTES).iterdir())


def test_an_erasure_that_stops_half_way_is_finished_with_the_same_token(log):
    def fails(_):
        raise OSError("the other place is gone")

    with pytest.raises(OSError, match="other place"):
        log.erase("p1", now=NOW, then=fails)
    token = held(log, "profile_id")[0][0]
    told = []
    assert log.erase("p1", now=NOW, then=told.append).token == token
    assert [(erased.profile_id, erased.token, erased.records, erased.was_begun) for erased in told] == [("p1", token, 0, True)]
    assert len(log.manifest().erasures) == 1
    assert not list((log.folder / erasing.NOTES).iterdir())


def test_the_next_append_finishes_what_a_kill_left(log, monkeypatch):
    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(erasing, "_rewritten", killed)  # refused records and conflicts have the token by now, the segments do not
        with pytest.raises(KeyboardInterrupt):
            log.erase("p1", now=NOW)
    assert held(log, "profile_id")[0] == ("p1",)
    append(log, event("7"))
    token = kept_conflicts(log, "profile_id")[0][0]
    assert held(log, "event_id", "profile_id") == [("1", token), ("p1", "p2"), ("2", token), ("3", "p12"), ("7", "p1")]


def test_a_reader_keeps_old_files_and_the_erasure_says_so(log):
    with log.reading():
        listed = log.segments()
        with pytest.raises(Busy, match="run the same command again"):
            log.erase("p1", now=NOW, wait_s=0.05)
        assert pl.read_parquet(listed[0].path)["profile_id"].to_list() == ["p1", "p2"]
    log.erase("p1", now=NOW)
    assert not listed[0].path.exists()
    assert subprocess.run(["grep", "-rlw", "p1", str(log.folder / "conflicts")], check=False).returncode == 1
