"""The journey map in a real browser: by keyboard, by mouse and by search; 200 elements, its picture and its files."""

import re
import struct
from datetime import date

import pytest

from benchmarks.map_drawing import drawn, large
from core.metrics import Query, answer
from core.ui import map_drawing
from tests.pages.accounts import of_events
from tests.pages.browsing import DONE, idle
from tests.pages.test_map_of_events import EVENTS

pytestmark = [pytest.mark.slow, pytest.mark.browser]
WHOLE = "journey=cart&from=2025-01-01"


def test_the_keyboard_walks_the_map_and_a_click_opens_an_element(opened):
    page = opened(f"journey-map?{WHOLE}&version=2")
    there = page.locator(".map").first
    node = there.locator("button[data-id=in]")
    node.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(ACTIVE) == "groups"
    card = there.locator(".card")
    assert re.search(r"Control group and arms\s*Arrived\s*[\d,]+", card.inner_text())
    page.keyboard.press("Escape")
    assert card.count() == 0
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("element=groups"))
    page.wait_for_selector(DONE)
    page.wait_for_selector("h2:has-text('Control group and arms: runs that arrived')")
    page.go_back()
    idle(page)
    assert "element=" not in page.url


def test_search_finds_hover_tells_and_the_map_zooms(opened):
    page = opened(f"journey-map?{WHOLE}&version=2")
    there = page.locator(".map").first
    there.locator(".find").fill("košarica")
    assert there.locator(".node:not(.dim)").evaluate_all("all => all.map(one => one.dataset.id)") == ["viber"]
    there.locator(".find").fill("wait a day")
    there.locator(".find").press("Enter")
    assert page.evaluate(ACTIVE) == "w24"
    there.locator("button[data-id=mail]").hover()
    there.locator(".card dt:has-text('Delivered of sent')").wait_for()
    before = there.locator(".sheet").evaluate("one => one.style.zoom")
    there.locator("[aria-label=Larger]").click()
    assert float(there.locator(".sheet").evaluate("one => one.style.zoom")) > float(before)
    there.locator("[aria-label='Fit to width']").click()
    there.locator(".find").fill("")
    assert page.locator(".map").count() == 3  # the map, and two versions beside each other
    assert page.locator(".node.added").count() > 0


def test_keys_zoom_a_drag_pans_and_opens_nothing_and_a_key_opens_after_it(opened):
    page = opened(f"journey-map?{WHOLE}&version=2")
    there = page.locator(".map").first
    there.locator("button[data-id=in]").focus()
    sizes = [there.locator(".sheet").evaluate("one => Number(one.style.zoom)")]
    for key in ("+", "+", "+", "-", "0"):
        page.keyboard.press(key)
        sizes.append(there.locator(".sheet").evaluate("one => Number(one.style.zoom)"))
    assert sizes[0] < sizes[1] < sizes[2] < sizes[3] > sizes[4] > sizes[5] <= 1
    for _ in range(3):
        page.keyboard.press("+")
    place = there.locator("button[data-id=w1]").bounding_box()
    page.mouse.move(place["x"] + 40, place["y"] + 20)
    page.mouse.down()
    page.mouse.move(place["x"] - 500, place["y"] - 60, steps=9)  # out of the map, and still it is held
    page.mouse.up()
    idle(page)
    assert there.locator(".view").evaluate("one => one.scrollLeft") > 100
    assert "element=" not in page.url
    assert page.evaluate("String(document.getSelection())") == ""
    there.locator("button[data-id=w24]").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("element=w24"))


def test_the_menu_gives_a_picture_of_the_map_and_a_list_of_all_its_files(opened, door):
    page = opened(f"journey-map?{WHOLE}&version=2")
    page.locator(".st-key-m-map button").click()
    page.get_by_role("menuitem", name=re.compile("Image$")).click()
    with page.expect_download() as arrived:
        page.get_by_text("Download PNG").click()
    made = arrived.value.path().read_bytes()
    wide, tall = struct.unpack(">II", made[16:24])
    assert made.startswith(b"\x89PNG") and wide > 1200 and tall > 1000  # the table of its eight rows would be 400 high
    page.keyboard.press("Escape")
    idle(page)
    page.locator(".st-key-m-map button").click()
    page.get_by_role("menuitem", name="All its files").click()
    files = page.get_by_role("dialog").locator("table[class*=ja-table] tbody tr")
    files.first.wait_for()
    assert files.locator("th").all_inner_texts() == [
        "What its table shows", "Messages, by element", "Cost, by element and currency", "Lines", "Ways on from splits and waits for events",
        "Choices in menus", "Lost goal value, by element",
    ]  # fmt: skip
    with page.expect_download() as arrived:
        files.filter(has_text="Lines").get_by_text("CSV").click()
    lines = arrived.value.path().read_text(encoding="utf-8-sig").splitlines()
    where = (("journey", ("cart",)), ("journey_version", (2,)))
    asked = Query(("element_arrived",), first=date(2025, 1, 1), where=where, answer="flow")
    assert len(lines) - 1 == answer(door.snapshot("demo"), asked).frame.height


def test_a_click_on_a_step_of_a_map_of_events_opens_its_days_and_rows(opened, door, tmp_path):
    of_events(door, tmp_path, "clicked", [{**one, "journey_id": "clicked"} for one in EVENTS])
    page = opened("journey-map?journey=clicked&from=2026-01-01", user="clicked")
    page.locator(".map button[data-id='sent SMS']").click()
    page.wait_for_url(re.compile("step=sent"))
    page.wait_for_selector("h2:has-text('SMS sent: messages sent, by')")
    page.wait_for_selector("h2:has-text('SMS sent: messages sent, the rows behind it')")
    assert page.locator("[aria-label='Rows behind SMS sent'] tbody tr").count() == 1


def test_two_hundred_elements_and_their_lines_are_drawn(chromium):
    nodes, links = large(200)
    page = chromium.new_page()
    drawn(page, map_drawing.data(nodes, links, "a map", None))
    assert page.locator(".node").count() == 200
    assert page.locator("path.e").count() == len([link for link in links if link.source != link.to])
    page.close()


ACTIVE = """() => { let one = document.activeElement; while (one && one.shadowRoot) one = one.shadowRoot.activeElement; return one && one.dataset.id }"""
