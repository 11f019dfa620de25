"""An answer as a picture in one of the forms: its rows as the charts need them, texts beside numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from core.boards.forms import MOST_SERIES
from core.boards.visualization import titled
from core.metrics import Result
from core.metrics.result import Column
from core.metrics.rules import is_bucket
from core.ui import hits, ranges, sankey, seen, series, tables, theme, words
from core.ui.address import Chosen
from core.ui.charts import Picture
from core.ui.series import OTHER

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

MOST_BARS, MOST_CELLS, MOST_POINTS, MOST_STOPS, LABELLED = 30, 60, 500, 8, 14
HEIGHT = 320
Row = dict[str, Any]


def numbers(result: Result) -> list[Column]:
    """The columns of numbers, those of the compared period apart."""
    return [column for column in result.columns if column.unit != "text" and not column.name.endswith("_before")]


def of(viewer: Viewer, chosen: Chosen, form: str, result: Result, currency: str | None, height: int = HEIGHT) -> Picture:
    """The picture of an answer that its form can draw (core.boards.forms says which)."""
    return DRAWN[form](viewer, chosen, result, currency, height)


def _line(viewer: Viewer, chosen: Chosen, result: Result, currency: str | None, height: int) -> Picture:
    dimensions, found = result.query.dimensions, numbers(result)
    if len(found) == 1 and len(dimensions) == 1 and is_bucket(dimensions[0]):
        made = series.trend(result, found[0].name, chosen, dimensions[0], {}, seen.until(viewer), currency)
        return Picture(made.frame, made.kind, made.options, height, made.alt)
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
    return Picture(_frame(rows), kind, (unit, time, tuple(colours), _word(result)), height, _alt(result, chosen))


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
            rows.append({"row": None if name == OTHER else number, "place": place, "label": _label(viewer, chosen, by, row[by]),
                         "value": None if value is None else float(value), "series": name,
                         "before": None if before is None else float(before), "value_said": words.number(value, unit, currency),
                         "before_said": words.number(before, unit, currency)})  # fmt: skip
    kind, shown = ("columns", len(places)) if is_standing else ("bars", min(len(places), MOST_BARS))
    each = max(22, 14 * len(colours))
    options = (unit, tuple(colours), _word(result), result.query.compare is not None)
    return Picture(_frame(_merged(rows)), kind, options, height if is_standing else max(90, 24 + shown * each), _alt(result, chosen))


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


def _heat(viewer: Viewer, chosen: Chosen, result: Result, currency: str | None, height: int) -> Picture:
    """One measure by two dimensions: the longer one goes across."""
    one, other = sorted(result.query.dimensions, key=lambda name: result.frame[name].n_unique())
    column = numbers(result)[0]
    rows: list[Row] = []
    across, down = (_values(result, name) for name in (other, one))
    for number, row in enumerate(result.frame.iter_rows(named=True)):
        rows.append({"row": number, "x": across.index(row[other]), "y": down.index(row[one]), "across": _label(viewer, chosen, other, row[other]),
                     "down": _label(viewer, chosen, one, row[one]), "value": None if row[column.name] is None else float(row[column.name]),
                     "value_said": words.number(row[column.name], str(column.unit), currency)})  # fmt: skip
    labels = [next(c.label for c in result.columns if c.name == name) for name in (other, one)]
    kept = [row for row in rows if int(row["y"]) < MOST_CELLS and int(row["x"]) < 400]
    tall = max(90, 40 + 26 * min(len(down), MOST_CELLS))
    return Picture(pl.DataFrame(kept, schema_overrides={"value": pl.Float64}), "heat", (str(column.unit), column.label, *labels), tall, _alt(result, chosen))


def _scatter(viewer: Viewer, chosen: Chosen, result: Result, currency: str | None, height: int) -> Picture:
    by, found = result.query.dimensions[0], numbers(result)
    rows = []
    for number, row in enumerate(result.frame.head(MOST_POINTS).iter_rows(named=True)):
        said = {f"{axis}_said": words.number(row[column.name], str(column.unit), currency) for axis, column in zip("xyz", found, strict=False)}
        spots = {axis: None if row[column.name] is None else float(row[column.name]) for axis, column in zip("xyz", found, strict=False)}
        rows.append({"row": number, "label": _label(viewer, chosen, by, row[by]), **spots, **said})
    labels = tuple(column.label for column in found)
    units = tuple(str(column.unit) for column in found)
    types = dict.fromkeys("xyz"[: len(found)], pl.Float64)
    return Picture(pl.DataFrame(rows, schema_overrides=types), "scatter", (labels, units, _word(result), len(rows) <= LABELLED), height, _alt(result, chosen))


def _funnel(viewer: Viewer, chosen: Chosen, result: Result, currency: str | None, height: int) -> Picture:
    """Each count as a share of the first, and of the one before it."""
    row = result.frame.row(0, named=True)
    top = before = None
    rows: list[Row] = []
    for place, column in enumerate(numbers(result)):
        value = row[column.name]
        of_top = value / top if top and value is not None else None
        of_last = value / before if before and value is not None else None
        share = "" if of_top is None else f"{words.rate(of_top)} of the first" + (f" · {words.rate(of_last)} of the one before" if place > 1 else "")
        rows.append({"of": column.name, "place": place, "label": column.label, "value": float(value or 0),
                     "value_said": words.number(value, str(column.unit)), "share": share})  # fmt: skip
        top, before = (value if top is None else top), value
    return Picture(pl.DataFrame(rows), "funnel", (), 30 + 54 * len(rows), _alt(result, chosen))


def _sankey(viewer: Viewer, chosen: Chosen, result: Result, currency: str | None, height: int) -> Picture:
    """How much goes from each value of the first dimension to each of the second; what is beyond the eighth of a side is one."""
    column, stops = numbers(result)[0], _ends(viewer, chosen, result)
    one, other = result.query.dimensions
    amounts: dict[tuple[str, str], float] = {}
    for row in result.frame.iter_rows(named=True):
        key = stops[0][row[one]], stops[1][row[other]]
        amounts[key] = amounts.get(key, 0) + float(row[column.name] or 0)
    names = [list(dict.fromkeys(side.values())) for side in stops]
    colours = {name: theme.SERIES[n % len(theme.SERIES)] for n, name in enumerate(names[0])}
    hit = [{name: hits.of_values({by: value}, column.name) for value, name in side.items() if name != OTHER}
           for by, side in zip((one, other), stops, strict=True)]  # fmt: skip
    flow_hit = {(stops[0][row[one]], stops[1][row[other]]): hits.of_values({one: row[one], other: row[other]}, column.name)
                for row in result.frame.iter_rows(named=True) if OTHER not in (stops[0][row[one]], stops[1][row[other]])}  # fmt: skip
    places = [sankey.Stop(side, name, name, colours[name] if side == 0 else theme.CHANNEL["VOICE"], hit=hit[side].get(name, ""))
              for side in (0, 1) for name in names[side]]  # fmt: skip
    said = {key: words.number(round(value), str(column.unit), currency) for key, value in amounts.items() if value > 0}
    flows = [sankey.Flow((0, key[0]), (1, key[1]), amounts[key], text, hit=flow_hit.get(key, "")) for key, text in said.items()]
    return sankey.picture(places, flows, _alt(result, chosen), max(height - 40, 40 * max(len(side) for side in names)))


def _ends(viewer: Viewer, chosen: Chosen, result: Result) -> list[dict[Any, str]]:
    """For each of the two dimensions: value → name, the largest first, the smallest as “Other”."""
    column, found = numbers(result)[0].name, []
    for name in result.query.dimensions:
        totals = result.frame.group_by(name, maintain_order=True).agg(pl.col(column).cast(pl.Float64).sum().alias("n")).sort("n", descending=True)
        there = totals[name].to_list()
        most = MOST_STOPS + 1 if len(there) == MOST_STOPS + 1 else MOST_STOPS
        found.append({value: _label(viewer, chosen, name, value) if place < most else OTHER for place, value in enumerate(there)})
    return found


DRAWN: Mapping[str, Callable[[Viewer, Chosen, Result, str | None, int], Picture]] = {
    "line": _line, "area": _area, "bar": _bar, "stacked": _stacked, "heat": _heat, "scatter": _scatter, "funnel": _funnel, "sankey": _sankey,
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
    totals = result.frame.group_by(by, maintain_order=True).agg(pl.col(found[0].name).cast(pl.Float64).sum().alias("n")).sort("n", descending=True)
    there = totals[by].to_list()
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


def _values(result: Result, name: str) -> list[Any]:
    return sorted(result.frame[name].unique().to_list(), key=lambda value: (value is None, value if value is not None else 0))


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


def _label(viewer: Viewer, chosen: Chosen, name: str, value: Any) -> str:
    if isinstance(value, date) and is_bucket(name):
        return series.bucket_said(value, name, chosen.days)
    return f"{value}:00" if name == "hour" and value is not None else tables.text(viewer, name, value, "text")


def _word(result: Result) -> str:
    """What the series are of."""
    names = result.query.dimensions
    return next((column.label for column in result.columns if len(names) > 1 and column.name == names[1]), "Measure")


def _alt(result: Result, chosen: Chosen) -> str:
    return f"{titled(result.query)}, {words.days(*chosen.days)}"


def _frame(rows: list[Row]) -> pl.DataFrame:
    empty: dict[str, Any] = {"day": pl.Date, "place": pl.Int64, "label": pl.String, "value": pl.Float64, "before": pl.Float64, "series": pl.String}
    return pl.DataFrame(rows, schema_overrides={"value": pl.Float64, "before": pl.Float64}) if rows else pl.DataFrame(schema=empty)
