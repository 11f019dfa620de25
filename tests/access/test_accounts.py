"""Accounts: ids that are safe folders, values that can be, zones with a history."""
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from core.access import accounts, audit
from core.errors import WrongUsage
from core.store.tables import audit as audit_table
from tests.access.conftest import NOW


def of(account_id, **other):
    values = {"zones": ((None, "UTC"),), "currency": "EUR", "package": "start", "included_mep": None, "advanced_analytics": False, "terms_accepted_at": None}
    return accounts.Account(account_id, **(values | other))


def test_an_account_is_found_as_it_was_added(store, account):
    assert accounts.find(store, "acme") == account
    assert [one.account_id for one in accounts.every(store)] == ["acme"]


@pytest.mark.parametrize("account_id", ["", ".", "..", "a/b", "../x", "a b", "-x", "ž", "x" * 65, "con", "COM1.txt", "a.", "a\n", "a\x00"])
def test_an_id_that_is_no_safe_folder_name_is_refused(store, account_id):
    with pytest.raises(WrongUsage, match="cannot be an account id"):
        accounts.add(store, of(account_id), by="operator", now=NOW)


@pytest.mark.parametrize("account_id", ["a", "0", "Acme", "road-fines", "a.b_c", "x" * 64])
def test_other_ids_are_taken(store, account_id):
    assert accounts.add(store, of(account_id), by="operator", now=NOW).account_id == account_id


@pytest.mark.parametrize("taken", ["acme", "ACME"])
def test_an_id_is_taken_once_without_regard_to_case(store, account, taken):
    with pytest.raises(accounts.AccountExists, match="There is an account “acme” already"):
        accounts.add(store, of(taken), by="operator", now=NOW)


@pytest.mark.parametrize(("other", "said"), [
    ({"package": "grown"}, "Did you mean “grow”"),
    ({"currency": "euro"}, "no currency"), ({"currency": "eur"}, "no currency"), ({"included_mep": -1}, "included MEP"),
    ({"zones": ((None, "Mars/Base"),)}, "no time zone")])
def test_a_value_that_cannot_be_is_refused(store, other, said):
    with pytest.raises(WrongUsage, match=said):
        accounts.add(store, of("x", **other), by="operator", now=NOW)
    assert accounts.every(store) == []


def test_an_unknown_account_is_refused_with_the_name_that_was_meant(store, account):
    with pytest.raises(accounts.UnknownAccount, match=r"There is no account “acne”\. Did you mean “acme”\?"):
        accounts.find(store, "acne")


def test_what_is_set_is_changed_and_nothing_else(store, account):
    changed = accounts.change(store, "acme", by="operator", now=NOW, package="scale", time_zone="Asia/Tokyo")
    assert changed == accounts.find(store, "acme") == of(
        "acme", zones=((None, "Europe/Zagreb"), (datetime(2026, 3, 31, 22, tzinfo=UTC), "Asia/Tokyo")), package="scale")
    assert (changed.time_zone, changed.zone_at(NOW), changed.zone_at(datetime(2026, 4, 1, tzinfo=UTC))) == ("Asia/Tokyo", "Europe/Zagreb", "Asia/Tokyo")


def test_a_change_that_is_refused_changes_nothing(store, account):
    with pytest.raises(WrongUsage):
        accounts.change(store, "acme", by="operator", now=NOW, package="scale", currency="?")
    assert accounts.find(store, "acme") == account


def test_each_change_is_in_the_audit_trail(store, account):
    accounts.change(store, "acme", by="operator", now=NOW, package="scale")
    assert audit.newest(store, "acme") == [
        audit.Entry(NOW, "acme", "operator", "account.changed", "acme", {"package": "scale"}),
        audit.Entry(NOW, "acme", "operator", "account.added", "acme",
                    {"package": "grow", "currency": "EUR", "included_mep": None, "advanced_analytics": False, "attributes": [], "time_zone": "Europe/Zagreb"})]
    with store.read() as connection:
        assert len(connection.execute(select(audit_table)).all()) == 2
