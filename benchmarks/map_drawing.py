"""A journey map of 200 elements: laid out in Python and drawn in a real Chromium, each from nothing."""
import base64
import sys
from pathlib import Path
from random import Random
from time import process_time
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks.browser import CHROMIUM
from benchmarks.measuring import Claims
from core.ui import map_drawing
from core.ui.map_lines import Link

ELEMENTS, REPEATS, MOST_MS = 200, 5, 300
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


def large(elements: int) -> tuple[list[map_drawing.Node], list[Link]]:
    """A map of so many elements, each with one or two ways on to one of the next eight."""
    random, ids = Random(1), [f"e{n}" for n in range(elements)]
    edges = list(dict.fromkeys((ids[n], ids[min(elements - 1, n + random.randint(1, 8))]) for n in range(elements - 1) for _ in range(2)))
    nodes = [map_drawing.Node(one, "send", "sms", one.title(), ("1", "arrived"), (("Arrived", "1"),), badge="3 waiting") for one in ids]
    return nodes, [Link(a, b, n, str(n), "yes") for n, (a, b) in enumerate(edges)]


def drawn(page: Page, given: dict[str, Any]) -> float:
    """Milliseconds until the map stands in the page."""
    script = base64.b64encode((Path(map_drawing.__file__).parent / "components/map/map.js").read_bytes()).decode()
    page.set_content("<div id=parent><div class=map></div></div>")
    return float(page.evaluate(DRAW, [script, given]))


def main() -> int:
    claims, (nodes, links) = Claims(), large(ELEMENTS)
    map_drawing._laid_out.clear()
    began = process_time()
    given = map_drawing.data(nodes, links, "a map", None)
    laid_out_ms = (process_time() - began) * 1000
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)  # type: ignore[arg-type]
        page = browser.new_page()
        drawn_ms = min(drawn(page, given) for _ in range(REPEATS))
        claims.equal("elements drawn", page.locator(".node").count(), ELEMENTS)
        browser.close()
    print(f"{ELEMENTS} elements: laid out {laid_out_ms:.0f} ms of processor, drawn {drawn_ms:.0f} ms")
    claims.at_most("both", laid_out_ms + drawn_ms, MOST_MS, "ms")
    return claims.exit_code()


if __name__ == "__main__":
    sys.exit(main())
