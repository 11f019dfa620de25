"""What the SFTP pages read and write with: the reader's intake, the fetches of a journey in a range, and how each came out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from core.sources.sftp import connections, history
from core.sources.sftp.connections import Connection
from core.sources.sftp.fetches import Fetch
from core.sources.sftp.intake import Intake
from core.sources.sftp.polling import intake_of
from core.ui.address import Chosen

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

OUTCOMES = {"all": "All", "imported": "Imported", "refusals": "With refusals", "errors": "Errors", "repeated": "Seen before"}


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


def of_journey(intake: Intake, journey: str) -> tuple[list[Connection], list[Fetch]]:
    """The journey's connections by name, and all its fetches, newest first."""
    return [one for one in connections.every(intake) if one.journey_id == journey], [one for one in history.newest(intake) if one.journey_id == journey]


def in_range(intake: Intake, found: Sequence[Fetch], chosen: Chosen) -> list[Fetch]:
    """Those of the chosen local days. A range that reaches the last built day is open: what came since the refresh is shown too."""
    first, last = chosen.days
    kept = []
    for fetch in found:
        day = fetch.started_at.astimezone(ZoneInfo(intake.account.zone_at(fetch.started_at))).date()
        if first <= day and (day <= last or last >= chosen.today):
            kept.append(fetch)
    return kept


def chosen_of(found: Sequence[Fetch], connection: str, which: str) -> list[Fetch]:
    """Those of a connection (“all”: of each) with an outcome (“all”: with any)."""
    return [one for one in found if connection in ("all", one.connection) and which in ("all", outcome(one))]
