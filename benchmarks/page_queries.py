"""The questions behind a page, recorded while the page itself runs: what is measured is what readers ask."""
import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qsl

from core.metrics import Query, Result, answer
from core.warehouse.snapshots import Snapshot

ROOT = Path(__file__).resolve().parents[1]
PAGE = "campaign-performance"


def asked(data_dir: Path, user: str, addresses: Sequence[str]) -> dict[str, list[Query]]:
    """By address (its query): the questions that the page puts to the snapshot, each once. Runs best in a process of its own."""
    os.environ["JOURNEYS_DATA_DIR"] = str(data_dir)
    from streamlit.testing.v1 import AppTest
    from streamlit.util import calc_hash

    from core.access import sessions, users
    from core.cli.door import of_the_server
    from core.ui import answers, browser

    door = of_the_server()
    session_id = sessions.redeem(door.store, sessions.ticket(door.store, users.find(door.store, user), now=door.now()), now=door.now())
    heard: list[Query] = []

    def hearing(snapshot: Snapshot, query: Query) -> Result:
        heard.append(query)
        return answer(snapshot, query)

    browser.session_cookie = lambda: session_id  # AppTest has no cookies
    vars(answers)["answer"] = hearing
    found = {}
    for address in addresses:
        heard.clear()
        page = AppTest.from_file(str(ROOT / "core" / "ui" / "shell.py"), default_timeout=300)
        page._page_hash = calc_hash(PAGE)  # switch_page knows files, and pages here go by their address
        for name, value in parse_qsl(address):
            page.query_params[name] = value
        page.run()
        if page.exception:
            raise SystemExit(f"the page failed at {address}: {page.exception[0].message}")
        found[address] = list(dict.fromkeys(heard))
    return found
