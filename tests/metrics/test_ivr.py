"""Answers about calls: paths, loops, menus, collects, lengths and repeat callers, each against a naive recount and the fixed measures."""
import json
import tempfile
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from core.errors import WrongUsage
from core.metrics import Query, answer, call_paths
from core.metrics.call_paths import piece_of
from tests.metrics.world import World, moment

FIRST, LAST = date(2026, 3, 1), date(2026, 3, 31)
DAYS = ("2026-02-28 23:30", "2026-03-01 00:10", "2026-03-01 12:00", "2026-03-02 00:05", "2026-03-15 09:00", "2026-04-01 00:00")


def told(snapshot, name, measure="calls", by=(), first=FIRST, last=LAST, **where):
    query = Query((measure,), tuple(by), first, last, where=tuple((key, (value,)) for key, value in where.items()), answer=name)
    assert Query.of(query.document()) == query
    result = answer(snapshot, query)
    assert [column.name for column in result.columns] == result.frame.columns
    return result.frame.rows()


def stepped(world, call, *steps):
    """Steps (kind, element, seconds after the call's start, input, status, collect)."""
    for kind, element, after, *more in steps:
        world.step(call, kind, element, *more)
        world.rows["call_steps"][-1]["stepped_at"] = world.rows["calls"][-1]["started_at"] + timedelta(seconds=after)


@pytest.fixture
def line(world, tmp_path):
    """Three answered calls of March: menu heard twice then a pin and completed; menu, pin, menu again and hung up; one that was not answered."""
    runs = [world.run(profile, "2026-03-01") for profile in (1, 2)]
    one = world.call(runs[0], "2026-03-01 10:00", direction="inbound", last="pin", seconds=40)
    stepped(world, one, ("menu", "main", 2), ("input", "main", 6, None, "no_input"), ("menu", "main", 7), ("input", "main", 12, "1"),
            ("collect", "pin", 20, "1234", "ok", "PIN"))
    world.rows["calls"][-1]["answered_at"] = world.rows["calls"][-1]["started_at"] + timedelta(seconds=1.9)
    two = world.call(runs[1], "2026-03-02 10:00", direction="inbound", outcome="hangup", completed=False, last="main", seconds=90)
    stepped(world, two, ("menu", "main", 3), ("input", "main", 9, "1"), ("collect", "pin", 15, "99", "invalid", "PIN"), ("menu", "main", 20))
    world.call(runs[1], "2026-03-03 09:59", direction="inbound", outcome="no_answer", answered=False, completed=False)
    snapshot = world.snapshot(tmp_path)
    yield snapshot
    snapshot.close()


def test_paths_lead_from_the_start_to_how_the_call_ended(line):
    assert told(line, "call_paths") == [
        (0, None, "main", None, 2, 2 / 3), (0, None, None, "no_answer", 1, 1 / 3), (1, "main", "pin", None, 2, 2 / 3),
        (2, "pin", "main", None, 1, 1 / 3), (2, "pin", None, "completed", 1, 1 / 3), (3, "main", None, "hangup", 1, 1 / 3)]


def test_each_piece_of_the_paths_opens_its_calls(line):
    assert [row[0] for row in told(line, piece_of(step=1, element="main", next_element="pin"))] == ["c3", "c9"]
    assert [row[0] for row in told(line, piece_of(step=2, next_element=None, outcome="completed"))] == ["c3"]
    assert [row[0] for row in told(line, piece_of(step=2, goes_on=True))] == ["c9"]
    row = told(line, piece_of(step=0, outcome="no_answer"))[0]
    assert row == ("c14", "p2", "2026-03-03T09:59:00+00:00", "inbound", 1, None, "no_answer", None)


