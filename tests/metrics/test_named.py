"""Answers that are told by name: time from entry to goal, the ways on from an element; and which feeds are silent."""
import json
from datetime import date, timedelta

import pytest

from core.errors import WrongUsage
from core.metrics import Query, answer
from core.metrics.feeds import feeds, silent
from core.reports.export import about_result
from tests.metrics.world import moment


def told(snapshot, name, measure, dimensions=(), basis="entered", first="2026-03-01", last="2026-03-31", **where):
    document = {"measures": [measure], "dimensions": list(dimensions), "from": first, "to": last, "basis": basis, "answer": name}
    query = Query.of({**document, "where": {key: [value] for key, value in where.items()}})
    assert Query.of(query.document()) == query
    return answer(snapshot, query)


@pytest.fixture
def goals(world, tmp_path):
    """Four runs of March with a goal, after 200 s, 2 h, 2 h 30 min and two days; one without, and one of February that reached it in March."""
    for profile, at, *reached in (
        (1, "2026-03-01 10:00", "2026-03-01 10:03:20", "2026-03-05"), (2, "2026-03-02", "2026-03-02 02:00"), (3, "2026-03-02", "2026-03-02 02:30"),
        (4, "2026-03-31 12:00", "2026-04-02 12:00"), (5, "2026-03-03"), (6, "2026-02-28 23:00", "2026-03-01 00:00"),
    ):  # fmt: skip
        run = world.run(profile, at, version=2 if profile == 4 else 1)
        for moment_of in reversed(reached):
            world.goal(run, moment_of)
    snapshot = world.snapshot(tmp_path)
    yield snapshot
    snapshot.close()


def test_a_run_counts_in_the_band_of_its_first_goal_event(goals):
    assert told(goals, "goal_times", "goal_performers").frame.rows() == [
        ("under 5 min", 1, 0.25), ("5 min to 1 h", 0, 0.25), ("1 to 6 h", 2, 0.75), ("6 to 24 h", 0, 0.75), ("1 to 2 days", 0, 0.75), ("2 to 3 days", 1, 1.0)]


def test_on_happened_the_first_goal_event_is_in_the_range(goals):
    assert told(goals, "goal_times", "goal_performers", basis="happened").frame.rows() == [
        ("under 5 min", 1, 0.25), ("5 min to 1 h", 0, 0.25), ("1 to 6 h", 3, 1.0)]
    assert told(goals, "goal_times", "goal_performers", basis="happened", first="2026-03-05").frame.rows() == []  # run 1 had its first goal before


def test_quartiles_stand_by_version(goals):
    result = told(goals, "goal_time_quartiles", "goal_performers", ["journey_version"], journey="cart")
    assert result.frame.rows() == [(1, 3, 3700.0, 7200.0, 8100.0), (2, 1, 172800.0, 172800.0, 172800.0)]
    assert "whole seconds from its start to the first" in dict(about_result(result))["Time from entry to goal"]


def test_each_run_takes_the_first_of_the_next_elements_that_it_arrived_at(world, tmp_path):
    ways = [{"to": "yes"}, {"to": "no"}]
    for version in (1, 2):
        for ordinal, (element, following) in enumerate((("split", ways), ("yes", [{"to": "no"}]), ("no", []))):
            world.rows["elements"].append({"journey_id": "cart", "version": version, "ordinal": ordinal, "element_id": element, "next": json.dumps(following)})
    for profile, *there in ((1, "yes", "no"), (2, "no"), (3, "yes"), (4,)):
        run = world.run(profile, "2026-03-01")
        world.arrival(run, "split", "2026-03-01 01:00")
        for hour, element in enumerate(there, start=1):
            world.arrival(run, element, f"2026-03-0{hour} 01:00")
    snapshot = world.snapshot(tmp_path)
    assert told(snapshot, "ways", "element_arrived", journey="cart").frame.rows() == [
        ("split", "yes", 2, 0.5), ("split", "no", 1, 0.25), ("split", None, 1, 0.25)]
    snapshot.close()


@pytest.mark.parametrize(("document", "said"), [
    ({"measures": ["goal_performers"], "answer": "goal_tims"}, "Did you mean “goal_times”"),
    ({"measures": ["entries"], "answer": "goal_times"}, "of the measure goal_performers"),
    ({"measures": ["goal_performers"], "dimensions": ["day"], "answer": "goal_times"}, "by any of"),
    ({"measures": ["goal_performers"], "limit": 3, "answer": "goal_times"}, "leave out order, limit and compare"),
    ({"measures": ["entries"], "answer": "ways"}, "of the measure element_arrived"),
])
def test_what_cannot_be_told_so_is_said(world, tmp_path, document, said):
    snapshot = world.snapshot(tmp_path)
    with pytest.raises(WrongUsage, match=said):
        answer(snapshot, Query.of(document))
    snapshot.close()


def test_a_feed_is_silent_once_it_pauses_longer_than_it_ever_did(world, tmp_path):
    today = date(2026, 6, 1)  # of the world's as-of
    for source, back in (("daily", range(2, 12)), ("daily too", range(1, 12)), ("weekly", range(7, 70, 7)), ("once", [40]), ("ended", range(91, 99))):
        for ago in back:
            day = today - timedelta(ago)
            last = dict.fromkeys(("last_occurred_at", "last_received_at"), moment(str(day)))
            world.rows["sources"].append({"source": source, "day": day, "events": 2, **last})
    snapshot = world.snapshot(tmp_path)
    assert [feed.source for feed in silent(snapshot)] == ["daily"]
    (weekly,) = [feed for feed in feeds(snapshot) if feed.source == "weekly"]
    assert (weekly.events, weekly.last_day, weekly.longest_pause, weekly.days) == (18, today - timedelta(7), 7, 9)
    snapshot.close()
