"""Rollups in memory say what SQL says, to the last digit, row and type."""
import random
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from core.errors import WrongUsage
from core.metrics import Query, answer, held, held_clicks, held_durations
from core.metrics.held_people import MOST_DAYS, People
from core.metrics.planner import plan
from core.metrics.rules import settled
from core.metrics.series import series_of
from core.metrics.sql import sql_for
from core.metrics.times import times
from core.warehouse.snapshots import Snapshot
from tests.oracle.answers import Warehouse
from tests.worlds.product import product_of
from tests.worlds.questions import Asker
from tests.worlds.world import crowd_of


def both(snapshot, query):
    """The frame from memory and the frame by SQL."""
    return held.answered(snapshot, held.read(snapshot), query, plan(query)), snapshot.sql(*sql_for(query, series=series_of(snapshot)))


@pytest.fixture
def small(world, tmp_path):
    """Three profiles over a year and a half: one comes back, one has a goal, one costs."""
    world.run(1, "2025-01-05", journey="cart", version=1, arm="A")
    world.run(1, "2026-03-05", journey="cart", version=2)
    run = world.run(2, "2026-03-05", journey="cart", version=2)
    world.goal(run, "2026-03-07", value="2.5")
    world.message(world.run(3, "2026-03-09", journey="news"), sent="2026-03-09", viewed="2026-03-10", cost="0.000005")
    snapshot = world.snapshot(tmp_path)
    yield snapshot
    snapshot.close()


@pytest.mark.parametrize("seed", range(4))
def test_random_questions_have_the_same_frame_from_memory_and_by_sql(seed, tmp_path):
    world = crowd_of(seed, 12)
    product = product_of(world, tmp_path)
    asker = Asker(random.Random(seed), Warehouse(world.log(), world.zones, world.currency))
    kept = held.read(product.snapshot)
    compared = 0
    while compared < 150:
        try:
            query = replace(settled(Query.of(asker.question())), compare=None)
        except WrongUsage:
            continue
        parts = plan(query)
        if not any(map(held.is_in_rollup, parts)):
            continue
        expected = product.snapshot.sql(*sql_for(query, series=series_of(product.snapshot)))
        got = held.answered(product.snapshot, kept, query, parts)
        assert got.equals(expected), (query, got, expected)
        assert got.schema == expected.schema, query
        compared += 1
    product.close()


@pytest.mark.parametrize("by", [(), ("month",), ("journey",), ("journey", "week"), ("week", "day")])
def test_people_of_a_long_range_are_those_of_sql(small, by):
    for first, last in ((None, None), (date(2025, 1, 1), None), (date(2026, 3, 1), date(2026, 3, 31)), (None, date(2025, 12, 31))):
        memory, sql = both(small, settled(Query(("profiles_in_journey", "goal_performers", "goal_rate"), by, first, last)))
        assert memory.equals(sql)


