"""Journey map: its table says what its questions say, by keyboard too; a click opens an element; a map learned from events has their numbers."""

import base64
import re
import subprocess
import sys
from pathlib import Path
from random import Random
from time import process_time

import pytest

from benchmarks import road_fines
from core.metrics import Query, answer
from core.ui import map_cards, map_drawing, map_events, words
from core.ui.map_cards import Numbers
from core.ui.map_layout import layered
from tests.pages.test_in_a_browser import DONE, chromium, idle, opened, served_at  # noqa: F401 (fixtures)
from tests.pages.test_widgets_agree import html, tables, widgets

FINES = road_fines.DATA / road_fines.FILE
WHOLE = "journey=cart&from=2025-01-01"


def answers_of(at, door, key):
    widget = next(widget for widget in widgets(at) if widget.key == key)
    return [answer(door.snapshot("demo"), query) for _, query in widget.queries]


@pytest.mark.slow
def test_the_table_of_the_map_is_its_questions(run, door):
    at = run("journey-map", WHOLE)
    assert not at.exception
    at.button(key="vb-map").click().run()
    numbers = Numbers.of(answers_of(at, door, "map"))
    shown = {row[0]: (row[2], row[4], row[5], row[6]) for row in tables(at)["Elements of the journey"]}
    states = ("element_arrived", "element_passed", "element_waiting", "element_ended")
    named = dict(door.snapshot("demo").sql("SELECT element_id, name FROM elements WHERE journey_id = 'cart' ORDER BY version").iter_rows())
    assert shown == {named[key]: tuple(words.count(row[state]) for state in states) for key, row in numbers.rows.items()}


@pytest.mark.slow
def test_elements_are_ranked_by_lost_goal_value(run, door):
    at = run("journey-map", WHOLE)
    rows = [row for row in answers_of(at, door, "drop-off")[0].frame.iter_rows(named=True) if row["stopped"] and row["lost_value"] is not None]
    assert [row[1] for row in tables(at)["Elements by lost goal value"]] == [words.money(row["lost_value"], row["currency"]) for row in rows]


@pytest.mark.slow
def test_two_versions_stand_side_by_side(run, door):
    at = run("journey-map", f"{WHOLE}&older=1&newer=2")
    at.button(key="vb-versions").click().run()
    became = {row[0]: row[1].split(" ")[0] for row in tables(at)["Elements of versions 1 and 2"]}
    assert became["Wait 1 hour"] == "changed"
    assert became["Control group and arms"] == became["Wait a day"] == "added"
    where = [(("journey", ("cart",)), ("journey_version", (version,))) for version in (1, 2)]
    found = [answer(door.snapshot("demo"), Query(("element_arrived",), ("element",), where=filters)) for filters in where]
    first, second = (dict(result.frame.iter_rows()) for result in found)
    (row,) = [row for row in tables(at)["Elements of versions 1 and 2"] if row[0] == "You left something"]
    assert row[2:4] == [words.count(first["mail"]), words.count(second["mail"])]


@pytest.mark.slow
@pytest.mark.parametrize("query", ["arm=no-such", "older=7", "state=gone"])
def test_a_choice_that_is_none_is_named(run, query):
    at = run("journey-map", f"{WHOLE}&{query}")
    assert query.split("=")[1] in html(at)
    assert "Start over" in html(at) or "All arms" in html(at)
    assert not at.exception


@pytest.mark.slow
def test_the_arm_chosen_acts_on_every_number(run):
    at = run("journey-map", f"{WHOLE}&arm=A")
    assert all(dict(query.where)["arm"] == ("A",) for widget in widgets(at) for _, query in widget.queries)


@pytest.mark.slow
def test_a_viewer_sees_no_profile_behind_an_element(run):
    assert "•••" in html(run("journey-map", WHOLE, user="vid"))


@pytest.mark.slow
def test_a_journey_that_the_catalog_does_not_describe_has_a_learned_map(run, door):
    at = run("journey-map", "journey=legacy-survey&from=2025-01-01")
    assert "learned from its events" in html(at)
    numbers = Numbers.of(answers_of(at, door, "map"))
    elements = map_cards.learned(numbers)
    lines, undrawn = map_cards.links(elements, numbers)
    assert {(line.source, line.to): line.runs for line in lines} == {way: n for way, n in numbers.lines.items() if None not in way}
    assert undrawn == 0


