"""Answers by day, week or month as charts and sparklines need them: every bucket there, the unfinished one marked, texts beside numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from core.metrics.result import Result
from core.ui import parts, ranges, theme, words
from core.ui.address import Chosen
from core.ui.charts import Picture

Number = float | None
COUNTED = ("count", "people")
OTHER = "Other"
WIDTH, A_LETTER, MARK_LINES = 600, 7, 4  # px of a chart and of a letter, and how many lines the words of marks may take


@dataclass(frozen=True, slots=True)
class Point:
    """One bucket of a series; `is_open` holds today, `is_ahead` begins after it and has no value."""

    bucket: date
    now: Number
    before_bucket: date | None
    before: Number
    is_open: bool
    is_ahead: bool


def points(result: Result, measure: str, chosen: Chosen, grain: str, only: Mapping[str, Any] | None = None) -> list[Point]:
    """Every bucket of the range, in order. Without a fact a count is 0, money, a rate or a duration is None; nothing is said ahead of today.

    `only` chooses the rows of one value of another dimension.
    """
    frame = result.frame
    for name, value in (only or {}).items():
        frame = frame.filter(pl.col(name).eq_missing(pl.lit(value, dtype=frame.schema[name])))
    names = [name for name in (measure, f"{measure}_before") if name in frame.columns]  # a strip of tiles asks this of one frame for each of them
    rows = dict(zip(frame[grain].to_list(), zip(*(frame[name].to_list() for name in names), strict=True), strict=True))
    unit = next(str(column.unit) for column in result.columns if column.name == measure)
    missing: Number = 0 if unit in COUNTED else None
    before_days = chosen.before
    others = ranges.buckets(before_days, grain) if before_days else []
    here = ranges.bucket(chosen.today, grain)
    found = []
    for n, bucket in enumerate(ranges.buckets(chosen.days, grain)):
        row = dict(zip(names, rows.get(bucket, ()), strict=False))
        now, before = (_number(row.get(name, missing), missing) for name in (measure, f"{measure}_before"))
        other = others[n] if n < len(others) else None
        ahead = bucket > here
        found.append(Point(bucket, None if ahead else now, other, before if other else None, bucket == here, ahead))
    return found


def sparks(found: Sequence[Point]) -> tuple[list[Number], list[Number]]:
    """The whole buckets of a series and of the compared one, for a sparkline."""
    whole = [point for point in found if not point.is_open and not point.is_ahead]
    compared = any(point.before_bucket for point in whole)
    return [point.now for point in whole], [point.before for point in whole] if compared else []


def trend(result: Result, measure: str, chosen: Chosen, grain: str, marks: Mapping[date, str], until: str, currency: str | None = None) -> Picture:
    """One measure over the range against the compared one. `marks`: day → words of what was published; `until`: the as-of's time of day."""
    column = next(column for column in result.columns if column.name == measure)
    unit = str(column.unit)
    found = points(result, measure, chosen, grain)
    marked: dict[date, list[str]] = {}
    for day, said in marks.items():
        if chosen.days[0] <= day <= chosen.days[1]:
            marked.setdefault(ranges.bucket(day, grain), []).append(said)
    places = {bucket: n for n, bucket in enumerate(result.frame[grain])} if len(result.query.dimensions) == 1 else {}
    placed = _mark_places({n: ", ".join(marked[point.bucket]) for n, point in enumerate(found) if point.bucket in marked}, len(found))
    last_whole = max((n for n, point in enumerate(found) if not point.is_open and not point.is_ahead), default=-1)
    last = max((n for n, point in enumerate(found) if point.now is not None), default=-1)
    before, is_unfinished = chosen.before, any(point.is_open for point in found)
    rows = [
        {
            "day": point.bucket, "row": places.get(point.bucket), "now": point.now, "before": point.before, "whole": not point.is_open and not point.is_ahead,
            "open": n >= last_whole >= 0 and is_unfinished and not point.is_ahead, "lone": _lone(found, n), "last": n == last,
            "last_said": f"until {until}" if point.is_open else "",
            "mark": ", ".join(marked.get(point.bucket, ())) or None, "mark_place": placed.get(n), "said": bucket_said(point.bucket, grain, chosen.days),
            "now_said": words.number(point.now, unit, currency) + (" so far" if point.is_open else ""),
            "before_day_said": bucket_said(point.before_bucket, grain, before) if point.before_bucket and before else words.MISSING,
            "before_said": words.number(point.before, unit, currency),
        }
        for n, point in enumerate(found)
    ]  # fmt: skip
    alt = f"{column.label} by {grain}, {words.days(*chosen.days)}" + (f", against {words.days(*before)}" if before else "")
    options = (unit, grain, column.label, before is not None, tuple(sorted(set(placed.values()))))
    kinds = {"row": pl.Int64, "now": pl.Float64, "before": pl.Float64, "mark": pl.String, "mark_place": pl.Int64}
    return Picture(pl.DataFrame(rows, schema_overrides=kinds), "trend", options, 260, alt, keys=keys(chosen))


