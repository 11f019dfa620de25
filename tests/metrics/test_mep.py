"""The ledger's lines: columns, order, times of the account's zone, sub-accounts."""
import pytest

from core.errors import WrongUsage
from core.metrics import mep_lines


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
