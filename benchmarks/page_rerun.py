"""Reruns of the page Campaign performance over the websocket: one user, ten at once, and the server's memory after 200 page views."""
import argparse
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import count, islice
from pathlib import Path

from benchmarks.measuring import Claims, median, p95
from benchmarks.served import Server, Tab, journeys, serving, signed_in

PAGE = "campaign-performance"
USERS, VIEWS = 10, 200


def addresses(journey: str, last: date) -> "list[str]":
    """Forty ways to look at the journey: ranges, bases, comparison; each differs from the one before by a filter."""
    ranges = [f"from={last - timedelta(days=days)}&to={last - timedelta(days=back)}" for back in range(5) for days in (29, 44, 59, 89)]
    return [f"journey={journey}&{chosen}&basis={basis}" for chosen in ranges for basis in ("entered", "happened")]


def prepare(data_dir: Path, profiles: int) -> None:
    journeys(data_dir, "account", "add", "bench", "--time-zone", "Europe/Zagreb", "--package", "scale", "--advanced-analytics", "on")
    journeys(data_dir, "demo", "--account", "bench", "--profiles", str(profiles))
    journeys(data_dir, "build", "--account", "bench")
    journeys(data_dir, "terms", "accept", "--account", "bench", "--by", "bench")
    journeys(data_dir, "user", "add", "ana", "--account", "bench", "--role", "admin", said="correct horse battery staple\n")


def one_user(server: Server, cookie: str, asked: list[str], reruns: int) -> list[float]:
    with Tab(server, cookie, PAGE, asked[0]) as tab:
        times = [tab.run(asked[number % len(asked)]) for number in range(1, reruns + 1)]
        if tab.errors:
            raise SystemExit(f"the page showed an error: {tab.errors[0]}")
    return times


def many_users(server: Server, cookies: list[str], asked: list[str], reruns: int) -> list[float]:
    with ThreadPoolExecutor(len(cookies)) as pool:
        shifted = [asked[number * 3:] + asked[:number * 3] for number in range(len(cookies))]
        done = list(pool.map(lambda one: one_user(server, one[0], one[1], reruns), zip(cookies, shifted, strict=True)))
    return [time for times in done for time in times]


def views(server: Server, cookie: str, asked: list[str], number: int) -> list[float]:
    """Each view is a new tab, closed again; gives the server's MiB after each tenth."""
    resident = []
    for view, address in enumerate(islice((asked[n % len(asked)] for n in count()), number), start=1):
        with Tab(server, cookie, PAGE, address):
            pass
        if view % 10 == 0:
            resident.append(server.resident_mib())
    return resident


def main() -> int:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--profiles", type=int, default=1000, help="of the demo account (default 1,000)")
    reader.add_argument("--reruns", type=int, default=40, help="of each user")
    reader.add_argument("--journey", default="cart")
    reader.add_argument("--data-dir", type=Path, help="a data directory with a built account and the user ana, instead of a demo")
    reader.add_argument("--last", type=date.fromisoformat, default=datetime.now(UTC).date(), help="the last day looked at")
    chosen = reader.parse_args()
    data_dir = chosen.data_dir or Path(tempfile.mkdtemp(prefix="journeys-bench-"))
    try:
        if not chosen.data_dir:
            prepare(data_dir, chosen.profiles)
        return measure(data_dir, addresses(chosen.journey, chosen.last), chosen.reruns)
    finally:
        if not chosen.data_dir:
            shutil.rmtree(data_dir)


def measure(data_dir: Path, asked: list[str], reruns: int) -> int:
    claims = Claims()
    with serving(data_dir) as server:
        cookies = [signed_in(server, data_dir, "ana") for _ in range(USERS)]
        one_user(server, cookies[0], asked[-6:], 5)  # imports, specs, buffers
        alone = one_user(server, cookies[0], asked[:-6], min(reruns, len(asked) - 7))
        print(f"one user: median {median(alone):.0f} ms, p95 {p95(alone):.0f} ms; {len(alone)} reruns, each with filters that nobody chose before", flush=True)
        again = one_user(server, cookies[0], asked, reruns)
        print(f"one user: median {median(again):.0f} ms, p95 {p95(again):.0f} ms; the same filters again, answered from memory", flush=True)
        together = many_users(server, cookies, asked, reruns)
        print(f"{USERS} users at once, no pause: median {median(together):.0f} ms, p95 {p95(together):.0f} ms", flush=True)
        resident = views(server, cookies[0], asked, VIEWS)
        print(f"server's memory: {resident[0]:.0f} MiB after 10 page views, {resident[-1]:.0f} MiB after {VIEWS}", flush=True)
    claims.at_most("one user, median, new filters", median(alone), 100, "ms")
    claims.at_most("one user, median, again", median(again), 100, "ms")
    claims.at_most("10 users, p95", p95(together), 500, "ms")
    claims.at_most(f"memory after {VIEWS} page views", resident[-1], 600, "MiB")
    return claims.exit_code()


if __name__ == "__main__":
    sys.exit(main())
