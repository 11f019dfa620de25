"""Ranges as they are saved: “the last 30 days” stays relative and moves with the data, two dates stay what they are."""
import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from core.errors import WrongUsage, unknown
from core.metrics.dimensions import day
from core.metrics.numbers import days

Days = tuple[date | None, date | None]

LABELS: Mapping[str, str] = {
    "7d": "Last 7 days", "28d": "Last 28 days", "30d": "Last 30 days", "90d": "Last 90 days", "365d": "Last 365 days",
    "month": "This month so far", "last_month": "Last month", "year": "This year so far",
    "1m": "This month, whole",
    "3m": "3 whole months, this one included", "6m": "6 whole months, this one included", "12m": "12 whole months, this one included",
    "all": "All there is",
}
_COUNTED = re.compile(r"([1-9][0-9]{0,3})([dm])")
_BETWEEN = re.compile(r"([0-9-]{10})\.\.([0-9-]{10})")
MOST_MONTHS = 120


@dataclass(frozen=True, slots=True)
class Span:
    """`text` is its whole meaning: a key of LABELS, another number of days or months (“45d”, “2m”), or “2026-03-01..2026-03-31”."""

    text: str

    @classmethod
    def of(cls, text: str) -> "Span":
        """The span of a text. Raises WrongUsage that names what is possible."""
        between = _BETWEEN.fullmatch(text)
        if between:
            try:
                first, last = (day(part) for part in between.groups())
            except ValueError as problem:
                raise WrongUsage(f"The range “{text}” cannot be: {problem}") from None
            if first > last:
                raise WrongUsage(f"The range ends before it starts: from {first} to {last}.")
            return cls(text)
        counted = _COUNTED.fullmatch(text)
        if text not in LABELS and not (counted and (counted[2] == "d" or int(counted[1]) <= MOST_MONTHS)):
            raise WrongUsage(unknown("range", text, LABELS))
        return cls(text)

    @classmethod
    def between(cls, first: date, last: date) -> "Span":
        """Two days that stay."""
        return cls(f"{first}..{last}")

    @property
    def is_relative(self) -> bool:
        return ".." not in self.text

    @property
    def label(self) -> str:
        """How people read it."""
        if not self.is_relative:
            first, last = self.days(date.min)
            return days(first, last) if first and last else self.text
        n = self.text[:-1]
        return LABELS.get(self.text) or (f"Last {n} days" if self.text.endswith("d") else f"{n} whole months, this one included")

    def days(self, today: date) -> Days:
        """The local days it means on the day of the data's as-of, both included; None is open."""
        if not self.is_relative:
            first, _, last = self.text.partition("..")
            return date.fromisoformat(first), date.fromisoformat(last)
        if self.text == "all":
            return None, None
        if self.text == "month":
            return today.replace(day=1), today
        if self.text == "year":
            return today.replace(month=1, day=1), today
        if self.text == "last_month":
            before = today.replace(day=1) - timedelta(1)
            return before.replace(day=1), before
        n = int(self.text[:-1])
        if self.text.endswith("d"):
            return today - timedelta(n - 1), today
        year, month = divmod(today.year * 12 + today.month - n, 12)
        return date(year, month + 1, 1), today.replace(day=monthrange(today.year, today.month)[1])


def meaning(first: date | None, last: date | None, today: date) -> Span:
    """The relative span that means exactly these days today, else the two days; an open end is open on both sides."""
    if first is None or last is None:
        return Span("all")
    return next((Span(text) for text in LABELS if Span(text).days(today) == (first, last)), Span.between(first, last))
