"""Where a question is counted: the rollups wherever they are exact, and the same as the facts on any world."""
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from core.metrics import MEASURES, Query, answer
from core.metrics.answering import counted
from core.metrics.planner import plan
from core.metrics.rules import settled
from tests.metrics.world import World


def sources(*measures, by=(), **filters):
    query = settled(Query(measures, by, where=tuple((name, tuple(values)) for name, values in filters.items())))
    return {measure.name: f"{part.source} {part.scope}".strip() for part in plan(query) for measure in part.measures}


def test_people_are_counted_from_reach_where_a_scope_tells_exactly_the_row_apart():
    people = "profiles_in_journey"
    assert sources(people) == {people: "reach account"}
    assert sources(people, by=("week", "journey")) == {people: "reach journey"}
    assert sources(people, by=("journey",), journey=("a", "b")) == {people: "reach journey"}
    assert sources(people, journey=(None,)) == {people: "reach journey"}
    assert sources(people, by=("arm",), journey=("a",), journey_version=(1,)) == {people: "reach journey_version_arm"}
    assert sources(people, by=("day",), day=(date(2026, 1, 1), date(2026, 1, 3))) == {people: "reach account"}
    assert sources("profiles_messaged", by=("channel", "sub_account")) == {"profiles_messaged": "reach sub_account_channel"}


def test_people_that_no_scope_tells_apart_are_counted_from_the_facts():
    people = "profiles_in_journey"
    assert sources(people, journey=("a", "b")) == {people: "facts"}
    assert sources(people, by=("journey", "sub_account")) == {people: "facts"}
    assert sources(people, day=(date(2026, 1, 1), date(2026, 1, 3))) == {people: "facts"}
    assert sources(people, by=("day",), month=(date(2026, 1, 1),)) == {people: "facts"}


def test_what_adds_up_is_counted_from_daily_unless_it_asks_for_what_daily_does_not_hold():
    assert sources("messages_sent", "traffic_cost", by=("weekday", "channel")) == {"messages_sent": "daily", "traffic_cost": "daily"}
    assert sources("messages_sent", by=("sender",)) == {"messages_sent": "facts"}
    assert sources("entries", hour=(3,)) == {"entries": "facts"}
    assert sources("calls", "mep", by=("month",)) == {"calls": "facts", "mep": "facts"}


def test_measures_of_one_table_are_counted_together():
    query = settled(Query(("messages_sent", "messages_viewed", "profiles_messaged", "view_rate"), ("day",)))
    assert [(part.source, len(part.measures)) for part in plan(query)] == [("daily", 3), ("reach", 1)]
    assert [(part.source, len(part.measures)) for part in plan(query, force_facts=True)] == [("facts", 4)]


DAYS = [date(2026, 1, 24) + timedelta(n) for n in range(17)]
days = some.sampled_from(DAYS).map(str)
visit = some.tuples(some.integers(1, 4), days, some.sampled_from(["a", "b"]), some.sampled_from([1, 2, None]), some.sampled_from(["n", None]),
                    some.sampled_from(["x", None]), some.none() | days, some.booleans(), some.lists(some.tuples(
                        some.sampled_from(["SMS", "EMAIL", None]), days, some.none() | days), max_size=2), some.lists(days, max_size=2))
BUCKETS = ((), ("day",), ("week",), ("month",), ("week", "month"))
SCOPES = ((), ("sub_account",), ("journey",), ("journey", "journey_version"), ("journey", "arm"), ("journey", "journey_version", "arm"))
PEOPLE = tuple(measure.name for measure in MEASURES.values() if measure.rollup == "reach")


def world_of(visits):
    world = World()
    for profile, start, journey, version, sub_account, arm, exit, active, messages, goals in visits:
        run = world.run(profile, start, journey, version, sub_account, arm, exit, active=active)
        for channel, sent, viewed in messages:
            world.message(run, channel, sent=sent, cost="0.25", **({"viewed": viewed} if viewed else {}))
        for goal in goals:
            world.goal(run, goal, "1.5")
    return world


def differing(visits, ends):
    """The questions about this world to which rollups and facts give different answers."""
    first, last = ends if None in ends else sorted(ends)
    with TemporaryDirectory() as folder:
        snapshot = world_of(visits).snapshot(Path(folder))
        asked = [query for basis in ("entered", "happened") for query in questions(first, last, basis)]
        found = [query for query in asked if not counted(snapshot, query).equals(counted(snapshot, query, force_facts=True))]
        snapshot.close()
    return found


ends = some.tuples(some.none() | some.sampled_from(DAYS), some.none() | some.sampled_from(DAYS))
worlds = some.lists(visit, min_size=1, max_size=12)
anyhow = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@settings(max_examples=2, **anyhow)
@given(worlds, ends)
def test_the_rollups_say_what_the_facts_say_for_every_measure_basis_scope_and_bucket(visits, ends):
    assert differing(visits, ends) == []


@pytest.mark.slow
@settings(max_examples=60, **anyhow)
@given(worlds, ends)
def test_the_rollups_say_what_the_facts_say_on_many_worlds(visits, ends):
    assert differing(visits, ends) == []


def questions(first, last, basis):
    for buckets in BUCKETS:
        for scope in SCOPES:
            yield Query(PEOPLE, buckets + scope, first, last, basis)
            yield Query(("profiles_messaged", "profiles_viewing", "messages_sent", "view_rate"), (*buckets, *scope, "channel"), first, last, basis)
    for where in ((("journey", ("a",)),), (("journey", ("a",)), ("arm", (None,))), (("sub_account", (None,)),)):
        yield Query((*PEOPLE, "goal_value", "cost_per_goal_performer", "exits", "currently_in_journey"), ("week",), first, last, basis, where)
        yield Query(("profiles_messaged", "traffic_cost", "wasted_cost"), (), first, last, basis, (*where, ("channel", ("SMS",))))


@pytest.mark.parametrize("basis", ["entered", "happened"])
def test_uniques_of_a_bucket_start_with_the_range_and_not_before(world, tmp_path, basis):
    for day in ("2026-01-05", "2026-01-08"):
        world.run(1, day)
    snapshot = world.snapshot(tmp_path)
    rows = answer(snapshot, Query(("profiles_in_journey",), ("week",), date(2026, 1, 7), None, basis)).frame.rows()
    snapshot.close()
    assert rows == [(date(2026, 1, 5), 1)]