@pytest.mark.slow
@pytest.mark.skipif(not FINES.exists(), reason="the road fines file is not here")  # it is too large to ship
def test_every_number_of_the_map_of_road_fines_is_that_of_a_question(tmp_path):
    from core.cli.door import Door

    def command(*said):
        subprocess.run([sys.executable, "-m", "core", "--data-dir", str(tmp_path), *said], check=True, capture_output=True)

    command("account", "add", "fines", "--time-zone", "Europe/Rome", "--package", "scale")
    command("catalog", "put", "--account", "fines", "docs/road-fines-catalog.json")
    command("ingest", "--account", "fines", "--mapping", "docs/road-fines.yaml", str(FINES))
    command("build", "--account", "fines")
    snapshot = Door({"data_dir": str(tmp_path)}).snapshot("fines")
    where = (("journey", ("road-fines",)),)
    nodes, lines, undrawn = map_events.steps(answer(snapshot, Query(("entries",), where=where, answer="event_flow")))
    one = answer(snapshot, Query(("entries", "exits", "messages_sent", "messages_delivered", "goal_events"), where=where)).frame.row(0, named=True)
    named = {"entered": "entries", "sent MAIL": "messages_sent", "delivered MAIL": "messages_delivered", "goal Payment": "goal_events"}
    named["exited exit_point"] = "exits"
    assert {node.id: node.line[0] for node in nodes} == {step: words.count(one[measure]) for step, measure in named.items()}
    # whatever happened, happened after something or was an entry: drawn and undrawn lines lead to everything else
    assert sum(line.runs for line in lines) + undrawn + one["entries"] == sum(one.values())
    snapshot.close()


@pytest.mark.slow
@pytest.mark.browser
def test_the_keyboard_walks_the_map_and_a_click_opens_an_element(opened):  # noqa: F811
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


@pytest.mark.slow
@pytest.mark.browser
def test_search_finds_hover_tells_and_the_map_zooms(opened):  # noqa: F811
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


@pytest.mark.slow
@pytest.mark.browser
def test_two_hundred_elements_are_drawn_in_300_ms(chromium):  # noqa: F811
    random, ids = Random(1), [f"e{n}" for n in range(200)]
    edges = list(dict.fromkeys((ids[n], ids[min(199, n + random.randint(1, 8))]) for n in range(199) for _ in range(2)))
    nodes = [map_drawing.Node(one, "send", "sms", one.title(), ("1", "arrived"), (("Arrived", "1"),), badge="3 waiting") for one in ids]
    links = [map_drawing.Link(a, b, n, str(n), "yes") for n, (a, b) in enumerate(edges)]
    began = process_time()
    plans = [layered(ids, edges, down=down, gap=(46, 22)) for down in (False, True)]
    laid_out_s = process_time() - began
    script = base64.b64encode((Path(map_drawing.__file__).parent / "components/map/map.js").read_bytes()).decode()
    page = chromium.new_page()
    page.set_content("<div id=parent><div class=map></div></div>")
    drawn_ms = min(page.evaluate(DRAW, [script, map_drawing.data(nodes, links, *map(map_drawing.sent, plans), "a map", None)]) for _ in range(3))
    assert page.locator(".node").count() == 200
    assert page.locator("path.e").count() == len([edge for edge in edges if edge[0] != edge[1]])
    page.close()
    assert 1000 * laid_out_s + drawn_ms < 300


DRAW = """async ([script, data]) => {
  const draw = (await import("data:text/javascript;base64," + script)).default, parent = document.getElementById("parent")
  parent.kept = undefined
  const began = performance.now()
  const stop = draw({ data, parentElement: parent, setTriggerValue: () => {} })
  document.body.offsetHeight
  const ms = performance.now() - began
  stop()
  return ms
}"""
ACTIVE = """() => { let one = document.activeElement; while (one && one.shadowRoot) one = one.shadowRoot.activeElement; return one && one.dataset.id }"""
