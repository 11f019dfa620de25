"""SFTP import and Connections: what came, why rows were refused, who may see and change what."""

import io
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.access import accounts, terms, users
from core.access.accounts import Account
from core.sources.sftp import connections, fetch, fetches, fixit, history
from core.sources.sftp.connections import Connection
from core.sources.sftp.polling import intake_of
from core.sources.sftp.reading import Reading
from core.ui import sftp_desk
from tests.pages.test_widgets_agree import html, tables, widgets

SECRET = "not to be shown 4711"
FILE = b"phone,profile_id\r\n+385912345678,p1\r\n12,p2\r\n+38591,p3\r\n"


@pytest.fixture(scope="module")
def intake(door):
    """A connection with two fetches: a file with two refused rows, then a connection that broke."""
    account = door.account("demo")
    desk = replace(intake_of(door.store, door.settings, account, door.folder("demo"), lambda: datetime.now(UTC)), allowed_hosts=("127.0.0.0/8",))
    users.add(door.store, "kim", "demo", "communication_manager", None, by="test", now=door.now())
    kept = Connection("crm", "cart", "127.0.0.1", 1, "u", "password", "", (), "/in", "*.csv", Reading("phone"))
    values = connections.sealed_password(desk, SECRET)
    connections.add(desk, replace(kept, **values), by="test")
    fetch.upload(desk, "crm", "leads.csv", io.BytesIO(FILE), by="test")
    fetches.fail(desk, connections.find(desk, "crm"), None, datetime.now(UTC), "The server refuses: check the port.")
    yield desk
    if "crm" in [one.name for one in connections.every(desk)]:
        connections.remove(desk, "crm", by="test")


def imported(intake):
    return next(one for one in history.newest(intake) if one.file == "leads.csv")


def test_fetches_stand_newest_first_with_counts_and_status_before_any_refresh(run, intake):
    at = run("sftp-import", "journey=cart")
    assert not at.exception
    assert [row[1:6] for row in tables(at)["Fetches"]] == [["crm", "–", "–", "–", "–"], ["crm", "leads.csv", "3", "1", "2"]]
    assert [row[7].split(" ")[0] for row in tables(at)["Fetches"]] == ["Connection", "Imported,"]
    assert "crm cannot be read since" in html(at)
    assert "The server refuses: check the port." in html(at)


def test_an_upload_by_hand_heals_no_broken_connection(run, intake):
    fetch.upload(intake, "crm", "by-hand.csv", io.BytesIO(b"phone\n+385912345679\n"), by="test")
    assert "crm cannot be read since" in html(run("sftp-import", "journey=cart"))


def test_the_address_filters_by_status_and_a_wrong_one_is_named(run, intake):
    assert [row[2] for row in tables(run("sftp-import", "journey=cart&status=refusals"))["Fetches"]] == ["leads.csv"]
    assert [row[2] for row in tables(run("sftp-import", "journey=cart&connection=crm&status=errors"))["Fetches"]] == ["–"]
    assert "There is no status “x”." in html(run("sftp-import", "journey=cart&status=x"))
    assert "There is no fetch of this journey “999”." in html(run("sftp-import", "journey=cart&fetch=999"))


def test_refused_rows_show_the_wrong_cell_and_a_viewer_sees_dots(run, intake):
    query = f"journey=cart&fetch={imported(intake).fetch_id}"
    rows = tables(run("sftp-import", query))["Refused rows"]
    assert [(row[0], row[2], row[3]) for row in rows] == [("3", "phone", "12"), ("4", "phone", "+38591")]
    at = run("sftp-import", query, user="vid")
    assert [row[3] for row in tables(at)["Refused rows"]] == ["•••", "•••"]
    assert "Download fix-it file" not in str([button.proto for button in at.get("download_button")])
    assert "Uploading is not open to you" in html(at)


def test_what_a_files_entries_did_next_waits_for_the_refresh(run, intake):
    at = run("sftp-import", f"journey=cart&fetch={imported(intake).fetch_id}")
    assert "1 entry entered; what they did is here after the next refresh." in html(at)
    assert "1 refused" not in html(at)