def test_a_page_of_a_piece_has_the_first_of_its_calls_and_the_number_of_all(line, monkeypatch):
    whole = told(line, piece_of(goes_on=True))
    assert [row[0] for row in whole] == ["c3", "c9"]
    assert told(line, piece_of("first_path_calls", goes_on=True)) == [(*row, 2) for row in whole]
    monkeypatch.setattr(call_paths, "FIRST", 1)
    assert told(line, piece_of("first_path_calls", goes_on=True)) == [(*whole[0], 2)]
    assert told(line, piece_of("first_path_calls", element="nowhere")) == []


def test_a_piece_that_is_none_is_refused(line):
    for name in ("path_calls:no", "first_path_calls:no", 'path_calls:{"stop": 1}', 'path_calls:{"step": "x"}', "call_paths:{}"):
        with pytest.raises(WrongUsage):
            told(line, name)


def test_coming_back_from_elsewhere_is_a_loop_and_hearing_again_is_none(line):
    assert told(line, "call_loops") == [("main", "pin", 1, 1)]


def test_a_menu_says_how_it_was_used(line):
    heard, calls, repeats = 4, 2, 2
    assert told(line, "menu_use", "menu_visits") == [
        ("main", heard, calls, repeats, 2.0, 3, 2, 1, 0, 2 / 3, 1 / 3, 0.0, 5.5, 1, 0.5)]


def test_collects_and_their_values(line):
    assert told(line, "collect_use", "collects") == [("PIN", 2, 1, 0, 1, 0.5, 0.0, 0.5, 1)]
    assert told(line, "collect_values", "collects") == [("PIN", "1234", 1, 1.0)]


def test_lengths_and_the_first_step(line):
    assert told(line, "call_lengths", "calls_answered") == [("30 s to 1 min", 1, 0.5), ("1 to 2 min", 1, 1.0)]
    assert told(line, "call_length_quartiles", "calls_answered", ["direction"]) == [("inbound", 2, 52.5, 65.0, 77.5)]
    assert told(line, "first_step_times", "calls_answered") == [("under 10 s", 2, 1.0)]
    assert told(line, "first_step_quartiles", "calls_answered") == [(2, 2.25, 2.5, 2.75)]


def test_the_time_to_answer_is_of_calls_whose_answer_an_event_tells(line):
    assert told(line, "answer_times", "calls_answered") == [("under 10 s", 1, 1.0)]
    assert told(line, "answer_time_quartiles", "calls_answered", ["direction"]) == [("inbound", 1, 1.0, 1.0, 1.0)]


def test_a_call_within_24_hours_of_the_one_before_is_a_repeat(line):
    assert told(line, "repeat_calls", by=["direction"]) == [("inbound", 3, 2, 1, 1, 1 / 3)]
    assert told(line, "repeat_calls", first=date(2026, 3, 3)) == [(1, 1, 1, 1, 1.0)]  # the one before lies before the range


ELEMENTS = some.sampled_from(["m1", "m2", "c1", None])
STEPS = some.lists(some.tuples(some.sampled_from(["menu", "input", "collect"]), ELEMENTS, some.integers(0, 30), some.sampled_from(["1", "2", None]),
                               some.sampled_from(["ok", "invalid", "no_input", "odd"])), max_size=7)
CALLS = some.lists(some.tuples(some.integers(0, 3), some.sampled_from(DAYS), some.sampled_from(["completed", "hangup", "transferred", "open"]),
                               some.sampled_from(["inbound", "outbound", None]), some.sampled_from([None, 0.0, 12.5, 59.0, 700.0]), STEPS), max_size=9)
