"""The probe's server, a browser, and people who sign in."""
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from playwright.sync_api import expect, sync_playwright

from core.access import accounts, passwords, sessions, terms, users
from core.cli.door import Door
from tests.e2e.serving import served

PASSWORD = "correct horse"
CHROMIUM = {"executable_path": "/usr/bin/chromium", "args": ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]}


@contextmanager
def launched():
    """A Chromium, closed afterwards."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(**CHROMIUM)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def browser():
    with launched() as opened:
        yield opened


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A data directory with an enabled account (ana: viewer, mia: analyze manager) and two that are not (new and eva)."""
    data = tmp_path_factory.mktemp("house") / "data"
    door, now = Door({"data_dir": str(data)}), datetime.now(UTC)
    for account_id in ("acme", "fresh", "new"):
        accounts.add(door.store, accounts.Account(account_id, ((None, "UTC"),), "EUR", "start", None, False, None), by="operator", now=now)
    terms.accept(door.store, "acme", by="operator", now=now)
    secret = passwords.hashed(PASSWORD)
    for name, account_id, role in (("Ana", "acme", "viewer"), ("Mia", "acme", "analyze_manager"), ("Rest", "acme", "viewer"), ("New", "fresh", "admin"),
                                   ("Eva", "new", "viewer")):
        users.add(door.store, name, account_id, role, secret, by="operator", now=now)
    yield door
    door.store.close()


@pytest.fixture(scope="module")
def probe(house, tmp_path_factory):
    """The probe's server: `.url`, and `.told()` what of its page's code has run since last asked."""
    file = tmp_path_factory.mktemp("told") / "told"
    file.touch()

    read = 0  # characters told so far; the file is never cut, so that no line is lost that is written meanwhile

    def told():
        nonlocal read
        new = file.read_text()[read:]
        read += len(new)
        return new.split()

    with served(Path(__file__).parent / "probe" / "app.py", house.settings.data_dir, PROBE_FILE=str(file)) as url:
        yield SimpleNamespace(url=url, told=told)


@pytest.fixture
def context(browser):
    made = browser.new_context(viewport={"width": 1280, "height": 800})
    made.set_default_timeout(30_000)
    yield made
    made.close()


@pytest.fixture
def page(context):
    return context.new_page()


@pytest.fixture
def enter(house, probe):
    """Signs the context of a page in by a one-time link."""
    def enter(page, name, path="/"):
        from urllib.parse import quote
        ticket = sessions.ticket(house.store, users.find(house.store, name), now=house.now())
        page.goto(f"{probe.url}/auth/enter?ticket={ticket}&next={quote(path, safe='')}")
    return enter


def settled(page):
    """Until nothing is being drawn: a click meanwhile may meet a button that is no longer there."""
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_be_visible(timeout=30_000)


def fill(page, name, password):
    page.get_by_label("User name").fill(name)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
