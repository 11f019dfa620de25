"""The Viewer: rights, the snapshot of a page session, and a session that is asked again before anything is read."""
from datetime import timedelta
from gc import collect
from importlib import import_module
from weakref import ref

import pytest

from core.access import accounts, sessions, users
from core.access.features import Refused
from core.store import refreshes
from core.ui.viewer import SignedOut, Viewer

module = import_module("core.ui.viewer")  # `core.ui.viewer` is the function of that name


@pytest.fixture(autouse=True)
def asked_each_time(monkeypatch):
    monkeypatch.setattr(module, "CHECKED_FOR_S", 0.0)


@pytest.fixture
def viewer(door, session):
    def of(name="viewer", kept=None):
        session_id = session(name)
        return Viewer(door, users.find(door.store, name), door.account("acme"), session_id, door.now(), {} if kept is None else kept)
    return of


def test_an_account_that_was_never_built_has_no_snapshot(viewer):
    seen = viewer()
    assert (seen.snapshot, seen.newer_snapshot, seen.next_refresh_at) == (None, None, None)


def test_a_page_session_keeps_its_snapshot_until_the_reader_takes_the_newer_one(viewer, built):
    first, kept = built(), {}
    assert (viewer(kept=kept).snapshot.snapshot_id, viewer(kept=kept).newer_snapshot) == (first, None)
    second = built()
    seen = viewer(kept=kept)
    assert (seen.snapshot.snapshot_id, seen.newer_snapshot) == (first, second)
    seen.take_newer_snapshot()
    assert (viewer(kept=kept).snapshot.snapshot_id, viewer().snapshot.snapshot_id) == (second, second)


def test_page_sessions_share_one_opening_of_a_snapshot(viewer, built):
    built()
    assert viewer().snapshot is viewer().snapshot


def test_after_sign_out_nothing_is_read_any_more(door, built, session):
    built()
    session_id = session("viewer")
    seen = Viewer(door, users.find(door.store, "viewer"), door.account("acme"), session_id, door.now(), {})
    assert seen.snapshot is not None
    sessions.end(door.store, session_id, now=door.now())
    for read in (lambda: seen.snapshot, seen.log, lambda: seen.folder, lambda: seen.require("performance"), seen.check):
        with pytest.raises(SignedOut):
            read()


def test_a_new_role_ends_what_the_old_one_could_read(door, viewer, built):
    built()
    seen = viewer("admin")
    users.change(door.store, "admin", "acme", by="operator", now=door.now(), role="viewer")
    with pytest.raises(SignedOut):
        seen.require("administer")


def test_rights_follow_package_and_role_and_a_refusal_names_them(viewer):
    seen = viewer("viewer")
    assert (seen.may("export"), seen.may("mep"), seen.may("explore")) == (True, False, False)
    assert seen.refusal("explore") == "Explore belongs to the package Scale. This account has Grow."
    with pytest.raises(Refused, match="Your role is Viewer"):
        seen.require("mep")


def test_the_next_refresh_is_due_as_the_package_says(viewer, built):
    built()
    seen = viewer()
    assert seen.next_refresh_at == seen.snapshot.as_of + timedelta(hours=6)


def test_a_build_that_failed_is_said_until_one_works(door, viewer):
    refreshes.started(door.store, "acme", now=door.now())
    refreshes.finished(door.store, "acme", now=door.now(), error="The disk is full.")
    assert viewer().failed_build == "The disk is full."
    refreshes.finished(door.store, "acme", now=door.now(), snapshot_id="s-1")
    assert viewer().failed_build is None


def test_a_page_looks_its_snapshot_up_once_and_again_when_the_session_is_looked_at_again(door, viewer, built, monkeypatch):
    first, kept, looked = built(), {}, []
    seen = viewer(kept=kept)
    plain = Viewer._looked_up
    monkeypatch.setattr(Viewer, "_looked_up", lambda self: looked.append(self) or plain(self))
    monkeypatch.setattr(module, "CHECKED_FOR_S", 60.0)
    assert [seen.snapshot.snapshot_id, seen.snapshot.snapshot_id, len(looked)] == [first, first, 1]
    second = built()
    seen.take_newer_snapshot()
    assert (seen.snapshot.snapshot_id, len(looked)) == (second, 2)
    monkeypatch.setattr(seen, "_checked_at", seen._checked_at - 61)
    kept.clear()
    assert (seen.snapshot.snapshot_id, len(looked)) == (second, 3)


def test_a_snapshot_closes_with_the_last_page_session_that_shows_it(viewer, built):
    built()
    kept = {}
    old = ref(viewer(kept=kept).snapshot)
    built()
    assert viewer().snapshot is not old()
    assert old() is not None
    kept.clear()
    collect()
    assert old() is None


def test_a_changed_package_holds_for_a_page_that_was_drawn_before(door, viewer):
    seen = viewer("admin")
    assert seen.may("export")
    accounts.change(door.store, "acme", by="operator", now=door.now(), package="start")
    assert seen.refusal("export") == "Export belongs to the packages Grow and Scale. This account has Start."
    with pytest.raises(Refused):
        seen.require("export")
