"""A store with two accounts and their people."""
from datetime import UTC, datetime

import pytest

from core.access import accounts, terms, users
from core.cli.door import Door

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.fixture
def door(tmp_path):
    """acme (Grow, Zagreb): ana analyze manager, vid viewer, ada administrator; other: eve administrator."""
    made = Door({"data_dir": str(tmp_path / "data")})
    for account_id, zone in (("acme", "Europe/Zagreb"), ("other", "UTC")):
        accounts.add(made.store, accounts.Account(account_id, ((None, zone),), "EUR", "grow", None, False, None), by="operator", now=NOW)
        terms.accept(made.store, account_id, by="operator", now=NOW)
    for name, account_id, role in (("ana", "acme", "analyze_manager"), ("vid", "acme", "viewer"), ("ada", "acme", "admin"), ("eve", "other", "admin")):
        users.add(made.store, name, account_id, role, None, by="operator", now=NOW)
    yield made
    made.store.close()
