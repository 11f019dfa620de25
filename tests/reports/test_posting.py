"""The outbox over a real server: nothing is lost by a restart, nothing is sent twice, and what fails says so in the end."""
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from core.reports import posting
from core.reports.posting import CLAIM, WAITS, deliver
from core.store import outbox
from tests.reports.conftest import NOW
from tests.reports.post import Box, server, settings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def queued(door):
    def put(dedup="a", recipient="ana@example.com", **more):
        with door.store.write() as connection:
            return posting.put(connection, settings("smtp://x"), "acme", dedup=dedup, recipient=recipient, subject="s", text="t", now=NOW, **more)
    return put


def states(door):
    return [(one.state, one.tries) for one in outbox.about(door.store, "acme", "")]


def go(door, at, later=timedelta()):
    return deliver(door.store, settings(f"smtp://{at}"), door.settings.accounts_dir, lambda: NOW + later)


def test_a_mail_that_is_put_twice_is_there_once_and_goes_once(door, queued):
    assert (queued(), queued(), queued("b")) == (True, False, True)
    box = Box()
    with server(box) as at:
        assert (go(door, at), go(door, at)) == (2, 0)
    assert [one.id for one in box.mails] == [one.message_id for one in outbox.about(door.store, "acme", "")]
    assert states(door) == [("sent", 1), ("sent", 1)]


def test_a_file_of_the_account_is_attached_and_one_that_is_gone_is_said(door, queued):
    folder = door.settings.accounts_dir / "acme"
    folder.mkdir(parents=True)
    (folder / "r.csv").write_bytes(b"a\r\n")
    queued("a", files=[("r.csv", "Report.csv")])
    queued("b", files=[("gone.csv", "Gone.csv")])
    box = Box()
    with server(box) as at:
        go(door, at)
    assert [one.files for one in box.mails] == [{"Report.csv": "a\r\n"}]
    assert states(door) == [("sent", 1), ("failed", 1)]


def test_without_a_server_nothing_is_queued_and_what_is_queued_stays(door, queued):
    with door.store.write() as connection:
        assert not posting.put(connection, settings(None), "acme", dedup="n", recipient="x@example.com", subject="s", text="t", now=NOW)
    queued()
    assert deliver(door.store, settings(None), door.settings.accounts_dir, lambda: NOW) == 0
    assert states(door) == [("queued", 0)]


def test_a_try_that_failed_is_made_again_later_and_later_until_it_has_failed_for_good(door, queued):
    queued()
    later = timedelta()
    for n, wait in enumerate(WAITS, 1):
        go(door, "127.0.0.1:1", later)
        assert states(door) == [("queued", n)]
        go(door, "127.0.0.1:1", later + wait - timedelta(seconds=1))
        assert states(door) == [("queued", n)]
        later += wait
    go(door, "127.0.0.1:1", later)
    (mail,) = outbox.about(door.store, "acme", "")
    assert (mail.state, mail.tries, "refused" in mail.error) == ("failed", len(WAITS) + 1, True)


def test_a_server_that_comes_back_gets_the_same_mail_and_a_final_refusal_is_final(door, queued):
    queued("a")
    queued("b", "gone@example.com")
    box = Box(rcpt=["451 later", "550 no such user"])
    with server(box) as at:
        go(door, at)
        assert states(door) == [("queued", 1), ("failed", 1)]
        assert go(door, at, WAITS[0]) == 1
    assert states(door) == [("sent", 2), ("failed", 1)]
    assert [one.id for one in box.mails] == [outbox.about(door.store, "acme", "a")[0].message_id]


def test_a_mail_that_the_server_may_have_is_not_sent_again_unless_somebody_wants_it(door, queued):
    queued()
    box = Box(data=["drop"])
    with server(box) as at:
        go(door, at)
        assert states(door) == [("unclear", 1)]
        assert go(door, at, timedelta(days=1)) == 0
        (mail,) = outbox.about(door.store, "acme", "")
        outbox.again(door.store, "acme", mail.mail_id, now=NOW)
        assert go(door, at) == 1
    assert {one.id for one in box.mails} == {mail.message_id}
    with pytest.raises(outbox.ClaimLost):
        outbox.again(door.store, "acme", mail.mail_id, now=NOW)


KILLED = """
import os, signal, sys
from datetime import UTC, datetime
from pathlib import Path
from core.reports import mail, posting
from core.store import open_store, outbox
from tests.reports.post import settings
where, address, at, folder = sys.argv[1:]
die = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)
if where == "before anything leaves":
    mail.send = die
elif where == "before it is handed over":
    outbox.handed = die
elif where == "when it was handed over":
    outbox.handed = lambda *a, then=outbox.handed, **k: (then(*a, **k), die())
elif where == "when the server has it":
    outbox.sent = die
posting.deliver(open_store(address), settings(f"smtp://{at}"), Path(folder), lambda: datetime(2026, 3, 10, 9, tzinfo=UTC))
"""


@pytest.mark.slow
@pytest.mark.parametrize(("where", "arrives", "ends"), [
    ("before anything leaves", 1, "sent"), ("before it is handed over", 1, "sent"), ("when it was handed over", 0, "unclear"),
    ("when the server has it", 1, "unclear")])
def test_a_worker_killed_at_any_step_loses_nothing_unsaid_and_sends_nothing_twice(door, queued, where, arrives, ends):
    queued()
    box = Box()
    with server(box) as at:
        killed = subprocess.run([sys.executable, "-c", KILLED, where, door.settings.database_url, at, str(door.settings.accounts_dir)], cwd=ROOT, check=False)
        assert killed.returncode == -9
        go(door, at)
        assert [state for state, _ in states(door)] == ["sending"]  # its claim stands still: nobody else may touch it
        go(door, at, CLAIM)
        go(door, at, 2 * CLAIM)
    assert (len(box.mails), states(door)[0][0]) == (arrives, ends)
