"""An answer as a picture in one of the forms: its rows as the charts need them, texts beside numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

from core.boards.forms import MOST_SERIES
from core.metrics import Result
from core.metrics.rules import is_bucket
from core.ui import figures, ranges, seen, series, tables, theme, words
from core.ui.address import Chosen
from core.ui.charts import Picture
from core.ui.picture_words import alt, label, largest_first, numbers, word
from core.ui.series import OTHER

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

MOST_BARS = 30
HEIGHT = 320
Row = dict[str, Any]


def of(viewer: Viewer, chosen: Chosen, form: str, result: Result, currency: str | None, height: int = HEIGHT) -> Picture:
    """The picture of an answer that its form can draw (core.boards.forms says which)."""
    return DRAWN[form](viewer, chosen, result, currency, height)


def _line(viewer: Viewer, chosen: Chosen, result: Result, currency: str | None, height: int) -> Picture:
    dimensions, found = result.query.dimensions, numbers(result)
    if len(found) == 1 and len(dimensions) == 1 and is_bucket(dimensions[0]):
        made = series.trend(result, found[0].name, chosen, dimensions[0], {}, seen.until(viewer), currency)
        return replace(made, height=height)
    return _over(viewer, chosen, result, currency, height, "lines")


def _area(viewer: Viewer, chosen: Chosen, result: Result, currency: str | None, height: int) -> Picture:
    return _over(viewer, chosen, result, currency, height, "areas")


def _over(viewer: Viewer, chosen: Chosen, result: Result, currency: str | None, height: int, kind: str) -> Picture:
    """Series over a time, every bucket there: without a fact a count is 0, anything else a gap."""
    time, unit = result.query.dimensions[0], str(numbers(result)[0].unit)
    said, colours = _series(viewer, result)
    days = list(ranges.buckets(chosen.days, time)) if is_bucket(time) else sorted(value for value in result.frame[time].unique() if value is not None)
    here = ranges.bucket(chosen.today, time) if is_bucket(time) else None
    there: dict[tuple[Any, str], float] = {}
    places: dict[tuple[Any, str], int | None] = {}  # a mark that several rows make is of none
    for number, row in enumerate(result.frame.iter_rows(named=True)):
        for name, value in _split(result, row, said):
            if value is not None:
                places[row[time], name] = None if (row[time], name) in there else number
                there[row[time], name] = there.get((row[time], name), 0) + float(value)
    measures = {column.label: column.name for column in numbers(result)} if len(result.query.dimensions) < 2 else {}
    missing = 0.0 if unit in series.COUNTED or kind == "areas" else None
    rows = []
    for rank, (name, _) in enumerate(colours):
        for place, day in enumerate(days):
            value = there.get((day, name), missing)
            if here is not None and day > here:
                continue
            spoken = series.bucket_said(day, time, chosen.days) if is_bucket(time) else tables.text(viewer, time, day, "text")
            rows.append({"day": day, "row": places.get((day, name)), "of": measures.get(name), "place": place, "label": spoken, "value": value,
                         "series": name, "rank": rank, "open": day == here,
                         "value_said": words.number(value, unit, currency) + (" so far" if day == here else "")})  # fmt: skip
    return Picture(_frame(rows), kind, (unit, time, tuple(colours), word(result)), height, alt(result, chosen))


def _bar(viewer: Viewer, chosen: Chosen, result: Result, currency: str | None, height: int) -> Picture:
    """Bars of things lie, bars over time stand; of things the first thirty in the question's order."""
    by, found = result.query.dimensions[0], numbers(result)
    unit, is_standing = str(found[0].unit), by in ("day", "week", "month", "hour", "weekday")
    said, colours = _series(viewer, result)
    places: dict[Any, int] = {}
    rows: list[Row] = []
    for number, row in enumerate(result.frame.iter_rows(named=True)):
        place = places.setdefault(row[by], len(places))
        if place >= (MOST_BARS if not is_standing else 400):
            continue
        for name, value in _split(result, row, said):
            before = row.get(f"{found[0].name}_before")
            rows.append({"row": None if name == OTHER else number, "place": place, "label": label(viewer, chosen, by, row[by]),
                         "value": None if value is None else float(value), "series": name,
                         "before": None if before is None else float(before), "value_said": words.number(value, unit, currency),
                         "before_said": words.number(before, unit, currency)})  # fmt: skip
    kind, shown = ("columns", len(places)) if is_standing else ("bars", min(len(places), MOST_BARS))
    each = max(22, 14 * len(colours))
    options = (unit, tuple(colours), word(result), result.query.compare is not None)
    return Picture(_frame(_merged(rows)), kind, options, height if is_standing else max(90, 24 + shown * each), alt(result, chosen))


