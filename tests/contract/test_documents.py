"""A catalog document is checked in full, and what is wrong is named by its place."""

import pytest

from core.contract import BadDocument, read_document

CART = {
    "journey_id": "cart",
    "name": "Abandoned cart",
    "status": "active",
    "created_by": "ana@example.com",
    "tags": ["retention"],
    "sub_account_id": None,
    "launched_at": "2026-01-10T09:00:00Z",
    "ended_at": None,
    "versions": [
        {
            "version": 1,
            "published_at": "2026-01-10T09:00:00Z",
            "goal": {"event": "ItemPurchased", "within_days": 7},
            "arms": [{"name": "control", "element_id": "e3", "control": True}, {"name": "A", "element_id": "e4", "control": False}],
            "elements": [{"element_id": "e1", "kind": "entry", "name": "Cart left", "channel": None, "next": [{"to": "e2", "label": ""}]}],
        }
    ],
}


def with_version(**changes):
    return {**CART, "versions": [{**CART["versions"][0], **changes}]}


def test_a_whole_document_is_what_it_was():
    assert read_document(CART) == CART


def test_what_may_be_absent_gets_its_default():
    bare = {
        "journey_id": "j",
        "name": "J",
        "versions": [{"version": 2.0, "arms": [], "goal": {"event": "Buy"}, "elements": [{"element_id": "e", "kind": "exit"}]}],
    }
    assert read_document(bare) == {
        "journey_id": "j",
        "name": "J",
        "status": None,
        "created_by": None,
        "tags": [],
        "sub_account_id": None,
        "launched_at": None,
        "ended_at": None,
        "versions": [
            {
                "version": 2,
                "published_at": None,
                "goal": {"event": "Buy", "within_days": None},
                "arms": None,
                "elements": [{"element_id": "e", "kind": "exit", "name": None, "channel": None, "next": []}],
            }
        ],
    }


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ([], "the document is not a JSON object."),
        ({}, "journey_id is missing."),
        ({**CART, "journey_id": ""}, "journey_id is empty."),
        ({**CART, "name": 5}, "name is not text."),
        ({**CART, "status": "activ"}, "status: There is no status “activ”. Did you mean “active”?"),
        ({**CART, "tags": "x"}, "tags is not a list."),
        ({**CART, "tags": [1]}, "tags[0] is not text."),
        ({**CART, "launched_at": "2026-01-10"}, "launched_at is no time with an offset (such as 2026-01-10T09:00:00Z): 2026-01-10"),
        (
            with_version(published_at="2026-01-10T09:00:00"),
            "versions[0].published_at is no time with an offset (such as 2026-01-10T09:00:00Z): 2026-01-10T09:00:00",
        ),
        (with_version(version=None), "versions[0].version is missing."),
        (with_version(version="1"), "versions[0].version is not an integer."),
        (with_version(version=1.5), "versions[0].version is not an integer."),
        (with_version(version=True), "versions[0].version is not an integer."),
        (with_version(version=float("inf")), "versions[0].version is not an integer."),
        (with_version(version=float("nan")), "versions[0].version is not an integer."),
        (with_version(version=10**400), "versions[0].version is not an integer."),
        ({**CART, "versions": CART["versions"] * 2}, "versions: version 1 is there twice."),
        (with_version(goal="Buy"), "versions[0].goal is not a JSON object."),
        (with_version(goal={"event": "Buy", "within_days": -1}), "versions[0].goal.within_days is no number of 0 or more."),
        (with_version(goal={}), "versions[0].goal.event is missing."),
        (with_version(arms=[{"name": "A"}]), "versions[0].arms[0].element_id is missing."),
        (with_version(arms=[{"name": "A", "element_id": "e", "control": 1}]), "versions[0].arms[0].control is neither true nor false."),
        (with_version(elements=[{"element_id": "e", "kind": "entri"}]), "versions[0].elements[0].kind: There is no kind “entri”. Did you mean “entry”?"),
        (with_version(elements=[{"element_id": "e", "kind": "exit"}] * 2), "versions[0].elements: element_id e is there twice."),
        (with_version(elements=[{"element_id": "e", "kind": "exit", "next": [{}]}]), "versions[0].elements[0].next[0].to is missing."),
    ],
)
def test_what_is_wrong_is_named_by_its_place(body, said):
    with pytest.raises(BadDocument) as refused:
        read_document(body)
    assert str(refused.value) == said
