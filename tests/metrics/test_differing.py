"""The same question on two snapshots: every difference is said, down to the rows that came and went."""
from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest

from core.errors import WrongUsage
from core.metrics import Query, rows
from core.metrics.differing import difference, moved_rows
from core.sources import in_between
from core.warehouse import snapshots
from tests.worlds.product import Product

ENTERED = {"source": "s", "event_type": "journey.entered", "journey_id": "cart"}
SENT = {"source": "s", "event_type": "message.sent", "journey_id": "cart", "channel": "SMS"}
MARCH = {"first": date(2026, 3, 1), "last": date(2026, 3, 31)}
CATALOG = {"journey_id": "cart", "name": "Cart", "status": "active", "versions": [{"version": 1, "published_at": "2026-03-01T00:00:00Z", "elements": []}]}


def event(base, event_id, at, **columns):
    return base | {"event_id": event_id, "occurred_at": at, "received_at": at} | columns


@pytest.fixture
def two(tmp_path):
    """(product, earlier snapshot): a late run, a late message of a run that was known, and a document came in between."""
    product = Product(tmp_path, ((None, "UTC"),), "EUR", now=datetime(2026, 3, 10, 12, tzinfo=UTC))
    product.ingest([event(ENTERED, "e1", "2026-03-01T10:00:00Z", profile_id="p1"),
                    event(SENT, "m1", "2026-03-01T10:30:00Z", profile_id="p1", message_id="1", cost_amount="0.25"),
                    event(ENTERED, "e2", "2026-03-05T10:00:00Z", profile_id="p2")])
    product.build()
    first = product.built.snapshot
    product.ingest([event(ENTERED, "e0", "2026-03-05T09:00:00Z", profile_id="p3"),
                    event(SENT, "m2", "2026-03-01T11:00:00Z", profile_id="p1", message_id="2", channel="EMAIL"),
                    event(SENT, "m1b", "2026-03-01T10:31:00Z", profile_id="p1", message_id="1", cost_amount="0.75", event_type="message.delivered")])
    product.log.put_documents([CATALOG], replace=False, now=product.now)
    product.build()
    before = snapshots.open_snapshot(product.folder / "warehouse", first)
    yield product, before
    before.close()
    product.close()


def moved(product, before, *measures, by=()):
    return pl.concat(moved_rows(before, product.snapshot, Query(measures, by, **MARCH)), how="vertical_relaxed")


def test_the_groups_that_differ_are_said_with_both_values(two):
    product, before = two
    found = difference(before, product.snapshot, Query(("entries", "profiles_in_journey"), ("day",), **MARCH, order="-entries", limit=1, compare="previous"))
    assert found.groups.columns == ["day", "entries_before", "entries", "entries_difference", "profiles_in_journey_before", "profiles_in_journey",
                                    "profiles_in_journey_difference"]
    assert found.groups.rows() == [(date(2026, 3, 5), 1, 2, 1, 1, 2, 1)]
    assert found.alike == 1
    assert [one.label for one in found.columns][:4] == ["Day", "Entries, before", "Entries", "Entries, difference"]


def test_a_group_that_is_new_was_0_and_money_without_a_number_has_no_difference(two):
    product, before = two
    found = difference(before, product.snapshot, Query(("messages_sent", "traffic_cost"), ("channel",), **MARCH))
    assert found.groups.rows() == [("EMAIL", 0, 1, 1, None, None, None), ("SMS", 1, 1, 0, Decimal("0.25"), Decimal("0.75"), Decimal("0.50"))]


def test_a_total_and_a_rate_differ_too(two):
    product, before = two
    found = difference(before, product.snapshot, Query(("messages_sent", "delivery_rate"), **MARCH))
    assert found.groups.rows() == [(1, 2, 1, 0.0, 0.5, 0.5)]
    assert difference(before, product.snapshot, Query(("goal_events",), **MARCH)).groups.height == 0


