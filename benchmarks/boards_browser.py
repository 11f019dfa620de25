"""Dashboards and Explore in a real Chromium: the first paint of twelve widgets, a change of a filter, and the editor's preview, as a reader sees them."""
import argparse
import sys
import time
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.big_log import LAST, USER
from benchmarks.boards import WIDGETS, filters, questions, twelve
from benchmarks.browser import CHROMIUM, DONE, opened, timed
from benchmarks.measuring import Claims, median, p95
from benchmarks.served import Server, serving, signed_in

PICTURES = "[data-testid=stVegaLiteChart] canvas, [data-testid=stVegaLiteChart] svg"
# the address, as Back or a link changes it
GOES = timed("address", "history.pushState(null, '', address); dispatchEvent(new PopStateEvent('popstate', {state: null}));")


def paint(page: Page, server: Server, address: str) -> float:
    """Milliseconds until all of the page is there, its charts drawn."""
    began = time.perf_counter()
    page.goto(f"http://127.0.0.1:{server.port}/{address}", wait_until="commit")
    page.wait_for_selector("[class*=st-key-w-]")
    page.wait_for_selector(DONE)
    page.locator(PICTURES).first.wait_for()
    return (time.perf_counter() - began) * 1000


def changes(page: Page, addresses: list[str]) -> list[float]:
    taken = []
    for address in addresses:
        page.wait_for_selector(DONE)
        page.wait_for_timeout(300)  # what the last one still draws is not part of the next
        found = page.evaluate(GOES, address)
        if found is None:
            raise SystemExit(f"nothing ran at {address}")
        if page.locator("[data-testid=stException]").count():
            raise SystemExit(f"the page {address} showed an error")
        taken.append(float(found))
    return taken


def measure(claims: Claims, browser: Browser, server: Server, cookie: str, number: int, journey: str, last: date) -> None:
    """`number` is the dashboard's; the first view warms the server, and asks for another range than what is measured."""
    paints = []
    for back in (40, 0, 1, 2, 3, 4):
        with opened(browser, server, cookie) as page:
            there = last - timedelta(days=back)
            paints.append(paint(page, server, f"dashboards?id={number}&from={there - timedelta(days=27)}&to={there}"))
    with opened(browser, server, cookie) as page:
        paint(page, server, f"dashboards?id={number}")
        filtered = changes(page, [f"dashboards?id={number}&{chosen}" for chosen in filters(last - timedelta(days=10), journey)])
        paint(page, server, f"explore?{questions(last, journey)[0]}")
        previewed = changes(page, [f"explore?{asked}" for asked in questions(last, journey)[1:]])
    for head, taken in ((f"first paint of {WIDGETS} widgets in an empty browser", paints[1:]), ("a filter of the dashboard", filtered),
                        ("the editor's preview", previewed)):
        print(f"{head}: median {median(taken):.0f} ms, p95 {p95(taken):.0f} ms; {len(taken)}, none asked before", flush=True)
    claims.at_most(f"first paint of {WIDGETS} widgets, median", median(paints[1:]), 1500, "ms")
    claims.at_most("a filter of the dashboard, p95", p95(filtered), 600, "ms")
    claims.at_most("the editor's preview, p95", p95(previewed), 300, "ms")


def main() -> int:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--data-dir", type=Path, required=True, help="what `big_log --keep` left")
    reader.add_argument("--account", default="big")
    reader.add_argument("--journey", default="journey-00")
    reader.add_argument("--currency", default="EUR")
    chosen = reader.parse_args()
    claims, number = Claims(), twelve(chosen.data_dir, chosen.account, USER, chosen.currency)
    with serving(chosen.data_dir) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)  # type: ignore[arg-type]
        measure(claims, browser, server, signed_in(server, chosen.data_dir, USER), number, chosen.journey, LAST)
        browser.close()
    return claims.exit_code()


if __name__ == "__main__":
    sys.exit(main())
