"""Catalog documents are logged in order of receipt, and what is published is final."""

import pytest

from core.contract import BadDocument
from core.eventlog import EventLog
from tests.contract.test_documents import CART, with_version
from tests.eventlog.records import NOW, append, event, later

ARMS = CART["versions"][0]["arms"]
FIRST = CART["versions"][0]
DRAFT = {"version": 2, "published_at": None, "goal": None, "arms": None, "elements": []}


@pytest.fixture
def log(tmp_path):
    return EventLog(tmp_path / "log")


def put(log, *bodies, replace=False, now=NOW):
    return [(document.sequence, document.after_position, document.replaced) for document in log.put_documents(bodies, replace=replace, now=now)]


def test_documents_know_after_which_position_they_were_put(log):
    assert put(log, CART) == [(1, 0, True)]
    append(log, event("1"), event("2"))
    assert put(log, {**CART, "name": "Renamed"}, {**CART, "journey_id": "other"}) == [(2, 2, False), (3, 2, True)]
    assert [(document.body["journey_id"], document.body["name"], document.put_at) for document in log.documents()] == [
        ("cart", "Abandoned cart", NOW),
        ("cart", "Renamed", NOW),
        ("other", "Abandoned cart", NOW),
    ]
    assert log.head().documents == 3


def test_one_that_equals_the_newest_is_not_logged_again(log):
    put(log, CART)
    assert put(log, CART, {**CART, "name": "Other"}, CART, now=later(1)) == [(2, 0, False), (3, 0, False)]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({**CART, "sub_account_id": "north"}, "its sub_account_id would change"),
        (with_version(goal=None), "it changes goal of the published version 1"),
        (with_version(goal={"event": "ItemPurchased", "within_days": 8}), "it changes goal of the published version 1"),
        (with_version(arms=None), "it changes arms of the published version 1"),
        (with_version(arms=ARMS[::-1]), "it changes arms of the published version 1"),
        (with_version(elements=[]), "it changes elements of the published version 1"),
        (with_version(published_at="2026-01-10T09:00:01Z"), "it changes published_at of the published version 1"),
        (with_version(published_at=None), "it changes published_at of the published version 1"),
        ({**CART, "versions": []}, "it drops the published version 1"),
        ({**CART, "versions": [FIRST, {**DRAFT, "published_at": "2026-01-10T08:59:59Z"}]}, "it adds version 2, published before one that is there"),
    ],
)
def test_a_published_version_is_final(log, body, said):
    put(log, CART)
    with pytest.raises(BadDocument) as refused:
        put(log, {**CART, "journey_id": "other"}, body)
    assert str(refused.value) == f"Journey “cart”: {said}. Put it with --replace to recompute the journey's past."
    assert log.head().documents == 1  # all or none
    assert put(log, body, replace=True) == [(2, 0, True)]


@pytest.mark.parametrize(
    "body",
    [
        {**CART, "name": "New", "status": "paused", "tags": [], "ended_at": "2026-02-01T00:00:00Z"},
        with_version(published_at="2026-01-10T10:00:00+01:00"),
        with_version(goal={"event": "ItemPurchased", "within_days": 7.0}),
        {**CART, "versions": [DRAFT, FIRST]},
        {**CART, "versions": [FIRST, {**DRAFT, "published_at": "2026-02-10T09:00:00Z"}]},
        {**CART, "versions": [FIRST, {**DRAFT, "published_at": "2026-01-10T09:00:00Z"}]},
    ],
)
def test_what_changes_nothing_published_is_taken(log, body):
    put(log, CART)
    assert [replaced for _, _, replaced in put(log, body)] in ([], [False])


def test_a_draft_may_change_and_go(log):
    put(log, {**CART, "versions": [FIRST, DRAFT]})
    assert put(log, {**CART, "versions": [FIRST, {**DRAFT, "goal": {"event": "Buy", "within_days": None}}]}, CART) == [(2, 0, False), (3, 0, False)]


def test_replace_where_it_was_not_needed_recomputes_nothing(log):
    put(log, CART)
    assert put(log, {**CART, "name": "New"}, replace=True) == [(2, 0, False)]


def test_a_document_that_is_wrong_stops_all_of_them(log):
    with pytest.raises(BadDocument, match=r"journey_id is missing\."):
        put(log, CART, {})
    assert log.head().documents == 0