def _stacked(viewer: Viewer, chosen: Chosen, result: Result, currency: str | None, height: int) -> Picture:
    time, by = result.query.dimensions
    said, _ = _series(viewer, result)
    if is_bucket(time):
        made = series.stacked(result, numbers(result)[0].name, by, chosen, time, said, height) if result.frame.height else None
        if made:
            return made
    made_bars = _bar(viewer, chosen, result, currency, height)
    return Picture(made_bars.frame, f"{made_bars.kind} stacked", made_bars.options, height if made_bars.kind == "columns" else
                   max(90, 24 + 24 * made_bars.frame["place"].n_unique()), made_bars.alt)  # fmt: skip


DRAWN: Mapping[str, Callable[[Viewer, Chosen, Result, str | None, int], Picture]] = {
    "line": _line, "area": _area, "bar": _bar, "stacked": _stacked, "heat": figures.heat, "scatter": figures.scatter,
    "funnel": figures.funnel, "sankey": figures.flows,
}  # fmt: skip


def legend(viewer: Viewer, result: Result, form: str) -> list[tuple[str, str]]:
    """(colour, name) of each series of a picture with more than one."""
    if form not in ("line", "area", "bar", "stacked"):
        return []
    _, colours = _series(viewer, result)
    return [(colour, name) for name, colour in colours] if len(colours) > 1 else []


def _series(viewer: Viewer, result: Result) -> tuple[dict[Any, tuple[str, str]], list[tuple[str, str]]]:
    """Of a second dimension: value → (name, colour), the largest first, at most seven, then “Other”; of several measures each by its name."""
    found = numbers(result)
    if len(result.query.dimensions) < 2:
        accent = theme.SERIES if len(found) > 1 else (theme.LIGHT["accent"],)
        named = {column.name: (column.label, accent[n % len(accent)]) for n, column in enumerate(found)}
        return named, list(named.values())
    by = result.query.dimensions[1]
    there = largest_first(result, by, found[0].name)
    if by == "channel":
        said = series.channels(there)
    else:
        kept = there if len(there) <= MOST_SERIES else there[: MOST_SERIES - 1]
        said = {value: (tables.text(viewer, by, value, "text"), theme.SERIES[n]) for n, value in enumerate(kept)}
        said |= {value: (OTHER, theme.CHANNEL["VOICE"]) for value in there if value not in kept}
    return said, [pair for pair in dict.fromkeys(said.values()) if pair[0] != OTHER or _adds(result)]


def _adds(result: Result) -> bool:
    """Whether what is beyond the seventh series may be gathered: people, rates and durations are left out there, and the table has them."""
    return str(numbers(result)[0].unit) in ("count", "money")


def _split(result: Result, row: Row, said: Mapping[Any, tuple[str, str]]) -> list[tuple[str, Any]]:
    """(series, value) of one row."""
    found = numbers(result)
    if len(result.query.dimensions) < 2:
        return [(column.label, row[column.name]) for column in found]
    name, _ = said[row[result.query.dimensions[1]]]
    return [] if name == OTHER and not _adds(result) else [(name, row[found[0].name])]


def _merged(rows: list[Row]) -> list[Row]:
    """One row a bar: those gathered under “Other” are added."""
    found: dict[tuple[int, str], Row] = {}
    for row in rows:
        known = found.get((row["place"], row["series"]))
        if known is None:
            found[row["place"], row["series"]] = row
        elif row["value"] is not None:
            known["value"] = (known["value"] or 0) + row["value"]
            known["value_said"] = words.count(known["value"])
    return list(found.values())


def _frame(rows: list[Row]) -> pl.DataFrame:
    empty: dict[str, Any] = {"day": pl.Date, "place": pl.Int64, "label": pl.String, "value": pl.Float64, "before": pl.Float64, "series": pl.String}
    return pl.DataFrame(rows, schema_overrides={"value": pl.Float64, "before": pl.Float64}) if rows else pl.DataFrame(schema=empty)
