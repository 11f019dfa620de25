"""The plans are maps that can be walked, and say what the catalog allows."""
from datetime import UTC, datetime

import pytest

from core.sources.demo.making import PLANS, documents
from core.sources.demo.plan import Plan, Version
from core.sources.demo.walk import PLAYED

NOW = datetime(2026, 11, 24, 13, 30, tzinfo=UTC)
VERSIONS = [pytest.param(plan, version, id=f"{plan.journey_id}-{version.number}") for plan in PLANS for version in plan.versions]


@pytest.mark.parametrize(("plan", "version"), VERSIONS)
def test_every_way_leads_onward_to_an_element_that_is_there(plan: Plan, version: Version) -> None:
    order = [step.element_id for step in version.steps]
    assert len(set(order)) == len(order)
    assert [(step.element_id, way.to) for step in version.steps for way in step.ways if way.to not in order[order.index(step.element_id) + 1:]] == []
    assert [step.element_id for step in version.steps if not step.ways and step.kind != "exit"] == []


@pytest.mark.parametrize(("plan", "version"), VERSIONS)
def test_every_element_can_be_reached_and_played(plan: Plan, version: Version) -> None:
    reached = {version.steps[0].element_id} | {way.to for step in version.steps for way in step.ways}
    assert {step.element_id for step in version.steps} == reached
    assert {step.kind for step in version.steps} <= set(PLAYED)
    assert {element for _, element, _ in version.arms} <= reached


def test_the_demo_has_what_a_visitor_should_see() -> None:
    channels = {step.channel for plan in PLANS for version in plan.versions for step in version.steps if step.channel}
    assert channels == {"EMAIL", "SMS", "VIBER", "WHATSAPP", "PUSH", "RCS"}
    assert sum(plan.is_catalogued and plan.status != "draft" for plan in PLANS) >= 8
    assert {plan.status for plan in PLANS} == {"active", "paused", "finished", "draft"}
    assert [plan.journey_id for plan in PLANS if not any(s.kind in ("send", "ivr_menu") for v in plan.versions for s in v.steps)] == ["risk-score"]
    assert [plan.journey_id for plan in PLANS if not plan.is_catalogued] == ["legacy-survey"]
    assert {plan.direction for plan in PLANS} == {None, "inbound", "outbound"}
    assert [plan.journey_id for plan in PLANS if len(plan.versions) > 1] == ["welcome", "cart", "account-opening", "service-line"]


def test_a_document_says_its_versions_arms_elements_and_ways() -> None:
    cart = next(body for body in documents(now=NOW) if body["journey_id"] == "cart")
    assert {name: cart[name] for name in ("name", "status", "sub_account_id", "launched_at", "ended_at")} == {
        "name": "Abandoned cart", "status": "active", "sub_account_id": "shop", "launched_at": "2026-07-22T04:00:00Z", "ended_at": None}
    second = cart["versions"][1]
    assert second["goal"] == {"event": "ItemPurchased", "within_days": 3}
    assert second["arms"][0] == {"name": "control", "element_id": "hold", "control": True}
    assert second["elements"][2] == {
        "element_id": "groups", "kind": "control_group", "name": "Control group and arms", "channel": None,
        "next": [{"to": "hold", "label": "control 20 %"}, {"to": "mail", "label": "A 40 %"}, {"to": "viber", "label": "B 40 %"}]}


def test_a_version_is_published_at_six_in_the_morning_on_either_side_of_the_clock_change() -> None:
    published = [version["published_at"] for body in documents(now=NOW) if body["journey_id"] == "welcome" for version in body["versions"]]
    assert published == ["2026-07-22T04:00:00Z", "2026-09-08T04:00:00Z", "2026-10-20T04:00:00Z"]
    winter = [version["published_at"] for body in documents(days=30, now=NOW) if body["journey_id"] == "cart" for version in body["versions"]]
    assert winter == ["2026-10-24T04:00:00Z", "2026-11-04T05:00:00Z"]
