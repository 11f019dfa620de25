"""What leaves the house is what some page shows to this reader: a link that was bent asks for Explore."""
import json
import re
from html import unescape
from urllib.parse import parse_qsl, quote, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from core.access import accounts, sessions, signed, users
from core.api.downloads import Downloads, Refusal
from core.metrics import Query, answer
from core.reports import asked, requests
from core.store import report_schedules, reports
from core.ui import leaving, registry
from core.ui.viewer import PAGE
from core.warehouse.snapshots import NotBuilt

SECRET = {"measures": ["messages_sent"], "dimensions": ["hour", "sender"], "basis": "happened"}  # what no standard page shows
ENTRIES = {"measures": ["entries"], "dimensions": ["journey"], "basis": "entered"}


@pytest.fixture
def on_grow(door):
    """The account has Export and not Explore."""
    accounts.change(door.store, "demo", by="test", now=door.now(), package="grow")
    yield
    accounts.change(door.store, "demo", by="test", now=door.now(), package="scale")


@pytest.fixture
def fetched(door, monkeypatch):
    def get(parameters, user="ana"):
        found = users.find(door.store, user)
        monkeypatch.setattr(sessions, "user_of", lambda *_, **__: found)
        return Downloads(door).answer("widget.csv", parameters, "any")

    return get


def link(viewer, door, query, page, monkeypatch):
    """The parameters of the download link that a widget of this page offers."""
    monkeypatch.setattr(leaving.st, "session_state", {PAGE: page})
    monkeypatch.setattr(leaving.seen, "snapshot", lambda _: door.snapshot("demo"))
    return dict(parse_qsl(urlsplit(leaving.address_of(viewer, "csv", "Title", answer(door.snapshot("demo"), query))).query))


def test_without_explore_a_standard_widget_is_exported_and_a_bent_link_is_not(run, door, on_grow, fetched, monkeypatch):
    at = run("overview")
    viewer, widget = at.session_state["ja-viewer"], next(iter(at.session_state[registry.KEY].values()))
    given = link(viewer, door, widget.queries[0][1], "overview", monkeypatch)
    assert fetched(given).status_code == 200
    bent = given | {"question": json.dumps(SECRET)}
    for parameters in (bent, {"question": json.dumps(SECRET)}, given | {"signed": ""}, given | {"signed": "performance." + "0" * 40}):
        with pytest.raises(Refusal, match=r"make it again in the widget's menu\. To ask freely needs Explore\. Explore belongs to the package Scale"):
            fetched(parameters)


@pytest.mark.parametrize(("accept", "kind", "head"), [("text/html,*/*", "text/html", "This file is not open to you"), ("*/*", "text/plain", "")])
def test_an_old_link_in_a_browser_is_a_page_that_says_what_to_do(door, on_grow, monkeypatch, accept, kind, head):
    monkeypatch.setattr(sessions, "user_of", lambda *_, **__: users.find(door.store, "ana"))
    served = TestClient(Starlette(routes=[Route("/exports/{file:path}", Downloads(door))]))
    said = served.get("/exports/widget.csv", params={"question": json.dumps(ENTRIES)}, headers={"accept": accept})
    assert (said.status_code, said.headers["content-type"].split(";")[0]) == (403, kind)
    assert head in said.text
    assert unescape(said.text).count("make it again in the widget's menu") == 1


def test_a_link_to_numbers_that_are_no_longer_kept_says_so(run, door, fetched):
    with pytest.raises(NotBuilt, match="no longer kept"):
        fetched({"question": json.dumps(ENTRIES), "snapshot": "s-20200101-000000"})


def test_the_days_of_a_link_may_change_as_those_of_the_page_do(run, door, on_grow, fetched, monkeypatch):
    given = link(run("overview").session_state["ja-viewer"], door, Query.of(ENTRIES), "overview", monkeypatch)
    assert fetched(given | {"question": json.dumps(ENTRIES | {"from": "2026-01-01", "to": "2026-01-31"})}).status_code == 200


