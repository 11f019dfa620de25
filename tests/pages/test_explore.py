"""Explore, Visualizations and Dashboards: the address is the question, what is saved is what is shown, and the package is asked where it is read."""

import json
from dataclasses import replace
from datetime import date
from importlib import import_module
from urllib.parse import urlencode

import pytest

from core.access import accounts, sessions, users
from core.access.features import Refused
from core.api.downloads import Downloads, Refusal
from core.boards import shelf
from core.boards.dashboard import Dashboard
from core.boards.shelf import DASHBOARD, VISUALIZATION, Asker
from core.boards.spans import Span
from core.boards.starts import STARTS
from core.boards.visualization import Visualization
from core.metrics import Query, answer, rows
from core.reports import asked, board_questions
from core.store import report_schedules
from core.ui import answers, asking, break_down, dashboards, drill, frame, hand, mailing, narrowing, paper, pictures, registry, seen
from tests.pages.test_widgets_agree import as_text, by_command, by_csv, html, tables, widgets

LEFT = {"measures": ["messages_sent"], "formulas": [{"name": "Left", "text": "messages_sent - messages_viewed"}]}
SENT = Visualization(Query(("messages_sent",), ("day", "channel")), Span("30d"), "stacked")
FORMS = {
    "table": "measures=messages_sent,view_rate&dimensions=journey,channel", "pivot": "measures=messages_sent&dimensions=journey,channel&span=6m",
    "line": "measures=messages_sent,messages_viewed&dimensions=week&span=90d",
    "bar": "measures=messages_sent&dimensions=journey&compare=previous&order=-messages_sent",
    "stacked": "measures=messages_sent&dimensions=journey,channel", "area": "measures=messages_sent&dimensions=day,channel",
    "heat": "measures=entries&dimensions=weekday,hour", "funnel": "measures=messages_sent,messages_delivered,messages_viewed&dimensions=",
    "sankey": "measures=exits&dimensions=journey,exit_reason&span=90d", "scatter": "measures=profiles_in_journey,goal_rate,goal_performers&dimensions=journey",
    "single": "measures=profiles_in_journey,goal_rate&dimensions=&compare=previous",
}  # fmt: skip


@pytest.fixture
def ana(door):
    return Asker(door.store, door.account("demo"), users.find(door.store, "ana"), door.now())


@pytest.fixture
def package(door):
    """package(**changes) changes the account for the length of a test."""
    yield lambda **changes: accounts.change(door.store, "demo", by="test", now=door.now(), **changes)
    accounts.change(door.store, "demo", by="test", now=door.now(), package="scale", advanced_analytics=True)


def said(at):
    return html(at)


@pytest.mark.parametrize(("form", "query"), FORMS.items())
def test_each_form_draws_its_question_and_the_frame_has_its_query(run, door, form, query):
    at = run("explore", f"{query}&form={form}")
    assert not at.exception
    (widget,) = widgets(at)
    assert "could not be worked out" not in said(at)
    assert "cannot draw" not in said(at)
    assert answer(door.snapshot("demo"), widget.queries[0][1]).frame.height > 0


def test_an_address_without_a_question_asks_one(run):
    (widget,) = widgets(run("explore"))
    assert (widget.title, widget.queries[0][1].dimensions) == ("Profiles in journey, by day", ("day",))


@pytest.mark.parametrize(("query", "names"), [
    ("measures=entrees", "entrees"), ("measures=entries&dimensions=chanel", "chanel"), ("measures=entries&span=soon", "soon"),
    ("measures=entries&form=pie", "pie"),
    ("measures=entries&journey=nowhere", "nowhere"), ("measures=exits&exit_reason=bored", "bored"), ("measures=entries&hour=25", "25"),
    ("measures=entries&limit=many", "many"), ("measures=entries&formulas=x", "formulas"), ("measures=entries&compare=never", "never"),
    ("measures=entries&from=2026-13-01", "2026-13-01"),
])  # fmt: skip
def test_a_value_that_is_not_valid_is_named(run, query, names):
    at = run("explore", query)
    assert not at.exception
    assert widgets(at) == []
    assert names in said(at)


