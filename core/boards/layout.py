"""Where the widgets of a dashboard lie: twelve columns, nothing overlaps, everything moves up as far as it can."""
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.errors import WrongUsage

COLUMNS, LEAST_WIDTH, LEAST_HEIGHT, TALLEST, LOWEST = 12, 2, 1, 20, 1000


@dataclass(frozen=True, slots=True)
class Place:
    """Columns and rows from 0."""

    x: int
    y: int
    w: int
    h: int

    @classmethod
    def of(cls, document: Any) -> "Place":
        """Raises WrongUsage where it is none."""
        if not isinstance(document, Mapping) or not all(isinstance(document.get(key), int) and not isinstance(document.get(key), bool) for key in "xywh"):
            raise WrongUsage(f"A place is whole numbers x, y, w and h, not {document!r}.")
        return cls(*(document[key] for key in "xywh")).within()

    def document(self) -> dict[str, int]:
        return {"x": self.x, "y": self.y, "w": self.w, "h": self.h}

    def within(self) -> "Place":
        """The nearest place that lies on the board."""
        w = min(max(self.w, LEAST_WIDTH), COLUMNS)
        return Place(min(max(self.x, 0), COLUMNS - w), min(max(self.y, 0), LOWEST), w, min(max(self.h, LEAST_HEIGHT), TALLEST))

    def meets(self, other: "Place") -> bool:
        return self.x < other.x + other.w and other.x < self.x + self.w and self.y < other.y + other.h and other.y < self.y + self.h


Layout = Mapping[str, Place]


def settled(layout: Layout, first: str | None = None) -> dict[str, Place]:
    """The layout without overlaps, everything as high as it can be: `first` is laid before the others of its row, which make room."""
    laid: dict[str, Place] = {}
    for key in sorted(layout, key=lambda key: (layout[key].y, key != first, layout[key].x, key)):
        laid[key] = _up(layout[key].within(), laid.values())
    return {key: laid[key] for key in layout}


def moved(layout: Layout, key: str, dx: int = 0, dy: int = 0) -> dict[str, Place]:
    """One widget a column to a side; up or down it changes places with its neighbour there."""
    place = layout[key]
    if not dy:
        return settled({**layout, key: replace(place, x=place.x + dx).within()}, key)
    others = [other for name, other in layout.items() if name != key and _share_columns(place, other)]
    if dy > 0:
        wanted = min((other.y + other.h for other in others if other.y >= place.y + place.h), default=None)
    else:
        wanted = max((other.y for other in others if other.y < place.y), default=None)
    return dict(layout) if wanted is None else settled({**layout, key: replace(place, y=wanted)}, key)


def resized(layout: Layout, key: str, dw: int = 0, dh: int = 0) -> dict[str, Place]:
    """One widget wider or narrower, taller or lower; at the right edge it grows to the left."""
    place = layout[key]
    w = min(max(place.w + dw, LEAST_WIDTH), COLUMNS)
    return settled({**layout, key: replace(place, x=min(place.x, COLUMNS - w), w=w, h=place.h + dh).within()}, key)


def below(places: Iterable[Place], size: tuple[int, int]) -> Place:
    """A place of this size beside the last row's end where it fits, else below everything."""
    there = list(places)
    bottom = max((place.y + place.h for place in there), default=0)
    w, h = size
    rows = sorted({place.y for place in there}, reverse=True)[:1]
    for y in rows:
        for x in range(COLUMNS - w + 1):
            if not any(Place(x, y, w, h).meets(place) for place in there):
                return Place(x, y, w, h)
    return Place(0, bottom, w, h)


def _up(place: Place, laid: Iterable[Place]) -> Place:
    """The highest free place in its columns: below whatever it would cover there, and nothing is jumped over."""
    floor = max((other.y + other.h for other in laid if _share_columns(place, other)), default=0)
    return replace(place, y=floor)


def _share_columns(one: Place, other: Place) -> bool:
    return one.x < other.x + other.w and other.x < one.x + one.w


def in_order(layout: Layout) -> Sequence[str]:
    """The widgets as they are read: row by row."""
    return sorted(layout, key=lambda key: (layout[key].y, layout[key].x, key))
