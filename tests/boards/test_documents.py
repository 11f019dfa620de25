"""Visualizations and dashboards as documents: what is kept is what was made, and what is no document is refused."""
from dataclasses import replace
from datetime import date

import pytest

from core.boards.dashboard import Dashboard
from core.boards.forms import FORMS, fitting
from core.boards.reaching import Wanted, reached, said
from core.boards.spans import Span
from core.boards.starts import STARTS
from core.boards.visualization import Visualization, changed, titled
from core.errors import WrongUsage
from core.metrics import Query
from core.metrics.formulas import Formula
from core.metrics.rules import settled

TODAY = date(2026, 3, 15)
SENT = Visualization(Query(("messages_sent",), ("day", "channel"), where=(("journey", ("cart", None)),), order="-messages_sent", limit=9,
                           formulas=(Formula("Left", "messages_sent - messages_viewed"), Formula("Share", "messages_viewed / messages_sent", True))),
                     Span("30d"), "table")
DASHBOARD = Dashboard().added(own=SENT, title="Mine").added(visualization_id=7, form="line").added(text="# Hello")


def test_a_visualization_reads_back_as_it_was():
    assert Visualization.of(SENT.document()) == SENT


def test_a_visualizations_days_move_with_the_data():
    assert (SENT.asked(TODAY).first, SENT.asked(TODAY).last) == (date(2026, 2, 14), TODAY)
    assert SENT.document()["range"] == "30d"


def test_a_widgets_days_become_the_range_that_means_them_today():
    week = Query(("entries",), ("day",), date(2026, 3, 9), TODAY)
    odd = Query(("entries",), ("day",), date(2026, 3, 8), date(2026, 3, 13))
    assert Visualization.from_query(week, TODAY) == Visualization(Query(("entries",), ("day",)), Span("7d"), "line")
    assert Visualization.from_query(odd, TODAY).span == Span("2026-03-08..2026-03-13")


def test_a_dashboard_reads_back_as_it_was():
    assert Dashboard.of(DASHBOARD.document()) == DASHBOARD
    assert [item.key for item in DASHBOARD.in_order] == ["w1", "w2", "w3"]


def test_what_is_taken_off_leaves_no_hole():
    left = DASHBOARD.without("w1").without("w2")
    assert [(item.key, item.place.y) for item in left.items] == [("w3", 0)]


@pytest.mark.parametrize("document", [
    None, [], {"items": {}}, {"items": [{"key": "w1"}]}, {"items": [{"key": "w1", "place": {"x": 0, "y": 0, "w": 2, "h": 1}}]},
    {"items": [{"key": "w1", "place": {"x": 0, "y": 0, "w": 2, "h": 1}, "text": "a", "visualization": 1}]},
    {"items": [{"key": "w1}body{display:none", "place": {"x": 0, "y": 0, "w": 2, "h": 1}, "text": "a"}]},
    {"items": [{"key": "w1", "place": {"x": 0, "y": 0, "w": 2, "h": 1}, "visualization": "1; DROP"}]}, {"items": [], "refresh_s": 1}, {"other": 1},
])
def test_what_is_no_dashboard_is_refused(document):
    with pytest.raises(WrongUsage):
        Dashboard.of(document)


@pytest.mark.parametrize("document", [
    None, {}, {"question": {"measures": ["entries"], "from": "2026-01-01"}}, {"question": {"measures": ["entries"]}, "form": "pie"},
    {"question": {"measures": ["entries"]}, "range": "soon"}, {"question": {"measures": ["entries"]}, "account": "other"},
])
def test_what_is_no_visualization_is_refused(document):
    with pytest.raises(WrongUsage):
        Visualization.of(document)


@pytest.mark.parametrize("start", STARTS.values(), ids=lambda start: start.name)
def test_each_start_is_a_dashboard_whose_questions_can_be_asked_and_drawn(start):
    made = start.make("EUR")
    assert Dashboard.of(made.document()) == made
    for item in made.items:
        settled(item.own.asked(TODAY))
        assert item.own.why_not_drawn is None


@pytest.mark.parametrize(("measures", "dimensions", "compare", "can"), [
    (("entries",), (), None, {"table", "single"}),
    (("entries",), ("day",), None, {"table", "line", "bar", "area"}),
    (("entries",), ("day",), "previous", {"table", "line", "bar"}),
    (("entries",), ("journey", "day"), None, {"table", "pivot", "bar", "stacked", "heat", "sankey"}),
    (("profiles_in_journey",), ("day", "journey"), None, {"table", "pivot", "line", "bar", "heat"}),
    (("messages_sent", "view_rate"), ("channel",), None, {"table", "scatter"}),
    (("messages_sent", "messages_viewed"), (), None, {"table", "single", "funnel"}),
    (("messages_sent", "messages_viewed"), ("channel",), None, {"table", "bar", "scatter"}),
])
def test_the_forms_that_can_draw_a_question(measures, dimensions, compare, can):
    query = Query(measures, dimensions, compare=compare)
    assert {name for name, form in FORMS.items() if form.why_not(query) is None} == can
    assert fitting(query) in can


def test_titles_say_what_is_counted():
    assert titled(Query(("messages_sent",), ("day", "channel"))) == "Messages sent, by day and channel"
    assert titled(Query(("mep", "entries"))) == "MEP and entries"
    assert titled(Query(("entries",), formulas=(Formula("Per person", "entries / profiles_in_journey"),))) == "Entries and Per person"


def test_a_dashboards_filter_reaches_what_allows_it_and_says_what_it_does_not_reach():
    wanted = Wanted(Span("7d"), "happened", (("journey", ("cart",)), ("channel", ("SMS",))))
    people = Visualization(Query(("profiles_in_journey",)), Span("30d"), "single")
    monthly = Visualization(Query(("mep",)), Span("1m"), "single")
    own = Visualization(Query(("messages_sent",), where=(("journey", ("winback",)),)), Span("30d"), "single")
    found = [("People", reached(people, wanted, TODAY)), ("MEP", reached(monthly, wanted, TODAY)), ("Own", reached(own, wanted, TODAY))]
    assert found[0][1].query == Query(("profiles_in_journey",), (), date(2026, 3, 9), TODAY, "happened", (("journey", ("cart",)),))
    assert found[1][1].query == Query(("mep",), (), date(2026, 3, 1), date(2026, 3, 31), "happened", (("journey", ("cart",)),))
    assert found[2][1].query.where == (("journey", ("winback",)), ("channel", ("SMS",)))
    assert [(name, n, [title for title, _ in missed]) for name, n, missed in said(wanted, found)] == [
        ("range", 2, ["MEP"]), ("journey", 2, ["Own"]), ("channel", 1, ["People", "MEP"])]


def test_the_history_says_what_was_changed():
    before = Visualization(Query(("messages_sent",), ("day",)), Span("28d"), "line")
    filtered = replace(before, query=replace(before.query, where=(("journey", ("cart",)),)), span=Span("7d"))
    assert changed(before, filtered) == "Filters, range: Last 7 days · Messages sent, by day"
    assert changed(before, replace(before, query=Query(("entries",), ("day",), order="-entries"), form="bar")) == (
        "Measures, order, drawn as: Bars · Entries, by day")
    assert changed(before, before) == "Nothing · Messages sent, by day"
