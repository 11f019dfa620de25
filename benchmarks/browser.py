"""The pages in a real Chromium over a big account: first paint, a filter change, ten people at once, memory after 200 views, a file of two million rows."""
import argparse
import random
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.big_log import LAST, USER
from benchmarks.big_world import JOURNEYS
from benchmarks.measuring import Claims, median, p95
from benchmarks.page_rerun import views
from benchmarks.served import Server, Tab, serving, signed_in

CHROMIUM = {"executable_path": "/usr/bin/chromium", "args": ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]}
DONE = "[data-testid=stApp][data-test-script-state=notRunning]"
PRESETS = ("7 days", "This month", "90 days", "28 days")
USERS, THINK_S, CHANGES, VIEWS = 10, 5.0, 12, 200


def timed(given: str, act: str, find: str = "") -> str:
    """A function of the page, so that nothing but the page is timed: what it does with `given`, until the run it caused has ended and was painted.

    Gives milliseconds, or null where nothing ran. `find` comes before the clock starts.
    """
    return f"""{given} => new Promise((done, fail) => {{
    const app = document.querySelector('[data-testid=stApp]');
    {find}
    let hasRun = false;
    const began = performance.now();
    const seen = new MutationObserver(() => {{
        const state = app.getAttribute('data-test-script-state');
        if (state === 'running') hasRun = true;
        else if (hasRun && state === 'notRunning') {{
            seen.disconnect();
            requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)));
        }}
    }});
    seen.observe(app, {{attributes: true, attributeFilter: ['data-test-script-state']}});
    setTimeout(() => hasRun || done(null), 5000);
    {act}
}})"""


CHANGE = timed("name", "wanted.click();", """
    const wanted = [...document.querySelectorAll('.st-key-f-preset button')].find(one => one.textContent.trim() === name);
    if (!wanted) return fail(new Error('no preset ' + name));""")


@contextmanager
def opened(browser: Browser, server: Server, cookie: str) -> Iterator[Page]:
    """A page of a new context, signed in; its own, empty cache."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    name, _, value = cookie.partition("=")
    context.add_cookies([{"name": name, "value": value, "url": f"http://127.0.0.1:{server.port}"}])
    page = context.new_page()
    page.set_default_timeout(60_000)
    try:
        yield page
    finally:
        context.close()


def first_paints(browser: Browser, server: Server, cookie: str, times: int) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds from asking for Overview to its six numbers, and to all of the page, in a browser that has nothing of it; and to its numbers in one
    that was here before."""
    numbers: list[float] = []
    whole: list[float] = []
    again: list[float] = []
    for back in range(times):
        with opened(browser, server, cookie) as page:
            for which, more in ((numbers, 0), (again, times)):
                began = time.perf_counter()
                page.goto(f"http://127.0.0.1:{server.port}/overview?{_range(28, back + more)}", wait_until="commit")
                page.wait_for_selector(".ja-tiles .v")
                which.append((time.perf_counter() - began) * 1000)
                page.wait_for_selector(DONE)
                if which is numbers:
                    whole.append((time.perf_counter() - began) * 1000)
                page.goto("about:blank")
    return numbers, whole, again


def filter_changes(browser: Browser, server: Server, cookie: str, journeys: Sequence[str]) -> list[float]:
    """Milliseconds of each click on a range, on Overview and on Campaign performance; nobody chose it before for this journey."""
    taken = []
    with opened(browser, server, cookie) as page:
        for address in (f"overview?journey={','.join(journeys)}", *(f"campaign-performance?journey={journey}" for journey in journeys)):
            page.goto(f"http://127.0.0.1:{server.port}/{address}&{_range(27, 0)}&compare=previous")
            page.wait_for_selector(".ja-tiles .v")
            page.wait_for_selector(DONE)
            page.wait_for_load_state("networkidle")  # the fonts and chart scripts of the first page
            for preset in PRESETS:
                taken.append(_changed(page, preset))
                if page.locator("[data-testid=stException]").count():
                    raise SystemExit(f"the page {address} showed an error")
    return taken


def _changed(page: Page, preset: str) -> float:
    """Milliseconds of one click; a click that comes while the page settles may be lost, and is made again."""
    for _ in range(3):
        page.wait_for_selector(DONE)
        page.wait_for_timeout(300)
        found = page.evaluate(CHANGE, preset)
        if found is not None:
            return float(found)
    raise SystemExit(f"the range “{preset}” could not be chosen")


def people_at_once(server: Server, cookies: Sequence[str]) -> list[float]:
    """Ten readers over the websocket, each with filters of their own, who think five seconds, give or take, between two changes."""
    def reader(number: int, cookie: str) -> list[float]:
        dice, journey = random.Random(number), JOURNEYS[number]
        asked = [f"journey={journey}&{_range(dice.choice((14, 28, 60, 90)), dice.randrange(90))}&basis={dice.choice(('entered', 'happened'))}"
                 for _ in range(CHANGES + 1)]
        with Tab(server, cookie, "campaign-performance", asked[0]) as tab:
            taken = []
            for address in asked[1:]:
                time.sleep(dice.uniform(0.5, 1.5) * THINK_S)  # the reader thinks: that is what is measured
                taken.append(tab.run(address))
            if tab.errors:
                raise SystemExit(f"the page showed an error: {tab.errors[0]}")
        return taken

    with ThreadPoolExecutor(len(cookies)) as pool:
        return [ms for taken in pool.map(reader, range(len(cookies)), cookies) for ms in taken]


