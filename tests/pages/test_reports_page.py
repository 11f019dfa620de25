"""Reports: what may be asked for and by whom, what is kept, and what a forged address gives."""
import json
from datetime import timedelta
from threading import Event
from types import SimpleNamespace
from urllib.parse import quote

import pytest

from core.access import accounts, emails, users
from core.reports import asked, making, requests
from core.reports.making import Desk
from core.store import report_schedules, reports
from core.ui.printing import painted
from tests.pages.test_widgets_agree import html, tables

ENTRIES = {"measures": ["entries"], "dimensions": ["journey"]}


def newest(door):
    return reports.listed(door.store, "demo")[0]


@pytest.fixture
def made(door):
    """made(kind) → a report of ana's, with its file."""
    def make(kind="custom"):
        account, snapshot = door.account("demo"), door.snapshot("demo")
        given = asked.mep(account, snapshot, f"{snapshot.as_of:%Y-%m}") if kind == "mep" else asked.custom(account, snapshot, [{"question": ENTRIES}])
        report = requests.ask(door.store, account, users.find(door.store, "ana"), kind, f"A {kind} report", given, now=door.now())
        desk = Desk(door.store, SimpleNamespace(smtp_url=None, mail_from=None, base_url=None), door, door.now, Event(), painted)
        making.make(desk, making.take(desk, report.report_id))
        return reports.find(door.store, "demo", report.report_id)
    return make


def test_a_mep_report_is_asked_for_with_the_month_and_format_chosen(run, door):
    at = run("reports", "create=mep")
    assert not at.exception
    assert "Mail is not set up" in html(at)
    at.button(key="create-send").click().run()
    assert not at.exception
    report = newest(door)
    assert (report.kind, report.parameters["format"], report.parameters["sub_accounts"], report.asked_by) == ("mep", "xlsx", [], "ana")
    assert report.name.startswith("MEP consumption ")
    assert "is being made" in html(at)
    assert tables(at)["Reports"][0][:3] == [report.name, "MEP consumption", "Waiting"]
    requests.cancel(door.store, door.account("demo"), None, report.report_id, now=door.now())


def test_the_month_and_the_sub_accounts_of_the_mep_page_come_along(run, door):
    before = (door.snapshot("demo").as_of.date().replace(day=1) - timedelta(1)).strftime("%Y-%m")
    at = run("reports", f"create=mep&month={before}&sub_account=bank,")
    assert not at.exception
    at.button(key="create-send").click().run()
    assert (newest(door).parameters["month"], newest(door).parameters["sub_accounts"]) == (before, ["bank", None])
    assert at.query_params == {}
    assert "There is no month “1999-01”" in html(run("reports", "create=mep&month=1999-01"))
    assert "There is no sub-account “nowhere”" in html(run("reports", "create=mep&sub_account=nowhere"))


def test_over_ten_thousand_lines_csv_is_chosen_and_says_why(run, monkeypatch):
    monkeypatch.setattr(asked, "mep_count", lambda *_: 10_001)
    at = run("reports", "create=mep")
    assert "10,001 lines. CSV is chosen" in html(at)
    monkeypatch.setattr(asked, "mep_count", lambda *_: 1_048_576)
    assert "An Excel sheet holds 1,048,575 rows, so it is a CSV." in html(run("reports", "create=mep"))


def test_a_journeys_form_is_filled_in_by_the_address(run, door):
    at = run("reports", "journey=cart&from=2026-01-05&to=2026-01-20&basis=happened")
    assert not at.exception
    at.button(key="create-send").click().run()
    report = newest(door)
    assert report.parameters == {"journey": "cart", "from": "2026-01-05", "to": "2026-01-20", "basis": "happened", "format": "xlsx"}
    requests.cancel(door.store, door.account("demo"), None, report.report_id, now=door.now())
    assert "There is no journey “carts”" in html(run("reports", "journey=carts"))


def test_a_widgets_question_becomes_a_report_or_a_schedule(run, door):
    at = run("reports", f"create=custom&title=Entries&question={quote(json.dumps(ENTRIES))}")
    assert not at.exception
    assert json.loads(at.text_area(key="custom-questions").value) == {"title": "Entries", "question": ENTRIES}
    assert "<b><bdi>Entries</bdi></b>: Journey, Entries" in html(at)
    at.button(key="create-send").click().run()
    assert newest(door).parameters["questions"][0]["title"] == "Entries"
    requests.cancel(door.store, door.account("demo"), None, newest(door).report_id, now=door.now())
    others = report_schedules.listed(door.store, "demo")  # of other tests of this account
    at = run("reports", f"create=custom&question={quote(json.dumps(ENTRIES))}")
    at.button_group(key="custom-when").set_value("weekly").run()
    at.button(key="create-send").click().run()
    assert not at.exception
    (schedule,) = [one for one in report_schedules.listed(door.store, "demo") if one not in others]
    assert (schedule.rhythm, schedule.day, schedule.hour, schedule.parameters["range"]) == ("weekly", 1, 8, "7d")
    assert "Every Monday at 08:00" in [row[2] for row in tables(at)["Schedules"]]
    at = run("reports", f"schedule={schedule.schedule_id}")
    assert tables(at)["Questions"] == [["Entries, by journey", "Journey, Entries"]]
    at.button(key="schedule-drop").click().run()
    assert report_schedules.listed(door.store, "demo") == others


