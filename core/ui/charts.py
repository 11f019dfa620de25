"""The charts of the house as Vega-Lite: one style, a spec built once per chart and ground, its frame sent beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

import polars as pl
import streamlit as st

from core.ui import theme

Spec = dict[str, Any]
FONT = "Plex, 'IBM Plex Sans', system-ui, sans-serif"
NUMBER = (
    "datum.value >= 1e6 ? format(datum.value / 1e6, ',~f') + ' M' : datum.value >= 2e4 ? format(datum.value / 1e3, ',~f') + ' k' : format(datum.value, ',~f')"
)
LABELS = {
    "rate": "format(100 * datum.value, ',~f') + ' %'",
    "seconds": "datum.value >= 7200 ? format(datum.value / 3600, ',~f') + ' h' : format(datum.value / 60, ',~f') + ' min'",
}
ROW, OF, PICK = "row", "of", "pick"  # a mark's row of the answer, the measure that it shows, and the selection that a click makes
DAYS = {"day": "%-d %b", "week": "%-d %b", "month": "%b %Y"}


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark that was clicked: the row of the answer (None: all of it), and of several measures which."""

    row: int | None
    measure: str | None


@dataclass(frozen=True, slots=True)
class Picture:
    """What to draw: a frame, the name of its spec with what it depends on, its height in px, and what it says in words."""

    frame: pl.DataFrame
    kind: str  # “trend”, “stacked”
    options: tuple[Any, ...]
    height: int
    alt: str
    width: int = 960  # of an exported image; on the page a chart is as wide as its place
    html: str = ""  # what stands on the page in its place: the same drawing with real links in it
    keys: tuple[tuple[str, str], ...] = ()  # (“now” | “then” | “fc” | a colour, words): the legend of an exported image, which the page has as HTML

    def spec(self, ground: str) -> Spec:
        """The finished spec without data, for one ground."""
        return _spec(self.kind, self.options, ground)


def draw(picture: Picture, key: str) -> Mark | None:
    """The chart on the page; gives the mark that the reader has just clicked, where the frame says of which row or measure each mark is."""
    if picture.html:
        st.html(picture.html)
        return None
    spec = picture.spec(theme.ground())
    if "params" not in spec:
        st.vega_lite_chart(picture.frame, spec, theme=None, key=key, alt=picture.alt, height=picture.height, width="stretch")
        return None
    state = st.vega_lite_chart(picture.frame, spec, theme=None, key=key, alt=picture.alt, height=picture.height, width="stretch", on_select="rerun",
                               selection_mode=PICK)  # fmt: skip
    chosen = [one for one in state.get("selection", {}).get(PICK, []) if one.get(ROW) is not None or one.get(OF)]
    picked = [Mark(None if one.get(ROW) is None else int(one[ROW]), one.get(OF)) for one in chosen]
    before, st.session_state[f"picked-{key}"] = st.session_state.get(f"picked-{key}"), picked
    return picked[0] if picked and picked != before else None


def clickable(spec: Spec, *views: str, fields: Sequence[str] = (ROW,), nearest: bool = False) -> Spec:
    """The spec whose marks can be clicked: the selection holds the row of the answer. `views`: of a layered one, which layers; `nearest`: also beside them."""
    made = {"name": PICK, "select": {"type": "point", "fields": list(fields), "nearest": nearest}, **({"views": list(views)} if views else {})}
    return {**spec, "params": [made]}


