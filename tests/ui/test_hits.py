"""What a click on a number means: a place of the answer that it was drawn from, whatever a browser sends."""
import json
import re
from html import unescape
from types import SimpleNamespace

import pytest

from core.metrics import Query, answer
from core.ui import hits
from tests.metrics.world import World

BY_DAY = Query(("entries", "profiles_in_journey"), ("day",))


@pytest.fixture
def results(tmp_path):
    world = World()
    world.run(1, "2026-03-05")
    world.run(2, "2026-03-06")
    snapshot = world.snapshot(tmp_path)
    yield [answer(snapshot, query) for query in (BY_DAY, Query(("exits",), ("day", "exit_reason")), Query(("messages_sent",)))]
    snapshot.close()


def sent(attributes):
    """What the page's script sends of an element with these attributes."""
    return {name: unescape(re.search(rf'data-{name}="([^"]*)"', attributes)[1]) if f"data-{name}=" in attributes else "" for name in ("hit", "of")}


def test_a_row_of_a_table_is_the_place_that_its_values_name(results):
    row = results[0].frame.row(1, named=True)
    with hits.drawing(results):
        attributes = hits.of_row(row) + hits.of_measure("profiles_in_journey")
    hit = hits.read(sent(attributes), results)
    assert (hit.result.query, hit.values, hit.measure) == (BY_DAY, {"day": row["day"]}, "profiles_in_journey")


def test_a_row_that_names_no_place_and_a_measure_that_nobody_asked_say_nothing(results):
    with hits.drawing(results):
        assert hits.of_row({"label": "Of all"}) + hits.of_measure("calls") + hits.of_measure("") == ""
    assert hits.of_row({"day": 1}) == ""  # outside of a widget


def test_a_tile_is_all_of_its_measure(results):
    hit = hits.read(sent(hits.of_values({}, "messages_sent")), results)
    assert (hit.result.query.measures, hit.values, hit.measure) == (("messages_sent",), {}, "messages_sent")


@pytest.mark.parametrize("given", [
    None, {}, {"hit": "stop"}, {"hit": "[1]"}, {"hit": json.dumps({"day": "1999-01-01"})}, {"hit": json.dumps({"journey": "cart"})}, {"hit": 3},
    {"hit": json.dumps({"day": ["2026-03-05"]})},
])  # fmt: skip
def test_what_is_no_place_of_these_answers_is_none(results, given):
    assert hits.read(given, results) is None


def test_a_measure_that_the_answer_has_not_is_left_out(results):
    assert hits.read({"hit": json.dumps({"day": "2026-03-05"}), "of": "mep"}, results).measure is None


def test_an_answer_that_is_told_otherwise_than_by_its_measures_has_no_places():
    told = SimpleNamespace(query=Query(("entries",), ("day",), answer="goal_times"), frame=None)
    with hits.drawing([told]):
        assert hits.of_row({"day": 1}) == ""
