"""IVR insights and Channels: the numbers shown, what a viewer does not see, and what an empty page says."""

import json
from urllib.parse import quote

import pytest

from core.metrics import Query, answer
from core.ui import words
from tests.pages.test_widgets_agree import html, tables, widgets

ALL = "from=2000-01-01"


@pytest.fixture(scope="module")
def snapshot(door):
    return door.snapshot("demo")


def query_of(at, key):
    return next(widget for widget in widgets(at) if widget.key == key).queries[0][1]


def test_the_outcomes_shown_add_up_to_the_calls(run, snapshot):
    at = run("ivr-insights", f"journey=service-line&{ALL}")
    assert not at.exception
    rows = tables(at)["Calls by outcome and direction"]
    calls = answer(snapshot, Query(("calls",), where=(("journey", ("service-line",)),))).value("calls")
    assert sum(int(row[-2].replace(",", "")) for row in rows) == calls
    assert "a class=ja-flow" in html(at)  # every flow of the paths is a link


def test_a_flow_of_the_paths_opens_the_calls_behind_it(run, snapshot):
    piece = json.dumps({"step": 0, "next_element": "menu", "element": None, "outcome": None})
    at = run("ivr-insights", f"journey=service-line&{ALL}&calls={piece}")
    assert not at.exception
    found = answer(snapshot, query_of(at, "behind")).frame
    assert words.plural(found.height, "call") in html(at)


@pytest.mark.parametrize("piece", ["no", "[1]", '{"step": "x"}', '{"outcome": ["a"]}', '{"other": 1}'])
def test_a_piece_of_the_paths_that_is_none_is_named(run, piece):
    at = run("ivr-insights", f"journey=service-line&{ALL}&calls={quote(piece)}")
    assert not at.exception
    assert "path_calls is followed by what is meant" in html(at)


def test_a_viewer_sees_how_often_but_not_what_was_collected(run, snapshot):
    at = run("ivr-insights", f"journey=service-line&{ALL}", user="vid")
    assert not at.exception
    shown = tables(at)["Collected values by name"]
    assert shown and {row[1] for row in shown} == {"•••"}
    values = answer(snapshot, query_of(at, "collected")).frame["collected_value"]
    assert not any(value in html(at) for value in values if len(value) > 3)


def test_a_journey_without_calls_says_so_and_which_have_some(run):
    at = run("ivr-insights", f"journey=cart&{ALL}")
    assert not at.exception
    assert "has no calls" in html(at) and "journey=service-line" in html(at)


def test_channels_stand_for_all_journeys_and_for_one(run):
    for query in (ALL, f"journey=cart&{ALL}", f"journey=service-line&{ALL}&channel=SMS"):
        at = run("channels", query)
        assert not at.exception
        assert {"ladder", "senders", "apart", "wasted"} <= {widget.key for widget in widgets(at)}
