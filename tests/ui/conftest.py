"""A small built account, its users, and the shell as Streamlit's test runner sees it."""
import json
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from core.access import accounts, sessions, terms, users
from core.access.features import ROLES
from core.cli.door import Door, of_the_server
from core.ui import browser
from tests.sources.files import ingest_records

ROOT = Path(__file__).resolve().parents[2]
SHELL = str(ROOT / "core" / "ui" / "shell.py")
ENTERED = {"source": "shop", "event_id": "1", "event_type": "journey.entered", "occurred_at": "2026-03-01T09:00:00Z", "profile_id": "ana", "journey_id": "cart",
           "entry_id": "r1"}


@pytest.fixture
def door(tmp_path):
    made = Door({"data_dir": str(tmp_path / "data")})
    now = made.now()
    accounts.add(made.store, accounts.Account("acme", ((None, "Europe/Zagreb"),), "EUR", "grow", None, False, None), by="operator", now=now)
    terms.accept(made.store, "acme", by="operator", now=now)
    for role in ROLES:
        users.add(made.store, role, "acme", role, None, by="operator", now=now)
    ingest_records(made.log("acme"), [ENTERED], account_id="acme", now=now)
    yield made
    made.store.close()


@pytest.fixture
def built(door):
    """Builds in a process of its own, as it is beside a server: DuckDB shares one opening of a file within a process."""
    def again():
        command = [sys.executable, "-m", "core", "--data-dir", str(door.settings.data_dir), "build", "--account", "acme", "--format", "json"]
        return json.loads(subprocess.run(command, check=True, capture_output=True, cwd=ROOT).stdout)["snapshot"]
    return again


@pytest.fixture
def session(door):
    """The session of a new sign-in."""
    def of(name):
        return sessions.redeem(door.store, sessions.ticket(door.store, users.find(door.store, name), now=door.now()), now=door.now())
    return of


@pytest.fixture
def shell(door, monkeypatch):
    """The shell at an address's page, for whoever has the session (None: a stranger)."""
    monkeypatch.setenv("JOURNEYS_DATA_DIR", str(door.settings.data_dir))
    of_the_server.cache_clear()

    def run(session_id=None, page=None, **query):
        monkeypatch.setattr(browser, "session_cookie", lambda: session_id)
        app = AppTest.from_file(SHELL, default_timeout=60)
        for name, value in query.items():
            app.query_params[name] = value
        if page is not None:
            app._page_hash = calc_hash(page)  # switch_page knows a page by its file alone, the shell names each by its address
        return app.run()

    yield run
    of_the_server().store.close()
    of_the_server.cache_clear()
