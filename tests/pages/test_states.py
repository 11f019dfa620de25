"""What a page says when the address is wrong, when nothing happened, and to whom ids are shown."""

import polars as pl
import pytest

from core.access.users import User
from core.ui import listing, why
from tests.pages.test_widgets_agree import html, tables, widgets


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
    assert why.masked(Reader("viewer"), frame).rows() == [("•••", "•••", 1), (None, None, 2)]
    for role in ("analyze_manager", "communication_manager", "admin"):
        assert why.masked(Reader(role), frame).equals(frame)


def test_a_long_list_of_journeys_is_paged(run, monkeypatch):
    monkeypatch.setattr(listing, "A_PAGE", 5)
    at = run("journeys")
    assert len(tables(at)["Journeys"]) == 5
    names = [row[0] for row in tables(at)["Journeys"]]
    assert len(set(names)) == 5


def test_a_journey_is_found_by_its_name_or_id(run):
    assert [row[0].split("cart")[0] for row in tables(run("journeys", "find=ABANDONED"))["Journeys"]] == ["Abandoned "]
    assert tables(run("journeys", "find=no such journey"))["Journeys"] == []
