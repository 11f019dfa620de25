"""From every widget onward: where the menu leads to Explore or to an alert, that question can be asked, and a row that is clicked names a part of it."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from core.metrics import Query, answer
from core.metrics.rules import settled
from core.reports import watched
from core.ui import asking, break_down, charts, drill, registry, seen, watch
from core.ui.menu import MENU
from tests.pages.test_widgets_agree import html

ABOUT = {"Journey": ("journey=cart", "journey=service-line&basis=happened"), "Analytics": ("", "basis=happened&channel=SMS")}
WALK = [(entry.url_path, query) for entry in MENU for query in ABOUT.get(entry.section, ())]


@pytest.mark.slow
@pytest.mark.parametrize(("page", "query"), WALK)
def test_what_the_menu_offers_of_a_widget_can_be_asked(run, door, page, query):
    at = run(page, query)
    assert not at.exception
    viewer, wrong = at.session_state["ja-viewer"], []
    for widget in at.session_state[registry.KEY].values() if registry.KEY in at.session_state else ():
        asked = widget.queries[0][1]
        offered = drill.entries(asked).values()
        if "explore" in offered:
            made = asking.of_widget(viewer, asked)
            settled(made.asked(seen.today(viewer)))
            onward = run("explore", urlencode(asking.parameters(made)))
            if onward.exception or "cannot be asked" in html(onward) or "not there" in html(onward) or "could not be worked out" in html(onward):
                wrong.append((widget.key, "explore"))
        if "alert" in offered:
            watched.checked(watched.only(asked, watched.numbers(asked)[0]), by_hour=False)
            assert watch.is_possible(asked)
    assert wrong == []


@pytest.mark.parametrize(("asked", "opened"), [
    (Query(("entries",), ("journey",), order="journey", limit=1), [{"journey": "account-opening"}]), (Query(("entries",)), [None]),
    (Query(("mep",), answer="mep_journeys"), [None])])
def test_a_row_of_any_answer_opens_the_way_down(door, monkeypatch, asked, opened):
    found = []
    monkeypatch.setattr(break_down, "start", lambda *given: found.append(given[4]))
    if asked.answer:
        today = answer(door.snapshot("demo"), Query(("entries",))).as_of.date()
        asked = replace(asked, first=today.replace(day=1), last=(today.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1))
    drill.picked(None, "w", "Title", (answer(door.snapshot("demo"), asked),), charts.Mark(0, None))
    assert found == opened


def test_one_of_several_numbers_is_named_where_it_is_broken_down(run, door, monkeypatch):
    viewer, opened = run("overview").session_state["ja-viewer"], []
    monkeypatch.setattr(break_down, "_open", lambda _, going: opened.append((going.title, going.asked.query.measures)))
    result = answer(door.snapshot("demo"), Query(("messages_sent", "delivery_rate"), ("channel",)))
    break_down.start(viewer, "Messages sent, by channel", result, lambda *_: None, {"channel": "SMS"}, "delivery_rate")
    break_down.start(viewer, "Messages sent, by channel", result, lambda *_: None)
    assert opened == [("Delivery rate, of: Messages sent, by channel", ("delivery_rate",)), ("Messages sent, by channel", ("messages_sent", "delivery_rate"))]


def test_a_rate_that_is_broken_down_has_its_n_beside_it():
    both = break_down.with_n(Query(("delivery_rate", "goal_rate"), ("journey",)))
    assert both.measures == ("delivery_rate", "messages_sent", "goal_rate", "profiles_in_journey")
    assert break_down.with_n(Query(("messages_sent", "view_rate"))).measures == ("messages_sent", "view_rate", "messages_delivered")
    assert break_down.with_n(Query(("entries",))).measures == ("entries",)