@pytest.mark.parametrize(("page", "user", "said"), [
    ("mep", "vid", "MEP consumption is open"), ("dashboards", "ana", "Custom dashboards belong to the package Scale"),
])  # fmt: skip
def test_a_signed_link_asks_for_the_feature_of_its_page_again(run, door, on_grow, fetched, monkeypatch, page, user, said):
    given = link(run("overview").session_state["ja-viewer"], door, Query.of(ENTRIES), page, monkeypatch)
    with pytest.raises(Refusal, match=said):
        fetched(given, user)


def test_a_signature_is_of_one_account():
    made = signed.sign("key", "a", "performance", ENTRIES)
    assert [signed.feature_of("key", account, made, ENTRIES) for account in ("a", "b")] == ["performance", "explore"]
    assert signed.feature_of("other", "a", made, ENTRIES) == "explore"
    assert signed.feature_of("key", "a", made.replace("performance", "mep"), ENTRIES) == "explore"
    assert signed.feature_of("key", "a", "…", ENTRIES) == "explore"


def test_with_explore_any_question_is_exported(door, fetched):
    assert fetched({"question": json.dumps(SECRET)}).status_code == 200


def test_a_custom_report_of_a_question_that_no_page_asked_needs_explore(run, door, on_grow):
    before = len(reports.listed(door.store, "demo")), len(report_schedules.listed(door.store, "demo"))
    at = run("reports", f"create=custom&title=Forged&question={quote(json.dumps(SECRET))}&signed=performance.x")
    at.button(key="create-send").click().run()
    said = " ".join(element.proto.body for element in at.get("html"))
    assert "“Forged” is no question of a widget that you may see" in said
    at = run("reports", f"create=custom&question={quote(json.dumps(SECRET))}")
    at.button_group(key="custom-when").set_value("daily").run()
    at.button(key="create-send").click().run()
    assert (len(reports.listed(door.store, "demo")), len(report_schedules.listed(door.store, "demo"))) == before


def test_a_widgets_question_goes_into_a_report_without_explore(run, door, on_grow):
    mark = signed.sign(door.settings.secret_key, "demo", "performance", Query.of(ENTRIES).document())
    at = run("reports", f"create=custom&title=Signed&question={quote(json.dumps(Query.of(ENTRIES).document()))}&signed={mark}")
    at.button(key="create-send").click().run()
    (made, *_) = reports.listed(door.store, "demo")
    assert (made.name, [one["needs"] for one in made.parameters["questions"]]) == ("Signed", ["performance"])


def test_a_schedule_of_a_free_question_ends_with_the_package_that_allowed_it(door):
    given = asked.custom(door.account("demo"), door.snapshot("demo"), [{"question": SECRET, "needs": "explore"}])
    assert asked.refusal(door.account("demo"), "admin", "custom", given) is None
    accounts.change(door.store, "demo", by="test", now=door.now(), package="grow")
    try:
        assert "Explore belongs to the package Scale" in str(asked.refusal(door.account("demo"), "admin", "custom", given))
    finally:
        accounts.change(door.store, "demo", by="test", now=door.now(), package="scale")


def test_what_a_package_does_not_open_any_more_is_kept_and_counted(run, door):
    given = asked.custom(door.account("demo"), door.snapshot("demo"), [{"question": SECRET, "needs": "explore"}])
    made = requests.ask(door.store, door.account("demo"), users.find(door.store, "ana"), "custom", "Mine", given, now=door.now())
    accounts.change(door.store, "demo", by="test", now=door.now(), package="start")
    try:
        said = "\n".join(element.proto.body for element in run("reports").get("html"))
    finally:
        accounts.change(door.store, "demo", by="test", now=door.now(), package="scale")
        requests.cancel(door.store, door.account("demo"), None, made.report_id, now=door.now())
    assert re.search(r"\d+ reports?(?: and \d+ schedules?)? kept for when the package allows: \w+ belongs to the", said)
