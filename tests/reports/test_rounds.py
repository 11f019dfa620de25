"""The worker: a real process makes, mails and takes up again what waits, beside its other work."""
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.access import emails, users
from core.reports import asked, requests, rounds
from core.store import outbox, reports
from tests.reports.post import Box, server
from tests.reports.test_making import ENTRIES
from tests.reports.world import build_account

ROOT = Path(__file__).parents[2]


def wait_for(said, state, seconds=60):
    until = time.monotonic() + seconds
    while said() != state:
        assert time.monotonic() < until, said()
        time.sleep(0.2)  # until it is so, or the test fails: the worker is another process


def worker(door, at):
    environment = {**os.environ, "JOURNEYS_SMTP_URL": f"smtp://{at}", "JOURNEYS_MAIL_FROM": "journeys@example.com"}
    command = [sys.executable, "-m", "core", "--data-dir", str(door.settings.data_dir), "worker"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)


@pytest.mark.slow
def test_the_worker_makes_and_mails_what_waits_and_a_killed_one_is_followed_by_another(door):
    build_account(door, now=datetime.now(UTC))
    ana, account, now = users.find(door.store, "ana"), door.account("acme"), door.now()
    emails.keep(door.store, ana, "ana@example.com", by="operator", now=now)
    given = asked.custom(account, door.snapshot("acme"), [ENTRIES])

    def ask():
        return requests.ask(door.store, account, ana, "custom", "Mine", given, recipients=[ana.user_id], now=door.now()).report_id

    box = Box()
    with server(box) as at:
        first = ask()
        one = worker(door, at)
        wait_for(lambda: reports.find(door.store, "acme", first).state, "done")
        wait_for(lambda: [mail.state for mail in outbox.about(door.store, "acme", "report-")], ["sent"])
        one.send_signal(signal.SIGKILL)
        one.wait()
        second = ask()
        with door.store.write() as connection:  # its lease lasts a minute, which a test need not wait for
            from sqlalchemy import delete

            from core.store.tables import leases
            connection.execute(delete(leases))
        other = worker(door, at)
        wait_for(lambda: [mail.state for mail in outbox.about(door.store, "acme", "report-")], ["sent", "sent"])
        other.send_signal(signal.SIGTERM)
        assert other.wait(20) == 0
    assert reports.find(door.store, "acme", second).state == "done"
    assert len({one.id for one in box.mails}) == len(box.mails) == 2


def test_the_moment_of_a_snapshot_is_read_from_its_id():
    assert rounds.as_of("s-20260310-083000-2") == datetime(2026, 3, 10, 8, 30, tzinfo=UTC)
    assert (rounds.as_of(None), rounds.as_of("other")) == (None, None)
