"""Dialogs in a real browser, on both grounds and on a phone: nothing for axe to find, nothing wider than the screen; and from a widget to an alert and Back."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.pages.browsing import idle
from tests.pages.test_in_a_browser import NOT_OURS

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def drill(page):
    page.locator(".ja-tile").first.click()
    page.get_by_role("dialog").locator("tbody tr").first.wait_for()


def explain(page):
    page.locator(".st-key-m-trend button").click()
    page.get_by_text("Why this number").click()
    page.get_by_role("dialog").get_by_text("Placed by").wait_for()


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("ground", ["light", "dark"])
@pytest.mark.parametrize("act", [drill, explain])
def test_a_dialog_can_be_read(opened, act, ground, width):
    page = opened("overview?range=28d", width, ground)
    act(page)
    idle(page)
    found = Axe().run(page).response["violations"]
    assert [(one["id"], node["html"][:200]) for one in found if one["id"] not in NOT_OURS for node in one["nodes"] if "ja-" in node["html"]] == []
    dialog = page.get_by_role("dialog")
    assert dialog.evaluate("one => getComputedStyle(one).colorScheme") == ground
    assert dialog.bounding_box()["width"] <= width


def test_a_widget_leads_to_an_alert_and_back_leads_to_the_widget(opened):
    page = opened("overview?range=28d&journey=cart")
    page.locator(".st-key-m-trend button").click()
    page.get_by_text("Alert me").click()
    page.get_by_role("heading", name="Profiles in journey (journey Abandoned cart), by day").wait_for()
    idle(page)
    page.get_by_text("Test it on the last 90 days").click()
    page.get_by_text("in the last 90 days", exact=False).last.wait_for()
    page.go_back()
    page.wait_for_selector("h1:has-text('Overview')")
    assert "journey=cart" in page.url
