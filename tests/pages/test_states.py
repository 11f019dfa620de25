"""What a page says when the address is wrong, when nothing happened, and to whom ids are shown."""

import base64
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import polars as pl
import pytest

from core.access.users import User
from core.metrics import feeds, under_way
from core.store import refreshes
from core.ui import answers, frame, holding, images, listing, rows_out, silence, states
from tests.e2e.serving import ROOT, served
from tests.pages.accounts import opened
from tests.pages.test_widgets_agree import html, tables, widgets
from tests.sources.files import file

PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


@pytest.mark.parametrize(
    ("page", "query", "named"),
    [
        ("overview", "from=2026-02-30", "“2026-02-30” is no day"),
        ("overview", "journey=crat", "There is no journey “crat”. Did you mean “cart”?"),
        ("campaign-performance", "journey=cart&version=99", "There is no version of this journey “99”."),
        ("journeys", "basis=x", "There is no basis “x”."),
        ("overview", "trend=x", "There is no trend “x”."),
    ],
)
def test_a_wrong_value_in_the_address_is_named(run, page, query, named):
    at = run(page, query)
    assert not at.exception
    assert named in html(at)


def test_a_page_about_one_journey_asks_which(run):
    for query in ("", "journey=cart,winback"):
        at = run("campaign-performance", query)
        assert "campaign-performance" not in [widget.key for widget in widgets(at)]
        assert "?journey=cart" in html(at)


def test_an_empty_range_says_so_once_and_leads_to_days_with_data(run):
    at = run("campaign-performance", "journey=cart&from=2001-01-01&to=2001-01-31")
    assert html(at).count("Nothing happened in this range") == 1
    assert "The range is 1–31 Jan 2001." in html(at)


def test_each_warning_stands_once_on_a_page(run):
    assert html(run("overview", "from=2000-01-01")).count("still in the journey") == 1


def test_ids_are_dots_for_a_viewer_and_shown_to_the_other_roles(door):
    class Reader:
        account = door.account("demo")

        def __init__(self, role):
            self.user = User(1, "x", "demo", role)

    frame = pl.DataFrame({"profile_id": ["p1", None], "input": ["4711", None], "facts": [1, 2]})
    assert rows_out.masked(Reader("viewer"), frame).rows() == [("•••", "•••", 1), (None, None, 2)]
    for role in ("analyze_manager", "communication_manager", "admin"):
        assert rows_out.masked(Reader(role), frame).equals(frame)


def test_a_long_list_of_journeys_is_paged(run, monkeypatch):
    monkeypatch.setattr(listing, "A_PAGE", 5)
    at = run("journeys")
    assert len(tables(at)["Journeys"]) == 5
    names = [row[0] for row in tables(at)["Journeys"]]
    assert len(set(names)) == 5


def test_a_journey_is_found_by_its_name_or_id(run):
    assert [row[0].split("cart")[0] for row in tables(run("journeys", "find=ABANDONED"))["Journeys"]] == ["Abandoned "]
    assert [row[0].split("cart")[0] for row in tables(run("journeys", "find=cart&status=active"))["Journeys"]] == ["Abandoned "]
    nothing = run("journeys", "find=no such journey")
    assert "Journeys" not in tables(nothing)
    assert "No journey is like that" in html(nothing)


def test_the_list_is_ordered_by_any_column_either_way(run):
    def first(query, column):
        return [row[column] for row in tables(run("journeys", query))["Journeys"]]

    names = first("sort=name", 0)
    assert names == sorted(names, key=str.casefold)
    assert first("sort=-name", 0) == names[::-1]
    most = [int(cell.replace(",", "")) for cell in first("from=2000-01-01&sort=-messages_sent", 10)]
    assert most == sorted(most, reverse=True)
    assert "There is no sort “x”." in html(run("journeys", "sort=x"))


def test_two_or_three_journeys_stand_side_by_side(run):
    at = run("journeys", "beside=cart,winback&from=2000-01-01")
    assert {row[0] for row in tables(at)["Journeys side by side"]} >= {"Profiles over the range", "Profiles in journey", "Goal rate", "Traffic cost"}
    assert len(tables(at)["Journeys"]) > 3
    assert "is chosen for a comparison" in html(run("journeys", "beside=cart"))
    assert "There is no journey to compare called “crat”. Did you mean “cart”?" in html(run("journeys", "beside=crat"))
    assert "At most 3 journeys" in html(run("journeys", "beside=cart,winback,welcome,birthday"))


def test_a_journeys_row_leads_to_its_pages_and_its_report_is_about_it(run):
    drawn = html(run("journeys", "basis=happened"))
    assert 'data-copy="campaign-performance?basis=happened&amp;journey=cart"' in drawn
    assert "beside=cart" in drawn


def test_a_silent_feed_is_named_where_the_range_reaches_beyond_its_last_event(run, door, monkeypatch):
    today = feeds.today(door.snapshot("demo"))
    feed = feeds.Feed("crm", 100, datetime.now(UTC) - timedelta(5), datetime.now(UTC) - timedelta(5), today - timedelta(5), 30, 2)
    shop = replace(feed, source="shop", last_day=today, last_occurred_at=datetime(today.year, 3, 1, 9, 5, tzinfo=UTC))
    monkeypatch.setattr(silence, "_feeds", lambda *_: (feed, shop))
    drawn = html(run("overview"))
    assert "No event from crm since" in drawn
    assert "No event from shop" not in drawn
    assert "It came at least every 2 days before." in drawn
    assert "these numbers hold only the other feeds (last events: shop 1 Mar 10:05): look at the system that sends it." in drawn
    before = (today - timedelta(6)).isoformat()
    assert "No event from crm" not in html(run("overview", f"from=2000-01-01&to={before}"))


