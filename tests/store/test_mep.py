"""Exports of the MEP ledger count up month by month, and a watcher asks at exactly the thresholds last chosen."""

from datetime import UTC, datetime

import pytest

from core.access import accounts, users
from core.store import mep, open_store

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
SAID = {"form": "csv", "exported_at": NOW, "exported_by": "ana", "snapshot_id": "s-1", "position": 9, "lines": 3, "sha256": "0" * 64, "kept": None}


@pytest.fixture
def store(address):
    opened = open_store(address)
    for account_id in ("acme", "other"):
        accounts.add(opened, accounts.Account(account_id, ((None, "UTC"),), "EUR", "start", None, False, None), by="test", now=NOW)
    yield opened
    opened.close()


def test_exports_count_up_by_account_and_month(store):
    with store.write() as connection:
        for account_id, month in (("acme", "2026-02"), ("acme", "2026-02"), ("acme", "2026-03"), ("other", "2026-02")):
            mep.add(connection, account_id, month, sub_accounts=["n", None], **SAID)
    assert [one.ordinal for one in mep.listed(store, "acme", "2026-02")] == [1, 2]
    assert mep.listed(store, "other", "2026-02") == [mep.Export("2026-02", 1, ("n", None), "csv", NOW, "ana", "s-1", 9, 3, "0" * 64, None)]
    assert mep.listed(store, "other", "2026-03") == []


def test_a_watcher_asks_at_what_was_chosen_last_and_goes_with_the_user(store):
    ana = users.add(store, "ana", "acme", "analyze_manager", None, by="test", now=NOW)
    mep.watch(store, ana.user_id, [80, 100], now=NOW)
    mep.watch(store, ana.user_id, [100], now=NOW)
    assert mep.watched(store, ana.user_id) == (100,)
    assert mep.watching(store, "acme") == [mep.Watcher(ana.user_id, "ana", "analyze_manager", None, 100)]
    assert mep.watching(store, "other") == []
    users.remove(store, "ana", "acme", by="test", now=NOW)
    assert mep.watching(store, "acme") == []