@pytest.mark.parametrize("most", [held_durations.MOST_VISITS, 0])
@pytest.mark.parametrize("basis", ["entered", "happened"])
def test_medians_are_those_of_sql_whatever_the_range_and_whether_a_steps_visits_are_kept(basis, most, tmp_path, monkeypatch):
    monkeypatch.setattr(held_durations, "MOST_VISITS", most)
    product = product_of(crowd_of(5, 40), tmp_path)
    kept = held.read(product.snapshot)
    journeys = product.snapshot.sql("SELECT DISTINCT journey_id FROM visits WHERE seconds >= 60 ORDER BY 1")["journey_id"]
    days = sorted(product.snapshot.sql("SELECT DISTINCT run_day FROM visits")["run_day"])
    assert len(journeys) > 5
    for journey in journeys:
        for by in ((), ("element",), ("journey", "element")):
            for first, last in ((None, None), (days[len(days) // 3], None), (days[0], days[len(days) // 2])):
                query = settled(Query(("element_time_median_s",), by, first, last, basis, (("journey", (journey,)),)))
                assert held.answered(product.snapshot, kept, query, plan(query)).equals(product.snapshot.sql(*sql_for(query))), query
    product.close()


@pytest.mark.parametrize("most", [held_clicks.MOST_CELLS, 1])
def test_clicks_of_links_are_those_of_sql_whatever_the_range_and_whether_they_are_held(most, world, tmp_path, monkeypatch):
    monkeypatch.setattr(held_clicks, "MOST_CELLS", most)
    dice = random.Random(4)
    for day in [1, 1, 2, 5, 9, 20, 31]:
        run = world.run(day, f"2026-03-{day:02}", version=dice.choice((1, 2)), journey="cart")
        for url in dice.choices(("https://a.example", "https://b.example", None), k=4):
            world.click(run, f"2026-03-{dice.randrange(day, 32):02}", url=url)
    snapshot = world.snapshot(tmp_path)
    for basis, version in (("entered", None), ("entered", 1), ("happened", None), ("happened", 2)):
        for first, last in ((None, None), (date(2026, 3, 2), date(2026, 3, 9)), (date(2026, 3, 10), None), (date(2027, 1, 1), None)):
            where = (("journey", ("cart",)), *((("journey_version", (version,)),) if version else ()))
            query = settled(Query(("link_clicks",), ("url",), first, last, basis, where, order="-link_clicks"))
            memory, sql = both(snapshot, query)
            assert memory.equals(sql), query
            assert memory.schema == sql.schema
    assert both(snapshot, query)[0].is_empty()
    snapshot.close()


def test_people_further_back_than_what_is_held_are_left_to_sql(small):
    people = People(small)
    (part,) = plan(settled(Query(("profiles_in_journey",))))
    assert people.last - people.first == MOST_DAYS - 1
    assert people.counted(small, part, "entered", (1, people.last), series_of(small)) is None
    assert people.counted(small, part, "entered", (people.first, people.last), series_of(small)) == {(): {"profiles_in_journey": 3}}


def test_money_is_exact_and_each_performer_has_its_share_rounded_half_away_from_zero(small):
    query = settled(Query(("traffic_cost", "goal_value", "cost_per_goal_performer")))
    memory, sql = both(small, query)
    assert memory.rows() == sql.rows() == [(Decimal("0.000005"), Decimal("2.5"), Decimal("0.000005"))]


def test_money_above_a_million_millions_is_counted_to_the_last_millionth(world, tmp_path):
    world.message(world.run(1, "2026-03-05", journey="cart"), sent="2026-03-06", cost="999999999999.999999")
    world.message(world.run(2, "2026-03-05", journey="cart"), sent="2026-03-06", cost="999999999999.999999")
    snapshot = world.snapshot(tmp_path)
    memory, sql = both(snapshot, settled(Query(("traffic_cost",))))
    assert memory.rows() == sql.rows() == [(Decimal("1999999999999.999998"),)]
    snapshot.close()


def test_a_snapshot_is_held_once_it_is_asked_often_enough_and_says_the_same_before_and_after(small, monkeypatch):
    asked = []
    monkeypatch.setattr(held, "read", lambda snapshot, plain=held.read: asked.append(snapshot) or plain(snapshot))
    query = Query(("profiles_in_journey", "entries"), ("journey",))
    answers = [answer(small, query).frame.rows() for _ in range(10)]
    assert answers == [[("cart", 2, 3), ("news", 1, 1)]] * 10
    assert asked == [small]


def test_groups_of_days_are_the_buckets_that_the_filters_leave():
    monday, sunday = date(2026, 3, 2).toordinal(), date(2026, 3, 8).toordinal()
    weeks = times(("week",), (), monday - 1, sunday + 1)
    assert weeks.groups == ((date(2026, 2, 23),), (date(2026, 3, 2),), (date(2026, 3, 9),))
    assert [ends.tolist() for ends in weeks.spans()] == [[monday - 1, monday, sunday + 1], [monday - 1, sunday, sunday + 1]]
    assert times((), (("weekday", (1, 7)),), monday, sunday).of_day.tolist() == [0, -1, -1, -1, -1, -1, 0]
    assert times((), (), sunday, monday).groups == ()


def test_more_accounts_than_there_is_room_for_are_asked_by_sql_until_one_is_idle(world, tmp_path, monkeypatch):
    world.run(1, "2026-03-05")
    (tmp_path / "a").mkdir()
    path = world.snapshot(tmp_path / "a").path
    clock = [1000.0]
    monkeypatch.setattr(held, "monotonic", lambda: clock[0])
    monkeypatch.setattr(held, "WORTH", 0)
    monkeypatch.setattr(held, "_held", type(held._held)())
    monkeypatch.setattr(held, "_used", type(held._used)())
    snapshots = [Snapshot(path) for _ in range(held.MOST + 1)]
    question = settled(Query(("entries",)))
    assert [held.from_memory(snapshot, question) is not None for snapshot in snapshots] == [True] * held.MOST + [False]
    clock[0] += held.IDLE_S
    assert [held.from_memory(snapshot, question) is not None for snapshot in (snapshots[1], snapshots[-1], snapshots[0])] == [True, True, True]
    for snapshot in snapshots:
        snapshot.close()
