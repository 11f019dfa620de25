"""Alerts: a question of one number, looked at after each refresh for the last day (or hour) that is over; what it says, why, and to whom."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from core.errors import WrongUsage, unknown
from core.metrics import Query, answer
from core.metrics.feeds import today
from core.metrics.numbers import day as day_said
from core.metrics.numbers import number
from core.reports import because, watched
from core.reports.unusual import SENSITIVITIES, WEEKS, expectation, is_unusual
from core.reports.watched import Watched

if TYPE_CHECKING:
    from core.warehouse.snapshots import Snapshot

KINDS = ("above", "below", "unusual")
DIRECTIONS = ("both", "up", "down")
LEAST_N = 30


@dataclass(frozen=True, slots=True)
class Rule:
    """When an alert fires. `value` is the threshold of above and below; the rest is of unusual changes. least_n: counts below it (of a rate: its
    denominator) are not judged. by_hour: each hour by itself, against the same weekday and hour."""

    kind: str
    value: float | None = None
    direction: str = "both"
    sensitivity: str = "normal"
    least_n: int = LEAST_N
    by_hour: bool = False

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Rule:
        """Of plain data. Raises WrongUsage."""
        rule = cls(**{name: value for name, value in document.items() if name in cls.__dataclass_fields__})
        named = (("kind of alert", rule.kind, KINDS), ("direction", rule.direction, DIRECTIONS), ("sensitivity", rule.sensitivity, tuple(SENSITIVITIES)))
        for kind, name, known in named:
            if name not in known:
                raise WrongUsage(unknown(kind, name, list(known)))
        if rule.kind != "unusual" and rule.value is None:
            raise WrongUsage("An alert for above or below needs the value that it looks out for.")
        return rule

    def document(self) -> dict[str, Any]:
        """As plain data."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True, slots=True)
class Finding:
    """What an alert says of one day, or of one hour of it (None: the whole day)."""

    day: date
    hour: int | None
    value: float
    expected: float | None
    low: float | None
    high: float | None
    n: float | None
    because: str = ""

    @property
    def when(self) -> str:
        """`2026-03-01`, or `2026-03-01 14`: what one firing is about."""
        return self.day.isoformat() if self.hour is None else f"{self.day.isoformat()} {self.hour:02d}"


def checked(query: Query, rule: Rule) -> Query:
    """The question as an alert with this rule asks it. Raises WrongUsage that says what is possible."""
    return watched.checked(query, by_hour=rule.by_hour)


def last_day(snapshot: Snapshot) -> date:
    """The last local day that is over."""
    return today(snapshot) - timedelta(days=1)


def findings(snapshot: Snapshot, query: Query, rule: Rule, first: date, last: date, *, explained: bool = True) -> list[Finding]:
    """What the alert would have said on each of these days, with all that the snapshot knows now, in order."""
    what = Watched.of(query)
    series = _series(snapshot, query, what, rule, first - timedelta(weeks=WEEKS), last)
    begins = min((day for day, _ in series), default=last)
    found = []
    for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        for hour in range(24) if rule.by_hour else (None,):
            finding = _judged(series, what, rule, day, hour, begins)
            if finding is not None:
                why = because.said(snapshot, query, day, hour) if explained and finding.expected is not None else ""
                found.append(replace(finding, because=why))
    return found


Series = dict[tuple[date, int | None], tuple[float, float | None]]


def _series(snapshot: Snapshot, query: Query, what: Watched, rule: Rule, first: date, last: date) -> Series:
    """(day, hour) → value and, of a rate, its denominator; times without a fact are not there."""
    by = ("day", "hour") if rule.by_hour else ("day",)
    asked = replace(query, measures=(*query.measures, what.under) if what.under else query.measures, dimensions=by, first=first, last=last)
    rows = answer(snapshot, asked).frame.iter_rows(named=True)
    return {(row["day"], row.get("hour")): (float(row[what.name]), float(row[what.under]) if what.under else None)
            for row in rows if row[what.name] is not None}


def _judged(series: Series, what: Watched, rule: Rule, day: date, hour: int | None, begins: date) -> Finding | None:
    value, n = series.get((day, hour), (what.empty, None))
    if value is None:
        return None
    if rule.kind != "unusual":
        limit = rule.value or 0.0
        fires = value > limit if rule.kind == "above" else value < limit
        if not fires or (n is not None and n < rule.least_n):
            return None
        return Finding(day, hour, value, None, limit if rule.kind == "below" else None, limit if rule.kind == "above" else None, n)
    weeks = [day - timedelta(weeks=back) for back in range(1, WEEKS + 1)]
    before = [series.get((at, hour), (what.empty, None))[0] for at in weeks if at >= begins]
    known = [one for one in before if one is not None]
    expected = expectation(known, sigmas=SENSITIVITIES[rule.sensitivity], n=n, is_count=what.is_count)
    if expected is None:
        return None
    size = max(value, expected.middle) if what.is_count else n
    if (size is not None and size < rule.least_n) or not is_unusual(value, expected, rule.direction):
        return None
    return Finding(day, hour, value, expected.middle, expected.low, expected.high, n)


def said(snapshot: Snapshot, query: Query, finding: Finding) -> str:
    """One finding as a sentence that names the filters."""
    what, unit, money = watched.subject(snapshot, query), Watched.of(query).unit, watched.currency(query)
    when = day_said(finding.day) + ("" if finding.hour is None else f", {finding.hour:02d}:00–{(finding.hour + 1) % 24:02d}:00")
    value, low, high = (number(one or 0.0, unit, money) for one in (finding.value, finding.low, finding.high))
    if finding.expected is None:
        return f"{what} was {value} on {when}, {f'above {high}' if finding.high is not None else f'below {low}'}."
    usual = f"usually {number(finding.expected, unit, money)}, between {low} and {high}"
    return f"{what} was {value} on {when}: {usual} at that time." + (f" {finding.because}" if finding.because else "")


def after_quiet(now: datetime, zone: str, quiet: tuple[int, int] | None) -> datetime:
    """When a mail may leave: now, or the end of the quiet hours (from, to on the account's clock; to may be on the next day)."""
    if quiet is None or quiet[0] == quiet[1]:
        return now
    here = now.astimezone(ZoneInfo(zone))
    start, end = quiet
    is_quiet = start <= here.hour < end if start < end else here.hour >= start or here.hour < end
    if not is_quiet:
        return now
    day = here.date() + timedelta(days=1 if here.hour >= end else 0)
    return datetime.combine(day, time(end), ZoneInfo(zone)).astimezone(now.tzinfo)
