"""Mails at thresholds: to those who ask and may see MEP, each once a month and person."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from core.access import accounts, emails, users
from core.reports import mep_thresholds
from core.reports.posting import deliver
from core.store import mep, outbox
from tests.metrics.world import World, moment
from tests.reports.conftest import NOW
from tests.reports.post import Box, server, settings

SENDER = SimpleNamespace(**vars(settings("smtp://x")), base_url="https://journeys.example.com")


@pytest.fixture
def asked(door):
    """asked(used, included) → how many mails are new, of a snapshot with so many lines in March; ana asks at both thresholds, vid at one."""
    for name, percents in (("ana", (80, 100)), ("vid", (80,)), ("ada", (100,))):
        user = users.find(door.store, name)
        mep.watch(door.store, user.user_id, percents, now=NOW)
        if name != "ada":
            emails.keep(door.store, user, f"{name}@example.com", by="test", now=NOW)
    numbers = iter(range(100))

    def check(used, included, month=3, folder=door.settings.data_dir):
        world = World()
        for profile in range(used):
            world.mep(profile, f"2026-{month:02d}-02")
        place = folder / f"snapshot-{next(numbers)}"
        place.mkdir()
        snapshot = world.snapshot(place)
        snapshot.as_of = moment(f"2026-{month:02d}-09")
        account = accounts.change(door.store, "acme", by="test", now=NOW, included_mep=included)
        try:
            return mep_thresholds.check(door.store, SENDER, account, snapshot, now=NOW)
        finally:
            snapshot.close()

    return check


def queued(door):
    return sorted((one.recipient, one.subject) for one in outbox.about(door.store, "acme", "mep:"))


def test_each_threshold_is_mailed_once_a_month_and_person(door, asked):
    assert [asked(7, 10), asked(8, 10), asked(9, 10), asked(11, 10), asked(12, 10)] == [0, 1, 0, 1, 0]
    assert queued(door) == [("ana@example.com", "acme: 100 % of the included MEP are used"), ("ana@example.com", "acme: 80 % of the included MEP are used")]
    assert asked(8, 10, month=4) == 1


def test_nobody_asks_where_no_limit_is_agreed(door, asked):
    assert (asked(9, None), queued(door)) == (0, [])


def test_a_role_that_does_not_see_mep_any_more_gets_none(door, asked):
    users.change(door.store, "ana", "acme", by="test", now=NOW, role="viewer")
    assert (asked(11, 10), queued(door)) == (0, [])


def test_the_mail_says_what_is_used_of_what_and_as_of_when(door, asked):
    asked(8, 10)
    box = Box()
    with server(box) as at:
        assert deliver(door.store, settings(f"smtp://{at}"), door.settings.accounts_dir, lambda: NOW + timedelta(minutes=1)) == 1
    assert box.mails[0].text.startswith("8 of 10 included MEP are used in Mar 2026 (80.0 %), as of 9 Mar 2026 01:00.")
    assert "https://journeys.example.com/mep" in box.mails[0].text