def test_the_rows_that_came_and_went_are_those_that_the_numbers_differ_by(two):
    product, before = two
    assert moved(product, before, "entries").select("change", "profile_id", "started_at").rows() == [("came", "p3", "2026-03-05T09:00:00+00:00")]
    assert moved(product, before, "profiles_in_journey").select("change", "profile_id").rows() == [("came", "p3")]
    assert moved(product, before, "traffic_cost").select("change", "traffic_cost", "message_id").sort("change").rows() == [
        ("came", Decimal("0.750000"), "1"), ("went", Decimal("0.250000"), "1")]
    assert moved(product, before, "goal_events").height == 0


@pytest.mark.parametrize(("measure", "by"), [
    ("messages_sent", ("channel",)), ("profiles_messaged", ("day",)), ("element_arrived", ()), ("messages_delivered", ()),
])  # fmt: skip
def test_came_less_went_is_the_difference_of_the_rows(two, measure, by):
    product, before = two
    frame = moved(product, before, measure, by=by)
    came, went = (frame.filter(pl.col("change") == side).height for side in ("came", "went"))
    query = Query((measure,), by, **MARCH)
    assert came - went == rows(product.snapshot, query).height - rows(before, query).height


def goals_of(journey, event):
    versions = [{"version": 1, "published_at": "2026-03-01T00:00:00Z", "goal": {"event": event, "within_days": 7}, "elements": []}]
    return {"journey_id": journey, "name": journey, "status": "active", "versions": versions}


@pytest.mark.parametrize(("then", "now", "moves"), [
    ({"cart": "Buy", "other": "Look"}, {"cart": "Buy", "other": "Buy"}, {("came", "other", "Buy"), ("went", "other", "Look")}),
    ({"cart": "Buy", "other": "Buy"}, {"cart": "Look", "other": "Look"},
     {("came", "cart", "Look"), ("came", "other", "Look"), ("went", "cart", "Buy"), ("went", "other", "Buy")}),
], ids=["it-counts-in-another-journey-too", "another-event-counts-in-both"])  # fmt: skip
def test_an_event_that_is_the_goal_of_a_run_in_each_of_two_journeys_comes_and_goes_once_for_each(tmp_path, then, now, moves):
    product = Product(tmp_path, ((None, "UTC"),), "EUR", now=datetime(2026, 3, 10, 12, tzinfo=UTC))
    performed = {"source": "s", "event_type": "event.performed", "profile_id": "p1", "value_amount": "3"}
    product.ingest([event(ENTERED, journey, "2026-03-01T10:00:00Z", journey_id=journey, profile_id="p1") for journey in then]
                   + [event(performed, name, "2026-03-02T10:00:00Z", name=name) for name in ("Buy", "Look")])  # fmt: skip
    for documents in (then, now):
        product.log.put_documents([goals_of(*one) for one in documents.items()], replace=True, now=product.now)
        product.build()
    before = snapshots.open_snapshot(product.folder / "warehouse", snapshots.kept(product.folder / "warehouse")[1].snapshot)
    for measure in ("goal_events", "goal_value"):
        assert {*moved(product, before, measure).select("change", "journey_id", "name").rows()} == moves
        assert difference(before, product.snapshot, Query((measure,), **MARCH)).groups.height == 0
    before.close()
    product.close()


def test_what_came_in_between_names_late_events_and_documents(two):
    product, before = two
    found = in_between.between(product.log, before.published, product.snapshot.published)
    came = (("journey.entered", "2026-03-05T09:00:00+00:00"), ("message.delivered", "2026-03-01T10:31:00+00:00"), ("message.sent", "2026-03-01T11:00:00+00:00"))
    assert found.document() == {
        "events": [{"source": "s", "event_type": kind, "events": 1, "late": 1, "first_occurred_at": at, "last_occurred_at": at} for kind, at in came],
        "documents": ["cart"], "erasures": 0, "settings": []}


def test_a_later_snapshot_is_no_earlier_one(two):
    product, _ = two
    with pytest.raises(WrongUsage, match="no earlier snapshot"):
        difference(product.snapshot, product.snapshot, Query(("entries",)))
