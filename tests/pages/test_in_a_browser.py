"""The pages in a real browser: nothing for axe to find, menus by keyboard, three widths, both grounds, Back, and a file that arrives."""

import csv
import json
import re
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from core.access import accounts, sessions, terms, users
from core.metrics import Query, answer
from core.ui.menu import MENU
from tests.pages.browsing import idle

pytestmark = [pytest.mark.slow, pytest.mark.browser]
ABOUT_ONE = "?journey=cart"
PAGES = [f"{entry.url_path}{ABOUT_ONE if entry.section == 'Journey' else ''}" for entry in MENU]
NOT_OURS = {"empty-table-header"}  # of Streamlit's own table (stack-facts §9)


@pytest.mark.parametrize("ground", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_of_ours(opened, path, ground):
    found = Axe().run(opened(path, ground=ground)).response["violations"]
    assert [(finding["id"], node["html"][:200]) for finding in found if finding["id"] not in NOT_OURS for node in finding["nodes"]] == []


@pytest.mark.parametrize("width", [1440, 834, 390])
@pytest.mark.parametrize("path", PAGES)
def test_no_page_is_wider_than_its_screen(opened, path, width):
    page = opened(path, width=width)
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= width


@pytest.mark.parametrize("path", PAGES)
def test_the_keyboard_reaches_every_menu(opened, path):
    page = opened(path)
    there = set(page.locator("[class*='st-key-m-'] button").evaluate_all("all => all.map(one => one.textContent)"))
    reached = set()
    for _ in range(250):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.textContent"))
        if there <= reached:
            break
    assert there - reached == set()


def test_back_undoes_a_filter(opened):
    page = opened("campaign-performance?journey=cart")
    before = page.url
    page.get_by_text("7 days", exact=True).click()
    page.wait_for_url(re.compile("from="))
    idle(page)
    page.go_back()
    page.wait_for_url(before)
    expect(page.locator(".st-key-f-preset [aria-checked=true]")).to_have_text("28 days")


def test_the_menu_gives_the_file_of_its_widget(opened, door):
    page = opened("campaign-performance?journey=cart&compare=none&from=2000-01-01")
    page.locator(".st-key-m-endings button").click()
    page.get_by_role("menuitem", name=re.compile("CSV$")).click()
    with page.expect_download() as arrived:
        page.get_by_text("Download CSV").click()
    with arrived.value.path().open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))[1:]
    query = Query.of({"measures": ["exits"], "dimensions": ["exit_reason"], "where": {"journey": ["cart"]}})
    assert rows == [[reason, str(exits)] for reason, exits in answer(door.snapshot("demo"), query).frame.iter_rows()]


def test_the_package_start_exports_nothing_and_says_which_package_does(opened, door, served_at):
    page = opened("campaign-performance?journey=cart")
    accounts.change(door.store, "demo", by="test", now=door.now(), package="start")
    try:
        page.reload()
        idle(page)
        page.locator(".st-key-m-endings button").click()
        page.get_by_role("menuitem", name=re.compile("CSV$")).click()
        page.get_by_text("Export belongs to the packages Grow and Scale. This account has Start.").wait_for()
        made = page.request.get(f"{served_at}/exports/widget.csv?question={quote(json.dumps({'measures': ['entries']}))}")
        assert (made.status, "Grow and Scale" in made.text()) == (403, True)
    finally:
        accounts.change(door.store, "demo", by="test", now=door.now(), package="scale")


def test_why_this_number_leads_to_its_rows(opened):
    page = opened("campaign-performance?journey=cart&from=2000-01-01&compare=none")
    tile = page.locator(".ja-tile .v").first.inner_text()
    page.locator(".st-key-m-six button").click()
    page.get_by_role("menuitem", name="Why this number").click()
    page.get_by_text(f"equal tile {tile} = rows {tile}").wait_for()
    page.get_by_text("behind it").last.click()
    rows = page.get_by_role("dialog").locator("[data-testid=stDataFrame]")
    rows.hover()
    page.get_by_role("dialog").get_by_role("button", name="Search").wait_for()
    download = page.get_by_role("dialog").locator("[aria-label^='Download as CSV']")  # Streamlit's own: it would ask no package and write no trail
    assert (download.count(), download.is_visible()) == (1, False)


def test_enable_leads_over_the_terms_to_overview_and_keeps_who_accepted(door, served_at, chromium):
    accounts.add(door.store, accounts.Account("fresh", ((None, "UTC"),), "EUR", "start", None, False, None), by="test", now=door.now())
    new = users.add(door.store, "new", "fresh", "admin", None, by="test", now=door.now())
    page = chromium.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(f"{served_at}/auth/enter?ticket={sessions.ticket(door.store, new, now=door.now())}&next=/journeys")
    page.get_by_role("button", name="Enable").click()
    page.get_by_role("button", name="Accept").click()
    page.wait_for_url("**/overview")
    page.get_by_text("Nothing has been built yet").wait_for()
    assert [(kept.accepted_by, kept.version) for kept in terms.acceptances(door.store, "fresh")] == [("new", terms.VERSION)]
    page.context.close()
