"""Lines of the map and lost goal value: by hand, and against naive recounts of random runs."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from core.errors import WrongUsage
from core.metrics import Query, answer, flow, held_stops
from core.metrics.drop_off import _by_sql
from tests.metrics.world import World

START = datetime(2026, 3, 1, tzinfo=UTC)
SIX = Decimal("0.000001")
LOST = {"measures": ["goal_value"], "answer": "drop_off", "to": "2026-04-30"}
RUNS = some.lists(
    some.tuples(
        some.integers(1, 3),  # profile
        some.lists(some.tuples(some.sampled_from("abcd"), some.integers(0, 6)), max_size=6),  # element.entered: element, day since the start
        some.one_of(some.none(), some.tuples(some.integers(1, 6), some.sampled_from([None, "a", "d"]))),  # exit: day, its element
        some.lists(some.integers(1, 400), max_size=2),  # goal values, in hundredths
        some.sampled_from([1, 2]),
    ),
    min_size=1, max_size=7,
)  # fmt: skip


def asked(snapshot, name, measure, dimensions=(), first="2026-03-01", last="2026-04-30", basis="entered", **where):
    document = {"measures": [measure], "dimensions": list(dimensions), "answer": name, "basis": basis, "from": first, "to": last}
    query = Query.of({**document, "where": {"journey": ["cart"]} | {key: [value] for key, value in where.items()}})
    assert Query.of(query.document()) == query
    return answer(snapshot, query)


def lay(world, runs):
    """Put the runs into the world as the warehouse would; each as {profile, version, path, days, last, state, value}."""
    told = []
    for number, (profile, entered, exit, goals, version) in enumerate(runs):
        ends = START + timedelta(days=exit[0]) if exit else None
        run = world.run(profile, f"{START + timedelta(minutes=number):%Y-%m-%d %H:%M}", version=version, exit=f"{ends:%Y-%m-%d}" if ends else None)
        there = [(START + timedelta(days=day), place, element) for place, (element, day) in enumerate(entered)]
        there += [(ends, len(there), exit[1])] if exit and exit[1] else []
        there.sort()
        visits = [step for step in there if ends is None or step[0] < ends]
        firsts = {element: min(step for step in there if step[2] == element) for element in {step[2] for step in there}}
        at = there[-1][2] if there else None
        states = {element: "passed" if element != at else "ended" if ends else "waiting" for element in firsts}
        for element, step in firsts.items():
            world.arrival(run, element, f"{step[0]:%Y-%m-%d}", states[element])
        for moment, place, element in visits:
            visit = {"position": 1000 * number + place, "element_id": element, "arrived_at": moment, "arrived_day": moment.date()}
            world.rows["visits"].append(world.runs[run] | visit)
        visited = {step[2] for step in visits}
        late = sorted((firsts[element][0], states[element] != "passed", element) for element in firsts if element not in visited)
        for cents in goals:
            world.goal(run, "2026-03-09", f"{cents / 100:.2f}")
        path = [(step[2], step[0].date()) for step in visits] + [(element, moment.date()) for moment, _, element in late]
        told.append({"profile": profile, "version": version, "path": path, "states": states, "value": [Decimal(cents) / 100 for cents in goals],
                     "arrived": {element: step[0].date() for element, step in firsts.items()}})
    return told


def lines_of(run):
    """Line → the first day on which the run took it."""
    found: dict[tuple[str | None, str | None], date] = {}
    before = None
    for element, day in run["path"]:
        if element != before:
            found.setdefault((before, element), day)
        before = element
    if run["path"]:
        found[run["path"][-1][0], None] = run["path"][-1][1]
    return found


def counted(frame):
    return {(row["from_element"], row["to_element"]): row["runs"] for row in frame.iter_rows(named=True)}


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(RUNS, some.sampled_from([None, 1, 2]), some.integers(0, 6))
def test_the_lines_are_those_of_a_naive_recount(runs, version, day):
    world = World()
    told = [run for run in lay(world, runs) if version in (None, run["version"])]
    where = {"journey_version": version} if version else {}
    with TemporaryDirectory() as folder:
        snapshot = world.snapshot(Path(folder))
        expected = Counter(line for run in told for line in lines_of(run))
        answered = [asked(snapshot, "flow", "element_arrived", **where).frame for _ in range(4)]  # by SQL, then from memory
        assert [counted(frame) for frame in answered] == [expected] * 4
        assert answered[0].equals(answered[3])
        since = date(2026, 3, 1) + timedelta(day)
        happened = asked(snapshot, "flow", "element_arrived", basis="happened", first=since.isoformat(), **where)
        assert counted(happened.frame) == Counter(line for run in told for line, taken in lines_of(run).items() if taken >= since)
        snapshot.close()


def lost_of(runs):
    """Element → what “drop_off” says of it, recounted from the runs whose arrivals there count."""
    found = {}
    for element in {element for run in runs for element in run["states"]}:
        stopped = {run["profile"] for run in runs if run["states"].get(element) in ("waiting", "ended")}
        at_goal = {run["profile"] for run in runs if run["states"].get(element) in ("waiting", "ended") and run["value"]}
        passed = [run for run in runs if run["states"].get(element) == "passed"]
        people, value = len({run["profile"] for run in passed}), [amount for run in passed for amount in run["value"]]
        each = (sum(value) / people).quantize(SIX, ROUND_HALF_UP) if value else None
        lost = (sum(value) * len(stopped) / people).quantize(SIX, ROUND_HALF_UP) if value else None
        found[element] = (len(stopped), len(at_goal), people, each, lost)
    return found


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(RUNS, some.sampled_from([None, 1, 2]), some.integers(0, 6))
def test_lost_goal_value_is_that_of_a_naive_recount(runs, version, day):
    world = World()
    told = [run for run in lay(world, runs) if version in (None, run["version"])]
    where = {"journey_version": version} if version else {}
    since = date(2026, 3, 1) + timedelta(day)
    happened = [{**run, "states": {element: state for element, state in run["states"].items() if run["arrived"][element] >= since}} for run in told]
    with TemporaryDirectory() as folder:
        snapshot = world.snapshot(Path(folder))
        frames = [asked(snapshot, "drop_off", "goal_value", **where).frame for _ in range(3)]  # by SQL, then from memory
        assert {row[0]: row[1:] for row in frames[0].iter_rows()} == lost_of(told)
        lost = [value for value in frames[0]["lost_value"] if value is not None]
        assert lost == sorted(lost, reverse=True)
        assert [frame.equals(frames[0]) and frame.schema == frames[0].schema for frame in frames] == [True] * 3
        later = asked(snapshot, "drop_off", "goal_value", ["currency"], basis="happened", first=since.isoformat(), **where).frame
        assert {row[0]: (*row[2:],) for row in later.iter_rows()} == lost_of(happened)
        assert later.equals(_by_sql(snapshot, Query.of({**LOST, "dimensions": ["currency"], "basis": "happened", "from": since.isoformat(),
                                                        "where": {"journey": ["cart"], **{name: [value] for name, value in where.items()}}})))
        snapshot.close()


def test_journeys_that_are_held_together_give_way_to_each_other(world, tmp_path, monkeypatch):
    for journey in ("cart", "trial"):
        run = world.run(1, "2026-03-01", journey=journey)
        world.arrival(run, "w", "2026-03-01", "passed")
        world.goal(run, "2026-03-02", "10")
    snapshot = world.snapshot(tmp_path)
    monkeypatch.setattr(held_stops, "MOST_BYTES", 15)  # one of them
    lost = [("w", 0, 0, 1, Decimal("10.000000"), Decimal("0.000000"))]
    assert [asked(snapshot, "drop_off", "goal_value", journey=journey).frame.rows() for journey in ("cart", "trial") * 4] == [lost] * 8
    assert list(held_stops._held[snapshot]) == ["trial"]
    monkeypatch.setattr(held_stops, "MOST_ROWS", 0)
    assert asked(snapshot, "drop_off", "goal_value").frame.rows() == lost  # too large to be held
    snapshot.close()


def test_lost_goal_value_stands_by_currency(world, tmp_path):
    for profile, (state, amount, currency) in enumerate((("passed", "10", "EUR"), ("passed", "4", "USD"), ("waiting", None, ""), ("ended", None, "")), start=1):
        run = world.run(profile, "2026-03-01")
        world.arrival(run, "w", "2026-03-01", state)
        if amount:
            world.goal(run, "2026-03-02", amount, currency)
    snapshot = world.snapshot(tmp_path)
    euros, dollars = ("w", "EUR", 2, 0, 2, Decimal("5.000000"), Decimal("10.000000")), ("w", "USD", 2, 0, 2, Decimal("2.000000"), Decimal("4.000000"))
    for _ in range(3):  # by SQL, then from memory
        assert asked(snapshot, "drop_off", "goal_value", ["currency"]).frame.rows() == [euros, dollars]
        assert asked(snapshot, "drop_off", "goal_value", ["currency"], currency="USD").frame.rows() == [dollars]
        assert asked(snapshot, "drop_off", "goal_value", currency="USD").frame.rows() == [(dollars[0], *dollars[2:])]
    with pytest.raises(WrongUsage, match="several currencies"):
        asked(snapshot, "drop_off", "goal_value")
    snapshot.close()


def test_without_elements_what_happened_to_a_run_is_followed(world, tmp_path):
    first = world.run(1, "2026-03-01", exit="2026-03-05")
    world.message(first, sent="2026-03-01", delivered="2026-03-01", channel="MAIL")
    world.goal(first, "2026-03-05")
    world.goal(world.run(2, "2026-03-02"), "2026-03-02")
    snapshot = world.snapshot(tmp_path)
    assert asked(snapshot, "event_flow", "entries").frame.rows() == [
        ("delivered MAIL", "goal Buy", 1), ("entered", "goal Buy", 1), ("entered", "sent MAIL", 1), ("exited exit_point", None, 1),
        ("goal Buy", "exited exit_point", 1), ("goal Buy", None, 1), ("sent MAIL", "delivered MAIL", 1), (None, "entered", 2)]  # fmt: skip
    snapshot.close()


STEPS = ("sent", "delivered", "viewed", "clicked", "replied", "failed")
HAPPENED = some.lists(
    some.tuples(
        some.integers(0, 8),  # day of the entry
        some.sampled_from([1, 2, None]),
        some.lists(some.tuples(some.sampled_from(["SMS", "MAIL", None]), some.dictionaries(some.sampled_from(STEPS), some.integers(0, 5), min_size=1)),
                   max_size=3),
        some.lists(some.tuples(some.sampled_from(["Buy", "Try"]), some.integers(0, 5)), max_size=2),
        some.one_of(some.none(), some.tuples(some.integers(0, 5), some.sampled_from(["exit_point", "unsubscribed"]))),
    ),
    min_size=1, max_size=6,
)  # fmt: skip


def followed(world, runs, here):
    """Put these runs into the world; what followed what in those that are `here`, by hand."""
    found = Counter()
    for entered, version, messages, goals, exit in runs:
        day = {later: f"2026-03-{1 + entered + later:02}" for later in range(7)}
        run = world.run(1, day[0], version=version, exit=day[exit[0]] if exit else None, **({"reason": exit[1]} if exit else {}))
        steps = [(0, 0, "entered")] + ([(exit[0], 9, f"exited {exit[1]}")] if exit else [])
        for channel, rungs in messages:
            world.message(run, channel, **{rung: day[later] for rung, later in rungs.items()})
            steps += [(later, 1 + STEPS.index(rung), f"{rung} {channel}" if channel else rung) for rung, later in rungs.items()]
        for name, later in goals:
            world.goal(run, day[later])
            world.rows["goals"][-1]["name"] = name
            steps.append((later, 8, f"goal {name}"))
        if here(date.fromisoformat(day[0]), version):
            names = [None, *(name for *_, name in sorted(steps)), None]
            found.update(pairwise(names))
    return found


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(HAPPENED, some.sampled_from([1, 2, None, "all"]), some.integers(0, 8))
def test_what_followed_what_is_that_of_a_naive_recount(runs, version, since):
    first, where = date(2026, 3, 1) + timedelta(since), {} if version == "all" else {"journey_version": version}
    with TemporaryDirectory() as folder:
        world = World()
        expected = followed(world, runs, lambda day, own: day >= first and version in ("all", own))
        snapshot = world.snapshot(Path(folder))
        rolled = asked(snapshot, "event_flow", "entries", first=first.isoformat(), **where).frame
        assert {row[:2]: row[2] for row in rolled.iter_rows()} == expected
        query = Query.of({"measures": ["entries"], "from": first.isoformat(), "where": {"journey": ["cart"], **{name: [own] for name, own in where.items()}}})
        by_sql = flow._by_sql(snapshot, query)
        assert rolled.equals(by_sql)
        assert rolled.schema == by_sql.schema
        snapshot.close()


def test_what_followed_what_is_asked_of_the_facts_where_a_run_names_an_element(world, tmp_path):
    world.run(1, "2026-03-01")
    world.arrival(world.run(2, "2026-03-02"), "w", "2026-03-02", "waiting")
    world.rows["runs"][-1]["at_element_id"] = "w"
    snapshot = world.snapshot(tmp_path)
    assert snapshot.sql("SELECT from_step, to_step, n FROM event_moves ORDER BY ALL").rows() == [("entered", None, 1), (None, "entered", 1)]
    assert asked(snapshot, "event_flow", "entries").frame.rows() == [("entered", None, 2), (None, "entered", 2)]
    assert asked(snapshot, "event_flow", "entries", weekday=1).frame.rows() == [("entered", None, 1), (None, "entered", 1)]
    snapshot.close()


def test_what_followed_what_is_filtered_by_times_of_the_entry(world, tmp_path):
    for day in ("2026-03-01 09:00", "2026-03-02 10:00"):  # a Sunday and a Monday
        world.run(1, day)
    snapshot = world.snapshot(tmp_path)
    for where in ({"weekday": 1}, {"hour": 10}, {"day": "2026-03-02"}, {"week": "2026-03-02"}):  # the hour is asked of the facts
        assert asked(snapshot, "event_flow", "entries", **where).frame.rows() == [("entered", None, 1), (None, "entered", 1)]
    snapshot.close()


@pytest.mark.parametrize(("document", "said"), [
    ({"measures": ["entries"], "answer": "flow"}, "of the measure element_arrived in one journey"),
    ({"measures": ["element_arrived"], "answer": "flow"}, "filter by a journey"),
    ({"measures": ["element_arrived"], "answer": "flow", "where": {"journey": ["cart"], "element": ["a"]}}, "of all its elements"),
    ({"measures": ["entries"], "answer": "event_flow", "basis": "happened", "where": {"journey": ["cart"]}}, "on the basis entered"),
    ({"measures": ["goal_value"], "answer": "drop_off"}, "filter by a journey"),
])  # fmt: skip
def test_what_a_map_cannot_tell_is_said(world, tmp_path, document, said):
    snapshot = world.snapshot(tmp_path)
    with pytest.raises(WrongUsage, match=said):
        answer(snapshot, Query.of(document))
    snapshot.close()
