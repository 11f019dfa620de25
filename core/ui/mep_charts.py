"""The two charts of MEP consumption: the month cumulative with limit, forecast and month before, and twelve months with what is over the limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from core.ui import charts, words
from core.ui.charts import Picture, Spec

Row = dict[str, Any]
NUMBERS = ("used", "before", "mid", "low", "high")


def consumption(days: Sequence[date], used: Mapping[date, int], before: Sequence[int], ahead: Mapping[date, tuple[int, int, int]], limit: int | None,
                names: tuple[str, str], part: date | None) -> Picture:  # fmt: skip
    """The month by day. used: lines so far at each day's end; before: those of the month before, by day of the month; ahead: (expected, at least,
    at most) by day; names: of both months; part: the day that is not over."""
    rows, last = [], max(used, default=None)
    for n, day in enumerate(days):
        mid, low, high = ahead.get(day, (None, None, None))
        then = before[n] if n < len(before) else None
        said = words.count(used[day]) + (" so far" if day == part else "") if day in used else words.MISSING
        expected = f"{words.count(mid)} ({words.count(low)}–{words.count(high)})" if mid is not None else words.MISSING
        rows.append({"day": day, "used": used.get(day), "before": then, "mid": mid, "low": low, "high": high, "last": day == last, "used_said": said,
                     "said": f"{words.WEEKDAYS[day.weekday()]} {words.day(day)}", "before_said": words.count(then), "mid_said": expected})  # fmt: skip
    alt = f"MEP of {names[0]}, cumulative by day" + (f", against {names[1]}" if before else "") + (f", {words.count(limit)} included" if limit else "")
    frame = pl.DataFrame(rows, schema_overrides=dict.fromkeys(NUMBERS, pl.Float64))
    return Picture(frame, "consumption", (limit, names, bool(before), bool(ahead)), 330, alt)


def months(rows: Sequence[tuple[date, int]], limit: int | None, part: date | None) -> Picture:
    """A bar a month; what is over the limit stands out. part: the month that is not over."""
    shown = []
    for month, mep in rows:
        over = max(mep - limit, 0) if limit is not None else 0
        label = f"{words.MONTHS[month.month - 1]} {month:%y}"
        shown.append({"label": label, "place": f"{month}", "within": mep - over, "whole": mep, "over": over, "open": month == part,
                      "mep_said": words.count(mep) + (" so far" if month == part else ""), "over_said": words.count(over)})  # fmt: skip
    alt = f"MEP by month, {len(rows)} months" + (f", against {words.count(limit)} included" if limit is not None else "")
    return Picture(pl.DataFrame(shown), "mep-months", (limit,), 240, alt)


def _limit(c: Mapping[str, str], limit: int | None) -> list[Spec]:
    """The limit as a line with its words; none, no line."""
    if limit is None:
        return []
    y = {"datum": limit, "type": "quantitative"}
    word = {"type": "text", "align": "left", "baseline": "bottom", "dx": 4, "dy": -4, "x": 0, "color": c["bad"], "fontWeight": 500, "aria": False}
    one = {"transform": [{"window": [{"op": "row_number", "as": "row"}]}, {"filter": "datum.row === 1"}]}
    text = {"y": y, "text": {"value": f"{words.count(limit)} included"}}
    return [{**one, "mark": {"type": "rule", "color": c["bad"], "strokeWidth": 1.5, "aria": False}, "encoding": {"y": y}},
            {**one, "mark": {**word, "stroke": c["ground"], "strokeWidth": 4}, "encoding": text},  # clears the ground behind the word
            {**one, "mark": word, "encoding": text}]  # fmt: skip


def _consumption(c: dict[str, str], limit: int | None, names: tuple[str, str], compared: bool, ahead: bool) -> Spec:
    """Frame: day, used, before, mid, low, high, last, and the texts said, used_said, before_said, mid_said."""
    x, y = charts.days_axis("day"), charts.number_axis("used", "count")

    def part(mark: Spec, field: str, only: str, **more: Any) -> Spec:
        return {"mark": {**mark, "aria": False}, "encoding": {"x": x, "y": {**y, "field": field}, **more}, "transform": [{"filter": only}]}

    layers = [part({"type": "line", "color": c["ghost"], "strokeWidth": 1.5}, "before", "isValid(datum.before)")] if compared else []
    if ahead:
        layers.append(part({"type": "area", "opacity": 0.18, "color": c["here"], "line": False}, "low", "isValid(datum.high)", y2={"field": "high"}))
        layers.append(part({"type": "line", "strokeDash": [4, 3], "color": c["here"]}, "mid", "isValid(datum.mid)"))
    layers.append(part({"type": "area", "opacity": 0.1, "line": False}, "used", "isValid(datum.used)"))
    layers.append(part({"type": "line"}, "used", "isValid(datum.used)"))
    ring = {"type": "point", "filled": False, "size": 46, "strokeWidth": 2, "fill": c["ground"], "color": c["here"], "opacity": 1}
    layers.append(part(ring, "used", "datum.last"))
    hover = {"name": "hover", "select": {"type": "point", "fields": ["day"], "nearest": True, "on": "pointermove", "clear": "pointerout"}}
    shown = {"condition": {"param": "hover", "empty": False, "value": 0.5}, "value": 0}
    told = [("said", "Day"), ("used_said", names[0]), ("mid_said", "Forecast"), ("before_said", f"{names[1]}, same day")]
    tooltip = charts.texts(*(pair for pair in told if ahead or pair[0] != "mid_said"))
    rule = {"mark": {"type": "rule", "color": c["ink"], "aria": False}, "encoding": {"x": x, "opacity": shown, "tooltip": tooltip}, "params": [hover]}
    return {"layer": [*layers, *_limit(c, limit), rule]}


def _months(c: dict[str, str], limit: int | None) -> Spec:
    """Frame: label, place, within, whole, over, open, mep_said, over_said."""
    x = {"field": "label", "type": "ordinal", "sort": {"field": "place", "op": "min"}, "title": None, "axis": {"labelAngle": 0, "labelOverlap": "greedy"}}
    tooltip = charts.texts(("label", "Month"), ("mep_said", "MEP"), *([("over_said", "Over the limit")] if limit is not None else []))
    pale = {"condition": {"test": "datum.open", "value": 0.45}, "value": 1}
    bar = {"mark": {"type": "bar", "aria": False}, "encoding": {"x": x, "y": charts.number_axis("within", "count"), "fillOpacity": pale, "tooltip": tooltip}}
    over = {"mark": {"type": "bar", "color": c["bad"], "aria": False}, "transform": [{"filter": "datum.over > 0"}],
            "encoding": {"x": x, "y": charts.number_axis("within", "count"), "y2": {"field": "whole"}, "fillOpacity": pale, "tooltip": tooltip}}  # fmt: skip
    return {"layer": [bar, over, *_limit(c, limit)]}


charts.SPECS["consumption"] = _consumption
charts.SPECS["mep-months"] = _months
