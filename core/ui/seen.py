"""The snapshot that a page shows, and its as-of on the account's clock."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from core.errors import JourneysError

if TYPE_CHECKING:
    from core.ui.viewer import Viewer
    from core.warehouse.snapshots import Snapshot


def snapshot(viewer: Viewer) -> Snapshot:
    """The page's snapshot. Raises JourneysError where the account was never built (pages ask `states.need_data` before)."""
    found = viewer.snapshot
    if found is None:
        raise JourneysError(f"This account is not built yet: journeys build --account {viewer.account.account_id}.")
    return found


def zone(viewer: Viewer) -> str:
    """The account's zone at the as-of."""
    return viewer.account.zone_at(snapshot(viewer).as_of)


def as_of(viewer: Viewer) -> datetime:
    """Up to when there are data, on the account's clock."""
    return snapshot(viewer).as_of.astimezone(ZoneInfo(zone(viewer)))


def today(viewer: Viewer) -> date:
    """The local day of the as-of: the day that is not over yet."""
    return as_of(viewer).date()


def until(viewer: Viewer) -> str:
    """The as-of's time of day, `14:38`."""
    return f"{as_of(viewer):%H:%M}"
