"""A map learned from events: every number on it is that of `journeys query`, and each of its steps opens its days and its rows."""

import json
import re
from html import unescape
from pathlib import Path

import pytest

from benchmarks import road_fines
from core.metrics import answer
from core.ui import map_events, words
from tests.pages.accounts import built, of_events, opened, taken, told
from tests.pages.test_widgets_agree import html, tables, widgets

DOCS = Path(__file__).parents[2] / "docs"
FINES = road_fines.DATA / road_fines.FILE
TWO_GOALS = {
    "journey_id": "plain", "name": "Plain", "status": "active", "created_by": None, "tags": [], "sub_account_id": None,
    "launched_at": None, "ended_at": None, "versions": [
        {"version": n, "published_at": f"2026-0{n}-01T00:00:00Z", "goal": {"event": goal, "within_days": 30}, "arms": None, "elements": []}
        for n, goal in ((1, "Buy"), (2, "Visit"))
    ],
}  # fmt: skip


def event(kind, at, run, **more):
    return {"event_type": kind, "occurred_at": f"{at}:00Z", "journey_id": "plain", "entry_id": run, "profile_id": f"p{run}", **more}


EVENTS = [
    event("journey.entered", "2026-01-05T10:00", "a"), event("message.sent", "2026-01-05T10:01", "a", message_id="m1", channel="SMS"),
    event("message.delivered", "2026-01-05T10:02", "a", message_id="m1"), event("event.performed", "2026-01-06T10:00", "a", name="Buy"),
    event("journey.exited", "2026-01-06T10:01", "a"),
    event("journey.entered", "2026-01-07T10:00", "b"), event("message.sent", "2026-01-07T10:01", "b", message_id="m2"),
    event("message.failed", "2026-01-07T10:02", "b", message_id="m2", reason="unknown number"),
    event("journey.exited", "2026-01-08T10:00", "b", reason="opted out"),
    event("journey.entered", "2026-02-05T10:00", "c"), event("event.performed", "2026-02-06T10:00", "c", name="Visit"),
    event("event.performed", "2026-02-07T10:00", "c", name="Visit"), event("journey.entered", "2026-02-08T10:00", "d"),
]  # fmt: skip


def widget(at, key):
    return next(one for one in widgets(at) if one.key == key)


def side(at):
    """(words, number) of the facts beside the map."""
    return {unescape(re.sub("<[^>]+>", "", label)): re.sub("<[^>]+>", "", n) for label, n in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html(at))}


def check_every_number(run, door, folder, account, page):
    """The number of each step and line of the map, of its section and of its rows, beside what the command line says."""
    at = run("journey-map", page, user=account)
    assert "learned from its events" in html(at)
    flow = answer(door.snapshot(account), widget(at, "map").queries[0][1])
    nodes, lines, _ = map_events.steps(flow)
    said, asked = {}, [widget(at, "map").queries[0][1]]
    for node in nodes:
        at = run("journey-map", f"{page}&step={node.id}", user=account)
        assert not at.exception
        assert side(at)["Times it happened"] == node.line[0]
        said[node.id] = int(node.line[0].replace(",", ""))
        asked += [widget(at, "element").queries[1][1], widget(at, "element-rows").queries[0][1]]
        (rows,) = (rows for caption, rows in tables(at).items() if caption == f"Rows behind {map_events.name(node.id)}")
        assert len(rows) == min(said[node.id], 50)
    moves, *numbers = told(door, folder, account, asked)
    taken_ways = {(row["from_step"], row["to_step"]): row["followed"] for row in moves}
    assert all(line.runs == taken_ways[line.source, line.to] for line in lines)
    assert [next(iter(rows[0].values())) for rows in numbers] == [n for n in said.values() for _ in range(2)]
    return said


@pytest.mark.slow
def test_every_step_is_the_number_of_a_question(run, door, tmp_path):
    of_events(door, tmp_path, "plain", EVENTS, [TWO_GOALS])
    assert check_every_number(run, door, tmp_path, "plain", "journey=plain&from=2026-01-01") == {
        "entered": 4, "sent SMS": 1, "delivered SMS": 1, "goal Buy": 1, "exited exit_point": 1, "sent": 1, "failed": 1, "exited opted out": 1, "goal Visit": 2,
    }  # fmt: skip


@pytest.mark.slow
def test_the_last_steps_add_up_to_the_entries_and_lead_to_their_section(run, door, tmp_path):
    of_events(door, tmp_path, "stops", [{**one, "journey_id": "stops"} for one in EVENTS])
    at = run("journey-map", "journey=stops&from=2026-01-01", user="stops")
    shown = {row[0]: row[2:] for row in tables(at)["Runs by their last step so far"]}
    assert shown == {"Entered": ["2", "50.0 %"], "Exit: opted out": ["1", "25.0 %"], "Exit: Reached an exit point": ["1", "25.0 %"]}
    assert "step=exited+opted+out" in html(at)


@pytest.mark.slow
@pytest.mark.skipif(not FINES.exists(), reason="the road fines file is not here")  # it is too large to ship
def test_every_number_of_the_map_of_road_fines_is_that_of_a_question(run, door, tmp_path):
    opened(door, "fines", zone="Europe/Rome", documents=[json.loads((DOCS / "road-fines-catalog.json").read_text(encoding="utf-8"))])
    taken(door, "fines", FINES, DOCS / "road-fines.yaml")
    built(door, "fines")
    expected = json.loads((road_fines.DATA / road_fines.EXPECTED).read_text(encoding="utf-8"))
    said = check_every_number(run, door, tmp_path, "fines", "journey=road-fines&from=2000-01-01")
    named = {"entered": "profiles_in_journey", "sent MAIL": "messages_sent", "delivered MAIL": "messages_delivered", "goal Payment": "goal_events",
             "exited exit_point": "profiles_exited_credit_collection"}  # fmt: skip
    assert said == {step: expected[measure] for step, measure in named.items()}
    assert said["entered"] == 150_370 and words.count(said["goal Payment"]) == "77,601"