def test_what_cannot_be_picked_is_not_offered_and_says_why(run):
    at = run("explore", "measures=entries&dimensions=day")
    assert "Channel" not in at.multiselect(key="e-dimensions").options
    assert "Journey" in at.multiselect(key="e-dimensions").options
    assert "<b>Channel</b> Entries cannot be split by channel" in said(at)
    assert at.button(key="e-form-funnel").disabled
    assert "A funnel is not split" in said(at)


def test_a_pick_changes_the_address_and_the_preview(run):
    at = run("explore", "measures=messages_sent&dimensions=day")
    at.multiselect(key="e-dimensions").select("channel").run()
    assert at.query_params["dimensions"] == "day,channel"
    (widget,) = widgets(at)
    assert widget.queries[0][1].dimensions == ("day", "channel")
    at.selectbox(key="e-range").select("30d").run()
    assert at.query_params["span"] == "30d"


def test_a_filter_is_added_by_what_there_is_to_choose(run, door):
    at = run("explore", "measures=exits&dimensions=journey")
    at.selectbox(key="e-filter").select("exit_reason").run()
    at.multiselect(key="e-w-exit_reason").select("exit_point").run()
    (widget,) = widgets(at)
    assert widget.queries[0][1].where == (("exit_reason", ("exit_point",)),)
    assert at.query_params["exit_reason"] == "exit_point"


def test_money_of_several_currencies_is_asked_in_one(run):
    at = run("explore", "measures=entries&dimensions=day")
    at.multiselect(key="e-measures").unselect("entries").select("traffic_cost").run()
    (widget,) = widgets(at)
    assert widget.queries[0][1].where == (("currency", ("EUR",)),)
    assert "could not be worked out" not in said(at)


def test_a_formula_is_a_column_of_screen_file_and_command_line(run, door, tmp_path):
    formula = json.dumps([{"name": "Left unseen", "text": "messages_sent - messages_viewed"},
                          {"name": "Seen", "text": "messages_viewed / messages_sent", "unit": "rate"}])
    at = run("explore", urlencode({"measures": "messages_sent", "dimensions": "channel", "form": "table", "formulas": formula}))
    (widget,) = widgets(at)
    question = widget.queries[0][1]
    result = answer(door.snapshot("demo"), question)
    assert [(column.name, str(column.unit)) for column in result.columns] == [
        ("channel", "text"), ("messages_sent", "count"), ("Left unseen", "count"), ("Seen", "rate")]
    whole = answer(door.snapshot("demo"), Query(("messages_sent", "messages_viewed"), ("channel",), question.first, question.last)).frame
    assert result.frame["Left unseen"].to_list() == (whole["messages_sent"] - whole["messages_viewed"]).to_list()
    rows = result.document()["rows"]
    assert by_command(door, tmp_path, [question])[0]["rows"] == rows
    assert by_csv(tmp_path, result) == [as_text(result, row) for row in rows]
    assert len(tables(at)[widget.title]) == len(rows)


def test_a_saved_visualization_shows_what_was_saved_and_the_address_may_change_it(run, ana):
    made = shelf.add(ana, VISUALIZATION, "Sent <b>", SENT)
    at = run("visualizations", f"id={made}")
    (widget,) = widgets(at)
    assert (widget.title, widget.queries[0][1]) == ("Sent <b>", SENT.asked(_today(at)))
    assert at.button(key="keep-save").disabled
    at.multiselect(key="e-dimensions").unselect("channel").run()
    assert not at.button(key="keep-save").disabled
    at.button(key="keep-save").click().run()
    assert shelf.visualization(ana, made)[1].query.dimensions == ("day",)
    assert [one.version for one in shelf.history(ana, shelf.opened(ana, VISUALIZATION, made))] == [2, 1]


def _today(at):
    return seen.today(at.session_state["ja-viewer"])


@pytest.mark.parametrize("start", ["overview", "mep"])
def test_every_widget_of_a_dashboard_is_its_query(run, door, ana, tmp_path, start):
    made = shelf.add(ana, DASHBOARD, "Mine", STARTS[start].make("EUR"))
    at = run("dashboards", f"id={made}")
    assert not at.exception
    asked = [question for widget in widgets(at) for _, question in widget.queries]
    assert len(asked) == len(STARTS[start].make(None).items)
    for question, document in zip(asked, by_command(door, tmp_path, asked), strict=True):
        result = answer(door.snapshot("demo"), question)
        assert document["rows"] == result.document()["rows"]
        assert by_csv(tmp_path, result) == [as_text(result, row) for row in document["rows"]]


