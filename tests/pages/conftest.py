"""A small demo account, built once, and its pages run by AppTest through the real shell."""

from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from core.access import sessions, users
from core.cli import demo_account
from core.cli.door import of_the_server
from tests.pages.browsing import chromium, opened, served_at  # noqa: F401  # fixtures

ACCOUNT = "demo"
ROOT = Path(__file__).parents[2]
SHELL = ROOT / "core/ui/shell.py"


@pytest.fixture(scope="session")
def door(tmp_path_factory):
    """The door of the server itself: a process opens a snapshot's file once."""
    patch = pytest.MonkeyPatch()
    for name in ("JOURNEYS_DATABASE_URL", "JOURNEYS_BASE_URL", "JOURNEYS_SECRET_KEY"):
        patch.delenv(name, raising=False)
    patch.setenv("JOURNEYS_DATA_DIR", str(tmp_path_factory.mktemp("pages")))
    of_the_server.cache_clear()
    here = of_the_server()
    demo_account.make(here, ACCOUNT, profiles=150)
    here.build(here.account(ACCOUNT), as_of=here.now())
    for name, role in (("ana", "analyze_manager"), ("vid", "viewer"), ("adi", "admin")):
        users.add(here.store, name, ACCOUNT, role, None, by="test", now=here.now())
    yield here
    here.store.close()
    of_the_server.cache_clear()
    patch.undo()


@pytest.fixture
def run(door, monkeypatch):
    """run(page, query, user="ana") → the page as AppTest drew it."""

    def page(url_path: str, query: str = "", user: str = "ana", seconds: float = 60) -> AppTest:
        found = users.secret_of(door.store, user)
        monkeypatch.setattr(sessions, "user_of", lambda *_, **__: found[0])
        at = AppTest.from_file(SHELL, default_timeout=seconds)
        for name, value in parse_qsl(query, keep_blank_values=True):
            at.query_params[name] = value
        at._page_hash = calc_hash(url_path)  # at.switch_page knows a page by its file alone, the shell names each by its address
        return at.run()

    return page
