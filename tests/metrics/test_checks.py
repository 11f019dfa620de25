"""Every invariant has two sides, and one that is broken says which."""

from collections import namedtuple

import duckdb
import pytest

from core.metrics import checks
from core.warehouse.snapshots import Snapshot

Head = namedtuple("Head", "position documents")


class Log:
    def __init__(self, position):
        self.position = position

    def head(self):
        return Head(self.position, 0)


@pytest.fixture
def path(world, tmp_path):
    run = world.run(1, "2026-01-05", exit="2026-02-06", active=True)
    world.message(run, sent="2026-01-06", delivered="2026-01-06", viewed="2026-02-06", cost="1")
    world.goal(run, "2026-01-07", "2", "USD")
    world.arrival(run, "a", "2026-01-05", "ended", 5)
    world.call(run, "2026-01-07", outcome="open", completed=False)
    world.mep(1, "2026-01-05")
    world.snapshot(tmp_path).close()
    return tmp_path / "world.duckdb"


def broken(path, log=None, mend=None):
    if mend:
        with duckdb.connect(str(path)) as con:
            con.execute(mend)
    snapshot = Snapshot(path)
    found = [check.document() for check in checks.run(snapshot, log) if not check.holds]
    snapshot.close()
    return found


def test_all_hold_in_a_sound_world(path):
    assert broken(path, Log(6)) == []


def test_a_snapshot_says_nothing_that_the_log_does_not_hold(path):
    assert broken(path, Log(3)) == [{"name": "log position of the snapshot ≤ of the log", "left": 6, "relation": "≤", "right": 3, "holds": False}]


@pytest.mark.parametrize(
    ("mend", "name", "left", "right"),
    [
        (
            "UPDATE reach_cells SET n = 2 FROM reach_series AS series WHERE series.series_key = reach_cells.series_key "
            "AND measure = 'goal_performers' AND basis = 'happened'",
            "Goal performers in the rollup, by month = in the facts, happened basis",
            2,
            1,
        ),
        (
            "UPDATE daily SET day = '2026-03-01' WHERE measure = 'entries' AND basis = 'entered'",
            "Entries in the rollup, by month = in the facts, entered basis",
            1,
            None,
        ),
        (
            "UPDATE daily SET amount = 7 WHERE measure = 'traffic_cost' AND basis = 'happened'",
            "Traffic cost in the rollup, by month = in the facts, happened basis",
            "7.000000",
            "1.000000",
        ),
        ("UPDATE arrivals SET state = 'gone'", "elements passed + waiting + ended = arrived", 0, 1),
        ("INSERT INTO mep SELECT * FROM mep", "attributed MEP over all journeys = MEP, distinct profiles and months", 2, 1),
        ("UPDATE build SET events = 5", "events that the snapshot was built of = its log position", 5, 6),
        ("UPDATE messages SET delivered_at = NULL", "messages on a rung and not on the one below = none", 1, 0),
    ],
)
def test_a_broken_one_is_named_with_its_sides(path, mend, name, left, right):
    found = broken(path, mend=mend)
    assert {"name": name, "left": left, "relation": "=", "right": right, "holds": False} in found


def test_amounts_of_several_currencies_are_held_against_each_other_one_by_one(world, tmp_path):
    run = world.run(1, "2026-01-05")
    world.goal(run, "2026-01-07", "2", "USD")
    world.goal(run, "2026-01-08", "3", "EUR")
    world.snapshot(tmp_path).close()
    path = tmp_path / "world.duckdb"
    snapshot = Snapshot(path)
    found = {check.name: (check.left, check.right) for check in checks.run(snapshot) if check.name.startswith("Goal value")}
    snapshot.close()
    assert found == {f"Goal value, {currency}, in the rollup, by month = in the facts, {basis} basis": (amount, amount)
                     for basis in ("entered", "happened") for currency, amount in (("EUR", 3), ("USD", 2))}
    mended = broken(path, mend="UPDATE daily SET amount = 9 WHERE measure = 'goal_value' AND currency = 'USD' AND basis = 'entered'")
    assert [(check["name"], check["left"], check["right"]) for check in mended] == [
        ("Goal value, USD, in the rollup, by month = in the facts, entered basis", "9.000000", "2.000000")]
