"""Alerts: a question of one measure, looked at after each refresh for the last day (or hour) that is over; what it says, why, and to whom."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from core.errors import WrongUsage, unknown
from core.metrics import DIMENSIONS, MEASURES, Query, answer
from core.metrics.feeds import today
from core.metrics.rules import settled
from core.metrics.units import Unit
from core.reports.unusual import SENSITIVITIES, WEEKS, expectation, is_unusual

if TYPE_CHECKING:
    from core.warehouse.snapshots import Snapshot

KINDS = ("above", "below", "unusual")
DIRECTIONS = ("both", "up", "down")
LOOKED_FOR = ("journey", "channel", "element", "reason", "exit_reason")  # what may explain a change
LEAST_N = 30
FEWEST_SHARE = 0.25  # of the change, before one group is named as what explains it


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
    """The question as an alert asks it: one measure, on the day it happened, without splits. Raises WrongUsage that says what is possible."""
    if len(query.measures) != 1 or query.formulas:
        raise WrongUsage("An alert looks at one measure.")
    query = settled(replace(query, dimensions=(), first=None, last=None, basis="happened", compare=None, order=None, limit=None, answer=None))
    if rule.by_hour and "hour" not in MEASURES[query.measures[0]].splits:
        raise WrongUsage(f"{MEASURES[query.measures[0]].label} is not known by the hour: look at it by the day.")
    if query.measures[0] == "mep":
        raise WrongUsage("MEP has thresholds of its own: on the page MEP consumption.")
    return query


def last_day(snapshot: Snapshot) -> date:
    """The last local day that is over."""
    return today(snapshot) - timedelta(days=1)


def findings(snapshot: Snapshot, query: Query, rule: Rule, first: date, last: date, *, explained: bool = True) -> list[Finding]:
    """What the alert would have said on each of these days, with all that the snapshot knows now, in order."""
    measure = MEASURES[query.measures[0]]
    series = _series(snapshot, query, rule, first - timedelta(weeks=WEEKS), last)
    begins = min((day for day, _ in series), default=last)
    found = []
    for day in (first + timedelta(days=n) for n in range((last - first).days + 1)):
        for hour in range(24) if rule.by_hour else (None,):
            finding = _judged(series, rule, day, hour, begins, is_rate=measure.unit is Unit.RATE, is_money=measure.is_money)
            if finding is not None:
                found.append(replace(finding, because=_because(snapshot, query, finding)) if explained else finding)
    return found


Series = dict[tuple[date, int | None], tuple[float, float | None]]


def _series(snapshot: Snapshot, query: Query, rule: Rule, first: date, last: date) -> Series:
    """(day, hour) → value and, of a rate, its denominator; times without a fact are not there."""
    measure = MEASURES[query.measures[0]]
    under = measure.parts[1] if measure.unit is Unit.RATE else None
    by = ("day", "hour") if rule.by_hour else ("day",)
    asked = replace(query, measures=(measure.name, under) if under else (measure.name,), dimensions=by, first=first, last=last)
    rows = answer(snapshot, asked).frame.iter_rows(named=True)
    return {(row["day"], row.get("hour")): (float(row[measure.name]), float(row[under]) if under else None) for row in rows if row[measure.name] is not None}


def _judged(series: Series, rule: Rule, day: date, hour: int | None, begins: date, *, is_rate: bool, is_money: bool) -> Finding | None:
    value, n = series.get((day, hour), (None, None) if is_rate else (0.0, None))
    if value is None:
        return None
    if rule.kind != "unusual":
        limit = rule.value or 0.0
        fires = value > limit if rule.kind == "above" else value < limit
        if not fires or (n is not None and n < rule.least_n):
            return None
        return Finding(day, hour, value, None, limit if rule.kind == "below" else None, limit if rule.kind == "above" else None, n)
    weeks = [day - timedelta(weeks=back) for back in range(1, WEEKS + 1)]
    before = [series.get((at, hour), (None, None) if is_rate else (0.0, None))[0] for at in weeks if at >= begins]
    known = [one for one in before if one is not None]
    expected = expectation(known, sigmas=SENSITIVITIES[rule.sensitivity], n=n if is_rate else None)
    if expected is None:
        return None
    size = rule.least_n if is_money else (n or 0.0) if is_rate else max(value, expected.middle)  # money is no count: it has no least
    if size < rule.least_n or not is_unusual(value, expected, rule.direction):
        return None
    return Finding(day, hour, value, expected.middle, expected.low, expected.high, n)


def _because(snapshot: Snapshot, query: Query, finding: Finding) -> str:
    """The group, of a journey, a channel, an element or a reason, that explains most of the change; empty: none explains a good part of it."""
    if finding.expected is None:
        return ""
    measure = MEASURES[query.measures[0]]
    counted = measure.parts[0] if measure.unit is Unit.RATE else measure.name
    fixed = {name for name, values in query.where if len(values) == 1}
    best: tuple[float, str] = (0.0, "")
    for name in LOOKED_FOR:
        if name in fixed or name not in MEASURES[counted].splits or (DIMENSIONS[name].needs_journey and "journey" not in fixed):
            continue
        best = max(best, _most_of(snapshot, replace(query, measures=(counted,)), finding, name), key=lambda one: one[0])
    return best[1] if best[0] >= FEWEST_SHARE else ""


def _most_of(snapshot: Snapshot, query: Query, finding: Finding, name: str) -> tuple[float, str]:
    """(share of the change, sentence) of the value of this dimension that changed most."""
    days = [finding.day - timedelta(weeks=back) for back in range(WEEKS + 1)]
    by = (name, "day", "hour") if finding.hour is not None else (name, "day")
    frame = answer(snapshot, replace(query, dimensions=by, first=days[-1], last=days[0]))
    found: dict[Any, dict[date, float]] = {}
    for row in frame.frame.iter_rows(named=True):
        if row["day"] in days and row.get("hour") == finding.hour and row[query.measures[0]] is not None:
            found.setdefault(row[name], {})[row["day"]] = float(row[query.measures[0]])
    moves = {value: (numbers.get(finding.day, 0.0), median([numbers.get(day, 0.0) for day in days[1:]])) for value, numbers in found.items()}
    whole = sum(abs(now - usual) for now, usual in moves.values())
    if not whole:
        return 0.0, ""
    value, (now, usual) = max(moves.items(), key=lambda item: abs(item[1][0] - item[1][1]))
    share = abs(now - usual) / whole
    said = frame.journeys.get(value, value) if name == "journey" else value
    return share, f"{DIMENSIONS[name].label} {said if said is not None else '–'} explains {share:.0%} of it: {now:,.0f}, usually {usual:,.0f}."


def said(query: Query, finding: Finding) -> str:
    """One finding as a sentence."""
    measure = MEASURES[query.measures[0]]
    when = finding.day.isoformat() if finding.hour is None else f"{finding.day.isoformat()}, {finding.hour:02d}:00–{(finding.hour + 1) % 24:02d}:00"
    value = number(measure.unit, finding.value)
    if finding.expected is None:
        beyond = f"above {number(measure.unit, finding.high or 0.0)}" if finding.high is not None else f"below {number(measure.unit, finding.low or 0.0)}"
        return f"{measure.label} was {value} on {when}, {beyond}."
    low, high = (number(measure.unit, bound or 0.0) for bound in (finding.low, finding.high))
    usual = f"usually {number(measure.unit, finding.expected)}, between {low} and {high}"
    return f"{measure.label} was {value} on {when}: {usual} at that time." + (f" {finding.because}" if finding.because else "")


def number(unit: Unit, value: float) -> str:
    """A number of an alert as text."""
    return f"{value:.1%}" if unit is Unit.RATE else f"{value:,.2f}" if unit is Unit.MONEY else f"{value:,.0f}"


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