def test_a_dashboards_filter_reaches_what_it_says(run, ana):
    made = shelf.add(ana, DASHBOARD, "Mine", Dashboard().added(own=SENT).added(own=Visualization(Query(("profiles_in_journey",)), Span("7d"), "single")))
    at = run("dashboards", f"id={made}&channel=SMS&span=90d")
    first, second = (widget.queries[0][1] for widget in widgets(at))
    assert first.where == (("channel", ("SMS",)),)
    assert second.where == ()
    assert (first.last - first.first).days == (second.last - second.first).days == 89
    assert "<b>Channel</b> acts on 1 of 2 widgets; not on 1" in said(at)
    assert "Profiles in journey knows no channel" in said(at)
    assert "<b>Range</b> acts on all widgets" in said(at)


def test_buttons_move_a_widget_and_undo_takes_it_back(run, ana):
    made = shelf.add(ana, DASHBOARD, "Mine", Dashboard().added(own=SENT).added(own=SENT))
    at = run("dashboards", f"id={made}&arrange=1")
    at.button(key="s-down").click().run()
    assert shelf.dashboard(ana, made)[1].places["w1"].y == 0  # nothing is below it
    at.button(key="s-wider").click().run()
    assert (shelf.dashboard(ana, made)[1].places["w1"].w, shelf.dashboard(ana, made)[1].places["w2"].y) == (7, 4)
    at.button(key="a-undo").click().run()
    assert shelf.dashboard(ana, made)[1].places["w1"].w == 6
    at.button(key="a-redo").click().run()
    assert shelf.dashboard(ana, made)[1].places["w1"].w == 7
    at.button(key="s-drop").click().run()
    assert [item.key for item in shelf.dashboard(ana, made)[1].items] == ["w2"]


def test_a_text_is_shown_and_never_run(run, ana):
    made = shelf.add(ana, DASHBOARD, "Mine", Dashboard().added(text="# Hello\n<script>alert(1)</script>"))
    at = run("dashboards", f"id={made}")
    assert [(text.value, text.allow_html) for text in at.markdown if "Hello" in text.value] == [("# Hello\n<script>alert(1)</script>", False)]


@pytest.mark.parametrize(("page", "kind"), [("visualizations", VISUALIZATION), ("dashboards", DASHBOARD)])
@pytest.mark.parametrize("number", ["999", "1;", "-1", "x", ""])
def test_a_forged_id_opens_nothing(run, page, kind, number):
    at = run(page, f"id={number}" if number else "id=")
    assert not at.exception
    assert widgets(at) == []
    assert f"This {kind} cannot be opened" in said(at)


def test_what_is_private_is_not_on_another_readers_dashboard(run, ana, door):
    private = shelf.add(ana, VISUALIZATION, "Secret numbers", SENT)
    made = shelf.add(ana, DASHBOARD, "Shared", Dashboard().added(visualization_id=private))
    shelf.share(ana, shelf.opened(ana, DASHBOARD, made), is_shared=True)
    at = run("dashboards", f"id={made}", user="vid")
    assert widgets(at) == []
    assert "its owner does not share it" in said(at)
    assert "Secret numbers" not in said(at)


def test_mep_is_not_shown_to_a_role_that_may_not_see_it(run, ana):
    made = shelf.add(ana, DASHBOARD, "Shared", STARTS["mep"].make(None))
    shelf.share(ana, shelf.opened(ana, DASHBOARD, made), is_shared=True)
    for page, query in (("dashboards", f"id={made}"), ("explore", "measures=mep&dimensions=month&span=3m"),
                        ("explore", urlencode({"measures": "entries", "dimensions": "", "formulas": json.dumps([{"name": "x", "text": "mep + entries"}])}))):
        at = run(page, query, user="vid")
        assert widgets(at) == []
        assert "MEP consumption is open to the roles" in said(at)
    assert "MEP" not in run("explore", "measures=entries", user="vid").multiselect(key="e-measures").options


