"""What the Trust page says of a log that was built, added to and built again."""
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from core.metrics import trust
from core.sources import in_between, left_out
from core.warehouse import snapshots
from tests.worlds.product import Product

ENTERED = {"source": "s", "event_type": "journey.entered", "journey_id": "cart"}
SENT = {"source": "s", "event_type": "message.sent", "journey_id": "cart", "channel": "SMS"}


def event(base, event_id, at, received=None, **columns):
    return base | {"event_id": event_id, "occurred_at": at, "received_at": received or at} | columns


@pytest.fixture
def product(tmp_path):
    made = Product(tmp_path, ((None, "UTC"),), "EUR", now=datetime(2026, 3, 10, 12, tzinfo=UTC))
    yield made
    made.close()


def test_orphans_lateness_and_implied_rungs_of_a_snapshot(product):
    product.ingest([
        event(ENTERED, "e1", "2026-03-01T10:00:00Z", profile_id="p1"),
        event(SENT, "m1", "2026-03-01T10:00:00Z", "2026-03-02T11:00:00Z", profile_id="p1", message_id="1"),
        event(SENT, "v1", "2026-03-01T11:00:00Z", profile_id="p1", message_id="1", event_type="message.opened"),
        event(SENT, "m2", "2026-03-01T09:00:00Z", source="t", profile_id="nobody", message_id="2"),
    ])  # fmt: skip
    product.build()
    assert trust.orphans(product.snapshot).rows() == [("t", "message.sent", 1, datetime(2026, 3, 1, 9, tzinfo=UTC))]
    assert trust.lateness(product.snapshot).drop("last_received_at").rows() == [
        ("s", 3, datetime(2026, 3, 1, 11, tzinfo=UTC), 2 / 3, 2 / 3, 1.0), ("t", 1, datetime(2026, 3, 1, 9, tzinfo=UTC), 1.0, 1.0, 1.0)]
    assert trust.implied(product.snapshot).rows() == [("Messages sent", 1, 0, 0.0), ("Messages delivered", 1, 1, 1.0), ("Messages viewed", 1, 0, 0.0)]


def test_what_a_refresh_changed_in_past_days_and_what_came_in_between(product):
    product.ingest([event(ENTERED, "e1", "2026-03-01T10:00:00Z", profile_id="p1"), event(ENTERED, "e2", "2026-03-10T10:00:00Z", profile_id="p1")])
    product.build()
    first = product.built
    late = [event(SENT, "m1", "2026-03-01T10:30:00Z", profile_id="p1", message_id="1", cost_amount="0.25"),
            event(SENT, "m2", "2026-03-01T10:40:00Z", profile_id="p1", message_id="2", cost_amount="0.000001", cost_currency="USD"),
            event(ENTERED, "e3", "2026-03-10T11:00:00Z", profile_id="p2")]
    product.ingest(late)
    product.build()
    before = snapshots.open_snapshot(product.folder / "warehouse", first.snapshot)
    day, quarter, least = date(2026, 3, 1), Decimal("0.25"), Decimal("0.000001")
    assert trust.changed(before, product.snapshot).rows() == [
        ("Messages sent", day, None, 0, 2, 2),
        ("Traffic cost", day, "EUR", 0, quarter, quarter), ("Traffic cost", day, "USD", 0, least, least),  # never added together
        ("Wasted cost", day, "EUR", 0, quarter, quarter), ("Wasted cost", day, "USD", 0, least, least)]
    between = in_between.between(product.log, before.published, product.snapshot.published)
    assert between.events.select("source", "event_type", "events", "late").rows() == [("s", "message.sent", 2, 2), ("s", "journey.entered", 1, 1)]
    assert (between.journeys, between.erasures, between.settings) == ((), 0, ())
    before.close()


def test_what_the_log_left_out_is_told_by_reason_and_source(product):
    product.ingest([event(ENTERED, "e1", "2026-03-01T10:00:00Z", profile_id="p1"), event(ENTERED, "e1", "2026-03-01T10:00:00Z", profile_id="p2"),
                    event(ENTERED, "e2", "2026-03-01T10:00:00Z"), event(ENTERED, "e3", "2026-03-01T10:00:00Z")])
    assert left_out.rejected(product.log).rows() == [("missing profile_id", 2, "batch.ndjson, line 4")]
    assert left_out.conflicts(product.log).rows() == [("s", "journey.entered", 1)]


def test_a_log_without_anything_leaves_nothing_out(product):
    assert [left_out.rejected(product.log).rows(), left_out.conflicts(product.log).rows()] == [[], []]
    assert in_between.came(product.log, 0, 10, product.now).rows() == []
