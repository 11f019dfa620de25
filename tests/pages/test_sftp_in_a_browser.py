"""Connections and SFTP import in a real browser, against a real SFTP server: from the form to what a file's entries did next."""

import csv
import os
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from threading import Event, Thread

import pytest
from axe_playwright_python.sync_playwright import Axe

from core.access import accounts, sessions, terms, users
from core.access.accounts import Account
from core.sources.sftp import connections, fetch, history
from core.sources.sftp.connections import Connection
from core.sources.sftp.polling import intake_of
from core.sources.sftp.reading import Reading
from core.store import Lease
from core.worker import LEASE, TICK_S
from tests.e2e.serving import ROOT, served
from tests.pages.browsing import idle
from tests.sftp.conftest import start_sshd  # noqa: F401 (a fixture)
from tests.sftp.test_fetch import put

pytestmark = [pytest.mark.slow, pytest.mark.browser]
NOT_OURS = {"empty-table-header", "presentation-role-conflict"}  # of Streamlit's own table (stack-facts §9) and file uploader
ALLOWED = "127.0.0.0/8"
LEADS = "phone,city\n+385912345678,Split\n12,\n+385912345679,Zadar\n"


@pytest.fixture(scope="module")
def sshd(start_sshd):  # noqa: F811
    return start_sshd()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def desk(door):
    """An account of the package Start that was never built, and its intake."""
    accounts.add(door.store, Account("files", ((None, "UTC"),), "EUR", "start", None, False, None), by="test", now=door.now())
    terms.accept(door.store, "files", by="test", now=door.now())
    for name, role in (("kim", "communication_manager"), ("vera", "viewer")):
        users.add(door.store, f"{name}-files", "files", role, None, by="test", now=door.now())

    own = intake_of(door.store, door.settings, door.account("files"), door.folder("files"), lambda: datetime.now(UTC))
    with no_worker(door):
        yield replace(own, allowed_hosts=(ALLOWED,))


@contextmanager
def no_worker(door):
    """The server's own worker, which would poll and build in between, finds another at work."""
    clock, over = Lease(door.store, "worker", "these tests"), Event()

    def prolong():
        while not over.wait(TICK_S):
            clock.take(door.now(), LEASE)

    assert clock.take(door.now(), LEASE)
    holding = Thread(target=prolong)
    holding.start()
    yield
    over.set()
    holding.join()
    clock.give_back()


@pytest.fixture(scope="module")
def served_at(door, desk):
    with served(ROOT / "app.py", door.settings.data_dir, JOURNEYS_SFTP_ALLOWED_HOSTS=ALLOWED) as url:
        yield url


@pytest.fixture
def opened(opened):
    """opened(path, user, width, ground) → a page of the account “files”."""
    return lambda path, user="kim-files", width=1440, ground="light": opened(path, width, ground, user)


@pytest.fixture(scope="module")
def add(desk, sshd, folder):
    """add(name) → a connection of the journey “leads” to the server, its host key accepted."""

    def add_one(name, **values):
        secret = connections.sealed_key(desk, sshd.key)
        given = {"journey_id": "leads", "host": "127.0.0.1", "port": sshd.port, "username": sshd.user, "host_keys": (sshd.host_key,), "path": str(folder),
                 "pattern": "*.csv", "reading": Reading("phone"), "every_minutes": 600, **secret, **values}  # fmt: skip
        return connections.add(desk, Connection(name, **given), by="test")

    return add_one


def fill(page, label, value):
    page.get_by_label(label, exact=True).fill(value)


def press(page, name):
    idle(page)
    page.get_by_role("button", name=name).click()


def fetched(table):
    return [[cell.strip() for cell in row.locator("th,td").all_inner_texts()] for row in table.locator("tbody tr").all()]


