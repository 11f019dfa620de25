"""The ranges a reader can pick, and the buckets in which one is drawn; whole local days, both ends included."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from core.metrics import rules

PRESETS = ("7 days", "28 days", "This month", "90 days", "All")
IDS = {"7d": "7 days", "28d": "28 days", "month": "This month", "90d": "90 days", "all": "All"}  # in an address: a range that moves with the days
DEFAULT = "28 days"  # four whole weeks, so the default comparison is the four before them
COMPARISONS = ("weekdays", "previous", "year", "none")  # the words of Query.compare, and none
Days = tuple[date, date]


def preset(name: str, today: date, begins: date) -> Days:
    """The days of a preset; `begins` is the first day that has data, today the day of the snapshot's as-of."""
    if name == "All":
        return min(begins, today), today
    first = today.replace(day=1) if name == "This month" else today - timedelta(int(name.split()[0]) - 1)
    return first, today


def preset_of(days: Days, today: date, begins: date) -> str | None:
    """The preset that means exactly these days, if any; of two the more usual one."""
    return next((name for name in (DEFAULT, *PRESETS) if preset(name, today, begins) == days), None)


def each_day(days: Days) -> Sequence[date]:
    """Every day of a range, in order."""
    first, last = days
    return [first + timedelta(n) for n in range((last - first).days + 1)]


def grain(days: Days) -> str:
    """What a chart's width can hold: days, weeks or months."""
    return rules.grain((days[1] - days[0]).days + 1)


def bucket(day: date, grain: str) -> date:
    """The day, week (its Monday) or month (its first) that a day is in."""
    return day - timedelta(day.weekday()) if grain == "week" else day.replace(day=1) if grain == "month" else day


def buckets(days: Days, grain: str) -> list[date]:
    """Every bucket of a range, in order, those without data too."""
    return list(dict.fromkeys(bucket(day, grain) for day in each_day(days)))


def after(bucket: date, grain: str, days: Days) -> date:
    """The day after a bucket's last one in the range."""
    following = {"day": bucket + timedelta(1), "week": bucket + timedelta(7), "month": (bucket + timedelta(31)).replace(day=1)}[grain]
    return min(following, days[1] + timedelta(1))