@lru_cache(256)  # a tenth of what Streamlit's cache takes to find one
def _spec(kind: str, options: tuple[Any, ...], ground: str) -> Spec:
    colours = theme.colours(ground)
    return {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", **SPECS[kind](colours, *options), "config": style(colours)}


def style(c: dict[str, str]) -> Spec:
    """The Vega-Lite config of the house, for one set of colours."""
    label = {"labelFont": FONT, "titleFont": FONT, "labelFontSize": 12, "titleFontSize": 12, "labelColor": c["muted"], "titleColor": c["muted"]}
    return {
        "background": None, "font": FONT, "padding": {"left": 0, "right": 4, "top": 6, "bottom": 0},
        "view": {"stroke": None}, "autosize": {"type": "fit", "contains": "padding"},
        "axis": {**label, "titleFontWeight": "normal", "gridColor": c["line"], "gridWidth": 1, "domain": False, "ticks": False, "labelPadding": 6,
                 "title": None},
        "axisX": {"grid": False, "domain": True, "domainColor": c["rule"], "labelFlush": True, "labelOverlap": "greedy", "labelSeparation": 10,
                  "ticks": True, "tickColor": c["rule"], "tickSize": 4},
        "axisY": {"tickCount": 4, "labelAlign": "left", "labelPadding": 46, "minExtent": 46, "maxExtent": 46},
        "text": {"font": FONT, "fontSize": 12, "fill": c["ink"]},
        "line": {"strokeWidth": 2, "strokeCap": "round", "strokeJoin": "round", "color": c["accent"]},
        "bar": {"color": c["accent"]}, "area": {"color": c["accent"]}, "point": {"color": c["accent"], "filled": True}, "rule": {"color": c["muted"]},
        "locale": {"number": {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", ""]}},
    }  # fmt: skip


def days_axis(grain: str) -> Spec:
    """Across: days, weeks or months, of the field `day`."""
    # Streamlit gives a day to the browser as midnight of the reader's own zone
    return {"field": "day", "type": "temporal", "scale": {"type": "time"}, "axis": {"format": DAYS[grain], "tickCount": 6}, "title": None}


def number_axis(field: str, unit: str) -> Spec:
    """Upwards from zero: the field, labelled by its unit."""
    return {"field": field, "type": "quantitative", "scale": {"zero": True}, "axis": {"labelExpr": LABELS.get(unit, NUMBER)}, "title": None}


def texts(*pairs: tuple[str, str]) -> list[Spec]:
    """A tooltip of (field, title)."""
    return [{"field": field, "type": "nominal", "title": title} for field, title in pairs]


def _trend(c: dict[str, str], unit: str, grain: str, title: str, compared: bool, marked: tuple[int, ...]) -> Spec:
    """This period in the accent, the compared one as a ghost, the unfinished day dashed and hollow, published versions as marks.

    `marked`: the places of the marks' words (core.ui.series). Frame: day, now, before, whole, open, lone, last, mark, mark_place, and the texts said,
    now_said, before_day_said, before_said.
    """
    x, y = days_axis(grain), number_axis("now", unit)
    part = partial(_layer, x)
    beside_last = {"type": "text", "align": "right", "baseline": "bottom", "dx": 2, "dy": -8}
    layers = [
        part({"type": "area", "opacity": 0.1, "line": False}, "datum.whole", y=y),
        part({"type": "line"}, "datum.whole", y=y),
        part({"type": "line", "strokeDash": [3, 3]}, "datum.open", y=y),
        part({"type": "point", "size": 28}, "datum.lone", y=y),
        part({"type": "point", "filled": False, "size": 46, "strokeWidth": 2, "fill": c["ground"], "color": c["here"], "opacity": 1}, "datum.last", y=y),
        part({**beside_last, "stroke": c["ground"], "strokeWidth": 4}, "datum.last", y=y, text={"field": "last_said"}),  # clears the ground behind the word
        part({**beside_last, "color": c["muted"]}, "datum.last", y=y, text={"field": "last_said"}),
    ]
    if compared:
        layers.insert(1, part({"type": "line", "color": c["ghost"], "strokeWidth": 1.5}, y=number_axis("before", unit)))
    layers += _marks(c, x, marked)
    hover = {"name": "hover", "select": {"type": "point", "fields": ["day"], "nearest": True, "on": "pointermove", "clear": "pointerout"}}
    tooltip = texts(("said", grain.capitalize()), ("now_said", title), *((("before_day_said", "Compared"), ("before_said", "Then")) if compared else ()))
    shown = {"condition": {"param": "hover", "empty": False, "value": 0.5}, "value": 0}
    rule = part({"type": "rule", "color": c["ink"], "cursor": "pointer"}, opacity=shown, tooltip=tooltip)
    spec = clickable({"layer": [*layers, {**rule, "name": "days"}]}, "days", nearest=True)
    return {**spec, "params": [*spec["params"], {**hover, "views": ["days"]}]}  # Vega-Lite forgets a layer's own where there are some above it


def _marks(c: dict[str, str], x: Spec, places: tuple[int, ...]) -> list[Spec]:
    """A line where something was published, and its words to the right of it, or to the left where that would end outside."""
    layers = [_layer(x, {"type": "rule", "color": c["muted"], "strokeDash": [2, 3]}, "isValid(datum.mark)")] if places else []
    for place in places:
        where = {"align": "right", "dx": -4, "y": 14 * (-place - 1)} if place < 0 else {"align": "left", "dx": 4, "y": 14 * place}
        words = {"type": "text", "baseline": "top", "color": c["muted"], **where}
        layers.append(_layer(x, words, f"datum.mark_place === {place}", text={"field": "mark"}))
    return layers


def _layer(x: Spec, mark: Spec, only: str | None = None, **more: Any) -> Spec:
    """One layer over the days. The page says what a chart shows (`alt`): a layer without a point would be an image without a name."""
    return {"mark": {**mark, "aria": False}, "encoding": {"x": x, **more}, **({"transform": [{"filter": only}]} if only else {})}


def _stacked(c: dict[str, str], unit: str, grain: str, title: str, word: str, series: tuple[tuple[str, str], ...]) -> Spec:
    """Bars over time, stacked; a bucket that is not over is pale. Frame: day, end, low, high, series, open, said, value_said."""
    names, colours = [name for name, _ in series], [colour for _, colour in series]
    return clickable({
        "mark": {"type": "rect", "stroke": c["ground"], "strokeWidth": 1},
        "encoding": {
            "x": days_axis(grain),
            "x2": {"field": "end"},
            "y": number_axis("low", unit),
            "y2": {"field": "high"},
            "color": {"field": "series", "type": "nominal", "scale": {"domain": names, "range": colours}, "sort": names, "legend": None},
            "fillOpacity": {"condition": {"test": "datum.open", "value": 0.35}, "value": 1},
            "tooltip": texts(("said", grain.capitalize()), ("series", word), ("value_said", title)),
        },
    })  # fmt: skip


def _written(c: dict[str, str], columns: tuple[tuple[str, float, str], ...]) -> Spec:
    """A table as text: (field, place from 0 to 1, alignment). Frame: row, the fields as texts, head."""
    layers = [
        {"mark": {"type": "text", "align": align, "baseline": "middle", "fontSize": 12.5}, "encoding": {
            "x": {"datum": place, "type": "quantitative", "scale": {"domain": [0, 1]}, "axis": None},
            "y": {"field": "row", "type": "ordinal", "axis": None},
            "text": {"field": field}, "color": {"condition": {"test": "datum.head", "value": c["muted"]}, "value": c["ink"]}}}
        for field, place, align in columns
    ]  # fmt: skip
    return {"layer": layers}


SPECS: dict[str, Callable[..., Spec]] = {"trend": _trend, "stacked": _stacked, "written": _written}
