"""The Trust page, and links that hold on to the numbers as they were."""
from core.access import audit
from core.reports import made
from core.ui import sheets
from tests.pages.test_widgets_agree import html


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
