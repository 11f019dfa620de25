"""A widget as a PNG that explains itself: the same spec and frame, with title, account, range and as-of, in Plex."""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import vl_convert

from core.ui import charts, theme
from core.ui.charts import Picture

FONTS = Path(__file__).parent / "fonts"
FONT = "IBM Plex Sans"
MOST_ROWS = 40


def png(picture: Picture, title: str, notes: Sequence[str]) -> bytes:
    """The picture on the light ground, twice its size for slides; `notes` are the lines below the title."""
    _fonts()
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
    spec["config"]["autosize"] = {"type": "pad"}
    # a day written as text is midnight UTC, where Streamlit's is midnight of the reader
    written_out = json.dumps(spec).replace(charts.FONT, FONT).replace(json.dumps({"type": "time"}), json.dumps({"type": "utc"}))
    return vl_convert.vegalite_to_png(written_out, scale=2)


def written(columns: Sequence[tuple[str, bool]], rows: Sequence[Sequence[str]], alt: str) -> Picture:
    """A table as a picture: (label, is a number) per column, texts per row; what is over 40 rows is counted, not drawn."""
    shown = [[label for label, _ in columns], *rows[:MOST_ROWS]]
    if len(rows) > MOST_ROWS:
        shown.append([f"and {len(rows) - MOST_ROWS:,} more rows", *[""] * (len(columns) - 1)])
    frame = pl.DataFrame(
        {"row": range(len(shown)), "head": [i == 0 for i in range(len(shown))]} | {f"c{n}": [row[n] for row in shown] for n in range(len(columns))}
    )
    widths = [max(len(row[n]) for row in shown) + 4 for n in range(len(columns))]
    places, at = [], 0.0
    for n, (_, is_number) in enumerate(columns):
        places.append((f"c{n}", (at + (widths[n] - 2 if is_number and n else 0)) / sum(widths), "right" if is_number and n else "left"))
        at += widths[n]
    return Picture(frame, "written", (tuple(places),), 26 * len(shown), alt, max(720, round(7.2 * sum(widths))))


def _values(frame: pl.DataFrame) -> list[dict[str, Any]]:
    days = [name for name, kind in frame.schema.items() if kind == pl.Date]
    return frame.with_columns(pl.col(days).cast(pl.String)).to_dicts()


@cache
def _fonts() -> None:
    vl_convert.register_font_directory(str(FONTS))
