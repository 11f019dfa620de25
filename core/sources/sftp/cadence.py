"""When a connection's files usually come, learned from its history, and which of them are missing."""
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.sources.sftp.fetches import Fetch

WEEKS = 8  # that are looked back
ENOUGH_WEEKS = 3
USUAL = 0.6  # of the weeks
GRACE = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Expected:
    """A file usually comes on this weekday (1 Monday … 7) in this hour, local time: in `seen` of the last `weeks` weeks.

    `due_at` is the newest such hour's end; `missing`: it and two hours more are over, and nothing was imported.
    """

    weekday: int
    hour: int
    seen: int
    weeks: int
    due_at: datetime
    missing: bool

    @property
    def sure(self) -> float:
        """0–1: the share of weeks in which it came."""
        return self.seen / self.weeks


def expected(found: Sequence[Fetch], zone: str, now: datetime) -> list[Expected]:
    """The usual arrivals of one connection, by its imported fetches of the last eight weeks before the newest hour of each kind.

    Nothing is expected of fewer than three weeks, nor of an hour in which files came in less than six of ten weeks.
    """
    local = ZoneInfo(zone)
    arrivals = [fetch.started_at.astimezone(local) for fetch in found if fetch.error is None and fetch.same_as is None and fetch.file is not None]
    learned = [_expected(weekday, hour, arrivals, now.astimezone(local)) for weekday, hour in _slots(arrivals)]
    return sorted((one for one in learned if one is not None), key=lambda one: (one.weekday, one.hour))


def _slots(arrivals: Sequence[datetime]) -> list[tuple[int, int]]:
    """The weekdays and hours at which files came; of neighbouring hours, which are one arrival, the most frequent."""
    counted = Counter((at.isoweekday(), at.hour) for at in {at.replace(minute=0, second=0, microsecond=0) for at in arrivals})
    kept: list[tuple[int, int]] = []
    for (weekday, hour), _ in sorted(counted.items(), key=lambda one: (-one[1], one[0])):
        if not any(weekday == other and abs(hour - at) <= 1 for other, at in kept):
            kept.append((weekday, hour))
    return kept


def _expected(weekday: int, hour: int, arrivals: Sequence[datetime], now: datetime) -> Expected | None:
    newest = _newest(weekday, hour, now)
    weeks = min(WEEKS, max(0, (newest.date() - min(arrivals).date()).days // 7 + (0 if min(arrivals) > newest else 1)))
    earlier = [_in_hour(arrivals, newest - timedelta(weeks=back)) for back in range(1, weeks)]
    if len(earlier) < ENOUGH_WEEKS or sum(earlier) / len(earlier) < USUAL:
        return None
    due_at = newest + timedelta(hours=1)
    return Expected(weekday, hour, sum(earlier), len(earlier), due_at, missing=now >= due_at + GRACE and not _since(arrivals, newest))


def _newest(weekday: int, hour: int, now: datetime) -> datetime:
    """The newest such hour that has begun, as the wall clock has it."""
    day = now - timedelta(days=(now.isoweekday() - weekday) % 7)
    begins = day.replace(hour=hour, minute=0, second=0, microsecond=0)
    return begins if begins <= now else begins - timedelta(weeks=1)


def _in_hour(arrivals: Sequence[datetime], begins: datetime) -> bool:
    """An hour early or late is the same arrival."""
    return any(begins - timedelta(hours=1) <= at < begins + timedelta(hours=2) for at in arrivals)


def _since(arrivals: Sequence[datetime], begins: datetime) -> bool:
    return any(at >= begins - timedelta(hours=1) for at in arrivals)
