"""A real browser for the pages: a server over the small demo account, signed-in pages in it, and when one has drawn itself."""

from urllib.parse import quote

import pytest

from core.access import sessions, users
from tests.e2e.conftest import launched
from tests.e2e.serving import ROOT, served

DONE = "[data-testid=stApp][data-test-script-state=notRunning]"


@pytest.fixture(scope="module")
def served_at(door):
    with served(ROOT / "app.py", door.settings.data_dir) as url:
        yield url


@pytest.fixture(scope="module")
def chromium():
    with launched() as opened:
        yield opened


@pytest.fixture
def opened(door, served_at, chromium):
    """opened(path, width, ground, user) → a signed-in page that has drawn itself."""
    contexts, thrown = [], []

    def open_page(path, width=1440, ground="light", user=None):
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=ground, bypass_csp=True)  # axe is injected
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: thrown.append(str(error)))  # a chart whose spec is wrong stays empty and says it here alone
        who = user or ("adi" if path.startswith("admin") else "ana")
        ticket = sessions.ticket(door.store, users.find(door.store, who), now=door.now())
        page.goto(f"{served_at}/auth/enter?ticket={ticket}&next={quote('/' + path, safe='')}")
        idle(page)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert thrown == []


def idle(page):
    page.wait_for_selector(".ja-head")
    page.wait_for_timeout(300)  # a rerun begins a moment after what asked for it
    page.wait_for_selector(DONE)
    page.wait_for_timeout(300)
