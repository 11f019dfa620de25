"""Any split of a log into builds gives equal tables."""

import pytest

from tests.worlds.splitting import split, split_differences
from tests.worlds.world import Step, World, crowd_of


@pytest.mark.parametrize("seed", range(2))
def test_any_split_of_a_log_into_builds_gives_equal_tables(seed, tmp_path):
    assert split_differences(split(crowd_of(seed, 3), seed), tmp_path) == {}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2000, 2010))
def test_many_splits_of_many_logs_give_equal_tables(seed, tmp_path):
    assert split_differences(split(crowd_of(seed, 12), seed), tmp_path) == {}


@pytest.mark.slow
@pytest.mark.parametrize(("far", "pieces"), [(4, 3), (0, 12)])
@pytest.mark.parametrize("seed", range(4))
def test_a_log_read_in_small_pieces_gives_equal_tables(seed, far, pieces, tmp_path, monkeypatch):
    monkeypatch.setattr("core.warehouse.touched.CHUNK", 2)  # in a small world no run would last long, and one piece would hold the log
    monkeypatch.setattr("core.warehouse.touched.PIECES", pieces)
    monkeypatch.setattr("core.warehouse.increment.FAR", far)
    assert split_differences(split(crowd_of(seed, 3), seed), tmp_path) == {}


def entered(event_id, entry, person, at, sub_account=None):
    return {"source": "s", "event_id": event_id, "event_type": "journey.entered", "journey_id": "cart", "entry_id": entry, "profile_id": person,
            "occurred_at": at, "received_at": "2026-04-01T00:00:00Z", "sub_account_id": sub_account}  # fmt: skip


def grown(tmp_path, *batches):
    """What differs from a full build after a build of each of these batches."""
    return split_differences(World(((None, "UTC"),), "EUR", [Step(records=batch, build=True) for batch in batches]), tmp_path)


def test_a_line_of_the_ledger_moves_its_person_whose_own_runs_nothing_touches(tmp_path):
    built = [entered(f"{n}{who}", f"E{n}", who, at) for n in (1, 2) for who, at in (("p3", "2026-03-05T12:00:00Z"), ("p1", "2026-03-05T11:00:00Z"))]
    new = [entered("3a", "E3", "p1", "2026-03-10T12:00:00Z"), entered("3b", "E3", "p2", "2026-03-10T11:00:00Z")]  # p2's run, p1's line
    assert grown(tmp_path, built, new) == {}


def test_a_sub_account_whose_only_run_is_told_otherwise_has_nobody_in_the_month(tmp_path):
    built = [entered("1", "E1", "p1", "2026-03-05T12:00:00Z", "north"), entered("2", "E2", "p2", "2026-03-06T12:00:00Z", "south")]
    assert grown(tmp_path, built, [entered("3", "E1", "p1", "2026-03-05T11:00:00Z", "south")]) == {}


def test_months_that_a_new_entry_leaves_behind_are_no_longer_kept(tmp_path):
    months = [[entered(f"{month}", f"E{month}", person, f"2026-{month:02}-05T12:00:00Z")] for month, person in ((1, "p1"), (3, "p2"), (2, "p1"), (9, "p1"))]
    assert grown(tmp_path, *months) == {}


def draft(first, ways):
    """A catalog document with one version that is not published; element a is of kind `first` and leads these ways."""
    elements = [{"element_id": "a", "kind": first, "name": "A", "next": [{"to": to, "label": ""} for to in ways]},
                *({"element_id": name, "kind": "exit", "name": name} for name in "bc")]  # fmt: skip
    return Step(document={"journey_id": "cart", "name": "Cart", "versions": [{"version": 1, "elements": elements}]}, build=True)


def test_a_draft_whose_map_changes_tells_the_runs_that_name_it_otherwise(tmp_path):
    run = {**entered("1", "E1", "p1", "2026-03-05T12:00:00Z"), "journey_version": 1}
    there = [{**run, "event_id": name, "event_type": "element.entered", "element_id": name, "occurred_at": f"2026-03-05T12:00:0{at}Z"}
             for at, name in enumerate("ab", 1)]  # fmt: skip
    new = Step(records=[entered("2", "E2", "p2", "2026-03-05T12:00:00Z")])
    world = World(((None, "UTC"),), "EUR", [draft("split", "bc"), Step(records=[run, *there], build=True), draft("send", "c"), new])
    assert split_differences(world, tmp_path) == {}
