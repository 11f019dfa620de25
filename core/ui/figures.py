"""An answer as a figure without an axis of time: a heat map, points, a funnel, flows from one side to the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from core.metrics import Result
from core.ui import hits, sankey, theme, words
from core.ui.address import Chosen
from core.ui.charts import Picture
from core.ui.picture_words import alt, label, largest_first, numbers, word
from core.ui.series import OTHER

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

MOST_CELLS, MOST_POINTS, MOST_STOPS, LABELLED = 60, 500, 8, 14
Row = dict[str, Any]


def heat(viewer: Viewer, chosen: Chosen, result: Result, currency: str | None, height: int) -> Picture:
    """One measure by two dimensions: the longer one goes across."""
    places = {name: _places(result, name) for name in result.query.dimensions}
    one, other = sorted(places, key=lambda name: len(places[name]))
    across, down, column = places[other], places[one], numbers(result)[0]
    rows: list[Row] = []
    for number, row in enumerate(result.frame.iter_rows(named=True)):
        rows.append({"row": number, "x": across[row[other]], "y": down[row[one]], "across": label(viewer, chosen, other, row[other]),
                     "down": label(viewer, chosen, one, row[one]), "value": None if row[column.name] is None else float(row[column.name]),
                     "value_said": words.number(row[column.name], str(column.unit), currency)})  # fmt: skip
    labels = [next(c.label for c in result.columns if c.name == name) for name in (other, one)]
    kept = [row for row in rows if int(row["y"]) < MOST_CELLS and int(row["x"]) < 400]
    tall = max(90, 40 + 26 * min(len(down), MOST_CELLS))
    return Picture(pl.DataFrame(kept, schema_overrides={"value": pl.Float64}), "heat", (str(column.unit), column.label, *labels), tall, alt(result, chosen))


def scatter(viewer: Viewer, chosen: Chosen, result: Result, currency: str | None, height: int) -> Picture:
    by, found = result.query.dimensions[0], numbers(result)
    rows = []
    for number, row in enumerate(result.frame.head(MOST_POINTS).iter_rows(named=True)):
        said = {f"{axis}_said": words.number(row[column.name], str(column.unit), currency) for axis, column in zip("xyz", found, strict=False)}
        spots = {axis: None if row[column.name] is None else float(row[column.name]) for axis, column in zip("xyz", found, strict=False)}
        rows.append({"row": number, "label": label(viewer, chosen, by, row[by]), **spots, **said})
    labels = tuple(column.label for column in found)
    units = tuple(str(column.unit) for column in found)
    types = dict.fromkeys("xyz"[: len(found)], pl.Float64)
    return Picture(pl.DataFrame(rows, schema_overrides=types), "scatter", (labels, units, word(result), len(rows) <= LABELLED), height, alt(result, chosen))


def funnel(viewer: Viewer, chosen: Chosen, result: Result, currency: str | None, height: int) -> Picture:
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
    return Picture(pl.DataFrame(rows), "funnel", (), 30 + 54 * len(rows), alt(result, chosen))


def flows(viewer: Viewer, chosen: Chosen, result: Result, currency: str | None, height: int) -> Picture:
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
    return sankey.picture(places, flows, alt(result, chosen), max(height - 40, 40 * max(len(side) for side in names)))


def _ends(viewer: Viewer, chosen: Chosen, result: Result) -> list[dict[Any, str]]:
    """For each of the two dimensions: value → name, the largest first, the smallest as “Other”."""
    column, found = numbers(result)[0].name, []
    for name in result.query.dimensions:
        there = largest_first(result, name, column)
        most = MOST_STOPS + 1 if len(there) == MOST_STOPS + 1 else MOST_STOPS
        found.append({value: label(viewer, chosen, name, value) if place < most else OTHER for place, value in enumerate(there)})
    return found


def _places(result: Result, name: str) -> dict[Any, int]:
    """Each value of a dimension with its place among them."""
    there = sorted(set(result.frame[name].to_list()), key=lambda value: (value is None, value if value is not None else 0))
    return {value: place for place, value in enumerate(there)}
