"""Times to goals held in memory say what SQL says, to the last digit, row and type."""
import random
from datetime import date, datetime, time, timedelta

import duckdb
import pytest

from core.metrics import Query, answer, goal_times, held_goals
from core.metrics.room import Room
from core.warehouse import sqlfile
from core.warehouse.snapshots import Snapshot

FILTERS = {"journey_version": (1, 2, None), "sub_account": ("north", "south", None), "arm": ("A", "B", None)}
MARCH = date(2026, 3, 1)


@pytest.fixture
def snapshot(world, tmp_path):
    """Two hundred runs of two journeys in sixty days, of all kinds, four of five with a goal after any time up to forty days; built with `first_goals`."""
    dice = random.Random(7)
    for profile in range(200):
        began = datetime.combine(MARCH, time()) + timedelta(seconds=dice.randrange(60 * 86400))
        version, sub_account, arm = map(dice.choice, FILTERS.values())
        run = world.run(profile, f"{began}", dice.choice(("cart", "cart", "news")), version, sub_account, arm)
        if dice.random() < 0.8:
            world.goal(run, f"{began + timedelta(seconds=dice.choice((dice.randrange(400), dice.randrange(40 * 86400))))}")
    made = world.snapshot(tmp_path)
    made.close()
    with duckdb.connect(str(made.path)) as connection:
        connection.execute(f"CREATE TABLE first_goals AS {sqlfile.select('first_goals')}")
    snapshot = Snapshot(made.path)
    yield snapshot
    snapshot.close()


def questions(number):
    """Random ones of one journey: range, basis, filters, dimensions, told as bands or as quartiles."""
    dice = random.Random(number)
    for _ in range(number):
        where = (("journey", (dice.choice(("cart", "news")),)),
                 *((name, tuple(dice.sample(values, dice.choice((1, 2))))) for name, values in FILTERS.items() if dice.random() < 0.3))
        first = dice.choice((None, MARCH + timedelta(dice.randrange(50))))
        last = dice.choice((None, (first or MARCH) + timedelta(dice.randrange(50))))
        told = dice.choice(("goal_times", "goal_time_quartiles", "goal_time_quartiles"))
        by = tuple(dice.sample(("journey", *FILTERS), dice.choice((0, 1, 1, 2))))
        yield Query(("goal_performers",), by, first, last, dice.choice(("entered", "happened")), where, answer=told)


def test_random_questions_are_told_the_same_from_memory_and_by_sql(snapshot, monkeypatch):
    asked = list(questions(300))
    held = [answer(snapshot, query) for query in asked]
    assert all(held_goals.seconds_of(snapshot, query) is not None for query in asked)
    monkeypatch.setattr(goal_times, "seconds_of", lambda *_: None)
    for query, one in zip(asked, held, strict=True):
        by_sql = answer(snapshot, query)
        assert one.frame.equals(by_sql.frame), (query, one.frame, by_sql.frame)
        assert one.frame.schema == by_sql.frame.schema, query
        assert (one.columns, one.definitions, one.warnings) == (by_sql.columns, by_sql.definitions, by_sql.warnings)
    assert {one.frame.height for one in held} >= {0, 1, 3, 9}


def test_what_tells_more_apart_than_a_journeys_runs_is_left_to_sql(snapshot, monkeypatch):
    of_one = Query(("goal_performers",), where=(("journey", ("cart",)),))
    assert held_goals.seconds_of(snapshot, of_one) is not None
    assert held_goals.seconds_of(snapshot, Query(("goal_performers",))) is None
    assert held_goals.seconds_of(snapshot, Query(("goal_performers",), ("week",), where=of_one.where)) is None
    monkeypatch.setattr(held_goals, "MOST_RUNS", 0)
    monkeypatch.setattr(held_goals, "_goals", Room(1, lambda _: 0))
    assert held_goals.seconds_of(snapshot, of_one) is None
