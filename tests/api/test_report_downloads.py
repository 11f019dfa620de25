"""/exports/report/…: the file for whoever may have it, and nothing for anybody else, whatever the address says."""
from threading import Event
from types import SimpleNamespace

import pytest

from core.access import accounts, sessions, terms, users
from core.reports import asked, making, requests
from core.reports.making import Desk
from core.ui.printing import painted
from tests.api.conftest import EVENTS
from tests.sources.files import ingest_records

ENTRIES = {"question": {"measures": ["entries"]}}


@pytest.fixture
def made(door):
    """made(kind) → a report of acme, with its file."""
    account = door.account("acme")
    ingest_records(door.log("acme"), EVENTS, account_id="acme", now=door.now())
    door.build(account, as_of=door.now())
    for account_id in ("other", "new"):
        accounts.add(door.store, accounts.Account(account_id, ((None, "UTC"),), "EUR", "scale", None, False, None), by="operator", now=door.now())
    for account_id in ("acme", "other"):
        terms.accept(door.store, account_id, by="operator", now=door.now())
    for name, account_id, role in (("Ada", "acme", "admin"), ("Vid", "acme", "viewer"), ("Eve", "other", "admin"), ("Nan", "new", "admin")):
        users.add(door.store, name, account_id, role, None, by="operator", now=door.now())

    def make(kind):
        snapshot = door.snapshot("acme")
        given = asked.mep(account, snapshot, "2026-03") if kind == "mep" else asked.custom(account, snapshot, [ENTRIES], kind="csv")
        report = requests.ask(door.store, account, None, kind, "Ünsere Zahlen / März", given, now=door.now())
        desk = Desk(door.store, SimpleNamespace(smtp_url=None, mail_from=None, base_url=None), door, door.now, Event(), painted)
        making.make(desk, making.take(desk, report.report_id))
        return report.report_id

    return make


@pytest.fixture
def get(client, door):
    def fetch(report_id, name):
        client.cookies.clear()
        if name:
            ticket = sessions.ticket(door.store, users.find(door.store, name), now=door.now())
            client.cookies[sessions.COOKIE] = sessions.redeem(door.store, ticket, now=door.now())
        return client.get(f"/exports/report/{report_id}")
    return fetch


def test_the_file_comes_with_its_name_and_is_not_kept_by_anybody(made, get):
    answer = get(made("custom"), "Vid")
    assert (answer.status_code, answer.text) == (200, "\ufeffEntries\r\n1\r\n")
    assert (answer.headers["cache-control"], answer.headers["content-type"]) == ("no-store", "text/csv; charset=utf-8")
    assert "%C3%9Cnsere-Zahlen-M%C3%A4rz.csv" in answer.headers["content-disposition"]


def test_a_stranger_another_account_and_another_role_get_nothing(made, get, door):
    mep, own = made("mep"), made("custom")
    assert get(own, None).status_code == 401
    for report_id in (own, mep, 99999):
        answer = get(report_id, "Eve")
        assert (answer.status_code, answer.text) == (404, f"There is no report {report_id}.")
    for odd in ("9" * 30, "9" * 6000, "-1", "x", "²"):
        assert (get(odd, "Eve").status_code, get(odd, None).status_code) == (404, 404)
    refused = get(mep, "Vid")
    assert (refused.status_code, refused.text.startswith("MEP consumption is open to the roles")) == (403, True)
    assert get(mep, "Ada").status_code == 200
    accounts.change(door.store, "acme", by="operator", now=door.now(), package="start")
    refused = get(own, "Ada")
    assert (refused.status_code, "Grow and Scale" in refused.text) == (403, True)
    assert get(mep, "Ada").status_code == 200


def test_a_report_that_is_deleted_or_not_made_yet_has_no_file(made, get, door):
    report_id, account = made("custom"), door.account("acme")
    given = asked.custom(account, door.snapshot("acme"), [ENTRIES])
    waits = requests.ask(door.store, account, None, "custom", "Later", given, now=door.now()).report_id
    assert (get(waits, "Ada").status_code, get(waits, "Ada").text) == (400, "It is not finished yet.")
    requests.delete(door.store, account, door.folder("acme"), None, report_id, now=door.now())
    assert get(report_id, "Ada").status_code == 404
    for path in ("../1", "1.csv", "-1", "1%2f..%2f2"):
        assert get(path, "Ada").status_code == 404


def test_before_the_terms_are_accepted_no_file_is_given(made, get):
    answer = get(made("custom"), "Nan")
    assert (answer.status_code, "accept the terms" in answer.text) == (403, True)