def test_a_question_with_a_formula_says_the_formulas_column_too(run):
    question = ENTRIES | {"formulas": [{"name": "A head", "text": "entries / profiles_in_journey"}]}
    assert ": Journey, Entries, A head" in html(run("reports", f"create=custom&question={quote(json.dumps(question))}"))


def test_what_is_no_question_is_named_by_its_line(run):
    at = run("reports", "create=custom")
    at.text_area(key="custom-questions").set_value('{"measures": ["entries"]}\nhttps://x/overview?from=2026-01-01')
    at.button(key="create-send").click().run()
    assert "Line 2: this is no question" in html(at)
    at = run("reports", "create=custom&question=%7Bno")
    at.button(key="create-send").click().run()
    assert "Line 1 is not JSON" in html(at)


def test_a_report_is_shown_fetched_and_deleted(run, door, made):
    report = made()
    others = run("reports", f"report={report.report_id}&do=delete", user="vid")
    assert not [button for button in others.button if button.key == "report-end"]
    at = run("reports", f"report={report.report_id}")
    assert not at.exception
    assert ["SHA-256", report.sha256] in tables(at)[f"About {report.name}"]
    assert f"/exports/report/{report.report_id}" in html(at)
    at.button(key="report-end").click().run()
    assert not at.exception
    assert "is deleted" in html(at)
    assert f"There is no report {report.report_id}." in html(run("reports", f"report={report.report_id}"))


def test_a_role_sees_no_report_that_it_may_not_have(run, made):
    report = made("mep")
    assert report.name in html(run("reports"))
    at = run("reports", user="vid")
    assert report.name not in html(at)
    assert "MEP consumption is open to the roles" in html(at)
    for query in (f"report={report.report_id}", "create=mep"):
        at = run("reports", query, user="vid")
        assert ("MEP consumption is open to the roles" in html(at), report.name in html(at)) == (True, False)
        assert not [button for button in at.button if button.key == "create-send"]


def test_a_report_of_another_account_is_not_there(run, door, made):
    report = made()
    accounts.add(door.store, accounts.Account("elsewhere", ((None, "UTC"),), "EUR", "scale", None, False, None), by="test", now=door.now())
    with door.store.write() as connection:
        given = {"kind": "custom", "name": "theirs", "parameters": report.parameters, "user_id": None, "asked_by": "operator"}
        theirs = reports.add(connection, "elsewhere", **given, now=door.now())
        reports.change(connection, "elsewhere", theirs.report_id, ("queued",), state="cancelled")
    for query in (f"report={theirs.report_id}", f"report={theirs.report_id}&do=delete", "report=x1", "report=99999999999999999999"):
        at = run("reports", query)
        assert "There is no report" in html(at)
        assert "theirs" not in html(at)


def test_the_package_start_exports_nothing_and_says_who_does(run, door, made):
    made()
    accounts.change(door.store, "demo", by="test", now=door.now(), package="start")
    try:
        at = run("reports")
        assert "Export belongs to the packages Grow and Scale. This account has Start." in html(at)
        assert "A custom report" not in html(at)
        assert "Reports are not open to you" in html(run("reports", user="vid"))
        assert "Export belongs to the packages" in html(run("reports", "create=journey"))
    finally:
        accounts.change(door.store, "demo", by="test", now=door.now(), package="scale")


def test_a_user_keeps_an_own_mail_address(run, door):
    at = run("reports")
    at.text_input(key="mail-address").set_value("ana@example.com")
    next(button for button in at.button if button.label == "Save").click().run()
    assert not at.exception
    ana = users.find(door.store, "ana")
    assert emails.of(door.store, ana) == "ana@example.com"
    emails.keep(door.store, ana, "", by="test", now=door.now())
    at = run("reports")
    at.text_input(key="mail-address").set_value("nobody")
    next(button for button in at.button if button.label == "Save").click().run()
    assert "is no mail address" in html(at)
