"""Explore and dashboards in a real browser: a visualization is built, saved, put on a dashboard, moved by keyboard, filtered and exported."""

import csv
import re

import pytest

from core.access import users
from core.boards import shelf
from core.boards.dashboard import Dashboard
from core.boards.shelf import DASHBOARD, VISUALIZATION, Asker
from core.metrics import answer
from tests.pages.browsing import DONE

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def settled(page, sign):
    page.wait_for_selector(sign)
    page.wait_for_selector(DONE)


def pick(page, key, label):
    """One more value in a list that is searched by typing; a click during a rerun would be lost."""
    page.wait_for_selector(DONE)
    field = page.locator(f".st-key-{key} input").first
    field.click()
    field.fill(label)
    page.get_by_role("option", name=label, exact=True).click()
    page.keyboard.press("Escape")
    page.wait_for_selector(DONE)


def test_a_visualization_goes_from_a_question_to_a_dashboard(opened, door, tmp_path):
    page = opened("explore?measures=messages_sent&dimensions=day&span=30d")
    settled(page, ".st-key-w-x [data-testid=stVegaLiteChart]")
    ana = Asker(door.store, door.account("demo"), users.find(door.store, "ana"), door.now())
    pick(page, "e-dimensions", "Channel")
    settled(page, "h2:has-text('Messages sent, by day and channel')")
    page.go_back()
    settled(page, "h2:text-is('Messages sent, by day')")
    page.go_forward()
    settled(page, "h2:has-text('Messages sent, by day and channel')")

    page.locator(".st-key-keep-save button").click()
    page.get_by_role("dialog").get_by_label("Name").fill("Sent by channel")
    page.get_by_role("dialog").locator(".st-key-save-do button").click()
    settled(page, "h1:has-text('Sent by channel')")
    board = next(one for one in shelf.listed(ana, VISUALIZATION) if one.name == "Sent by channel")
    assert board.document["range"] == "30d"  # it moves with the data

    page.locator(".st-key-keep-add button").click()
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    if dialog.get_by_label("Name of the new dashboard").count() == 0:  # there are dashboards already
        dialog.locator(".st-key-add-where input").click()
        page.get_by_role("option", name="A new dashboard").click()
    dialog.get_by_label("Name of the new dashboard").fill("Every Monday")
    dialog.locator(".st-key-add-do button").click()
    dialog.get_by_role("link", name="Open the dashboard").click()
    settled(page, "h1:has-text('Every Monday')")

    page.locator(".st-key-arrange button").click()
    settled(page, ".grid-stack-item-content")
    box = page.locator(".grid-stack-item-content").first
    box.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowDown")
    page.wait_for_selector("text=Column 2, row 1; 6 of 12 columns wide, 5 rows high")
    page.wait_for_selector(DONE)
    number = int(re.search(r"id=(\d+)", page.url)[1])
    assert shelf.dashboard(ana, number)[1].places["w1"].document() == {"x": 1, "y": 0, "w": 6, "h": 5}
    page.locator(".st-key-a-undo button").click()
    page.wait_for_selector("text=Column 1, row 1; 6 of 12 columns wide, 4 rows high")

    page.wait_for_selector(DONE)
    page.locator(".st-key-arrange button").click()
    settled(page, ".st-key-w-d-w1")
    page.locator(".st-key-f-channel-pop button").click()
    pick(page, "f-channel", "SMS")
    page.wait_for_selector("text=Channel acts on all widgets")
    page.keyboard.press("Escape")
    page.wait_for_selector(DONE)

    page.locator(".st-key-m-d-w1 button").click()
    page.get_by_text("CSV", exact=True).click()
    page.get_by_role("dialog").wait_for()
    with page.expect_download() as file:
        page.get_by_role("link", name="Download CSV").click()
    file.value.save_as(tmp_path / "file.csv")
    with (tmp_path / "file.csv").open(encoding="utf-8-sig", newline="") as text:
        header, *rows = list(csv.reader(text))
    query = shelf.visualization(ana, board.board_id)[1].asked(answer_day(door)).filtered("channel", "SMS")
    assert header == ["Day", "Channel", "Messages sent"]
    assert rows == [[str(day), channel, str(n)] for day, channel, n in answer(door.snapshot("demo"), query).frame.iter_rows()]
    assert [one.name for one in shelf.listed(ana, DASHBOARD) if one.board_id == number] == ["Every Monday"]