@pytest.mark.parametrize("change", [{"package": "grow"}, {"advanced_analytics": False}])
@pytest.mark.parametrize("page", ["explore", "visualizations", "dashboards"])
def test_a_package_that_does_not_allow_it_shows_nothing_and_names_the_one_that_does(run, ana, package, page, change):
    numbers = {"visualizations": shelf.add(ana, VISUALIZATION, "Mine", SENT), "dashboards": shelf.add(ana, DASHBOARD, "Mine", STARTS["overview"].make("EUR"))}
    package(**change)
    at = run(page, f"id={numbers.get(page, 1)}")
    assert not at.exception
    assert widgets(at) == []
    assert "Scale" in said(at)
    assert "messages_sent" not in said(at)


def test_a_trail_leads_back_to_addresses_of_ours_alone(run):
    steps = [["Overview", "overview?range=7d"], ["Elsewhere", "https://evil.example/"],
             ["Script", "javascript:alert(1)"], ["Top <b>", "explore?measures=entries"]]
    at = run("explore", urlencode({"measures": "entries", "dimensions": "day", "trail": json.dumps(steps)}))
    (trail,) = [element.proto.body for element in at.get("html") if "<nav class=ja-trail" in element.proto.body]
    assert 'href="overview?range=7d"' in trail
    assert "Top &lt;b&gt;" in trail
    assert "evil" not in trail and "javascript" not in trail


def test_the_registry_knows_the_widgets_of_the_page(run):
    assert [one.key for one in run("explore").session_state[registry.KEY].values()] == ["x"]


def test_drilling_narrows_to_a_row_and_breaks_it_down(run):
    at = run("explore", "measures=messages_sent&dimensions=day,channel&span=30d")
    viewer = at.session_state["ja-viewer"]
    narrowed = break_down.within(SENT, {"day": date(2026, 3, 2), "channel": "SMS"})
    assert narrowed == Visualization(Query(("messages_sent",), where=(("channel", ("SMS",)),)), Span("2026-03-02..2026-03-02"), "stacked")
    made = break_down.broken_down(viewer, narrowed, "journey")
    query = Query(("messages_sent",), ("journey",), where=(("channel", ("SMS",)),), order="-messages_sent")
    assert made == Visualization(query, Span("2026-03-02..2026-03-02"), "bar")


def test_a_widget_goes_on_a_dashboard_as_it_is(run, ana):
    viewer = run("explore").session_state["ja-viewer"]
    made = drill.added(viewer, SENT, "Sent", None, "New")
    drill.added(viewer, SENT, "Sent again", made)
    assert [(item.own, item.title) for item in shelf.dashboard(ana, made)[1].items] == [(SENT, "Sent"), (SENT, "Sent again")]



def test_a_mark_of_a_chart_knows_its_row(run, door):
    at = run("explore", FORMS["bar"])
    viewer = at.session_state["ja-viewer"]
    query = widgets(at)[0].queries[0][1]
    result = answer(door.snapshot("demo"), query)
    frame = pictures.of(viewer, asking.chosen_of(viewer, query), "bar", result, None).frame
    assert frame["row"].to_list() == list(range(result.frame.height))
    assert frame["value"].to_list() == [float(n) for n in result.frame["messages_sent"]]


def test_a_heat_map_has_the_longer_dimension_across_and_each_value_in_its_order(run, door):
    viewer = run("explore", FORMS["heat"]).session_state["ja-viewer"]
    query = Query(("messages_sent",), ("day", "channel"))
    result = answer(door.snapshot("demo"), query)
    frame = pictures.of(viewer, asking.chosen_of(viewer, query), "heat", result, None).frame
    days, channels = (sorted(set(result.frame[name])) for name in query.dimensions)
    assert len(days) > len(channels) > 1
    expected = [(n, days.index(day), channels.index(channel), float(sent)) for n, (day, channel, sent) in enumerate(result.frame.iter_rows())]
    assert frame.select("row", "x", "y", "value").rows() == [row for row in expected if row[1] < 400]


def test_what_stands_on_a_dashboard_is_what_its_grid_places(run, ana):
    gone = shelf.add(ana, VISUALIZATION, "Gone", SENT)
    made = Dashboard().added(text="Words").added(own=SENT).added(visualization_id=gone, form="single")
    number = shelf.add(ana, DASHBOARD, "Placed", made)
    shelf.remove(ana, shelf.opened(ana, VISUALIZATION, gone))
    at = run("dashboards", f"id={number}")
    assert not at.exception
    (rules,) = (one.value for one in at.get("html") if "grid-column" in one.value)
    there = {key.split("-", 1)[1] for key in keys(at.main) if "-" in key}  # after the hash
    for item, kind in zip(made.in_order, ("cell-", "w-d-", "cell-"), strict=True):
        assert f".st-key-{kind}{item.key}" in rules
        assert f"{kind}{item.key}" in there


