"""The Vega-Lite specs of the forms: bars, columns, lines, areas, heat map, scatter plot, funnel; one style with every other chart."""

from __future__ import annotations

from functools import partial

from core.ui.charts import DAYS, LABELS, NUMBER, OF, ROW, SPECS, Spec, clickable, days_axis, texts

Colours = dict[str, str]
Series = tuple[tuple[str, str], ...]


def _colour(c: Colours, series: Series) -> Spec:
    """One series alone is in the accent of the ground, several keep their colours on both."""
    if len(series) < 2:
        return {"value": c["accent"]}
    names, colours = [name for name, _ in series], [colour for _, colour in series]
    return {"field": "series", "type": "nominal", "scale": {"domain": names, "range": colours}, "sort": names, "legend": None}


def _labelled(unit: str) -> Spec:
    return {"labelExpr": LABELS.get(unit, NUMBER)}


def _bars(c: Colours, unit: str, series: Series, word: str, compared: bool, is_stacked: bool = False) -> Spec:
    """Lying bars of things with their names. Frame: place, label, series, value, before, value_said, before_said."""
    along = {"type": "nominal", "axis": {"labelLimit": 190, "labelAlign": "left", "labelPadding": 190, "minExtent": 196, "maxExtent": 196,
                                         "labelOverlap": False}}  # fmt: skip
    axis = {"grid": True, "domain": False, "ticks": False, "tickCount": 4, **_labelled(unit)}
    return _of_bars(c, ("y", along), ("x", axis), ("height", 0.78, 0.82), series, word, compared, is_stacked)


def _columns(c: Colours, unit: str, series: Series, word: str, compared: bool, is_stacked: bool = False) -> Spec:
    """Standing bars over a time. Frame as of bars."""
    along = {"type": "ordinal", "axis": {"labelAngle": 0, "labelLimit": 110}}
    return _of_bars(c, ("x", along), ("y", _labelled(unit)), ("width", 0.86, 0.86), series, word, compared, is_stacked)


def _of_bars(c: Colours, along: tuple[str, Spec], axis: tuple[str, Spec], band: tuple[str, float, float], series: Series, word: str, compared: bool,
             is_stacked: bool) -> Spec:
    """`along` and `axis`: where the bars stand and what they measure, each with its channel; `band`: the side that is thick, alone and behind another."""
    (place, beside), (channel, labelled), (thick, alone, behind) = along, axis, band
    where = {"field": "label", **beside, "sort": {"field": "place", "op": "min"}, "title": None}
    value = {"field": "value", "type": "quantitative", "axis": labelled, "title": None, "stack": "zero" if is_stacked else None}
    tooltip = texts(("label", " "), *((("series", word),) if len(series) > 1 else ()), ("value_said", "Now" if compared else "Value"))
    offset = {f"{place}Offset": {"field": "series", "type": "nominal", "sort": [name for name, _ in series]}} if len(series) > 1 and not is_stacked else {}
    bar = {"name": "bars", "mark": {"type": "bar", "aria": False, thick: {"band": 0.5 if compared else alone}},
           "encoding": {place: where, channel: value, "color": _colour(c, series), "tooltip": tooltip, **offset}}  # fmt: skip
    if not compared:
        return clickable(bar)
    tooltip.append({"field": "before_said", "type": "nominal", "title": "Then"})
    ghost = {"mark": {"type": "bar", "aria": False, "color": c["ghost"], thick: {"band": behind}, "opacity": 0.55},
             "encoding": {place: where, channel: {**value, "field": "before"}, "tooltip": tooltip}}  # fmt: skip
    return clickable({"layer": [ghost, bar]}, "bars")


def _time(time: str) -> Spec:
    if time in DAYS:
        return days_axis(time)
    return {"field": "label", "type": "ordinal", "sort": {"field": "place", "op": "min"}, "axis": {"labelAngle": 0}, "title": None}


def _lines(c: Colours, unit: str, time: str, series: Series, word: str) -> Spec:
    """A line a series; what is not over yet is hollow. Frame: day, place, label, value, series, open, value_said."""
    shared = {"x": _time(time), "y": {"field": "value", "type": "quantitative", "axis": _labelled(unit), "title": None}, "color": _colour(c, series)}
    tooltip = texts(("label", " "), ("series", word), ("value_said", "Value"))
    point = {"mark": {"type": "point", "filled": False, "size": 40, "fill": c["ground"], "strokeWidth": 2, "aria": False}, "encoding": shared,
             "transform": [{"filter": "datum.open"}]}  # fmt: skip
    hover = {"name": "points", "mark": {"type": "point", "size": 160, "opacity": 0, "cursor": "pointer", "aria": False},
             "encoding": {**shared, "tooltip": tooltip}}  # fmt: skip
    layers = {"layer": [{"mark": {"type": "line", "aria": False}, "encoding": shared}, point, hover]}
    return clickable(layers, "points", fields=(ROW, OF), nearest=True)


