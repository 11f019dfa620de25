"""The history of an account's time zone: a new zone holds from the next month on, so that built days never change."""
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo, available_timezones

from core.errors import WrongUsage

History = tuple[tuple[datetime | None, str], ...]  # (since, zone), oldest first; the first since is None: since ever


def checked(zone: str) -> str:
    """The zone, if it is one of the IANA list by its full name. Raises WrongUsage."""
    known = {name for name in available_timezones() if name not in ("localtime", "Factory") and not name.startswith(("posix/", "right/"))}
    if zone not in known:
        near = [name for name in known if name.lower().endswith("/" + zone.lower().replace(" ", "_"))] or get_close_matches(zone, known, n=1)
        raise WrongUsage(f"There is no time zone “{zone}”." + (f" Did you mean “{near[0]}”?" if near else " Write a name such as Europe/Zagreb."))
    return zone


def month_begins(zone: str, year: int, month: int) -> datetime:
    """The first instant (UTC) of a month in the zone, also where its first midnight is skipped."""
    first, clock = date(year, month, 1), ZoneInfo(zone)
    before = datetime(year, month, 1, tzinfo=UTC) - timedelta(hours=27)  # no zone is that far ahead, none that far behind
    low, high = 0, 2 * 27 * 3600
    while low < high:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(clock).date() >= first:
            high = middle
        else:
            low = middle + 1
    return before + timedelta(seconds=low)


def moved(history: History, zone: str, now: datetime) -> History:
    """The history after the account moves to the zone: from the next month of the zone in force; a change still pending is replaced."""
    reached = tuple((since, name) for since, name in history if since is None or since <= now)
    in_force = reached[-1][1]
    if zone == in_force:
        return reached
    today = now.astimezone(ZoneInfo(in_force))
    year, month = (today.year + 1, 1) if today.month == 12 else (today.year, today.month + 1)
    return (*reached, (month_begins(in_force, year, month), zone))
