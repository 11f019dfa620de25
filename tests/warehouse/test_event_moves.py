"""What followed what is kept of runs that arrived at no element, and moves with them."""
import pytest

from tests.worlds.product import Product
from tests.worlds.splitting import split_differences
from tests.worlds.world import Step, World


def event(event_id, event_type, at, **columns):
    return {"source": "s", "event_id": event_id, "event_type": event_type, "journey_id": "cart", "entry_id": "E1", "profile_id": "p1",
            "occurred_at": f"2026-03-0{at}T12:00:00Z", "received_at": "2026-04-01T00:00:00Z", **columns}  # fmt: skip


ENTERED, EXITED = event("1", "journey.entered", 1), event("9", "journey.exited", 5, reason="exit_point")
MESSAGE = [event(f"m{rung}", f"message.{rung}", at, message_id="m", channel="MAIL") for rung, at in (("sent", 2), ("delivered", 2), ("clicked", 3))]
PLACED = event("2", "element.entered", 4, element_id="w")
FOLLOWED = [("clicked MAIL", "exited exit_point", 1), ("delivered MAIL", "viewed MAIL", 1), ("entered", "sent MAIL", 1), ("exited exit_point", None, 1),
            ("sent MAIL", "delivered MAIL", 1), ("viewed MAIL", "clicked MAIL", 1), (None, "entered", 1)]


@pytest.mark.parametrize(("batches", "rows"), [
    ([[ENTERED], MESSAGE, [EXITED]], FOLLOWED),
    ([[ENTERED, *MESSAGE, EXITED]], FOLLOWED),
    ([[ENTERED, *MESSAGE, EXITED], [PLACED]], []),  # the run names an element now: `moves` has it
    ([[EXITED], [ENTERED]], [("entered", "exited exit_point", 1), ("exited exit_point", None, 1), (None, "entered", 1)]),
])  # fmt: skip
def test_runs_without_an_element_are_followed_by_their_events_in_any_split(batches, rows, tmp_path):
    world = World(((None, "UTC"),), "EUR", [Step(records=batch, build=True) for batch in batches])
    assert split_differences(world, tmp_path / "split") == {}
    product = Product(tmp_path / "whole", world.zones, world.currency)
    for step in world.steps:
        product.take(step)
        product.build()
    assert product.snapshot.sql("SELECT from_step, to_step, n FROM event_moves ORDER BY from_step NULLS LAST, to_step NULLS LAST").rows() == rows
    product.close()
