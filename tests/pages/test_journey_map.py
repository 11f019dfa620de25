"""Journey map: its table says what its questions say, by keyboard too; a click opens an element; a map learned from events has their numbers."""

import pytest

from core.metrics import Query, answer
from core.ui import map_cards, words
from core.ui.map_cards import Numbers
from tests.pages.accounts import of_events
from tests.pages.test_widgets_agree import html, tables, widgets

WHOLE = "journey=cart&from=2025-01-01"


def answers_of(at, door, key):
    widget = next(widget for widget in widgets(at) if widget.key == key)
    return [answer(door.snapshot("demo"), query) for _, query in widget.queries]


@pytest.mark.slow
def test_the_table_of_the_map_is_its_questions(run, door):
    at = run("journey-map", WHOLE)
    assert not at.exception
    at.button(key="vb-map").click().run()
    numbers = Numbers.of(answers_of(at, door, "map"), "EUR")
    shown = {row[0]: (row[2], row[4], row[5], row[6]) for row in tables(at)["Elements of the journey"]}
    states = ("element_arrived", "element_passed", "element_waiting", "element_ended")
    named = dict(door.snapshot("demo").sql("SELECT element_id, name FROM elements WHERE journey_id = 'cart' ORDER BY version").iter_rows())
    assert shown == {named[key]: tuple(words.count(row[state]) for state in states) for key, row in numbers.rows.items()}


def worth(journey):
    """A journey in → wait → out: a and b passed the wait and bought, c waits there, d ended before. AUD comes before the account's own EUR by letter alone."""
    steps = (("in", "entry", "Begin"), ("wait", "wait_time", "Wait a day"), ("out", "exit", "Done"))
    ways = {"in": [{"to": "wait", "label": ""}], "wait": [{"to": "out", "label": ""}], "out": []}
    elements = [{"element_id": key, "kind": kind, "name": name, "channel": None, "next": ways[key]} for key, kind, name in steps]
    version = {"version": 1, "published_at": "2026-01-01T00:00:00Z", "goal": {"event": "Buy", "within_days": 9}, "arms": None, "elements": elements}
    document = {"journey_id": journey, "name": journey, "status": "active", "created_by": None, "tags": [], "sub_account_id": None, "launched_at": None,
                "ended_at": None, "versions": [version]}  # fmt: skip
    of = {"journey_id": journey, "occurred_at": "2026-01-05T10:00:00Z"}
    events = [{**of, "event_type": "journey.entered", "entry_id": one, "profile_id": one} for one in "abcd"]
    arrivals = [(key, one) for key in ("in", "wait", "out") for one in {"in": "abcd", "wait": "abc", "out": "ab"}[key]]
    events += [{**of, "event_type": "element.entered", "occurred_at": f"2026-01-05T11:{n:02}:00Z", "entry_id": one, "element_id": key}
               for n, (key, one) in enumerate(arrivals)]  # fmt: skip
    events += [{**of, "event_type": "journey.exited", "occurred_at": "2026-01-06T10:00:00Z", "entry_id": one, "profile_id": one, "reason": "left"}
               for one in "d"]  # fmt: skip
    events += [{**of, "event_type": "event.performed", "occurred_at": "2026-01-06T11:00:00Z", "entry_id": one, "profile_id": one, "name": "Buy",
                "value_amount": amount, "value_currency": currency} for one, amount, currency in (("a", "10", "EUR"), ("b", "4", "AUD"))]  # fmt: skip
    return events, [document]


@pytest.mark.slow
def test_elements_are_ranked_by_lost_goal_value_each_currency_by_itself_and_the_accounts_own_first(run, door, tmp_path):
    of_events(door, tmp_path, "worth", *worth("worth"))
    at = run("journey-map", "journey=worth&from=2026-01-01", user="worth")
    assert not at.exception
    assert [[cell for cell in row if cell] for row in tables(at)["Elements by lost goal value"]] == [
        ["Wait a day", "5.00 EUR", "1", "0", "2", "33.3 %", "5.00 EUR"], ["Begin", "3.33 EUR", "1", "0", "3", "25.0 %", "3.33 EUR"],
        ["Wait a day", "2.00 AUD", "1", "0", "2", "33.3 %", "2.00 AUD"], ["Begin", "1.33 AUD", "1", "0", "3", "25.0 %", "1.33 AUD"],
    ]  # fmt: skip
    assert "element=wait&amp;state=element_waiting" in html(at) and "element=in&amp;state=element_ended" in html(at)  # the runs that stopped