WORLDS = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def made(calls, knows_places=True):
    """A world of these calls, its snapshot, and the calls with steps in the order of time."""
    world = World()
    world.knows_places = knows_places
    runs = {profile: world.run(profile, "2026-02-20", version=1 + profile % 2) for profile in (1, 2, 3)}
    kept = []
    for profile, at, outcome, direction, seconds, steps in calls:
        answered = bool(steps) or outcome in ("completed", "transferred")
        ordered = sorted(steps, key=lambda step: step[2])  # equal times keep the order of the log
        last = next((element for kind, element, *_ in reversed(ordered) if element), None)
        call = world.call(runs.get(profile), at, outcome=outcome, direction=direction, seconds=seconds, answered=answered, last=last,
                          completed=outcome in ("completed", "transferred"))
        stepped(world, call, *((kind, element, after, given_, status, "C" if kind == "collect" else None) for kind, element, after, given_, status in steps))
        kept.append({"key": call, "profile": profile or None, "at": moment(at), "outcome": outcome, "direction": direction, "seconds": seconds,
                     "answered": answered, "last": last, "steps": ordered, "here": FIRST <= moment(at).date() <= LAST})
    folder = Path(tempfile.mkdtemp())
    return world.snapshot(folder), kept


def path(call):
    found = []
    for _, element, *_ in call["steps"]:
        if element is not None and found[-1:] != [element]:
            found.append(element)
    return found


@WORLDS
@given(CALLS, some.booleans())
def test_paths_loops_and_the_calls_behind_are_those_of_a_recount(calls, knows_places):
    snapshot, kept = made(calls, knows_places)
    here = [call for call in kept if call["here"]]
    ways, loops = Counter(), Counter()
    for call in here:
        stops = [None, *path(call)]
        for n, element in enumerate(stops):
            on = stops[n + 1] if n + 1 < len(stops) else None
            ways[n, element, on, None if on else call["outcome"]] += 1
        for n, element in enumerate(stops[1:], 1):
            if element in stops[1:n]:
                loops[element, stops[n - 1]] += 1
    rows = told(snapshot, "call_paths")
    assert {row[:4]: row[4] for row in rows} == ways
    assert {row[:2]: row[3] for row in told(snapshot, "call_loops")} == loops
    assert sum(row[4] for row in rows if row[3] is not None) == answer(snapshot, Query(("calls",), (), FIRST, LAST)).value("calls") == len(here)
    by_outcome = answer(snapshot, Query(("calls",), ("outcome",), FIRST, LAST)).frame.rows()
    ended = Counter()
    for *_, outcome, n, _ in rows:
        ended[outcome] += n if outcome else 0
    assert {name: n for name, n in ended.items() if n} == dict(by_outcome)
    for step, element, on, outcome, n, _ in rows:
        piece = {"step": step, "element": element, "next_element": on, "outcome": outcome}
        behind = told(snapshot, piece_of(**piece))
        assert len(behind) == n
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(call_paths, "FIRST", 2)  # more calls than that start at the same moment
            assert told(snapshot, piece_of("first_path_calls", **piece)) == [(*row, n) for row in behind[:2]]
    snapshot.close()


@WORLDS
@given(CALLS, some.booleans())
def test_menus_and_collects_are_those_of_a_recount_and_of_the_measures(calls, knows_places):
    snapshot, kept = made(calls, knows_places)
    here = [call for call in kept if call["here"]]
    use = told(snapshot, "menu_use", "menu_visits")
    for element, heard, by, repeats, _, inputs, ok, silent, wrong, *_, choose, lost, _ in use:
        at = [[step for step in call["steps"] if step[1] == element] for call in here]
        menus = [[step for step in steps if step[0] == "menu"] for steps in at]
        given_ = [step for steps in at for step in steps if step[0] == "input"]
        assert (heard, by, repeats) == (sum(map(len, menus)), sum(map(bool, menus)), sum(len(m) - 1 for m in menus if m))
        statuses = Counter(step[4] for step in given_)
        assert (inputs, ok, silent, wrong) == (len(given_), statuses["ok"], statuses["no_input"], statuses["invalid"])
        assert lost == sum(call["answered"] and call["outcome"] in ("hangup", "open") and call["last"] == element for call in here)
        waits = []
        for call in here:
            asked = [step for step in call["steps"] if step[0] in ("menu", "input")]
            waits += [one[2] - before[2] for before, one in pairwise(asked)
                      if one[0] == "input" and one[4] == "ok" and before[0] == "menu" and before[1] == one[1] == element]
        assert choose == (median(waits) if waits else None)
        assert told(snapshot, "menu_use", "menu_visits", journey="cart", element=element)[0][12] == choose  # a filter of the element hides no step between
    by_element = answer(snapshot, Query(("menu_visits", "menu_inputs"), ("journey", "element"), FIRST, LAST)).frame.rows()
    assert {row[0]: (row[1], row[5]) for row in use} == {element: (visits, inputs) for _, element, visits, inputs in by_element}
    collects = [step for call in here for step in call["steps"] if step[0] == "collect"]
    whole = answer(snapshot, Query(("collects",), (), FIRST, LAST)).value("collects")
    assert sum(row[1] for row in told(snapshot, "collect_use", "collects")) == whole == len(collects)
    values = Counter(("C", step[3]) for step in collects if step[4] == "ok" and step[3] is not None)
    assert {row[:2]: row[2] for row in told(snapshot, "collect_values", "collects")} == values
    snapshot.close()


