"""The log takes each identity once, the first received, and gives it a position."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from core.contract import COLUMNS
from core.eventlog import EventLog, Head, Segment, frame_of
from core.eventlog import hashes as hashing
from core.eventlog.compaction import TOGETHER, run_of_small
from core.eventlog.hashes import content_hashes, identity_hashes
from core.eventlog.locks import Busy
from core.eventlog.locks import held as lock_held
from core.eventlog.manifest import commit
from tests.eventlog.records import append, event, held, kept_conflicts, later


@pytest.fixture
def log(tmp_path):
    return EventLog(tmp_path / "log")


def test_a_log_that_is_not_there_yet_is_empty(log):
    assert (log.head(), log.segments(), log.documents()) == (Head(0, 0), (), ())
    assert not log.folder.exists()


def test_positions_are_dense_over_batches(log):
    first = log.append(frame_of([event("1"), event("2")]))
    second = log.append(frame_of([event("2"), event("3")]))
    assert (first.first_position, first.last_position, second.first_position, second.last_position) == (1, 2, 3, 3)
    assert held(log, "position", "event_id") == [(1, "1"), (2, "2"), (3, "3")]
    assert [segment.last_position for segment in log.segments(after=2)] == [3]
    assert log.head() == Head(3, 0)


def test_a_segment_has_position_and_every_column_in_the_types_of_the_contract(log):
    log.append(frame_of([event("1")]))
    schema = pq.read_schema(log.segments()[0].path)
    assert schema.names == ["position", *COLUMNS]
    assert {
        name: str(schema.field(name).type)
        for name in ("position", "source", "occurred_at", "journey_version", "cost_amount", "is_machine", "duration_s", "attributes")
    } == {
        "position": "int64",
        "source": "string",
        "occurred_at": "timestamp[us, tz=UTC]",
        "journey_version": "int64",
        "cost_amount": "decimal128(18, 6)",
        "is_machine": "bool",
        "duration_s": "double",
        "attributes": "string",
    }


def test_the_same_content_again_is_a_repeat_whenever_it_was_received(log):
    assert append(log, event("1", account_id="acme", x="a")) == (1, 0, 0)
    assert append(log, event("1", now=later(5), occurred_at="2026-01-05T11:00:00+01:00", x="a")) == (0, 1, 0)


def test_attributes_are_compared_by_value(log):
    append(log, event("1", attributes={"a": 1, "b": [1.5]}), event("2", attributes={}))
    assert append(log, event("1", attributes={"b": [1.50], "a": 1.0}), event("2")) == (0, 2, 0)
    assert append(log, event("1", attributes={"a": "1", "b": [1.5]}), event("2", attributes={"a": None})) == (0, 0, 2)


@pytest.mark.parametrize(
    "changes",
    [{"profile_id": "p2"}, {"channel": "SMS"}, {"cost_amount": "0"}, {"is_machine": True}, {"occurred_at": "2026-01-05T10:00:00.000001Z"}, {"duration_s": "0"}],
)
def test_other_content_is_a_conflict_and_is_kept_aside(log, changes):
    append(log, event("0"), event("1"))
    assert append(log, event("1", **changes)) == (0, 0, 1)
    assert held(log, "position", "event_id", "profile_id") == [(1, "0", "p1"), (2, "1", "p1")]
    assert kept_conflicts(log, "position", "event_id") == [(2, "1")]


def test_within_a_batch_the_first_one_is_taken(log):
    assert append(log, event("1"), event("1", profile_id="p2"), event("1"), event("1", profile_id="p2")) == (1, 1, 2)
    assert append(log, event("1", profile_id="p2"), event("1", profile_id="p2"), event("1")) == (0, 1, 2)


def test_another_source_is_another_identity_whatever_the_parts_look_like(log):
    assert append(log, event("c", source="a\x1fb"), event("b\x1fc", source="a")) == (2, 0, 0)


def test_ids_whose_hashes_meet_are_told_apart_in_the_segment(log, monkeypatch):
    monkeypatch.setattr(hashing, "_hashed", lambda texts: np.zeros(len(texts), np.uint64))
    assert append(log, event("1"), event("2"), event("1")) == (2, 1, 0)
    assert append(log, event("2", status="x"), event("3"), event("1"), event("3")) == (1, 2, 1)
    assert held(log, "position", "event_id") == [(1, "1"), (2, "2"), (3, "3")]


def test_both_ways_to_hash_are_one(monkeypatch):
    frame = frame_of([event(str(number), status="\u00e9" if number % 2 else None, cost_amount=f"{number}.5", x="y") for number in range(10)])
    few = identity_hashes(frame), content_hashes(frame)
    monkeypatch.setattr(hashing, "FEW", 0)
    many = identity_hashes(frame), content_hashes(frame)
    assert [hashes.tolist() for hashes in few] == [hashes.tolist() for hashes in many]
    assert few[0][0] == 14965256630978981128  # of s␟0: a change here would make every index on disk worthless


EVENTS = some.builds(lambda number, variant: event(str(number), status=variant), some.integers(0, 6), some.sampled_from([None, "a", "b"]))


@given(some.lists(EVENTS, max_size=24), some.data())
@settings(max_examples=60, deadline=None)
def test_any_split_into_batches_gives_the_same_log(records, data):
    seen: dict[object, dict[str, object]] = {}
    expected = {"accepted": 0, "repeated": 0, "conflicts": 0}
    for record in records:
        kept = seen.setdefault(record["event_id"], record)
        expected["accepted" if kept is record else "repeated" if kept == record else "conflicts"] += 1
    with TemporaryDirectory() as folder:
        log = EventLog(Path(folder))
        counts = {"accepted": 0, "repeated": 0, "conflicts": 0}
        left = list(records)
        while left:
            size = data.draw(some.integers(1, len(left)))
            for name, count in zip(counts, append(log, *left[:size]), strict=True):
                counts[name] += count
            left = left[size:]
        assert counts == expected
        assert held(log) == [(position, *record.values()) for position, record in enumerate(seen.values(), 1)]


def test_many_small_batches_become_few_segments_and_keep_their_positions(log):
    for number in range(TOGETHER**2 + 3):
        append(log, event(str(number)))
        assert len(log.segments()) < 2 * TOGETHER
    assert held(log, "position", "event_id") == [(number + 1, str(number)) for number in range(TOGETHER**2 + 3)]
    assert append(log, *(event(str(number)) for number in range(TOGETHER**2 + 3))) == (0, TOGETHER**2 + 3, 0)
    assert len(list((log.folder / "segments").iterdir())) == 3 * len(log.segments())


@pytest.mark.parametrize(
    ("rows", "together"),
    [
        ([1] * 7, 0),
        ([1] * 8, 8),
        ([5, *[1] * 8], 9),
        ([9, *[1] * 8], 8),
        ([200_000, *[1] * 7], 0),
        ([60_000] * 8, 8),
        ([62_000] * 8, 0),
        ([400_000, *[50_000] * 9], 9),
        ([245_760] * 9, 0),
        ([1] * 1000, 1000),
    ],
)
def test_what_is_laid_together_is_small_beside_what_it_becomes(rows, together):
    ends = np.cumsum(rows).tolist()
    segments = tuple(Segment(Path(str(end)), end - count + 1, end) for end, count in zip(ends, rows, strict=True))
    assert len(run_of_small(segments)) == together


def test_compaction_leaves_files_to_those_who_read_them(log):
    for number in range(TOGETHER - 1):
        append(log, event(str(number)))
    with log.reading():
        listed = log.segments()
        append(log, event("last"))
        assert len(log.segments()) == 1
        assert [len(pl.read_parquet(segment.path)) for segment in listed] == [1] * (TOGETHER - 1)
    append(log, event("after"))
    assert not any(segment.path.exists() for segment in listed)


def test_a_second_process_waits_and_then_says_so(log):
    append(log, event("1"))
    with (
        lock_held(log.folder / "append.lock", wait_s=0, busy=""),
        pytest.raises(Busy, match=r"Another process has been writing to this log for 0.1 s: nothing was taken."),
    ):
        log.append(frame_of([event("2")]), wait_s=0.1)
    assert append(log, event("2")) == (1, 0, 0)


def test_many_at_once_take_each_identity_once(log):
    def of_one(number: int) -> int:
        return sum(append(log, event(str(number // 2)), event(f"own-{number}-{turn}"))[0] for turn in range(5))

    with ThreadPoolExecutor(4) as pool:
        accepted = sum(pool.map(of_one, range(4)))
    assert accepted == 22 == log.head().position
    assert [position for (position,) in held(log, "position")] == list(range(1, 23))


def test_a_batch_that_fails_leaves_nothing(log):
    append(log, event("1"))
    before = sorted(log.folder.rglob("*"))

    def frames():
        yield frame_of([event("2"), event("1", status="other")])
        raise OSError("the source went away")

    with pytest.raises(OSError, match="went away"):
        log.append(frames())
    assert sorted(log.folder.rglob("*")) == before
    assert held(log, "event_id") == [("1",)]


def test_a_batch_stopped_just_after_its_commit_is_in_the_log(log, monkeypatch):
    append(log, event("1"))
    with monkeypatch.context() as patched:
        patched.setattr("core.eventlog.files.settle", stop)  # what follows on the new manifest's rename
        with pytest.raises(KeyboardInterrupt):
            append(log, event("2"))
    assert held(log, "position", "event_id") == [(1, "1"), (2, "2")]
    assert append(log, event("2"), event("3")) == (1, 1, 0)


def stop(_folder: Path) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("fault", [errno.ENOSPC, errno.EIO])
def test_a_batch_is_taken_where_the_disk_fails_while_segments_are_laid_together(fault, log, monkeypatch):
    for number in range(TOGETHER - 1):
        append(log, event(str(number)))
    commits = []

    def commit_once(folder, manifest):
        commits.append(manifest)
        if len(commits) == 2:
            raise OSError(fault, os.strerror(fault))
        commit(folder, manifest)

    monkeypatch.setattr("core.eventlog.log.commit", commit_once)
    assert append(log, event("last")) == (1, 0, 0)
    assert (len(log.segments()), len(commits)) == (TOGETHER, 2)
    assert append(log, event("after")) == (1, 0, 0)
    assert (len(log.segments()), len(held(log))) == (1, TOGETHER + 1)


def test_leavings_of_a_killed_process_are_cleared_by_the_next(log):
    append(log, event("1"))
    (log.folder / "erasing").mkdir()
    for name in (
        "segments/000000000000002-000000000000002-0badcafe.parquet",
        "rejected/000000000002.ndjson",
        "conflicts/000000000002.parquet",
        "erasing/draft",
        "erasing/erased-0badcafe.json.new",
    ):
        (log.folder / name).write_bytes(b"half")
    append(log, event("2"))
    assert [path.name for part in ("rejected", "conflicts", "erasing") for path in (log.folder / part).iterdir()] == []
    assert len(list((log.folder / "segments").iterdir())) == 6
