"""What the SFTP pages read and write with: the reader's intake, the fetches of a journey in a range, and how each came out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from core.access.accounts import Account
from core.metrics.checks import Check
from core.sources.sftp import connections, fetches, history
from core.sources.sftp.cadence import WEEKS
from core.sources.sftp.connections import Connection
from core.sources.sftp.fetches import Fetch
from core.sources.sftp.intake import Intake
from core.sources.sftp.invariants import invariants
from core.sources.sftp.polling import intake_of
from core.ui import ranges

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

OUTCOMES = {"all": "All", "imported": "Imported", "refusals": "With refusals", "errors": "Errors", "repeated": "Seen before"}
RECENT = timedelta(weeks=WEEKS + 2)  # what a rhythm is learned from, and how far back a broken connection is followed


def of(viewer: Viewer) -> Intake:
    """The intake of the reader's account; its clock stands at the start of the page run. Raises SignedOut."""
    return intake_of(viewer.store, viewer.settings, viewer.account, viewer.folder, lambda: viewer.now)


def outcome(fetch: Fetch) -> str:
    """Which of OUTCOMES the fetch is, “all” apart."""
    if fetch.same_as is not None:
        return "repeated"
    if fetch.failed:
        return "errors"
    return "refusals" if fetch.invalid else "imported"


def feeding(intake: Intake, journey: str) -> list[Connection]:
    """The journey's connections, by name."""
    return [one for one in connections.every(intake) if one.journey_id == journey]


def names(intake: Intake, journey: str) -> list[str]:
    """The connections that feed the journey, or once fetched for it."""
    return sorted({*(one.name for one in feeding(intake, journey)), *fetches.connections_of(intake, journey)})


def recent(intake: Intake, journey: str, now: datetime) -> list[Fetch]:
    """The journey's fetches of the last weeks, newest first, whatever range is looked at."""
    return history.newest(intake, journey_id=journey, since=now - RECENT)


def day_of(account: Account, at: datetime) -> date:
    """The account's local day of a moment."""
    return at.astimezone(ZoneInfo(account.zone_at(at))).date()


def in_range(intake: Intake, journey: str, days: ranges.Days) -> list[Fetch]:
    """The journey's fetches that began on these local days, newest first."""
    first, last = days
    since, until = datetime.combine(first, time(), UTC) - timedelta(days=1), datetime.combine(last, time(), UTC) + timedelta(days=2)
    found = history.newest(intake, journey_id=journey, since=since, until=until)  # no zone is further away than a day
    return [fetch for fetch in found if first <= day_of(intake.account, fetch.started_at) <= last]


def checks_of(viewer: Viewer) -> list[Check]:
    """What must hold between the history of fetches and the log; it reads the log."""
    return [Check(one.name, one.left, one.right) for one in invariants(of(viewer))]


def chosen_of(found: Sequence[Fetch], connection: str, which: str) -> list[Fetch]:
    """Those of a connection (“all”: of each) with an outcome (“all”: with any)."""
    return [one for one in found if connection in ("all", one.connection) and which in ("all", outcome(one))]
