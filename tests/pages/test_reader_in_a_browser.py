"""What a marketer does, in a real browser: links without a reload, row menus, comparison, saved filters, rows as a file, a phone's sidebar."""

import csv

import pytest

from core.access import users
from core.metrics import Query, rows
from core.store import saved_filters
from tests.pages.browsing import idle

pytestmark = [pytest.mark.slow, pytest.mark.browser]
ROW = ".ja-table.list tbody tr:has(a[href*='journey=cart'])"


def test_a_link_inside_the_app_loads_nothing_anew_and_back_leads_back(opened):
    page = opened("overview?basis=happened")
    page.evaluate("window.same = true")
    page.locator(".ja-table a", has_text="Abandoned cart").first.click()
    page.wait_for_url("**/campaign-performance?basis=happened&journey=cart")
    page.locator("h1", has_text="Abandoned cart").wait_for()
    idle(page)
    page.go_back()
    page.wait_for_url("**/overview?basis=happened")
    page.locator("h1", has_text="Overview").wait_for()
    assert page.evaluate("window.same")


def test_the_menu_of_a_row_is_walked_by_keyboard_and_copies_its_link(opened, served_at):
    page = opened("journeys")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(f"{ROW} summary").focus()
    page.keyboard.press("Enter")
    page.locator(f"{ROW} .ja-more[open]").wait_for()
    page.keyboard.press("Escape")
    assert page.locator(".ja-more[open]").count() == 0
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Copy link").click()
    page.get_by_text("Link copied").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == f"{served_at}/campaign-performance?journey=cart"


def test_no_row_below_lies_over_the_open_menu_of_a_row(opened):
    page = opened("journeys")
    page.locator(f"{ROW} summary").click()
    page.locator(f"{ROW} .ja-more[open]").wait_for()
    covered = page.evaluate("""() => [...document.querySelectorAll('.ja-more[open] li')].filter(entry => {
        const box = entry.getBoundingClientRect(), there = document.elementFromPoint(box.right - 12, box.top + box.height / 2)
        return !there || !there.closest('.ja-more[open]')
    }).map(entry => entry.textContent)""")
    assert covered == []


def test_two_journeys_are_chosen_in_their_menus_and_stand_side_by_side(opened):
    page = opened("journeys")
    for journey, entry in (("cart", "Compare with others"), ("welcome", "Compare with those chosen")):
        row = page.locator(f".ja-table.list tbody tr:has(a[href*='journey={journey}'])")
        row.locator("summary").click()
        row.get_by_text(entry).click()
        page.wait_for_url(f"**beside=*{journey}*")
        idle(page)
    page.get_by_role("heading", name="The chosen journeys, side by side").wait_for()


def test_a_filter_is_saved_under_a_name_and_its_id_is_the_address(opened, door):
    page = opened("overview?channel=SMS")
    page.locator(".st-key-f-saved-pop button").first.click()
    page.get_by_label("Save these filters as").fill("Texts")
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/overview?saved=*")
    idle(page)
    reader = users.find(door.store, "ana").user_id
    (kept,) = [one for one in saved_filters.listed(door.store, "demo", reader) if one.name == "Texts"]
    assert page.url.endswith(f"saved={kept.filter_id}")
    assert page.get_by_text("1 channel", exact=True).count() + page.locator(".st-key-f-channel-pop", has_text="SMS").count() == 1
    saved_filters.remove(door.store, "demo", reader, kept.filter_id)


def test_the_rows_behind_a_number_come_as_a_file(opened, door):
    page = opened("campaign-performance?journey=cart&from=2000-01-01&compare=none")
    page.locator(".st-key-m-six button").click()
    page.get_by_role("menuitem", name="Why this number").click()
    page.get_by_text("behind it").last.click()
    page.get_by_role("button", name="CSV of all").click()
    with page.expect_download() as arrived:
        page.get_by_text("Download CSV").click()
    with arrived.value.path().open(encoding="utf-8-sig", newline="") as file:
        found = sorted(row["Profile ID"] for row in csv.DictReader(file))
    behind = rows(door.snapshot("demo"), Query.of({"measures": ["profiles_in_journey"], "where": {"journey": ["cart"]}}))
    assert found == sorted(behind["profile_id"])


def test_a_click_while_the_page_is_being_drawn_anew_is_not_lost(opened):
    page = opened("campaign-performance?journey=cart")
    for preset in ("7 days", "90 days", "All"):
        page.locator(".st-key-f-preset").get_by_text(preset, exact=True).click()
        page.locator(".st-key-m-endings button").click()
        page.get_by_role("menuitem", name="CSV").first.click()
        page.get_by_text("Download CSV").wait_for()
        page.keyboard.press("Escape")
        page.get_by_role("dialog").wait_for(state="detached")
        idle(page)


def test_the_sidebar_of_a_phone_folds_after_a_link_of_it(opened):
    page = opened("overview", width=390)
    page.get_by_test_id("stExpandSidebarButton").click()
    page.locator("[data-testid=stSidebar][data-collapsed=false]").wait_for(state="attached")
    page.locator("[data-testid=stSidebar]").get_by_text("Journeys", exact=True).click()
    page.wait_for_url("**/journeys")
    page.locator("[data-testid=stSidebar][data-collapsed=true]").wait_for(state="attached")
