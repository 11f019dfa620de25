"""The Trust page, and links that hold on to the numbers as they were."""
from datetime import UTC, datetime, timedelta

import pytest

from core.access import audit, users
from core.access.features import Refused
from core.reports import made
from core.ui import sheets
from tests.pages.accounts import built, of_events, taken
from tests.pages.test_widgets_agree import html
from tests.sources.files import file


def test_trust_says_that_all_promises_hold_and_what_was_left_out(run):
    at = run("trust")
    assert not at.exception
    said = html(at)
    for text in ("promises hold", "How late events come, by source", "Orphans, by source and event type", "Conflicts, by source and event type", "Last builds",
                 "There is no earlier snapshot to compare with"):
        assert text in said


def test_a_link_that_holds_on_to_a_snapshot_says_so_and_leads_back_to_the_newest(run, door):
    snapshot = door.newest_snapshot_id("demo")
    at = run("overview", f"snapshot={snapshot}")
    assert not at.exception
    assert f"Snapshot {snapshot}" in html(at)
    assert "Show the newest numbers" in html(at)


def test_a_snapshot_that_is_not_kept_is_said(run):
    at = run("overview", "snapshot=s-20200101-000000")
    assert not at.exception
    assert "no longer kept" in html(at)
    assert "Show the newest numbers</a>" in html(at)


def test_a_file_of_a_page_without_queries_is_in_the_audit_trail(run, door):
    viewer = run("trust").session_state["ja-viewer"]
    sheet = sheets.Sheet(sheets.columns("a"), sheets.frame_of(sheets.columns("a"), [("x",)]), ())
    address = sheets._kept(viewer, sheets.Widget("builds", "Last builds", (("", lambda: sheet),), lambda: None), sheet, "csv", "Last builds")
    newest = audit.newest(door.store, "demo", 1)[0]
    assert (newest.actor, newest.action, newest.subject) == (viewer.user.name, "widget.exported", "Last builds.csv")
    kept = made.find(address.rpartition("/")[2], "demo", viewer.user.user_id)
    assert kept.path.read_bytes() == b"\xef\xbb\xbfa\r\nx\r\n"
    kept.path.unlink()


def test_what_a_refresh_changed_says_money_by_currency(run, door, tmp_path):
    day = datetime.now(UTC).replace(hour=10) - timedelta(days=3)
    sent = {"event_type": "message.sent", "journey_id": "cart", "profile_id": "p1", "channel": "SMS", "occurred_at": day.isoformat()}
    of_events(door, tmp_path, "moved", [{"event_type": "journey.entered", "journey_id": "cart", "profile_id": "p1", "occurred_at": day.isoformat()}])
    taken(door, "moved", file(tmp_path, "late.ndjson", [
        {**sent, "source": "t", "event_id": "1", "message_id": "1", "cost_amount": "0.25", "cost_currency": "EUR"},
        {**sent, "source": "t", "event_id": "2", "message_id": "2", "cost_amount": "4", "cost_currency": "USD"}]))  # fmt: skip
    built(door, "moved")
    said = html(run("trust", user="moved"))
    assert "0.25 EUR" in said
    assert "4.00 USD" in said


def test_an_administrator_lets_go_of_a_snapshot_that_a_link_holds_on_to(run, door, tmp_path):
    at = "2026-03-01T10:00:00Z"
    of_events(door, tmp_path, "held", [{"event_type": "journey.entered", "journey_id": "cart", "profile_id": "p1", "occurred_at": at}])
    users.add(door.store, "heda", "held", "admin", None, by="test", now=door.now())
    viewer = run("trust", user="held").session_state["ja-viewer"]
    snapshot = viewer.pin()
    plain = run("trust", user="held")
    assert "1 of 30 that may be; each for 90 days from its last link" in html(plain)
    assert [button.key for button in plain.button if button.key == "pins-go"] == []
    with pytest.raises(Refused, match="Administrator"):
        viewer.unpin(snapshot)
    page = run("trust", user="heda")
    page.selectbox(key="pins-which").set_value(snapshot).run()
    page.button(key="pins-go").click().run()
    assert "no longer kept" in html(page)
    page.session_state["ja-viewer"].unpin(snapshot)  # what the dialog's button does: AppTest does not run it
    assert "No link holds on to a snapshot" in html(run("trust", user="heda"))
    assert [one for _, one in door.kept_snapshots("held") if one] == []
    assert [(one.actor, one.action, one.subject) for one in audit.newest(door.store, "held", 2)] == [
        ("heda", "snapshot.unpinned", snapshot), ("held", "snapshot.pinned", snapshot)]
