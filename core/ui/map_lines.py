"""The lines of a laid-out map: their curves, and where their words stand so that none covers another's. The page and its image draw the same."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.ui.map_layout import SIZE, Edge, Plan, Point

THIN, THICK = 1.5, 12.0  # px of a line that nobody took, and of the one that most did
LETTER, LONGEST, TEXT = 3.1, 18, 15.0  # half a letter's width; the letters of a label that are shown; the height of a line of text, px
OUT, IN = 0.18, 0.82  # along a line: near to where it comes from, and to where it goes
BADGE, BAND = 9.0, 60.0  # px: how far a badge stands out above its element; how high a band of the sheet is in which neighbours are looked for
Box = tuple[float, float, float, float]  # middle, half its width, its height
Placed = dict[int, list[Box]]  # by bands


@dataclass(frozen=True, slots=True)
class Link:
    """One line: as wide as `runs`, `said` is their text, `word` the way's label; `off`: taken by runs, but not on the catalog's map."""

    source: str
    to: str
    runs: int
    said: str
    word: str = ""
    off: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A link as it is drawn: the curve as an SVG path, its width, and the middle of its words."""

    link: Link
    d: str
    width: float
    at: Point


def lines(plan: Plan, links: Sequence[Link], *, down: bool) -> list[Line]:
    """Every link that the plan has a route for, in the order of its routes."""
    of = {(link.source, link.to): link for link in links}
    top = max((link.runs for link in links), default=0) or 1
    forks, joins = _counts([link.source for link in links]), _counts([link.to for link in links])
    placed, found = _elements(plan), []
    for way, points in _routes(plan, down):
        link = of[way]
        wished = _wished(points, down, forks[link.source] > 1, joins[link.to] > 1)
        width = THIN + (THICK - THIN) * link.runs / top if link.runs else THIN
        found.append(Line(link, curve(points, down), round(width, 1), (wished[0], _clear(placed, wished, link, down))))
    return found


def _elements(plan: Plan) -> Placed:
    """The boxes of the elements with their badges, which words keep clear of too."""
    width, height = SIZE
    placed: Placed = {}
    for x, y in plan.at.values():
        _place(placed, (x, y - BADGE / 2, width / 2, height + BADGE))
    return placed


def _place(placed: Placed, box: Box) -> None:
    _, y, _, tall = box
    for band in range(int((y - tall / 2) // BAND), int((y + tall / 2) // BAND) + 1):
        placed.setdefault(band, []).append(box)


def curve(points: Sequence[Point], down: bool) -> str:
    """An SVG path through the points that leaves and arrives straight."""
    said = [f"M{points[0][0]:.1f},{points[0][1]:.1f}"]
    for (x0, y0), (x1, y1) in pairwise(points):
        m = (y0 + y1) / 2 if down else (x0 + x1) / 2
        said.append(f"C{x0:.1f},{m:.1f} {x1:.1f},{m:.1f} {x1:.1f},{y1:.1f}" if down else f"C{m:.1f},{y0:.1f} {m:.1f},{y1:.1f} {x1:.1f},{y1:.1f}")
    return "".join(said)


def _routes(plan: Plan, down: bool) -> list[tuple[Edge, tuple[Point, ...]]]:
    """The ways with their points, which begin and end at the edges of elements in place of their middles."""
    return [(way, _from_edge_to_edge(points, down)) for way, points in plan.routes.items()]


def _from_edge_to_edge(points: tuple[Point, ...], down: bool) -> tuple[Point, ...]:
    along = 1 if down else 0
    turn = -1 if points[0][along] > points[-1][along] else 1  # a line that leads back leaves at the other side
    half = SIZE[along] / 2

    def moved(point: Point, by: float) -> Point:
        return (point[0], point[1] + by) if down else (point[0] + by, point[1])

    return (moved(points[0], turn * half), *points[1:-1], moved(points[-1], -turn * (half + 1)))


def _wished(points: Sequence[Point], down: bool, forks: bool, joins: bool) -> Point:
    """Where a line's words say most: near the element that tells it apart from others that leave or arrive there, else half-way."""
    (x0, y0), (x1, y1) = points[0], points[1]
    turn = -1 if points[0][1] > points[-1][1] else 1
    if down:
        x = x0 * OUT + x1 * IN if forks else x0 * IN + x1 * OUT if joins else (x0 + x1) / 2
        return (x, y0 + turn * 17 if len(points) > 2 else (y0 + y1) / 2)
    return ((x0 + x1) / 2, y0 * OUT + y1 * IN if forks else (y0 + y1) / 2)


def _clear(placed: Placed, at: Point, link: Link, down: bool) -> float:
    """A height for a line's words where nothing else is: their own, or lines of text above or below it."""
    word, tall = min(len(link.word), LONGEST), 2 * TEXT if link.word and not down else TEXT
    half = LETTER * (word + len(link.said) + 3 if down else max(word, len(link.said))) + 5
    x, y = at

    def is_free(height: float) -> bool:
        bands = range(int((height - tall / 2) // BAND), int((height + tall / 2) // BAND) + 1)
        return not any(abs(u - x) < w + half and abs(v - height) < (h + tall) / 2 for band in bands for u, v, w, h in placed.get(band, ()))

    found = next((height for height in (y, y + tall, y - tall, y + 2 * tall, y - 2 * tall) if is_free(height)), y)
    _place(placed, (x, found, half, tall))
    return found


def _counts(ids: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in ids:
        found[one] = found.get(one, 0) + 1
    return found