def keys(block):
    """The keys of all containers below it."""
    found = set()
    for child in getattr(block, "children", {}).values():
        found |= {child.proto.id.partition("-")[2]} | keys(child) if hasattr(getattr(child, "proto", None), "id") else keys(child)
    return found


def test_a_dashboard_on_paper_has_every_widget_that_is_shown(run, ana):
    dashboard = Dashboard().added(own=SENT).added(text="Words").added(own=Visualization(Query(("entries",)), Span("30d"), "single"))
    viewer = run("explore").session_state["ja-viewer"]
    widgets = dashboards.drawable(dashboards.shown(viewer, dashboard, dashboards.Wanted()))
    assert [one.title for one in widgets] == ["Messages sent, by day and channel", "Entries"]
    made = paper.pdf("Mine", [paper.image(viewer, one) for one in widgets])
    assert made.startswith(b"%PDF") and made.count(b"/Subtype /Image") >= 2


@pytest.mark.parametrize(("document", "user", "package_of", "refusal"), [
    (LEFT, "ana", "grow", "Explore belongs to the package Scale"),
    (LEFT, "ana", "scale", None),
    ({"measures": ["entries"], "formulas": [{"name": "x", "text": "mep + entries"}]}, "vid", "scale", "MEP consumption is open to the roles"),
    ({"measures": ["mep"]}, "vid", "scale", "MEP consumption is open to the roles"),
])  # fmt: skip
def test_a_forged_export_asks_for_what_its_question_needs(door, package, monkeypatch, document, user, package_of, refusal):
    found = users.find(door.store, user)
    monkeypatch.setattr(sessions, "user_of", lambda *_, **__: found)
    package(package=package_of)
    route = Downloads(door)
    if refusal is None:
        assert route.answer("widget.csv", {"question": json.dumps(document)}, "any").status_code == 200
    else:
        with pytest.raises(Refusal, match=refusal):
            route.answer("widget.csv", {"question": json.dumps(document)}, "any")


def test_a_scheduled_dashboard_sends_what_it_holds_now_and_only_while_it_may(door, ana, package):
    made = shelf.add(ana, DASHBOARD, "Mine", Dashboard().added(own=SENT, title="Sent").added(text="Words"))
    kept = asked.custom(ana.account, door.snapshot("demo"), board_questions.of(ana, shelf.dashboard(ana, made)[1])) | {"dashboard": made}
    assert [(one["title"], one["range"]) for one in kept["questions"]] == [("Sent", "30d")]
    assert asked.features_of("custom", kept) == ("export", "dashboards")
    board, dashboard = shelf.dashboard(ana, made)
    shelf.save(ana, board, dashboard.added(own=Visualization(Query(("entries",)), Span("7d"), "single")), "More")
    assert [one["title"] for one in board_questions.current(ana, kept)["questions"]] == ["Sent", "Entries"]
    shelf.remove(ana, shelf.opened(ana, DASHBOARD, made))
    with pytest.raises(shelf.NotThere):
        board_questions.current(ana, kept)
    package(package="grow")
    assert "Scale" in asked.refusal(door.account("demo"), "admin", "custom", kept)


def test_a_dashboard_is_sent_once_or_on_a_schedule(run, ana):
    made = shelf.add(ana, DASHBOARD, "Every Monday", Dashboard().added(own=SENT, title="Sent"))
    viewer = run("dashboards", f"id={made}").session_state["ja-viewer"]
    board, dashboard = shelf.dashboard(ana, made)
    assert mailing.sent(viewer, board, dashboard, "xlsx", "once", None, None, []) == "Every Monday is being made."
    assert mailing.sent(viewer, board, dashboard, "pdf", "weekly", 8, 1, []).startswith("Every Monday at 08:00, next ")
    (schedule,) = [one for one in report_schedules.listed(ana.store, "demo") if one.name == "Every Monday"]
    assert (schedule.parameters["dashboard"], [one["range"] for one in schedule.parameters["questions"]]) == (made, ["30d"])
    assert (schedule.parameters["format"], [one["form"] for one in schedule.parameters["questions"]]) == ("pdf", [SENT.form])


