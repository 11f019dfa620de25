"""A widget as a PNG that explains itself: the same spec and frame, with title, account, range and as-of, in Plex."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import polars as pl
import vl_convert

from core.ui import charts, svg, theme
from core.ui.charts import Picture
from core.ui.svg import FONT, FONTS, Drawing

MOST_ROWS = 40
LINES = {"now": "accent", "then": "ghost", "fc": "here"}  # kinds of lines → their colours
Head = tuple[str, bool]  # a column's label, and whether it holds numbers
Table = tuple[Sequence[Head], Sequence[Sequence[str]]]
MOST = 12_000.0  # px: the longer side of a drawing's PNG


def png(picture: Picture | Drawing, title: str, notes: Sequence[str]) -> bytes:
    """The picture on the light ground, twice its size for slides; `notes` are the lines below the title."""
    _fonts()
    if isinstance(picture, Drawing):
        drawn = svg.titled(picture, title, notes)
        return vl_convert.svg_to_png(svg.document(drawn), scale=min(2.0, MOST / max(drawn.size)))
    colours = theme.colours("light")
    spec = copy.deepcopy(picture.spec("light"))
    spec |= {
        "width": picture.width, "height": picture.height, "background": colours["ground"], "padding": 20, "data": {"values": _values(picture.frame)},
        "title": {
            "text": title, "subtitle": list(notes), "anchor": "start", "frame": "bounds", "offset": 14, "font": FONT, "fontSize": 18, "fontWeight": 600,
            "color": colours["ink"],
            "subtitleFont": FONT, "subtitleFontSize": 12, "subtitleColor": colours["muted"], "subtitlePadding": 5, "subtitleLineHeight": 16,
        },
    }  # fmt: skip
    if "color" in spec.get("encoding", {}):
        spec["encoding"]["color"]["legend"] = {"orient": "top", "title": None, "labelFont": FONT, "labelFontSize": 12, "symbolType": "square"}
    if picture.keys:
        spec["layer"] = [*spec["layer"], _legend(picture.keys, colours)]
        spec["resolve"] = {"scale": {"color": "independent"}}
    spec["config"]["autosize"] = {"type": "pad"}
    # a day written as text is midnight UTC, where Streamlit's is midnight of the reader
    written_out = json.dumps(spec).replace(charts.FONT, FONT).replace(json.dumps({"type": "time"}), json.dumps({"type": "utc"}))
    return vl_convert.vegalite_to_png(written_out, scale=2)


def _legend(keys: Sequence[tuple[str, str]], colours: dict[str, str]) -> dict[str, Any]:
    """A layer that draws nothing but the legend of lines, or of bars where their colours are given."""
    said = [colours.get(LINES.get(kind, ""), kind) for kind, _ in keys]
    mark, shape = ("line", {"symbolType": "stroke", "symbolStrokeWidth": 2}) if all(kind in LINES for kind, _ in keys) else ("bar", {"symbolType": "square"})
    words = [word for _, word in keys]
    look = {"labelFont": FONT, "labelFontSize": 12, "labelColor": colours["muted"], "labelLimit": 400, "symbolOpacity": 1, **shape}
    legend = {"orient": "top", "title": None, **look}
    return {"data": {"values": [{"key": word} for word in words]}, "mark": {"type": mark, "opacity": 0},
            "encoding": {"color": {"field": "key", "type": "nominal", "scale": {"domain": words, "range": said}, "legend": legend}}}  # fmt: skip


def written(columns: Sequence[Head], rows: Sequence[Sequence[str]], alt: str, more: Sequence[Table] = ()) -> Picture:
    """A table as a picture: (label, is a number) per column, texts per row; what is over 40 rows is counted, not drawn. `more`: tables below it."""
    stacked = [_cut(columns, rows), *(_cut(*table) for table in more)]
    across = max(len(heads) for heads, _ in stacked)
    heads, shown = _stack([lines for _, lines in stacked], across)
    frame = pl.DataFrame({"row": range(len(shown)), "head": heads} | {f"c{n}": [row[n] for row in shown] for n in range(across)})
    widths = [max(len(row[n]) for row in shown) + 4 for n in range(across)]
    numbers = [next(is_number for of, _ in stacked for place, (_, is_number) in enumerate(of) if place == n) for n in range(across)]
    places, at = [], 0.0
    for n, is_number in enumerate(numbers):
        places.append((f"c{n}", (at + (widths[n] - 2 if is_number and n else 0)) / sum(widths), "right" if is_number and n else "left"))
        at += widths[n]
    return Picture(frame, "written", (tuple(places),), 26 * len(shown), alt, max(720, round(7.2 * sum(widths))))


def _cut(columns: Sequence[Head], rows: Sequence[Sequence[str]]) -> tuple[Sequence[Head], list[list[str]]]:
    """The heads, and the lines to draw: their labels, the rows, and how many rows are left out."""
    lines = [[label for label, _ in columns], *(list(row) for row in rows[:MOST_ROWS])]
    return columns, lines + ([[f"and {len(rows) - MOST_ROWS:,} more rows"]] if len(rows) > MOST_ROWS else [])


def _stack(tables: Sequence[list[list[str]]], across: int) -> tuple[list[bool], list[list[str]]]:
    """Which lines are heads, and all lines, each as wide as the widest; an empty one between two tables."""
    heads, lines = [], []
    for n, table in enumerate(tables):
        for place, line in enumerate(([[]] if n else []) + table):
            heads.append(place == (1 if n else 0))
            lines.append([*line, *[""] * (across - len(line))])
    return heads, lines


def _values(frame: pl.DataFrame) -> list[dict[str, Any]]:
    days = [name for name, kind in frame.schema.items() if kind == pl.Date]
    return frame.with_columns(pl.col(days).cast(pl.String)).to_dicts()


@cache
def _fonts() -> None:
    vl_convert.register_font_directory(str(FONTS))
