"""When people enter a journey: days of the week, hours of the day, growth, chance, and the campaign day."""
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from core.sources.demo.plan import Rhythm
from core.sources.demo.sheet import HOUR, MINUTE, SECOND, Floats, Ints, draw

ZONE = "Europe/Zagreb"

WEEK = {"trickle": (1.0, 1.02, 1.03, 1.05, 1.12, 0.82, 0.72), "office": (1.2, 1.1, 1.05, 1.0, 0.98, 0.32, 0.08)}
HOURS = {
    "trickle": (3, 2, 1, 1, 1, 2, 5, 9, 12, 14, 15, 15, 16, 14, 13, 14, 16, 18, 21, 24, 25, 20, 12, 6),
    "office": (0, 0, 0, 0, 0, 0, 1, 6, 22, 28, 27, 24, 18, 17, 20, 19, 14, 8, 3, 1, 0, 0, 0, 0),
}
# The campaign brings this much more to the journeys that feel it: on its Friday, and on the three days after.
PEAK = (2.8, 1.9, 1.5, 1.7)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The local days of the demo, the hour each of their hours begins (µs, UTC), and the campaign's day as an index."""

    days: tuple[date, ...]
    hours: Ints
    campaign: int
    end: int  # nothing is known after this moment, µs

    @staticmethod
    def ending(now: datetime, days: int) -> "Calendar":
        """The last `days` local days up to the last full hour: so the same day gives the same history, whatever the minute."""
        last = now.astimezone(ZoneInfo(ZONE)).date()
        dates = tuple(last - timedelta(days=back) for back in reversed(range(days)))
        hours = np.array([_micros(day, hour) for day in dates for hour in range(24)], dtype=np.int64)
        fridays = [n for n, day in enumerate(dates) if day.isoweekday() == 5 and (last - day).days >= 16]
        end = int(now.timestamp()) // 3600 * HOUR
        return Calendar(dates, hours, fridays[-1] if fridays else days // 2, end)

    def at(self, share: float) -> datetime:
        """The local morning that lies this far into the range (0–1; before 0: before it began), UTC."""
        return self.morning(round(share * len(self.days)))

    def morning(self, number: int) -> datetime:
        """Six o'clock local time on the day of this number, the first one being 0."""
        return datetime.fromtimestamp(_micros(self.days[0] + timedelta(days=number), 6) // SECOND, UTC)


def _micros(day: date, hour: int) -> int:
    return int(datetime.combine(day, time(hour), ZoneInfo(ZONE)).timestamp()) * SECOND


def entry_times(rhythm: Rhythm, calendar: Calendar, profiles: int, rng: np.random.Generator) -> Ints:
    """The times (µs) at which runs start, ascending; as many as `profiles` people bring in that many days."""
    days = len(calendar.days)
    if rhythm.how == "peak":
        count = round(rhythm.entries * profiles)
        hours = calendar.campaign * 24 + 8 + draw(rng, (0.75, 0.25), count)
        return np.sort(calendar.hours[hours] + rng.integers(0, 3600, count) * SECOND)
    weights = day_weights(rhythm, calendar, rng)
    count = round(rhythm.entries * profiles * days / 120)
    if not weights.any() or not count:
        return np.empty(0, dtype=np.int64)
    day = draw(rng, weights.tolist(), count)
    if rhythm.how == "weekly":
        return np.sort(calendar.hours[day * 24 + 9] + rng.integers(0, 20, count) * MINUTE)
    hours = day * 24 + draw(rng, HOURS[rhythm.how], count)
    return np.sort(calendar.hours[hours] + rng.integers(0, 3_600_000, count) * 1000)


def day_weights(rhythm: Rhythm, calendar: Calendar, rng: np.random.Generator) -> Floats:
    """How much of a journey's entries each day brings."""
    days = len(calendar.days)
    number = np.arange(days)
    weights = (0.85 + 0.3 * number / days) * rng.lognormal(0.0, 0.07, days)
    weekdays = np.array([day.isoweekday() for day in calendar.days])
    if rhythm.how == "weekly":
        weights *= weekdays == rhythm.weekday
    else:
        weights *= np.array(WEEK[rhythm.how])[weekdays - 1]
    if rhythm.feels_peak:
        for later, factor in enumerate(PEAK):
            weights[calendar.campaign + later: calendar.campaign + later + 1] *= factor
    weights[number < rhythm.starts * days] = 0.0
    weights[number >= rhythm.ends * days] = 0.0
    return weights