def answer_day(door):
    """The local day of the snapshot's as-of."""
    from zoneinfo import ZoneInfo

    snapshot = door.snapshot("demo")
    return snapshot.as_of.astimezone(ZoneInfo(door.account("demo").zone_at(snapshot.as_of))).date()


def test_explore_from_a_standard_widget_and_back(opened):
    page = opened("overview?range=7d")
    settled(page, ".st-key-w-trend [data-testid=stVegaLiteChart]")
    page.locator(".st-key-m-trend button").click()
    page.get_by_text("Explore from here").click()
    settled(page, "h1:has-text('Explore')")
    assert "measures=profiles_in_journey" in page.url and "range=7d" in page.url
    assert page.locator(".ja-trail a").first.get_attribute("href") == "overview?range=7d"
    page.go_back()
    settled(page, "h1:has-text('Overview')")
    assert page.url.endswith("/overview?range=7d")


def test_a_click_on_a_number_goes_down_to_its_rows_and_back(opened):
    page = opened("overview?range=28d")
    settled(page, ".st-key-t-six .ja-tile")
    page.locator(".ja-tile").first.click()
    dialog = page.get_by_role("dialog")
    dialog.locator("tbody tr").first.wait_for()
    page.wait_for_selector(DONE)
    name, entered = dialog.locator("tbody tr").first.inner_text().split("\t")
    dialog.locator("tbody tr").first.locator("td").first.click()
    dialog.get_by_text(f"All of it › {name}").wait_for()
    page.wait_for_selector(DONE)
    dialog.get_by_text("The rows behind it").click()
    dialog.get_by_text(f"equal tile {entered} = rows {entered}").wait_for()
    dialog.locator("[data-testid=stDataFrame]").wait_for()  # without another click
    page.wait_for_selector(DONE)
    dialog.get_by_role("button", name="Back").click()
    dialog.get_by_text("All of it ›").wait_for(state="detached")


def test_a_point_of_a_line_is_broken_down(opened):
    page = opened("overview?range=28d")
    settled(page, ".st-key-w-trend [data-testid=stVegaLiteChart]")
    box = page.locator(".st-key-w-trend [data-testid=stVegaLiteChart]").bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.get_by_role("dialog").get_by_text(re.compile(r"All of it › \d+ \w+")).wait_for()


def test_a_finger_that_rests_on_a_widget_moves_it_and_a_click_picks_it(opened, door):
    ana = Asker(door.store, door.account("demo"), users.find(door.store, "ana"), door.now())
    made = shelf.add(ana, DASHBOARD, "By finger", Dashboard().added(text="First").added(text="Second"))
    page = opened("trust", 390)
    touch = page.context.new_cdp_session(page)
    touch.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    page.goto(f"{page.url.rsplit('/', 1)[0]}/dashboards?id={made}&arrange=1")
    settled(page, ".grid-stack-item-content:has-text('Second')")
    page.locator(".grid-stack-item-content:has-text('Second')").click()
    page.wait_for_selector("text=Column 1, row 2; 12 of 12 columns wide, 1 row high")
    page.wait_for_selector(DONE)
    box = page.locator(".grid-stack-item-content:has-text('Second')")
    box.scroll_into_view_if_needed()
    where = box.bounding_box()
    x, y = where["x"] + 60, where["y"] + 20

    def finger(kind, *points):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    finger("touchStart", (x, y))
    page.wait_for_selector(".ui-draggable-armed")
    for n in range(1, 9):
        finger("touchMove", (x, y - 8 * n))
    finger("touchEnd")
    page.wait_for_selector("text=Column 1, row 1; 12 of 12 columns wide, 1 row high")
    assert {key: place.y for key, place in shelf.dashboard(ana, made)[1].places.items()} == {"w1": 1, "w2": 0}