def test_sending_asks_the_package_as_it_is_now(run, ana, package, monkeypatch):
    monkeypatch.setattr(import_module("core.ui.viewer"), "CHECKED_FOR_S", 0.0)  # `core.ui.viewer` is the function of that name
    made = shelf.add(ana, DASHBOARD, "Mine", Dashboard().added(own=SENT))
    viewer = run("dashboards", f"id={made}").session_state["ja-viewer"]
    board, dashboard = shelf.dashboard(ana, made)
    package(package="grow")
    with pytest.raises(Refused, match="Scale"):
        mailing.sent(viewer, board, dashboard, "xlsx", "once", None, None, [])


def test_an_element_is_said_by_name_and_by_the_id_that_files_have(run):
    at = run("explore", "measures=element_arrived&dimensions=element&journey=cart&form=table")
    assert not at.exception
    (rows,) = [rows for caption, rows in tables(at).items() if caption == "Arrived, by element"]
    assert [row[0] for row in rows if row[0].endswith("(w24)")] == ["Wait a day (w24)"]
    at = run("explore", "measures=element_arrived&dimensions=journey,element&form=table&order=journey&limit=9")
    (rows,) = [rows for caption, rows in tables(at).items() if caption == "Arrived, by journey and element"]
    assert all(row[1].endswith(")") for row in rows)
    at = run("explore", "measures=element_arrived&dimensions=element&journey=cart&form=bar")  # the rows below the picture
    assert any(row[0] == "Wait a day (w24)" for rows in tables(at).values() for row in rows)


def test_an_attribute_of_the_entry_is_a_filter_of_the_editor_and_the_same_number_everywhere(run, door):
    at = run("explore", "measures=entries,profiles_in_journey&dimensions=journey&form=table&span=90d&attribute.tier=vip,")
    assert not at.exception
    (widget,) = widgets(at)
    query = widget.queries[0][1]
    assert query.where == (("attribute.tier", ("vip", None)),)
    (control,) = [one for one in at.multiselect if one.key == "e-w-attribute.tier"]
    assert (control.label, control.options, control.value) == ("Only where “tier” is", ["new", "regular", "vip", "None"], ["vip", None])
    assert "<bdi>“tier” vip or none</bdi>" in said(at)
    shown, whole = (answer(door.snapshot("demo"), one).frame["entries"].sum() for one in (query, query.filtered("attribute.tier")))
    assert 0 < shown < whole
    assert rows(door.snapshot("demo"), replace(query, measures=("entries",), order=None)).height == shown
    control.set_value(["vip"]).run()
    assert at.query_params["attribute.tier"] == "vip"


@pytest.mark.parametrize(("query", "words"), [
    ("attribute.tier=vipp", "There is no “tier” “vipp”. Did you mean “vip”?"),
    ("attribute.plan=gold", "There is no attribute of entries “plan”. There is: tier."),
])
def test_an_attribute_that_cannot_be_is_said(run, query, words):
    at = run("explore", query)
    assert not at.exception
    assert words in said(at)


def test_the_rows_of_a_picture_stand_in_its_frame_and_go_with_it(run, monkeypatch):
    asked = "measures=messages_sent&dimensions=channel&form=bar"
    at = run("explore", asked)
    assert list(tables(at)) == ["Messages sent, by channel: rows"]
    at.button(key="vb-x").click().run()
    assert list(tables(at)) == ["Messages sent, by channel"]  # once
    monkeypatch.setattr(frame, "LARGE", 0)
    monkeypatch.setattr(answers, "is_known", lambda *_: False)
    monkeypatch.setattr(hand, "is_stopped", lambda key: key == "x")
    at = run("explore", asked)
    assert "You stopped this question" in html(at)
    assert list(tables(at)) == []
    monkeypatch.setattr(hand, "is_stopped", lambda _: False)
    at.button(key="again-x").click().run()
    assert list(tables(at)) == ["Messages sent, by channel: rows"]


