"""A disk that fails just after a commit: what is in the log is said to be in it, and the same again enters nothing twice."""
import errno
import os
from contextlib import contextmanager

import pytest

from core.eventlog import EventLog
from core.eventlog.compaction import TOGETHER
from core.eventlog.files import NotConfirmed, NotWritten, replace_durably
from core.eventlog.manifest import commit
from tests.contract.test_documents import CART
from tests.eventlog.records import NOW, append, event, held

SAID = ("This is in the log, but {} is written and the disk did not confirm it (Input/output error): a power cut could bring the old one back. "
        "Look at the disk, then do the same again. Nothing is taken twice.")


@pytest.fixture
def log(tmp_path):
    return EventLog(tmp_path / "log")


@contextmanager
def a_folder_that_cannot_be_flushed(monkeypatch, where="core.eventlog.files.settle"):
    def fail(_folder):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patched:
        patched.setattr(where, fail)
        yield


def test_a_batch_whose_commit_is_not_confirmed_is_said_to_be_in_the_log_and_is_repeated_when_it_is_sent_again(log, monkeypatch):
    append(log, event("1"))
    with a_folder_that_cannot_be_flushed(monkeypatch), pytest.raises(NotConfirmed) as said:
        append(log, event("2"), event("3"))
    assert str(said.value) == SAID.format(log.folder / "manifest.json")
    assert held(log, "position", "event_id") == [(1, "1"), (2, "2"), (3, "3")]
    assert append(log, event("2"), event("3"), event("4")) == (1, 2, 0)


def test_catalog_documents_too(log, monkeypatch):
    with a_folder_that_cannot_be_flushed(monkeypatch), pytest.raises(NotConfirmed) as said:
        log.put_documents([CART], replace=False, now=NOW)
    assert (str(said.value), [document.body for document in log.documents()]) == (SAID.format(log.folder / "manifest.json"), [CART])
    assert log.put_documents([CART], replace=False, now=NOW) == ()


def test_an_erasure_too_which_the_same_call_finishes(log, monkeypatch):
    append(log, event("1"))
    with a_folder_that_cannot_be_flushed(monkeypatch), pytest.raises(NotConfirmed) as said:
        log.erase("p1", now=NOW)
    assert str(said.value).endswith(" Look at the disk, then do the same again.")
    erased = log.erase("p1", now=NOW)
    assert (erased.was_begun, held(log, "profile_id"), list((log.folder / "erasing").iterdir())) == (True, [(erased.token,)], [])


def test_segments_that_were_laid_together_keep_their_parts_until_the_disk_has_confirmed_it(log, monkeypatch):
    for number in range(TOGETHER - 1):
        append(log, event(str(number)))
    parts = [segment.path for segment in log.segments()]
    commits = []

    def confirmed_once(folder, manifest):
        commit(folder, manifest)
        commits.append(manifest)
        if len(commits) == 2:
            raise NotConfirmed("the second is not")

    with monkeypatch.context() as patched:
        patched.setattr("core.eventlog.log.commit", confirmed_once)
        assert append(log, event("last")) == (1, 0, 0)
    assert (len(log.segments()), all(path.exists() for path in parts)) == (1, True)

    with a_folder_that_cannot_be_flushed(monkeypatch, "core.eventlog.sweeping.settle"), pytest.raises(NotWritten):
        append(log, event("more"))
    assert all(path.exists() for path in parts)
    assert append(log, event("more")) == (1, 0, 0)
    assert not any(path.exists() for path in parts)


def test_a_file_that_is_not_replaced_leaves_no_draft(tmp_path, monkeypatch):
    file = tmp_path / "file"
    replace_durably(file, b"old")

    def fails(_handle):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched, pytest.raises(OSError, match="No space left"):
        patched.setattr(os, "fsync", fails)
        replace_durably(file, b"new")
    assert ([path.name for path in tmp_path.iterdir()], file.read_bytes()) == (["file"], b"old")