def _areas(c: Colours, unit: str, time: str, series: Series, word: str) -> Spec:
    """Areas on each other. Frame as of lines."""
    x = _time(time)
    y = {"field": "value", "type": "quantitative", "stack": "zero", "axis": _labelled(unit), "title": None}
    order = {"order": {"field": "rank", "type": "quantitative"}} if len(series) > 1 else {}
    tooltip = texts(("label", " "), ("series", word), ("value_said", "Value"))
    shared = {"x": x, "y": y, "color": _colour(c, series), **order}
    area = {"mark": {"type": "area", "aria": False, "line": len(series) < 2, "opacity": 0.25 if len(series) < 2 else 0.9}, "encoding": shared}
    hover = {"name": "points", "mark": {"type": "point", "size": 160, "opacity": 0, "cursor": "pointer", "aria": False},
             "encoding": {**shared, "tooltip": tooltip}}  # fmt: skip  # an area is one mark: of its points each has its own day
    return clickable({"layer": [area, hover]}, "points", nearest=True)


def _heat(c: Colours, unit: str, title: str, across: str, down: str) -> Spec:
    """Cells from the paper to the accent. Frame: x, y, across, down, value, value_said."""
    scale = {"range": [c["paper"], c["accent"]], "domainMin": 0}
    return clickable({"mark": {"type": "rect", "stroke": c["ground"], "strokeWidth": 1, "aria": False}, "encoding": {
        "x": {"field": "across", "type": "ordinal", "sort": {"field": "x", "op": "min"}, "title": None, "axis": {"labelAngle": 0, "labelLimit": 110}},
        "y": {"field": "down", "type": "ordinal", "sort": {"field": "y", "op": "min"}, "title": None,
              "axis": {"labelLimit": 150, "labelPadding": 150, "minExtent": 156, "maxExtent": 156}},
        "color": {"field": "value", "type": "quantitative", "scale": scale, "legend": None},
        "tooltip": texts(("down", down), ("across", across), ("value_said", title)),
    }})  # fmt: skip


def _scatter(c: Colours, labels: tuple[str, ...], units: tuple[str, ...], word: str, is_labelled: bool) -> Spec:
    """A point a thing; the third measure is its size. Frame: label, x, y, z and their texts."""
    axis = {"titleAnchor": "end", "titleFontWeight": "normal"}
    x = {"field": "x", "type": "quantitative", "axis": {**_labelled(units[0]), **axis, "title": labels[0], "grid": True, "domain": False}}
    y = {"field": "y", "type": "quantitative", "axis": {**_labelled(units[1]), **axis, "title": labels[1], "titleAngle": 0, "titleAlign": "left", "titleY": -4,
         "titleX": -46}}  # fmt: skip
    size = {"size": {"field": "z", "type": "quantitative", "scale": {"range": [30, 900]}, "legend": None}} if len(labels) > 2 else {"size": {"value": 80}}
    tooltip = texts(("label", " "), *zip(("x_said", "y_said", "z_said"), labels, strict=False))
    points = {"name": "points", "mark": {"type": "point", "filled": True, "opacity": 0.75, "color": c["accent"], "aria": False},
              "encoding": {"x": x, "y": y, "tooltip": tooltip, **size}}  # fmt: skip
    names = {"mark": {"type": "text", "align": "left", "dx": 9, "fontSize": 12, "color": c["muted"], "limit": 150, "aria": False},
             "encoding": {"x": x, "y": y, "text": {"field": "label"}}}  # fmt: skip
    return clickable({"layer": [points, names]}, "points") if is_labelled else clickable(points)


def _funnel(c: Colours) -> Spec:
    """Bars from the widest on, each with its number and shares. Frame: place, label, value, value_said, share."""
    y = {"field": "label", "type": "nominal", "sort": {"field": "place", "op": "min"}, "title": None, "axis": None}
    x = {"field": "value", "type": "quantitative", "axis": None, "scale": {"domainMin": 0, "nice": False}}

    def text(field: str, dx: int, colour: str, weight: str = "normal", align: str = "left") -> Spec:
        return {"mark": {"type": "text", "align": align, "baseline": "bottom", "x": 0, "dx": dx, "dy": -10, "fontSize": 12.5, "color": colour,
                "fontWeight": weight, "aria": False}, "encoding": {"y": y, "text": {"field": field}}}  # fmt: skip

    bar = {"name": "steps", "mark": {"type": "bar", "height": 18, "yOffset": 8, "color": c["accent"], "cursor": "pointer", "aria": False},
           "encoding": {"y": y, "x": x, "tooltip": texts(("label", " "), ("value_said", "Number"), ("share", "Share"))}}  # fmt: skip
    layers = {"layer": [bar, text("label", 0, c["ink"], "bold"), text("value_said", 190, c["ink"]), text("share", 280, c["muted"])]}
    return clickable(layers, "steps", fields=(OF,))


SPECS.update({
    "bars": _bars, "columns": _columns, "lines": _lines, "areas": _areas, "heat": _heat, "scatter": _scatter, "funnel": _funnel,
    "bars stacked": partial(_bars, is_stacked=True), "columns stacked": partial(_columns, is_stacked=True),
})  # fmt: skip
