"""The ledger's lines: columns, order, times of the account's zone, sub-accounts."""
import pytest

from core.errors import WrongUsage
from core.metrics import mep as ledger
from core.metrics import mep_lines
from core.metrics import mep_stretches as cut
from tests.worlds.product import Product
from tests.worlds.world import Step


def test_lines_are_sorted_by_engaged_at_then_person_in_the_zone_of_the_account(world, tmp_path):
    for profile in (3, 1, 2):
        world.run(profile, "2026-01-05")
    world.mep(3, "2026-02-01 00:00:00.5", billed="2026-03-29 01:00", late=True)
    world.mep(1, "2026-02-10", "other", "n")
    world.mep(2, "2026-02-10", "other")
    world.mep(1, "2026-03-01")
    snapshot = world.snapshot(tmp_path, zone="Europe/Zagreb")
    lines = mep_lines(snapshot, "2026-02")
    assert lines.columns == ["Person ID", "Engaged At", "Billed At", "Campaign ID", "Campaign Name", "late"]
    assert lines.rows() == [
        ("p3", "2026-02-01T01:00:00.500000+01:00", "2026-03-29T03:00:00+02:00", "cart", "Cart", True),
        ("p1", "2026-02-10T01:00:00+01:00", "2026-02-10T01:00:00+01:00", "other", "Other", False),
        ("p2", "2026-02-10T01:00:00+01:00", "2026-02-10T01:00:00+01:00", "other", "Other", False)]
    assert mep_lines(snapshot, "2026-02", ["n", "x"])["Person ID"].to_list() == ["p1"]
    assert mep_lines(snapshot, "2026-02", ["n", ""]).height == 3
    assert mep_lines(snapshot, "2026-04").rows() == []
    snapshot.close()


@pytest.mark.parametrize("text", ["2026", "2026-2", "2026-13", "2026-02-01", ""])
def test_a_month_is_written_in_one_way(text, world, tmp_path):
    snapshot = world.snapshot(tmp_path)
    with pytest.raises(WrongUsage):
        mep_lines(snapshot, text)
    snapshot.close()


def entered_together(n, at):
    return {"source": "s", "event_id": f"{at}-{n}", "event_type": "journey.entered", "profile_id": f"p{n:03}", "journey_id": "cart", "occurred_at": at}


@pytest.mark.parametrize("sub_accounts", [(), ("",)])
def test_lines_of_one_instant_are_sorted_in_parts_and_each_is_there_once(tmp_path, monkeypatch, sub_accounts):
    monkeypatch.setattr("core.metrics.mep.A_BATCH", 4)  # a file of a million rows enters in one instant
    stretches, largest = cut.stretches, []
    monkeypatch.setattr("core.metrics.mep.stretches", lambda *given: (largest.append(one) or one for one in stretches(*given)))
    product = Product(tmp_path, ((None, "UTC"),), "EUR")
    times = ["2026-03-05T10:00:00.000001Z", "2026-03-05T10:00:00.000002Z", "2026-03-05T10:00:00.5Z", "2026-03-05T10:00:30Z", "2026-03-09T10:00:00Z"]
    people = {at: [*range(40 * place, 40 * place + (40 if place in (1, 2) else 5))] for place, at in enumerate(times)}
    product.take(Step(records=[entered_together(n, at) for at in reversed(times) for n in sorted(people[at], key=lambda n: -n)]))
    product.build()
    batches = list(ledger.line_batches(product.snapshot, "2026-03", sub_accounts))
    assert [person for batch in batches for person in batch["Person ID"]] == [f"p{n:03}" for at in times for n in people[at]]
    assert max(batch.height for batch in batches) <= 16
    assert sum(one.first_id is not None for one in largest) >= 10
    product.close()