def _mark_places(marks: Mapping[int, str], buckets: int) -> dict[int, int]:
    """Bucket → the line that its mark's words stand on, so that they do not lie over each other: 0, 1, 2 …; below zero (-1, -2 …) to the left of the mark.

    Reckoned for a chart of middling width: on a phone they may still touch.
    """
    apart, free, found = WIDTH / max(buckets - 1, 1), [0.0] * MARK_LINES, {}
    for n, text in sorted(marks.items()):
        wide = A_LETTER * len(text)
        is_left = n * apart + wide > WIDTH
        start = n * apart - (wide if is_left else 0)
        line = next((line for line, end in enumerate(free) if end <= start), free.index(min(free)))
        free[line] = start + wide
        found[n] = -line - 1 if is_left else line
    return found


def keys(chosen: Chosen) -> tuple[tuple[str, str], ...]:
    """What the lines of a trend are: these days, and those compared with."""
    return (("now", words.days(*chosen.days)), *((("then", words.days(*chosen.before)),) if chosen.before else ()))


def legend(chosen: Chosen) -> str:
    """The same as HTML."""
    return parts.keys(*keys(chosen))


def stacked(result: Result, measure: str, dimension: str, chosen: Chosen, grain: str, say: Mapping[Any, tuple[str, str]], height: int = 300) -> Picture:
    """One additive measure over the range, stacked by a dimension. `say`: value → (name, colour), in the order of the stack, from below."""
    column = next(column for column in result.columns if column.name == measure)
    here = ranges.bucket(chosen.today, grain)
    place = {name: n for n, (name, _) in enumerate(dict.fromkeys(say.values()))}
    totals: dict[tuple[date, str], float] = {}
    places: dict[tuple[date, str], int | None] = {}  # a mark that several rows make is of none
    for n, row in enumerate(result.frame.iter_rows(named=True)):
        key = (row[grain], say[row[dimension]][0])
        places[key] = None if key in totals else n
        totals[key] = totals.get(key, 0) + float(row[measure] or 0)
    for day in (ranges.buckets(chosen.days, grain)[0], ranges.buckets(chosen.days, grain)[-1]):
        totals.setdefault((day, next(iter(place))), 0.0)  # so that the axis spans the range, whatever has data
    height_of: dict[date, float] = {}
    rows = []
    for (day, name), value in sorted(totals.items(), key=lambda item: (item[0][0], place[item[0][1]])):
        low = height_of.get(day, 0.0)
        height_of[day] = low + value
        rows.append({"day": day, "row": places.get((day, name)), "end": ranges.after(day, grain, chosen.days), "low": low, "high": low + value,
                     "series": name, "open": day == here,
                     "said": bucket_said(day, grain, chosen.days), "value_said": words.number(value, str(column.unit))})  # fmt: skip
    label = next((c.label for c in result.columns if c.name == dimension), dimension)
    alt = f"{column.label} by {grain} and {label.lower()}, {words.days(*chosen.days)}"
    series = tuple(dict.fromkeys(say.values()))
    return Picture(pl.DataFrame(rows, schema_overrides={"row": pl.Int64}), "stacked", (str(column.unit), grain, column.label, label, series), height, alt)


def channels(values: Sequence[str | None]) -> dict[str | None, tuple[str, str]]:
    """Each channel with its name and colour: known ones in the house's order, others after them, at most seven, then “Other”."""
    known = [name for name in theme.CHANNEL if name in values]
    others = sorted((name for name in set(values) if name not in known), key=lambda name: (name is None, name or ""))
    named = [*known, *others]
    kept = named if len(named) <= 7 else named[:6]
    said: dict[str | None, tuple[str, str]] = {name: (words.channel(name), theme.channel(name, others.index(name) if name in others else 0)) for name in kept}
    return said | {name: (OTHER, theme.CHANNEL["VOICE"]) for name in named if name not in kept}


def coloured(rows: Sequence[Mapping[str, Any]], channel: Callable[[Mapping[str, Any]], str | None] = lambda row: row["channel"]) -> Callable[[Any], str]:
    """Row → the colour of its channel among those of all these rows."""
    said = channels([channel(row) for row in rows])
    return lambda row: said[channel(row)][1]


def bucket_said(bucket: date, grain: str, days: ranges.Days) -> str:
    """A bucket in words: `Mon 3 Nov 2025`, a week by the days of it that are in the range, `Nov 2025`."""
    if grain == "day":
        return f"{words.WEEKDAYS[bucket.weekday()]} {words.day(bucket)}"
    if grain == "month":
        return words.month(bucket)
    return words.days(max(bucket, days[0]), min(bucket + timedelta(6), days[1]))


def _lone(found: Sequence[Point], n: int) -> bool:
    """A point without neighbours draws no line: it gets a dot."""
    beside = [found[k].now for k in (n - 1, n + 1) if 0 <= k < len(found)]
    return found[n].now is not None and not found[n].is_open and all(value is None for value in beside)


def _number(value: Any, missing: Number) -> Number:
    return missing if value is None else float(value)