@pytest.mark.slow
def test_the_commands_of_an_empty_account_work_as_they_are_pasted(door, tmp_path):
    event = {"source": "shop", "event_type": "journey.entered", "occurred_at": "2026-01-05T10:00:00Z", "journey_id": "cart", "profile_id": "p1"}
    file(tmp_path, "events.ndjson", [event | {"event_id": "1"}])
    opened(door, "blank")
    with served(ROOT / "app.py", door.settings.data_dir) as url:
        told = [pasted(door, tmp_path, commands) for _, _, commands in states.ways("blank", url)]
    assert [done.returncode for done in told] == [0, 0, 0]
    assert "1 accepted" in told[0].stdout
    assert '"repeated":1' in told[1].stdout.replace(" ", "")
    assert "/auth/enter?ticket=" in told[2].stdout


def pasted(door, folder, commands):
    """The commands in a shell, as somebody types them who has a password ready."""
    names = {**os.environ, "JOURNEYS_DATA_DIR": str(door.settings.data_dir), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    return subprocess.run(["bash", "-ec", commands], cwd=folder, env=names, input="correct horse\n", capture_output=True, text=True, check=False)


def test_a_failed_build_is_said_and_the_last_numbers_stay(run, door):
    refreshes.started(door.store, "demo", now=door.now())
    refreshes.finished(door.store, "demo", now=door.now(), error="The disk is full.")
    try:
        drawn = html(run("overview"))
    finally:
        refreshes.finished(door.store, "demo", now=door.now())
    assert "The last build failed" in drawn
    assert "You see the last snapshot that was published. The disk is full." in drawn
    assert "<dt>Profiles in journey</dt>" in drawn


@pytest.fixture
def held(monkeypatch):
    """The heights of the places that were held, in an account that is large, with no answer known yet."""
    heights = []
    monkeypatch.setattr(frame, "LARGE", 0)
    monkeypatch.setattr(frame.answers, "is_known", lambda viewer, query: False)
    monkeypatch.setattr(holding.st, "skeleton", lambda **how: heights.append(how["height"]))
    return heights


def test_in_a_large_account_a_widget_holds_its_place_until_its_numbers_are_there(run, held, monkeypatch):
    monkeypatch.setattr(frame.answers, "are_awaited", lambda viewer, widget, queries: True)
    at = run("overview")
    assert not at.exception
    assert held == [holding.HEIGHT] * len([widget for widget in widgets(at) if widget.key != "six"])
    assert "The next numbers are on the way" not in html(at)


@pytest.mark.parametrize(("long", "places"), [(False, []), (True, [holding.HEIGHT])])
def test_a_question_that_takes_long_though_others_did_not_can_be_stopped_too(run, held, monkeypatch, long, places):
    looked = Event()

    def slow(snapshot, query, plain=answers._answer):
        assert not long or looked.wait(60)  # it takes until the page has looked at it once
        return plain(snapshot, query)

    def hold(**how):
        held.append(how["height"])
        looked.set()

    monkeypatch.setattr(frame.answers, "are_awaited", lambda viewer, widget, queries: False)
    monkeypatch.setattr(under_way, "LOOK_S", 0.01 if long else 600)
    monkeypatch.setattr(holding.st, "skeleton", hold)
    monkeypatch.setattr(answers, "_answer", slow)
    at = run("explore", "measures=entries&dimensions=&form=single")
    assert not at.exception
    assert held == places


def test_a_long_page_lists_what_stands_on_it_and_a_short_one_does_not(run):
    at = run("campaign-performance", "journey=cart")
    assert re.findall(r'data-goto="([^"]+)"', html(at)) == [widget.key for widget in widgets(at) if widget.key != "six"]
    assert "data-goto" not in html(run("overview"))


def test_a_tile_and_a_columns_head_say_what_they_count(run):
    said = html(run("journeys"))
    assert "title=\"Profiles in journey: distinct profiles with a run.\"" in said
    assert re.search(r"<div class=ja-tile[^>]* title='Distinct profiles with a run.'><dt>Profiles in journey</dt>", html(run("overview")))


def test_a_page_that_is_not_open_still_says_which_page_it_is(run):
    said = html(run("mep", user="vid"))
    assert "<h1><bdi>MEP consumption</bdi></h1>" in said
    assert "MEP consumption is not open to you" in said


def test_shares_of_what_happened_say_that_they_compare_different_people(run):
    assert "Shares compare different people" in html(run("overview", "basis=happened"))
    assert "Shares compare different people" not in html(run("overview"))


@pytest.mark.parametrize(("page", "key", "caption"), [("overview", "top", "Top journeys by profiles in journey"), ("journeys", "list", "Journeys"),
                                                      ("campaign-performance", "standing", "Elements that do not send")])  # fmt: skip
def test_the_image_of_a_table_shows_the_rows_of_the_page(run, monkeypatch, page, key, caption):
    drawn = []
    monkeypatch.setattr(images, "png", lambda picture, title, notes: drawn.append(picture.frame) or PIXEL)
    at = run(page, "journey=cart" if page == "campaign-performance" else "", user="adi")
    at.session_state[f"{frame.IMAGE}{key}"] = True
    at.run()
    assert not at.exception
    shown = tables(at)[caption]
    (made,) = drawn
    assert made["head"].to_list() == [True] + [False] * len(shown)
    names = [re.sub(r"\W", "", cell) for cell in made["c0"].to_list()[1:]]
    assert names == [re.sub(r"\W", "", row[0]) for row in shown]
