"""What is drawn by hand for an image: pieces of an SVG in the house's type, measured so that words fit, below a title and its notes."""
from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from typing import Any

from core.ui import theme

FONTS = Path(__file__).parent / "fonts"
FONT = "IBM Plex Sans"
FILES = {400: "plex-sans-regular.ttf", 600: "plex-sans-semibold.ttf"}
MARGIN, LEAST = 20.0, 560.0  # px: around it; how wide it is at least
UNSPEAKABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML has no place for


@dataclass(frozen=True, slots=True)
class Drawing:
    """Elements of an SVG, and how much room they take, px."""

    body: str
    size: tuple[float, float]


def text(said: str, at: tuple[float, float], *, size: float, weight: int = 400, colour: str = theme.LIGHT["ink"], anchor: str = "start") -> str:
    """One line of text, its base line at the point."""
    return (f'<text x="{at[0]:.1f}" y="{at[1]:.1f}" font-family="{FONT}" font-size="{size}" font-weight="{weight}" fill="{colour}" '
            f'text-anchor="{anchor}">{escape(UNSPEAKABLE.sub("", said))}</text>')  # fmt: skip


def width(said: str, size: float, weight: int = 400) -> float:
    """How wide a line of text is, px."""
    return float(_font(weight).getlength(said)) * size / 100


def cut(said: str, room: float, size: float, weight: int = 400) -> str:
    """The text as far as it fits into the room, with an ellipsis where it does not."""
    if width(said, size, weight) <= room:
        return said
    kept = next((n for n in range(len(said) - 1, 0, -1) if width(said[:n] + "…", size, weight) <= room), 0)
    return said[:kept].rstrip() + "…"


def titled(drawing: Drawing, title: str, notes: Sequence[str]) -> Drawing:
    """The drawing below its title and the lines that explain it."""
    head = text(title, (0, 18), size=18, weight=600)
    lines = "".join(text(note, (0, 40 + 16 * n), size=12, colour=theme.LIGHT["muted"]) for n, note in enumerate(notes))
    top = 40.0 + 16 * len(notes) + 14
    wide = max(drawing.size[0], LEAST, width(title, 18, 600), *(width(note, 12) for note in notes))
    return Drawing(f'{head}{lines}<g transform="translate(0 {top:.0f})">{drawing.body}</g>', (wide, top + drawing.size[1]))


def document(drawing: Drawing) -> str:
    """The drawing as an SVG file, on the light ground."""
    wide, tall = (f"{side + 2 * MARGIN:.0f}" for side in drawing.size)
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{tall}" viewBox="{-MARGIN} {-MARGIN} {wide} {tall}">'
            f'<rect x="{-MARGIN}" y="{-MARGIN}" width="100%" height="100%" fill="{theme.LIGHT["ground"]}"/>{drawing.body}</svg>')  # fmt: skip


@lru_cache(8)
def _font(weight: int) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(FONTS / FILES[weight], 100)