class Peak:
    """The highest resident memory of the server, in MiB, looked at 20 times a second."""

    def __init__(self, server: Server) -> None:
        self.server, self.rest, self.mib, self._stop = server, server.resident_mib(), 0.0, threading.Event()

    def __enter__(self) -> "Peak":
        self._watch = threading.Thread(target=self._look, daemon=True)
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._stop.wait(0.05):
            self.mib = max(self.mib, self.server.resident_mib())


def large_file(browser: Browser, server: Server, cookie: str) -> tuple[int, float, float]:
    """The CSV of all rows behind Entries of all time, as a reader gets it: (its rows, seconds, MiB of the server over rest)."""
    with opened(browser, server, cookie) as page:
        page.goto(f"http://127.0.0.1:{server.port}/overview?from={LAST - timedelta(days=364)}&to={LAST}&compare=none")
        page.wait_for_selector(".ja-tiles .v")
        page.wait_for_selector(DONE)
        page.locator(".st-key-m-six button").click()
        page.get_by_role("menuitem", name="Why this number").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("combobox").click()
        page.get_by_role("option", name="Entries", exact=True).click()
        dialog.get_by_text("behind it").last.click()
        button = dialog.get_by_role("button", name="CSV of all")
        button.wait_for()
        page.wait_for_selector(DONE)
        began = time.perf_counter()
        with Peak(server) as peak:
            button.click()
            with page.expect_download(timeout=180_000) as arrived:
                dialog.get_by_text("Download CSV").click(timeout=180_000)
            path = arrived.value.path()
        taken = time.perf_counter() - began
        with path.open("rb") as file:
            rows = sum(chunk.count(b"\r\n") for chunk in iter(lambda: file.read(1 << 20), b"")) - 1
        return rows, taken, peak.mib - peak.rest


def _range(days: int, back: int) -> str:
    last: date = LAST - timedelta(days=back)
    return f"from={last - timedelta(days=days - 1)}&to={last}"


def main() -> int:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--data-dir", type=Path, required=True, help="what `big_log --keep` left")
    reader.add_argument("--paints", type=int, default=10)
    reader.add_argument("--without-file", action="store_true", help="leave out the file of two million rows")
    chosen = reader.parse_args()
    claims = Claims()
    with serving(chosen.data_dir) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)  # type: ignore[arg-type]
        cookies = [signed_in(server, chosen.data_dir, USER) for _ in range(USERS)]
        first_paints(browser, server, cookies[0], 2)  # the server warms up
        filter_changes(browser, server, cookies[0], JOURNEYS[:1])
        screens(claims, browser, server, cookies, chosen.paints)
        resident = views(server, cookies[0], [f"journey={JOURNEYS[n % 12]}&{_range(28, n)}" for n in range(VIEWS)], VIEWS)
        print(f"server's memory: {resident[0]:.0f} MiB, {resident[-1]:.0f} MiB after {VIEWS} more page views", flush=True)
        claims.at_most(f"memory after {VIEWS} page views", resident[-1], 600, "MiB")
        if not chosen.without_file:
            rows, taken, over = large_file(browser, server, cookies[0])
            print(f"CSV of {rows:,} rows: {taken:.1f} s, {over:.0f} MiB over rest; {server.resident_mib():.0f} MiB afterwards", flush=True)
            claims.at_most("a CSV of two million rows, over rest", over, 200, "MiB")
        browser.close()
    return claims.exit_code()


def screens(claims: Claims, browser: Browser, server: Server, cookies: Sequence[str], paints: int) -> None:
    """What one reader sees, then ten."""
    numbers, whole, again = first_paints(browser, server, cookies[0], paints)
    print(f"Overview: its numbers median {median(numbers):.0f} ms, p95 {p95(numbers):.0f} ms; all of it median {median(whole):.0f} ms; in a browser "
          f"that was here before its numbers median {median(again):.0f} ms", flush=True)
    claims.at_most("first paint of Overview, median", median(numbers), 1500, "ms")
    changes = filter_changes(browser, server, cookies[0], JOURNEYS[1:])
    print(f"{len(changes)} filter changes: median {median(changes):.0f} ms, p95 {p95(changes):.0f} ms", flush=True)
    claims.at_most("a filter change, p95", p95(changes), 400, "ms")
    together = people_at_once(server, cookies)
    print(f"{len(cookies)} readers at once, {THINK_S:.0f} s of thought: median {median(together):.0f} ms, p95 {p95(together):.0f} ms", flush=True)
    claims.at_most(f"{len(cookies)} readers, p95", p95(together), 500, "ms")


if __name__ == "__main__":
    sys.exit(main())
