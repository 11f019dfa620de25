"""MEP consumption: for three roles alone, the numbers of the ledger, the month and sub-account of the address, mails at thresholds."""

import re
from datetime import timedelta

import polars as pl
import pytest

from core.access import accounts, emails, users
from core.metrics import Query, answer, mep_lines
from core.reports.mep_report import write_mep
from core.store import mep
from core.ui import mep as mep_page
from core.ui import words
from tests.pages.test_widgets_agree import html, tables, widgets

ROLES = {"mel": "viewer", "mia": "analyze_manager", "max": "communication_manager", "moe": "admin"}
NUMBERS = ["plan", "cum", "mep-top", "mep-months", "mep-rules"]


@pytest.fixture(scope="module", autouse=True)
def people(door):
    for name, role in ROLES.items():
        users.add(door.store, name, "demo", role, None, by="test", now=door.now())
    yield
    for name in ROLES:
        users.remove(door.store, name, "demo", by="test", now=door.now())


@pytest.fixture
def limit(door):
    def agree(included):
        accounts.change(door.store, "demo", by="test", now=door.now(), included_mep=included)

    before = door.account("demo").included_mep
    yield agree
    agree(before)


@pytest.fixture(scope="module")
def snapshot(door):
    return door.snapshot("demo")


def month(snapshot, before=0):
    first = snapshot.as_of.date().replace(day=1)
    for _ in range(before):
        first = (first - timedelta(1)).replace(day=1)
    return f"{first:%Y-%m}"


def big(at):
    return re.search(r"ja-big[^>]*>([^<]+) <small>([^<]+)<", html(at)).groups()


@pytest.mark.parametrize("user", ROLES)
def test_it_is_open_to_three_roles_and_tells_the_others_whom_to_ask(run, user):
    at = run("mep", user=user)
    assert not at.exception
    if ROLES[user] == "viewer":
        assert widgets(at) == []
        assert "MEP consumption is open to the roles Analyze manager, Communication manager and Administrator. Your role is Viewer." in html(at)
        assert "You can ask adi, ana" in html(at)
        assert not re.search(r"\d{2,}", re.sub(r"<style.*?</style>|<p class=ja-fresh>.*?</p>", "", html(at), flags=re.S))
    else:
        assert [widget.key for widget in widgets(at) if widget.key in NUMBERS] == NUMBERS


def test_the_number_is_the_lines_of_the_ledger_in_every_widget(run, snapshot, limit):
    limit(None)
    at = run("mep", user="mia")
    lines = mep_lines(snapshot, month(snapshot)).height
    assert big(at) == (words.count(lines), "MEP · no limit agreed")
    top = next(widget for widget in widgets(at) if widget.key == "mep-top")
    rows = answer(snapshot, top.queries[0][1]).frame
    assert rows["mep"].sum() == lines
    shown = [[row[0], *row[2:]] for row in tables(at)["Top 10 journeys by attributed MEP"]]
    names = answer(snapshot, top.queries[0][1]).journeys
    assert shown == [[names[row["journey"]], words.count(row["mep"]), words.rate(row["mep_share"]), words.count(row["engaged"]), words.count(row["alone"])]
                     for row in rows.head(10).iter_rows(named=True) if row["mep"]]  # fmt: skip
    by_day = answer(snapshot, next(widget for widget in widgets(at) if widget.key == "cum").queries[0][1]).frame
    assert by_day["mep_so_far"][-1] == lines


def test_the_month_and_the_sub_account_are_those_of_the_address(run, snapshot):
    before = month(snapshot, 1)
    at = run("mep", f"month={before}&sub_account=bank", user="mia")
    assert not at.exception
    assert big(at)[0] == words.count(mep_lines(snapshot, before, ["bank"]).height)
    plan = next(widget for widget in widgets(at) if widget.key == "plan").queries[0][1]
    assert plan == Query(("mep",), (), plan.first, plan.last, where=(("sub_account", ("bank",)),))
    assert f"{plan.first:%Y-%m}" == before


