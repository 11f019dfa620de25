"""Heat maps of weekday and hour, and the same by hour alone: darker is more."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from core.metrics.result import Result
from core.ui import charts, words
from core.ui.charts import Picture, Spec

HOURS = range(24)


def weekly(result: Result, measure: str, alt: str, height: int = 252) -> Picture:
    """A measure by weekday (down) and hour (across); a cell without a fact is 0."""
    found = {(row["weekday"], row["hour"]): (row[measure], place) for place, row in enumerate(result.frame.iter_rows(named=True))}
    rows = []
    for n, name in enumerate(words.WEEKDAYS, 1):
        for hour in HOURS:
            value, place = found.get((n, hour), (0, None))
            rows.append({"weekday": name, "hour": hour, "row": place, "value": value, "said": f"{name} {clock(hour)}", "value_said": words.count(value)})
    return Picture(pl.DataFrame(rows, schema_overrides={"row": pl.Int64}), "weekly", (_label(result, measure),), height, alt)


def hourly(result: Result, measure: str, alt: str, height: int = 252) -> Picture:
    """The same answer, its weekdays together: bars by hour of the day."""
    found = dict(result.frame.group_by("hour").agg(pl.col(measure).sum()).iter_rows())
    rows = [{"hour": hour, "value": found.get(hour, 0), "said": clock(hour), "value_said": words.count(found.get(hour, 0))} for hour in HOURS]
    return Picture(pl.DataFrame(rows), "hourly", (_label(result, measure),), height, alt)


def busiest(result: Result, measure: str, word: str) -> str:
    """“Darker is more; the busiest hour is Tue 11:00 with 60 calls”; the earliest of several."""
    if result.frame.is_empty():
        return ""
    top = max(result.frame.sort("weekday", "hour").iter_rows(named=True), key=lambda row: row[measure])
    return f"Darker is more; the busiest hour is {words.WEEKDAYS[top['weekday'] - 1]} {clock(top['hour'])} with {words.plural(top[measure], word)}"


def clock(hour: int) -> str:
    """`9:00`"""
    return f"{hour}:00"


def _label(result: Result, measure: str) -> str:
    return next(column.label for column in result.columns if column.name == measure)


def _weekly(c: Mapping[str, str], title: str) -> Spec:
    axis = {"labelExpr": "datum.value % 3 == 0 ? datum.value + ':00' : ''", "labelAngle": 0, "domain": False, "ticks": False, "labelOverlap": False,
            "labelFlush": False}  # fmt: skip
    return charts.clickable({
        "mark": {"type": "rect", "stroke": c["ground"], "strokeWidth": 2},
        "encoding": {
            "x": {"field": "hour", "type": "ordinal", "axis": axis, "title": None},
            "y": {"field": "weekday", "type": "ordinal", "sort": list(words.WEEKDAYS), "title": None,
                  "axis": {"labelAlign": "left", "labelPadding": 34, "minExtent": 34, "maxExtent": 34}},
            "color": {"field": "value", "type": "quantitative", "legend": None, "scale": {"range": [c["paper"], c["accent"]], "zero": True}},
            "tooltip": charts.texts(("said", "Hour"), ("value_said", title)),
        },
    })  # fmt: skip


def _hourly(c: Mapping[str, str], title: str) -> Spec:
    axis = {"labelExpr": "datum.value % 3 == 0 ? datum.value + ':00' : ''", "labelAngle": 0, "labelOverlap": False, "labelFlush": False, "ticks": False}
    return {
        "mark": {"type": "bar", "color": c["accent"]},
        "encoding": {
            "x": {"field": "hour", "type": "ordinal", "axis": axis, "title": None},
            "y": {"field": "value", "type": "quantitative", "title": None, "axis": {"labelExpr": charts.NUMBER}},
            "tooltip": charts.texts(("said", "Hour"), ("value_said", title)),
        },
    }


charts.SPECS["weekly"] = _weekly
charts.SPECS["hourly"] = _hourly
