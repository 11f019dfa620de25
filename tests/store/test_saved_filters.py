"""Saved filters belong to who saved them; a shared one is seen by the account and by nobody else, and changed by its owner alone."""
from datetime import UTC, datetime

import pytest

from core.access import accounts, users
from core.errors import WrongUsage
from core.store import open_store, saved_filters
from core.store.saved_filters import NotYours

NOW = datetime(2026, 3, 10, tzinfo=UTC)


@pytest.fixture
def store(address):
    opened = open_store(address)
    for account in ("acme", "other"):
        accounts.add(opened, accounts.Account(account, ((None, "UTC"),), "EUR", "start", None, False, None), by="test", now=NOW)
    yield opened
    opened.close()


@pytest.fixture
def people(store):
    return [users.add(store, name, account, "viewer", None, by="test", now=NOW).user_id for name, account in (("Ana", "acme"), ("Bo", "acme"), ("Cy", "other"))]


def names(store, account, user):
    return [(one.name, one.parameters, one.owner) for one in saved_filters.listed(store, account, user)]


def test_a_shared_filter_is_seen_within_the_account_alone(store, people):
    ana, bo, cy = people
    saved_filters.add(store, "acme", ana, "mine", {"channel": "SMS"}, is_shared=False, now=NOW)
    saved_filters.add(store, "acme", ana, " Cart ", {"journey": "cart"}, is_shared=True, now=NOW)
    assert names(store, "acme", ana) == [("Cart", {"journey": "cart"}, "Ana"), ("mine", {"channel": "SMS"}, "Ana")]
    assert names(store, "acme", bo) == [("Cart", {"journey": "cart"}, "Ana")]
    assert names(store, "other", cy) == []


def test_only_the_owner_renames_shares_and_removes(store, people):
    ana, bo, cy = people
    kept = saved_filters.add(store, "acme", ana, "mine", {}, is_shared=True, now=NOW)
    for account, user in (("acme", bo), ("other", cy), ("other", ana)):
        with pytest.raises(NotYours):
            saved_filters.rename(store, account, user, kept, "stolen")
        with pytest.raises(NotYours):
            saved_filters.share(store, account, user, kept, is_shared=False)
        with pytest.raises(NotYours):
            saved_filters.remove(store, account, user, kept)
    saved_filters.rename(store, "acme", ana, kept, "renamed")
    saved_filters.share(store, "acme", ana, kept, is_shared=False)
    assert (names(store, "acme", ana), names(store, "acme", bo)) == ([("renamed", {}, "Ana")], [])
    saved_filters.remove(store, "acme", ana, kept)
    assert names(store, "acme", ana) == []


def test_a_name_is_there_once_a_reader_and_is_no_blank(store, people):
    ana, bo, _ = people
    for user in (ana, bo):
        saved_filters.add(store, "acme", user, "mine", {}, is_shared=False, now=NOW)
    with pytest.raises(WrongUsage, match="already"):
        saved_filters.add(store, "acme", ana, "mine ", {}, is_shared=False, now=NOW)
    other = saved_filters.add(store, "acme", ana, "other", {}, is_shared=False, now=NOW)
    with pytest.raises(WrongUsage, match="already"):
        saved_filters.rename(store, "acme", ana, other, "mine")
    for name in ("", "  ", "x" * 81, "a\nb"):
        with pytest.raises(WrongUsage, match="cannot be a filter's name"):
            saved_filters.add(store, "acme", ana, name, {}, is_shared=False, now=NOW)