def saved(page, click):
    with page.expect_download() as arrived:
        click()
    with arrived.value.path().open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_a_connection_is_added_tested_accepted_edited_switched_off_and_removed(opened, desk, sshd, folder):
    put(folder, "leads.csv", LEADS)
    page = opened("connections")
    page.get_by_text("There is no connection yet").wait_for()
    press(page, "Add a connection")
    for label, value in (("Name", "crm"), ("Host", "127.0.0.1"), ("Port", str(sshd.port)), ("User", sshd.user), ("Folder", str(folder)),
                         ("Private key, without a passphrase", "hello")):  # fmt: skip
        fill(page, label, value)
    page.get_by_label("Journey that the rows enter").fill("leads")
    page.keyboard.press("Enter")
    press(page, "Add the connection")
    page.get_by_text("This is no private key: give the whole private file").wait_for()  # what is wrong is said, and what was typed stays
    fill(page, "Private key, without a passphrase", sshd.key)
    press(page, "Add the connection")
    page.get_by_text("crm is saved.").wait_for()
    kept = connections.find(desk, "crm")
    assert (kept.journey_id, kept.port, kept.path, kept.host_keys, kept.active) == ("leads", sshd.port, str(folder), (), True)
    assert "PRIVATE KEY" not in page.content()

    press(page, "Test connection")
    page.get_by_text("Host key unknown").wait_for()
    steps = fetched(page.get_by_role("region", name="Test of the connection"))
    assert [(step, said.split(" ")[0]) for step, said in steps] == [
        ("Find the host’s address", "Passed"), ("Connect to the server", "Passed"), ("Check the host key", "Failed")]
    assert sshd.host_key.fingerprint in page.get_by_text("Ask the server’s owner").inner_text()
    press(page, "Accept this host key")
    page.get_by_text(f"ssh-ed25519 {sshd.host_key.fingerprint}").wait_for()
    press(page, "Test connection")
    page.get_by_text("The newest file, leads.csv").wait_for()
    assert "2 of 3 entries valid" in page.content()
    assert fetched(page.get_by_role("region", name="First rows judged")) == [["2", "valid"], ["3", "invalid phone"], ["4", "valid"]]
    assert history.newest(desk) == []  # a test takes nothing

    fill(page, "Minutes from poll to poll", "45")
    press(page, "Save the changes")
    page.get_by_text("crm is saved.").wait_for()
    assert connections.find(desk, "crm").every_minutes == 45
    press(page, "Switch off")
    page.get_by_role("button", name="Switch on").wait_for()
    assert connections.find(desk, "crm").active is False
    idle(page)
    page.get_by_role("button", name="Remove").first.click()
    page.get_by_role("button", name="Remove it for good").click()
    page.get_by_text("There is no connection yet").wait_for()
    assert connections.every(desk) == []


@pytest.fixture(scope="module")
def history_of_leads(desk, add, folder):
    """A journey that no snapshot knows: a file from the server, another connection that is broken, and thirty small files by hand."""
    put(folder, "leads.csv", LEADS)
    add("leads-crm", active=False)
    add("leads-old", active=False, path="/nowhere")
    fetch.poll(desk, "leads-crm", settle_s=0)
    fetch.poll(desk, "leads-old", settle_s=0)
    for number in range(30):
        file = folder.parent / "by-hand.csv"
        file.write_text(f"phone\n+3859123{number:05d}\n")
        with file.open("rb") as content:
            fetch.upload(desk, "leads-crm", f"{number:02d}.csv", content, by="test")
    return history.newest(desk)


def test_an_account_that_was_never_built_shows_its_fetches(opened, history_of_leads):
    page = opened("sftp-import")
    page.get_by_role("region", name="Journeys").get_by_text("leads").click()
    page.get_by_role("heading", name="Fetches, newest first").wait_for()
    assert "Not built yet" in page.content()
    assert page.get_by_text("32 fetches").count() == 1


def test_fetches_are_paged_and_filtered_by_connection_and_status(opened, history_of_leads):
    page = opened("sftp-import?journey=leads")
    table = page.get_by_role("region", name="Fetches")
    assert len(fetched(table)) == 25
    idle(page)
    page.locator(".st-key-fetches-page button", has_text="2").click()
    table.get_by_text("leads.csv").wait_for()
    assert len(fetched(table)) == 7
    idle(page)
    page.get_by_text("leads-old", exact=True).first.click()
    page.get_by_text("1 fetch ·").wait_for()
    (row,) = fetched(table)
    assert row[1:3] == ["leads-old", "–"]
    assert "connection=leads-old" in page.url
    page.go_back()
    page.get_by_text("32 fetches").wait_for()
    idle(page)
    page.get_by_text("With refusals", exact=True).click()
    table.get_by_text("leads.csv").wait_for()
    assert [row[2:6] for row in fetched(table)] == [["leads.csv", "3", "2", "1"]]
    assert "status=refusals" in page.url


def test_the_package_start_exports_the_table_as_csv(opened, history_of_leads):
    page = opened("sftp-import?journey=leads", user="vera-files")
    rows = saved(page, lambda: page.get_by_role("button", name="Export CSV").click())
    assert rows[0] == ["Date time", "SFTP connection", "File", "Total entries", "Valid entries", "Invalid entries", "Status"]
    assert (len(rows), rows[-1][1:]) == (33, ["leads-crm", "leads.csv", "3", "2", "1", "Imported with errors"])
    page.locator(".st-key-m-fetches button").click()
    page.get_by_role("menuitem", name="CSV").click()
    assert saved(page, lambda: page.get_by_role("button", name="Download CSV").click()) == rows


