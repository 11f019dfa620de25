"""Dashboards and Explore over the websocket: the first paint of twelve widgets, a change of a filter, and the editor's preview."""
import argparse
import json
import shutil
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.measuring import Claims, median, p95
from benchmarks.page_rerun import prepare
from benchmarks.served import Server, Tab, serving, signed_in
from core import settings
from core.access import accounts, users
from core.boards import shelf
from core.boards.dashboard import Dashboard
from core.boards.shelf import DASHBOARD, Asker
from core.boards.starts import STARTS
from core.store import open_store

WIDGETS = 12
ASKED = (("messages_sent", "day,channel"), ("profiles_in_journey", "day"), ("profiles_in_journey,goal_performers", "journey"), ("entries", "weekday,hour"),
         ("messages_sent,messages_viewed", "week"), ("goal_rate", "month"), ("exits", "journey,exit_reason"))


def twelve(data_dir: Path, account_id: str, user: str, currency: str) -> int:
    """Keep the dashboard that is measured: what Overview begins with, twelve widgets of nine forms; gives its id."""
    store = open_store(settings.read({"JOURNEYS_DATA_DIR": str(data_dir)}).database_url)
    try:
        account = accounts.change(store, account_id, by="bench", now=datetime.now(UTC), package="scale", advanced_analytics=True)
        asker = Asker(store, account, users.find(store, user), datetime.now(UTC))
        made: Dashboard = STARTS["overview"].make(currency)
        if len(made.items) != WIDGETS:
            raise SystemExit(f"the dashboard has {len(made.items)} widgets, not {WIDGETS}")
        return shelf.add(asker, DASHBOARD, "Measured", made)
    finally:
        store.close()


def filters(last: date, journey: str) -> list[str]:
    """Ways to filter the whole dashboard; each differs from the one before by one filter, and none was asked before."""
    ranges = [f"from={last - timedelta(days=days + back)}&to={last - timedelta(days=back)}" for back in range(4) for days in (27, 55, 89)]
    return [chosen + more for chosen, more in product(ranges, ("", "&channel=SMS", f"&journey={journey}"))]


def questions(last: date, journey: str) -> list[str]:
    """What somebody asks in the editor, one change after the other."""
    asked = []
    for measures, dimensions in ASKED:
        for days in (28, 90, 365):
            common = {"measures": measures, "dimensions": dimensions, "from": str(last - timedelta(days=days - 1)), "to": str(last)}
            asked += [urlencode(common), urlencode({**common, "journey": journey}), urlencode({**common, "basis": "happened"})]
    formula = json.dumps([{"name": "Seen", "text": "messages_viewed / messages_sent", "unit": "rate"}])
    return [*asked, urlencode({"measures": "messages_sent", "dimensions": "channel", "span": "90d", "formulas": formula})]


def painted(server: Server, cookie: str, address: str) -> tuple[float, str]:
    """Milliseconds until a new tab has all of the dashboard, from nothing asked; and the first error that the page showed."""
    began = datetime.now(UTC)
    with Tab(server, cookie, "dashboards", address) as tab:
        return (datetime.now(UTC) - began).total_seconds() * 1000, tab.errors[0] if tab.errors else ""


def changed(server: Server, cookie: str, page: str, addresses: list[str]) -> list[float]:
    with Tab(server, cookie, page, addresses[0]) as tab:
        times = [tab.run(address) for address in addresses[1:]]
        if tab.errors:
            raise SystemExit(f"the page showed an error: {tab.errors[0]}")
    return times


def measure(data_dir: Path, account: str, user: str, journey: str, last: date, currency: str) -> int:
    claims, number = Claims(), twelve(data_dir, account, user, currency)
    with serving(data_dir) as server:
        cookie = signed_in(server, data_dir, user)
        first, problem = painted(server, cookie, "id=1&x=warm")  # imports, specs, the catalog: what the first reader of a server pays once
        print(f"the first page of a new server: {first:.0f} ms", flush=True)
        recent = f"id={number}&from={last - timedelta(days=27)}&to={last}"
        paint, problem = painted(server, cookie, recent)
        if problem:
            raise SystemExit(f"the page showed an error: {problem}")
        print(f"first paint of {WIDGETS} widgets, nothing of them asked before: {paint:.0f} ms", flush=True)
        again = [painted(server, cookie, recent)[0] for _ in range(5)]
        print(f"a new tab on them: median {median(again):.0f} ms", flush=True)
        filtered = changed(server, cookie, "dashboards", [f"id={number}&{chosen}" for chosen in filters(last, journey)])
        print(f"a filter of the dashboard: median {median(filtered):.0f} ms, p95 {p95(filtered):.0f} ms; {len(filtered)} never asked before", flush=True)
        previewed = changed(server, cookie, "explore", questions(last, journey))
        print(f"the editor's preview: median {median(previewed):.0f} ms, p95 {p95(previewed):.0f} ms; {len(previewed)} questions", flush=True)
    claims.at_most(f"first paint of {WIDGETS} widgets", paint, 1500, "ms")
    claims.at_most("a filter of the dashboard, p95", p95(filtered), 600, "ms")
    claims.at_most("the editor's preview, p95", p95(previewed), 300, "ms")
    return claims.exit_code()


def main() -> int:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--profiles", type=int, default=1000, help="of the demo account (default 1,000)")
    reader.add_argument("--data-dir", type=Path, help="a data directory with a built account and a user, instead of a demo")
    reader.add_argument("--account", default="bench")
    reader.add_argument("--user", default="ana")
    reader.add_argument("--journey", default="cart")
    reader.add_argument("--currency", default="EUR")
    reader.add_argument("--last", type=date.fromisoformat, default=datetime.now(UTC).date(), help="the last day looked at")
    chosen = reader.parse_args()
    data_dir = chosen.data_dir or Path(tempfile.mkdtemp(prefix="journeys-bench-"))
    try:
        if not chosen.data_dir:
            prepare(data_dir, chosen.profiles)
        return measure(data_dir, chosen.account, chosen.user, chosen.journey, chosen.last, chosen.currency)
    finally:
        if not chosen.data_dir:
            shutil.rmtree(data_dir)


if __name__ == "__main__":
    sys.exit(main())