@pytest.mark.parametrize("query", ["month=2001-01", "month=x", "sub_account=nowhere"])
def test_a_month_that_is_not_offered_and_an_unknown_sub_account_are_named(run, query):
    at = run("mep", query, user="mia")
    assert not at.exception
    assert query.split("=")[1] in html(at)
    assert widgets(at) == []


def test_the_limit_gives_what_is_used_left_and_over(run, snapshot, limit):
    lines = mep_lines(snapshot, month(snapshot)).height
    limit(lines + 10)
    at = run("mep", user="mia")
    assert big(at) == (words.count(lines), f"of {words.count(lines + 10)} included · {words.rate(lines / (lines + 10))}")
    left = r"<dt>Days left</dt><dd>(\d+, and the rest of today|none: today is the last)</dd>"
    assert re.search("<dt>Left of the included</dt><dd>10</dd>" + left, html(at))
    limit(lines - 10)
    at = html(run("mep", user="mia"))
    assert re.search("<dt>Overage so far</dt><dd><b>10</b></dd>" + left, at)
    assert "Left of" not in at


def test_of_some_sub_accounts_nothing_is_left_or_over_as_the_others_use_it_up_too(run, limit):
    limit(1)
    at = html(run("mep", "sub_account=bank", user="mia"))
    assert "Left of" not in at
    assert "Overage so far" not in at
    assert "what is included is for the whole account" in at


@pytest.mark.parametrize(("held", "said"), [
    ([], "There is no past month yet to try it on"),
    (["no"], "Tried on the one past month that has enough before it, it was off by 10.0 %; the month ended outside its interval"),
    (["yes", "yes", "yes"], "Tried on 3 past months in the same way, it was off by 20.0 % or less in half of them; all of the 3 ended inside the interval"),
    (["yes", "no", "no"], "Tried on 3 past months in the same way, it was off by 20.0 % or less in half of them; 1 of the 3 ended inside the interval"),
])
def test_the_forecast_says_in_words_how_it_would_have_done(held, said):
    off = [0.1 * (n + 1) * (-1) ** n for n in range(len(held))]
    assert mep_page._how_well(pl.DataFrame({"held": held, "off_rate": off}, schema={"held": pl.String, "off_rate": pl.Float64})) == said


def test_create_report_leads_to_reports_in_a_new_tab(run, snapshot):
    at = run("mep", "sub_account=bank", user="mia")
    (link,) = [element.proto for element in at.get("link_button")]
    assert (link.label, link.url) == ("Create report", f"reports?create=mep&month={month(snapshot)}&sub_account=bank")


def test_a_mail_at_a_threshold_is_asked_for_and_taken_back(run, door, limit):
    limit(100)
    moe = users.find(door.store, "moe")
    at = run("mep", user="moe")
    at.checkbox(key="watch-80").check().run()
    assert not at.exception
    assert mep.watched(door.store, moe.user_id) == (80,)
    at.checkbox(key="watch-80").uncheck().run()
    assert mep.watched(door.store, moe.user_id) == ()
    assert emails.of(door.store, moe) is None


def test_what_was_exported_of_the_month_is_listed_with_its_hash(run, door, snapshot, tmp_path):
    before = month(snapshot, 2)
    made = write_mep(door.store, door.account("demo"), snapshot, door.folder("demo"), before, [], tmp_path / "m.csv", "csv", by="moe", now=door.now())
    rows = tables(run("mep", f"month={before}", user="mia"))["Exports of the month"]
    assert [row[1:] for row in rows] == [["moe", "all", "csv", words.count(made.lines), "0", f"{made.sha256[:12]}…"]]


def test_the_package_start_sees_the_page_and_exports_no_widget(run, door):
    accounts.change(door.store, "demo", by="test", now=door.now(), package="start")
    try:
        at = run("mep", user="mia")
        assert not at.exception
        assert [widget.key for widget in widgets(at)][:5] == NUMBERS
    finally:
        accounts.change(door.store, "demo", by="test", now=door.now(), package="scale")