@WORLDS
@given(CALLS)
def test_lengths_first_steps_and_repeats_are_those_of_a_recount(calls):
    snapshot, kept = made(calls)
    answered = [call for call in kept if call["here"] and call["answered"]]
    known = [call["seconds"] for call in answered if call["seconds"] is not None]
    assert sum(row[1] for row in told(snapshot, "call_lengths", "calls_answered")) == len(known)
    assert [row[2] for row in told(snapshot, "call_length_quartiles", "calls_answered")] == [median(known) if known else None]
    firsts = [min(step[2] for step in call["steps"]) for call in answered if call["steps"]]
    assert sum(row[1] for row in told(snapshot, "first_step_times", "calls_answered")) == len(firsts)
    again = []
    for call in kept:
        before = [other for other in kept if (other["profile"], other["direction"]) == (call["profile"], call["direction"])
                  and (other["at"], other["key"]) < (call["at"], call["key"]) and other["at"] >= call["at"] - timedelta(hours=24)]
        again += [call] if before and call["here"] and call["profile"] else []
    mine = [call for call in kept if call["here"] and call["profile"]]
    assert told(snapshot, "repeat_calls")[0][:4] == (len(mine), len({call["profile"] for call in mine}), len(again), len({call["profile"] for call in again}))
    by_version = told(snapshot, "repeat_calls", by=["journey_version"], journey="cart")
    assert sum(row[3] for row in by_version) == len(again)
    snapshot.close()


def test_time_to_view_is_of_messages_whose_sending_is_known(world, tmp_path):
    run = world.run(1, "2026-03-01")
    world.message(run, sent="2026-03-01 10:00", delivered="2026-03-01 10:00", viewed="2026-03-01 10:04", channel="SMS")
    world.message(run, sent="2026-03-01 10:00", delivered="2026-03-01 10:00", viewed="2026-03-02 10:00", channel="EMAIL")
    world.message(run, sent="2026-03-01 11:00", delivered="2026-03-01 11:00", viewed="2026-03-01 11:00", channel="EMAIL")  # its view alone proves the sending
    snapshot = world.snapshot(tmp_path)
    assert told(snapshot, "view_times", "messages_viewed")[0] == ("1 to 5 min", 1, 0.5)
    assert told(snapshot, "view_times", "messages_viewed")[-1] == ("1 to 3 days", 1, 1.0)
    assert told(snapshot, "view_time_quartiles", "messages_viewed", ["channel"]) == [("EMAIL", 1, *[86400.0] * 3), ("SMS", 1, *[240.0] * 3)]
    snapshot.close()


def test_what_callers_chose_adds_up_to_the_inputs_of_the_menu(line):
    split = answer(line, Query(("menu_inputs",), ("journey", "element", "input", "input_status"), FIRST, LAST)).frame
    assert json.loads(split.write_json())[0]["menu_inputs"] and int(split["menu_inputs"].sum()) == told(line, "menu_use", "menu_visits")[0][5]
