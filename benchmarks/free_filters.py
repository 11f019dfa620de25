"""Free filters in a real Chromium: questions of several journeys, of any filters and of attributes, which no rollup holds, in the editor; and one that the
reader cancels."""
import argparse
import sys
import time
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.big_log import LAST, USER
from benchmarks.boards_browser import changes, paint
from benchmarks.browser import CHROMIUM, DONE, opened
from benchmarks.measuring import Claims, median, p95
from benchmarks.served import serving, signed_in

CHOICES = (  # what is asked, under which filters; `J…` are as many journeys, `-1` all but one
    ("measures=profiles_in_journey&dimensions=day&form=line", "J3"), ("measures=profiles_in_journey,goal_performers&dimensions=week&form=line", "J3"),
    ("measures=active_profiles&dimensions=week&form=line", "J5"), ("measures=profiles_in_journey&dimensions=&form=single", "-1"),
    ("measures=profiles_viewing&dimensions=month&form=bar", "J3"), ("measures=messages_sent,view_rate&dimensions=channel&form=table", "J4"),
    ("measures=messages_failed&dimensions=reason&form=bar", "J3"), ("measures=entries&dimensions=weekday,hour&form=heat", "J6"),
    ("measures=messages_viewed&dimensions=hour&form=bar&weekday=6,7", "J3"), ("measures=exits&dimensions=exit_reason&form=bar&hour=8,9,10", "J3"),
    ("measures=profiles_messaged&dimensions=channel&form=bar", "J2"), ("measures=goal_events&dimensions=day&form=line&weekday=1", "J4"),
)  # fmt: skip
BY_ATTRIBUTES = (  # of all journeys where none is named
    "measures=profiles_in_journey&dimensions=day&form=line&attribute.plan=gold",
    "measures=entries,goal_rate&dimensions=week&form=table&attribute.plan=gold,free",
    "measures=profiles_viewing&dimensions=month&form=bar&attribute.region=r1,r2,r3",
    "measures=messages_sent,view_rate&dimensions=channel&form=table&attribute.plan=silver",
    "measures=active_profiles&dimensions=week&form=line&attribute.plan=bronze",
    "measures=goal_value&dimensions=month&form=bar&attribute.plan=gold&attribute.region=r4",
    "measures=messages_failed&dimensions=reason&form=bar&attribute.region=r5,r6",
    "measures=entries&dimensions=weekday,hour&form=heat&attribute.plan=bronze,gold",
    "measures=exits&dimensions=exit_reason&form=bar&attribute.plan=free&journey=journey-00,journey-03",
    "measures=profiles_in_journey&dimensions=journey&form=bar&attribute.region=r7",
    "measures=profiles_in_journey,goal_performers,profiles_viewing&dimensions=&form=single&attribute.plan=gold",
    "measures=goal_events&dimensions=day&form=line&attribute.region=r8", "measures=profiles_in_journey,goal_rate&dimensions=attribute.plan&form=table",
    "measures=messages_sent&dimensions=week,attribute.plan&form=stacked", "measures=entries&dimensions=attribute.region&form=bar&attribute.plan=gold",
)
WARM = "measures=profiles_in_journey&dimensions=day&form=line&journey=journey-00,journey-01"  # what the first reader of a server pays once


def addresses(journeys: list[str], last: date, days: int) -> list[str]:
    """One address a choice; the journeys differ from choice to choice."""
    found = []
    for n, (asked, which) in enumerate(CHOICES):
        several = journeys[1:] if which == "-1" else [journeys[(n + 2 * k) % len(journeys)] for k in range(int(which[1:]))]
        found.append(f"explore?{asked}&basis=entered&compare=none&from={last - timedelta(days=days - 1)}&to={last}&journey={','.join(sorted(set(several)))}")
    return found


def by_attributes(last: date, days: int) -> list[str]:
    """The addresses of the questions filtered by attributes."""
    return [f"explore?{asked}&basis=entered&compare=none&from={last - timedelta(days=days - 1)}&to={last}" for asked in BY_ATTRIBUTES]


def cancelled(page: Page, journeys: list[str], last: date) -> tuple[float, float]:
    """Seconds until a long question says how far it is, and from the click on Cancel until the page is the reader's again."""
    measures = "profiles_in_journey,active_profiles,profiles_messaged,profiles_viewing,goal_performers"
    asked = f"measures={measures}&dimensions=day,attribute.region&form=table"  # by day alone it is answered within the half second before anything is said
    address = f"explore?{asked}&basis=happened&compare=none&from={last - timedelta(days=363)}&to={last}&journey={','.join(journeys[:-1])}"
    began = time.perf_counter()
    page.evaluate("address => { history.pushState(null, '', address); dispatchEvent(new PopStateEvent('popstate', {state: null})) }", address)
    page.locator("[data-stop]").first.wait_for()
    told, began = time.perf_counter() - began, time.perf_counter()
    page.locator("[data-stop]").first.click()
    page.get_by_text("You stopped this question").wait_for()
    page.wait_for_selector(DONE)
    return told, time.perf_counter() - began


def main() -> int:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--data-dir", type=Path, required=True, help="what `big_log --keep` left")
    reader.add_argument("--journeys", type=int, default=12)
    chosen = reader.parse_args()
    claims, journeys = Claims(), [f"journey-{n:02d}" for n in range(chosen.journeys)]
    with serving(chosen.data_dir) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)  # type: ignore[arg-type]
        cookie = signed_in(server, chosen.data_dir, USER)
        with opened(browser, server, cookie) as page:
            paint(page, server, f"explore?{WARM}&from={LAST - timedelta(days=27)}&to={LAST}")
            for days, said in ((90, "90 days"), (365, "a year")):
                for what, asked in (("free filters", addresses(journeys, LAST, days)), ("filters by attributes", by_attributes(LAST, days))):
                    taken = changes(page, asked)
                    each = ", ".join(f"{one:.0f}" for one in taken)
                    print(f"{what} over {said}: median {median(taken):.0f} ms, p95 {p95(taken):.0f} ms; {each}", flush=True)
                    claims.at_most(f"{what} over {said}, p95", p95(taken), 1000, "ms")
            told, freed = cancelled(page, journeys, LAST)
            print(f"a long question says how far it is after {told:.1f} s, and ends {freed:.1f} s after Cancel", flush=True)
            claims.at_most("from Cancel to a page that answers", freed, 1.0, "s")
        browser.close()
    return claims.exit_code()


if __name__ == "__main__":
    sys.exit(main())