def test_a_dashboards_filter_by_an_attribute_reaches_all_but_mep(run, ana, door):
    adi = replace(ana, user=users.find(door.store, "adi"))
    mep = Visualization(Query(("mep",), ("month",)), Span("12m"), "table")
    made = shelf.add(adi, DASHBOARD, "By tier", Dashboard().added(own=SENT).added(own=mep))
    at = run("dashboards", f"id={made}&attribute.tier=vip", user="adi")
    assert not at.exception
    assert "<b>tier</b> acts on 1 of 2 widgets" in said(at)
    assert "MEP knows no “tier”" in said(at)
    (sent,) = [query for widget in widgets(at) for _, query in widget.queries if query.measures == ("messages_sent",)]
    assert sent.where == (("attribute.tier", ("vip",)),)
    at.multiselect(key="f-attribute.tier").set_value(["vip", None]).run()
    assert at.query_params["attribute.tier"] == "vip,"
    at.button(key="b-clear").click().run()
    assert "attribute.tier" not in at.query_params
    assert "Start over" in said(run("dashboards", f"id={made}&attribute.plan=gold", user="adi"))


@pytest.mark.parametrize(("form", "query"), {
    "table": "measures=entries,goal_rate&dimensions=attribute.tier", "bar": "measures=entries&dimensions=attribute.tier&order=-attribute.tier",
    "stacked": "measures=messages_sent&dimensions=day,attribute.tier", "line": "measures=profiles_in_journey&dimensions=week,attribute.tier",
    "pivot": "measures=messages_sent&dimensions=attribute.tier,channel", "sankey": "measures=exits&dimensions=attribute.tier,exit_reason",
    "area": "measures=messages_sent&dimensions=day,attribute.tier", "scatter": "measures=profiles_in_journey,goal_rate&dimensions=attribute.tier",
}.items())  # fmt: skip
def test_each_form_draws_a_split_by_an_attribute(run, form, query):
    at = run("explore", f"{query}&form={form}&span=90d")
    assert not at.exception
    assert "could not be worked out" not in said(at)
    assert "cannot draw" not in said(at)
    assert "tier (attribute of the entry)" in at.multiselect(key="e-dimensions").options
    assert "vip" in said(at)


def test_a_row_of_an_attribute_becomes_a_filter_on_the_way_down():
    by_tier = Visualization(Query(("entries",), ("journey", "attribute.tier")), Span("90d"), "table")
    assert break_down.within(by_tier, {"journey": "cart", "attribute.tier": None}).query.where == (("journey", ("cart",)), ("attribute.tier", (None,)))


def test_what_cannot_be_picked_stands_once_a_reason():
    reasons = {"Entries": "Entries cannot be split by channel", "Exits": "Exits cannot be split by channel", "Pivot table": "A pivot table needs two"}
    assert narrowing.by_reason(reasons) == {"cannot be split by channel": ["Entries", "Exits"], "A pivot table needs two": ["Pivot table"]}


def test_a_formula_that_was_added_leaves_its_form_empty_and_one_that_is_none_stays_to_be_mended(run):
    at = run("explore", "measures=messages_sent&dimensions=channel")
    add = lambda: next(button for button in at.button if button.label == "Add").click().run()  # noqa: E731
    at.text_input(key="e-f-name").set_value("Half")
    at.text_input(key="e-f-text").set_value("mesages_sent / 2")
    add()
    assert "Did you mean “messages_sent”" in said(at)
    assert at.text_input(key="e-f-text").value == "mesages_sent / 2"
    at.text_input(key="e-f-text").set_value("messages_sent / 2")
    add()
    assert not at.exception
    assert "Messages sent and Half, by channel" in said(at)
    assert [at.text_input(key=key).value for key in ("e-f-name", "e-f-text")] == ["", ""]


def test_a_full_screen_says_whether_it_looks_for_newer_numbers(run, ana):
    made = shelf.add(ana, DASHBOARD, "On the wall", Dashboard().added(text="Hello"))
    assert "Its numbers stay as they are" in said(run("dashboards", f"id={made}&screen=1"))
    shelf.save(ana, shelf.dashboard(ana, made)[0], replace(shelf.dashboard(ana, made)[1], refresh_s=60), "Refresh changed")
    assert "Looks for newer numbers every minute" in said(run("dashboards", f"id={made}&screen=1"))