def test_the_trend_is_a_widget_with_a_menu_and_its_rows_are_one_click_away(run, intake):
    at = run("sftp-import", "journey=cart&range=7d")
    assert {"fetches", "sftp-days", "reasons", "polls", "arrivals"} <= {widget.key for widget in widgets(at)}
    at.button(key="vb-sftp-days").click().run()
    assert not at.exception
    rows = tables(at)["Entries in files, by day"]
    assert (len(rows), rows[-1][1:]) == (7, ["2", "2"])
    assert all(row[1:] == ["0", "0"] for row in rows[:-1])


def test_a_journey_that_no_snapshot_knows_shows_its_fetches(run, intake):
    kept = connections.find(intake, "crm")
    connections.add(intake, replace(kept, name="later", journey_id="not-built-yet"), by="test")
    fetch.upload(intake, "later", "first.csv", io.BytesIO(FILE), by="test")
    try:
        at = run("sftp-import", "journey=not-built-yet&from=2026-01-01")
        assert not at.exception
        assert [row[2] for row in tables(at)["Fetches"]] == ["first.csv"]
        assert "not-built-yet" in [row[0] for row in tables(run("sftp-import"))["Journeys"]][:2]  # those that files feed come first
    finally:
        connections.remove(intake, "later", by="test")


def test_an_account_that_was_never_built_shows_its_fetches(run, door):
    accounts.add(door.store, Account("unbuilt", ((None, "UTC"),), "EUR", "start", None, False, None), by="test", now=door.now())
    terms.accept(door.store, "unbuilt", by="test", now=door.now())
    users.add(door.store, "una", "unbuilt", "viewer", None, by="test", now=door.now())
    own = intake_of(door.store, door.settings, door.account("unbuilt"), door.folder("unbuilt"), lambda: datetime.now(UTC))
    desk = replace(own, allowed_hosts=("127.0.0.0/8",))
    secret = connections.sealed_password(desk, SECRET)
    kept = Connection("crm", "cart", "127.0.0.1", 1, "u", "password", "", (), "/in", "*.csv", Reading("phone"))
    connections.add(desk, replace(kept, **secret), by="test")
    fetch.upload(desk, "crm", "leads.csv", io.BytesIO(FILE), by="test")
    assert [row[0] for row in tables(run("sftp-import", user="una"))["Journeys"]] == ["cart"]
    at = run("sftp-import", f"journey=cart&fetch={history.newest(desk)[0].fetch_id}", user="una")
    assert not at.exception
    assert "Not built yet" in html(at)
    assert [row[1:6] for row in tables(at)["Fetches"]] == [["crm", "leads.csv", "3", "1", "2"]]
    assert [row[3] for row in tables(at)["Refused rows"]] == ["•••", "•••"]
    assert "what they did is here after the next refresh" in html(at)


def test_a_journey_without_files_says_so(run, intake):
    assert "No file feeds this journey" in html(run("sftp-import", "journey=winback"))


def test_connections_are_seen_by_all_and_the_secret_by_nobody(run, intake):
    for user in ("vid", "ana", "kim"):
        at = run("connections", user=user)
        assert not at.exception
        assert [row[0] for row in tables(at)["SFTP connections"]] == ["crm"]
        assert ("Add a connection" in [button.label for button in at.button]) is (user == "kim")
    at = run("connections", "name=crm", user="kim")
    assert not at.exception
    assert SECRET not in "".join(str(element.proto) for element in at.main)
    assert "Test connection" not in [button.label for button in run("connections", "name=crm", user="vid").button]
    assert "There is no SFTP connection “crn”. Did you mean “crm”?" in html(run("connections", "name=crn"))


def test_a_role_that_may_not_add_is_refused_by_the_address_too(run, intake):
    at = run("connections", "new=1", user="vid")
    assert "Changing SFTP connections is open to" in html(at)
    assert not at.text_input


def test_a_connection_is_switched_off_tested_and_removed(run, intake, monkeypatch):
    monkeypatch.setattr(sftp_desk, "of", lambda viewer: intake)  # the server's own settings allow no loopback address
    at = run("connections", "name=crm", user="kim")
    at.button(key="switch").click().run()
    assert not at.exception
    assert connections.find(intake, "crm").active is False
    at.button(key="test").click().run()
    assert not at.exception
    assert tables(at)["Test of the connection"][-1][1].startswith("Failed")
    at.button(key="remove").click().run()
    assert not at.exception
    assert connections.every(intake) == []


def test_the_fix_it_file_comes_from_the_same_rows(intake):
    out = io.BytesIO()
    assert fixit.write(intake, imported(intake), out) == 2