def test_the_fix_it_file_is_corrected_and_brought_back_by_hand(opened, desk, history_of_leads, tmp_path):
    page = opened("sftp-import?journey=leads&status=refusals")
    page.get_by_role("region", name="Fetches").get_by_text("leads.csv").click()
    page.get_by_role("heading", name="Refused rows of leads.csv").wait_for()
    assert fetched(page.get_by_role("region", name="Refused rows")) == [["3", "invalid phone", "phone", "12"]]
    idle(page)
    rows = saved(page, lambda: page.get_by_role("button", name="Download fix-it file").click())
    assert rows == [["phone", "city", "reason"], ["12", "", "invalid phone"]]
    put(tmp_path, "fixed.csv", "phone,city,reason\n+385912349999,Pula,invalid phone\n")
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(str(tmp_path / "fixed.csv"))
    page.get_by_text("fixed.csv").first.wait_for()
    press(page, "Import the file")
    page.get_by_text("fixed.csv: Imported").wait_for()
    assert [(one.file, one.valid) for one in history.newest(desk, limit=1)] == [("fixed.csv", 1)]
    assert "No row of this file" not in page.content()


def test_a_file_that_usually_comes_and_did_not_is_named(opened, desk, add, history_of_leads):
    now = time.time()
    add("weekly", journey_id="weekly", active=True, every_minutes=43_200)
    for week in range(1, 7):
        at = datetime.fromtimestamp(now - week * 7 * 86_400 - 5 * 3600, UTC)
        when = replace(desk, clock=lambda at=at: at)
        with put(desk.folder, "weekly.csv", f"phone\n+38591234000{week}\n").open("rb") as content:
            fetch.upload(when, "weekly", f"weekly-{week}.csv", content, by="test")
    page = opened("sftp-import?journey=weekly")
    page.get_by_text("1 file missing").wait_for()
    (row,) = fetched(page.get_by_role("region", name="Expected files"))
    assert (row[0], row[2], row[3].split(" ")[0]) == ("weekly", "6 of 6 weeks", "Missing")


@pytest.mark.parametrize("ground", ["light", "dark"])
@pytest.mark.parametrize(
    "path", ["sftp-import?journey=leads", "sftp-import?journey=leads&fetch={fetch}", "connections", "connections?name=leads-crm", "connections?new=1"]
)
def test_axe_finds_nothing_of_ours(opened, history_of_leads, path, ground):
    opened_one = next(one.fetch_id for one in history_of_leads if one.file == "leads.csv")
    found = Axe().run(opened(path.format(fetch=opened_one), ground=ground)).response["violations"]
    assert [(finding["id"], node["html"][:200]) for finding in found if finding["id"] not in NOT_OURS for node in finding["nodes"]] == []


@pytest.mark.parametrize("width", [1440, 834, 390])
@pytest.mark.parametrize("path", ["sftp-import?journey=leads&fetch={fetch}", "connections?name=leads-crm"])
def test_no_page_is_wider_than_its_screen(opened, history_of_leads, path, width):
    opened_one = next(one.fetch_id for one in history_of_leads if one.file == "leads.csv")
    page = opened(path.format(fetch=opened_one), width=width)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= width


def test_what_a_files_entries_did_next_is_there_after_the_refresh(opened, door, desk, history_of_leads):
    wanted = next(one.fetch_id for one in history_of_leads if one.file == "leads.csv")
    page = opened(f"sftp-import?journey=leads&fetch={wanted}")
    page.get_by_text("what they did is here after the next refresh").wait_for()
    door.build(door.account("files"), as_of=door.now())
    page.reload()
    page.get_by_role("region", name="What the entries of leads.csv did next").wait_for()
    rows = fetched(page.get_by_role("region", name="What the entries of leads.csv did next"))
    assert [(row[0], row[1], row[2]) for row in rows] == [
        ("Entered", "2", "100.0 %"), ("Messaged", "0", "0.0 %"), ("Viewed a message", "0", "0.0 %"), ("Reached the goal", "0", "0.0 %"),
        ("Reached an exit point", "0", "0.0 %"), ("Still in the journey", "2", "100.0 %")]


def test_a_connection_whose_host_is_no_longer_allowed_can_be_switched_off(door, chromium, desk, add):
    add("elsewhere")
    with served(ROOT / "app.py", door.settings.data_dir, JOURNEYS_SFTP_ALLOWED_HOSTS="192.0.2.1") as url:
        context = chromium.new_context()
        page = context.new_page()
        ticket = sessions.ticket(door.store, users.find(door.store, "kim-files"), now=door.now())
        page.goto(f"{url}/auth/enter?ticket={ticket}&next=/connections%3Fname%3Delsewhere")
        page.get_by_role("button", name="Switch off").click()
        page.get_by_role("button", name="Switch on").wait_for()
        context.close()
    assert connections.find(desk, "elsewhere").active is False
    assert os.environ.get("JOURNEYS_SFTP_ALLOWED_HOSTS") is None