@pytest.mark.slow
def test_each_element_says_what_share_stopped_there_and_what_that_loses(run, door, tmp_path):
    of_events(door, tmp_path, "worth2", *worth("worth2"))
    at = run("journey-map", "journey=worth2&from=2026-01-01", user="worth2")
    at.button(key="vb-map").click().run()
    shown = {row[0]: (row[7], row[8]) for row in tables(at)["Elements of the journey"]}
    assert shown == {"Begin": ("25.0 %", "3.33 EUR1.33 AUD"), "Wait a day": ("33.3 %", "5.00 EUR2.00 AUD"), "Done": ("100.0 %", "–")}
    results = [answer(door.snapshot("worth2"), query) for _, query in next(one for one in widgets(at) if one.key == "map").queries]
    numbers = Numbers.of(results, door.account("worth2").currency)
    nodes = {node.id: node for node in map_cards.nodes(map_cards.learned(numbers), numbers)}
    assert [value for label, value in nodes["wait"].card if label in ("Stopped of arrived", "Lost goal value")] == ["33.3 %", "5.00 EUR", "2.00 AUD"]
    assert (nodes["wait"].badge, nodes["in"].badge) == ("5.00 EUR lost", "1 ended")


@pytest.mark.slow
def test_without_goal_values_elements_are_ranked_by_the_people_who_stopped(run, door, tmp_path):
    steps = [("in", "a"), ("in", "b"), ("in", "c"), ("menu", "a"), ("menu", "b"), ("out", "a")]
    of = {"journey_id": "poor", "occurred_at": "2026-01-05T10:00:00Z"}
    events = [{**of, "event_type": "journey.entered", "entry_id": one, "profile_id": one} for one in "abc"]
    events += [{**of, "event_type": "element.entered", "occurred_at": f"2026-01-05T11:0{n}:00Z", "entry_id": one, "element_id": element}
               for n, (element, one) in enumerate(steps)]  # fmt: skip
    of_events(door, tmp_path, "poor", events)
    at = run("journey-map", "journey=poor&from=2026-01-01", user="poor")
    assert not at.exception
    assert "Nobody who passed an element brought a goal value" in html(at)
    assert [[cell for cell in row if cell] for row in tables(at)["Elements by people who stopped"]] == [
        ["in", "1", "0", "2", "33.3 %"], ["menu", "1", "0", "1", "50.0 %"],
    ]  # fmt: skip


@pytest.mark.slow
def test_a_version_without_runs_in_the_range_is_said_to_have_none(run):
    at = run("journey-map", "journey=cart&older=1&newer=2")
    assert "No run of version 1 started in this range" in html(at) and "range=all" in html(at)


@pytest.mark.slow
def test_two_versions_stand_side_by_side(run, door):
    at = run("journey-map", f"{WHOLE}&older=1&newer=2")
    at.button(key="vb-versions").click().run()
    became = {row[0]: row[1].split(" ")[0] for row in tables(at)["Elements of versions 1 and 2"]}
    assert became["Wait 1 hour"] == "changed"
    assert became["Control group and arms"] == became["Wait a day"] == "added"
    where = [(("journey", ("cart",)), ("journey_version", (version,))) for version in (1, 2)]
    found = [answer(door.snapshot("demo"), Query(("element_arrived",), ("element",), where=filters)) for filters in where]
    first, second = (dict(result.frame.iter_rows()) for result in found)
    (row,) = [row for row in tables(at)["Elements of versions 1 and 2"] if row[0] == "You left something"]
    assert row[2:4] == [words.count(first["mail"]), words.count(second["mail"])]


@pytest.mark.slow
@pytest.mark.parametrize("query", ["arm=no-such", "older=7", "state=gone"])
def test_a_choice_that_is_none_is_named(run, query):
    at = run("journey-map", f"{WHOLE}&{query}")
    assert query.split("=")[1] in html(at)
    assert "Start over" in html(at) or "All arms" in html(at)
    assert not at.exception


@pytest.mark.slow
def test_the_arm_chosen_acts_on_every_number(run):
    at = run("journey-map", f"{WHOLE}&arm=A")
    assert all(dict(query.where)["arm"] == ("A",) for widget in widgets(at) for _, query in widget.queries)


@pytest.mark.slow
def test_a_viewer_sees_no_profile_behind_an_element(run):
    assert "•••" in html(run("journey-map", WHOLE, user="vid"))


@pytest.mark.slow
def test_a_journey_that_the_catalog_does_not_describe_has_a_learned_map(run, door):
    at = run("journey-map", "journey=legacy-survey&from=2025-01-01")
    assert "learned from its events" in html(at)
    numbers = Numbers.of(answers_of(at, door, "map"), "EUR")
    elements = map_cards.learned(numbers)
    lines, undrawn = map_cards.links(elements, numbers)
    assert {(line.source, line.to): line.runs for line in lines} == {way: n for way, n in numbers.lines.items() if None not in way}
    assert undrawn == 0
