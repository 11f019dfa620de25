"""Sankeys: layers of stops and the flows between them, laid out here; on the page each stop and flow is a link that the keyboard reaches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

import polars as pl

from core.ui import charts, words
from core.ui.charts import Picture, Spec

Place = tuple[int, str]  # layer, key
GAP, LEAST, PITCH = 14.0, 2.0, 20.0  # px between stops; the lowest a stop is drawn; from one name to the next
TWO_LINES, WIDE = 34.0, 30.0  # px that a name on two lines needs; % of the width in which any name has room on one
BAR, LABEL = 1.1, 13.0  # % of the width: a stop's bar, and what its name needs at the right edge
LAYER_PX = 138  # a layer is at least this wide, narrower pages scroll
CURVE = 12  # points along a flow's edge


@dataclass(frozen=True, slots=True)
class Stop:
    """What flows pass. `is_end`: below the others of its layer; `colour` a CSS colour, “”: the accent; `href`: where a click leads;
    `hit`: what a click means instead (core.ui.hits)."""

    layer: int
    key: str
    name: str
    colour: str = ""
    is_end: bool = False
    href: str = ""
    hit: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """How much goes from a stop to one of a later layer; `said` is the number in words."""

    source: Place
    target: Place
    value: float
    said: str
    href: str = ""
    hit: str = ""


@dataclass(slots=True)
class _Box:
    stop: Stop
    value: float
    top: float = 0.0
    height: float = 0.0
    left_at: float = 0.0  # where the next flow leaves, and arrives
    right_at: float = 0.0


@dataclass(frozen=True, slots=True)
class _Band:
    flow: Flow
    x: tuple[float, float]  # % of the width
    y: tuple[float, float]  # px, the upper edge at both ends
    thick: float


@dataclass(slots=True)
class Layout:
    """Boxes and bands in their places: x in % of the width, y in px of the height."""

    height: float
    layers: int
    boxes: dict[Place, _Box] = field(default_factory=dict)
    bands: list[_Band] = field(default_factory=list)

    @property
    def bottom(self) -> float:
        """Where the lowest box ends."""
        return max((box.top + box.height for box in self.boxes.values()), default=0.0)

    def x(self, layer: int) -> float:
        return layer * (100 - LABEL - BAR) / max(self.layers - 1, 1)


def picture(stops: Sequence[Stop], flows: Sequence[Flow], alt: str, height: int = 380) -> Picture:
    """The Sankey as a Picture: links on the page, a drawing in its image; its frame holds what is drawn."""
    laid = layout(stops, flows, height)
    colours = tuple(dict.fromkeys(box.stop.colour or "accent" for box in laid.boxes.values()))
    deep = max(height, round(laid.bottom))
    return Picture(_frame(laid), "sankey", (colours, deep), deep, alt, width=max(960, laid.layers * 190), html=_html(laid, alt))


def layout(stops: Sequence[Stop], flows: Sequence[Flow], height: float) -> Layout:
    """Where everything stands. A stop is as high as what comes in or goes out, whichever is more; ends stand lowest in their layer."""
    laid = Layout(height, max((stop.layer for stop in stops), default=0) + 1)
    into, out = _sums(flows, 1), _sums(flows, 0)
    boxes = [_Box(stop, max(into.get((stop.layer, stop.key), 0), out.get((stop.layer, stop.key), 0))) for stop in stops]
    columns = [[box for box in boxes if box.stop.layer == layer] for layer in range(laid.layers)]
    scale = min(((height - GAP * (len(column) - 1)) / total for column in columns if (total := sum(box.value for box in column))), default=0.0)
    for column in columns:
        middle = {(box.stop.layer, box.stop.key): _middle(laid, flows, box.stop) for box in column}
        top = 0.0
        for box in sorted(column, key=lambda box: (box.stop.is_end, middle[box.stop.layer, box.stop.key], -box.value)):
            box.top = box.left_at = box.right_at = top
            box.height = max(box.value * scale, LEAST)
            top += max(box.height + GAP, PITCH)
            laid.boxes[box.stop.layer, box.stop.key] = box
    for flow in sorted(flows, key=lambda flow: (laid.boxes[flow.source].top, laid.boxes[flow.target].top)):
        source, target, thick = laid.boxes[flow.source], laid.boxes[flow.target], flow.value * scale
        laid.bands.append(_Band(flow, (laid.x(flow.source[0]) + BAR, laid.x(flow.target[0])), (source.left_at, target.right_at), thick))
        source.left_at += thick
        target.right_at += thick
    return laid


def _sums(flows: Sequence[Flow], end: int) -> dict[Place, float]:
    found: dict[Place, float] = {}
    for flow in flows:
        place = (flow.source, flow.target)[end]
        found[place] = found.get(place, 0) + flow.value
    return found


def _middle(laid: Layout, flows: Sequence[Flow], stop: Stop) -> float:
    """The mean height of where its flows come from, so that few bands cross."""
    coming = [(flow.value, laid.boxes[flow.source]) for flow in flows if flow.target == (stop.layer, stop.key) and flow.source in laid.boxes]
    whole = sum(value for value, _ in coming)
    return sum(value * (box.top + box.height / 2) for value, box in coming) / whole if whole else 0.0


def _edge(band: _Band) -> list[tuple[float, float]]:
    """Points (x %, y px) of the band's upper edge."""
    (x0, x1), (y0, y1) = band.x, band.y
    steps = [n / CURVE for n in range(CURVE + 1)]
    return [(x0 + (x1 - x0) * t, y0 + (y1 - y0) * t * t * (3 - 2 * t)) for t in steps]


def _html(laid: Layout, alt: str) -> str:
    height = laid.bottom + 10
    bands = "".join(_band_html(laid, band, height) for band in laid.bands)
    stops = "".join(_stop_html(laid, box, height) for box in laid.boxes.values())
    width = laid.layers * LAYER_PX
    return (f'<div class=ja-scroll role=region tabindex=0 aria-label="{escape(alt)}"><div class=ja-sankey style="height:{height:.0f}px;min-width:{width}px">'
            f"{bands}{stops}</div></div>")  # fmt: skip


def _band_html(laid: Layout, band: _Band, height: float) -> str:
    upper = _edge(band)
    thick = max(band.thick, 1.0)
    shape = ",".join(f"{x:.2f}% {100 * y / height:.2f}%" for x, y in [*upper, *((x, y + thick) for x, y in reversed(upper))])
    source, target = laid.boxes[band.flow.source].stop, laid.boxes[band.flow.target].stop
    colour = f"--c:{target.colour if target.is_end and target.colour else source.colour or 'var(--accent)'};"
    said = escape(f"{source.name} → {target.name}: {band.flow.said}")
    tag, way = ("a", f' href="{escape(band.flow.href)}" target=_self') if band.flow.href else ("span", band.flow.hit)
    return f'<{tag} class=ja-flow{way} title="{said}" aria-label="{said}" style="{colour}clip-path:polygon({shape})"></{tag}>'


def _stop_html(laid: Layout, box: _Box, height: float) -> str:
    stop, x = box.stop, laid.x(box.stop.layer)
    share = f"{words.count(box.value)}"
    room = laid.x(stop.layer + 1) - x - BAR if stop.layer < laid.layers - 1 else 0.0  # the last names are short of it, and may take two lines
    is_thin = room > WIDE or (room > 0 and box.height + GAP < TWO_LINES)  # a name on two lines would stand on the next one's
    place = f"--w:{room:.1f}cqw;left:{x:.2f}%;top:{100 * box.top / height:.2f}%;height:{100 * box.height / height:.2f}%"
    tag, way = ("a", f' href="{escape(stop.href)}" target=_self') if stop.href else ("span", stop.hit)
    said = escape(f"{stop.name}: {share}")
    return (f'<{tag} class="ja-stop{" thin" if is_thin else ""}"{way} title="{said}" style="{place};--c:{stop.colour or "var(--accent)"}">'
            f'<i style="width:{BAR}cqw"></i>'
            f"<span>{words.name(stop.name)} <b>{share}</b></span></{tag}>")  # fmt: skip


def _frame(laid: Layout) -> pl.DataFrame:
    """What the image is drawn from: a row a point of a band's edge, and a row a stop."""
    rows: list[dict[str, object]] = []
    for n, band in enumerate(laid.bands):
        source, target = laid.boxes[band.flow.source].stop, laid.boxes[band.flow.target].stop
        colour = target.colour if target.is_end and target.colour else source.colour or "accent"
        rows += [{"part": "band", "n": n, "x": x, "y": y, "y2": y + max(band.thick, 1), "colour": colour} for x, y in _edge(band)]
    for n, box in enumerate(laid.boxes.values()):
        x = laid.x(box.stop.layer)
        rows.append({"part": "stop", "n": n, "x": x, "x2": x + BAR, "y": box.top, "y2": box.top + box.height, "colour": box.stop.colour or "accent",
                     "text": f"{box.stop.name}  {words.count(box.value)}", "middle": box.top + min(box.height / 2, 9)})  # fmt: skip
    kinds = {"x": pl.Float64, "x2": pl.Float64, "y": pl.Float64, "y2": pl.Float64, "middle": pl.Float64, "text": pl.String, "colour": pl.String}
    return pl.DataFrame(rows, schema={"part": pl.String, "n": pl.Int64, **kinds})


def _spec(c: Mapping[str, str], colours: tuple[str, ...], height: int) -> Spec:
    scale = {"domain": list(colours), "range": [resolved(colour, c) for colour in colours]}
    colour = {"field": "colour", "type": "nominal", "scale": scale, "legend": None}
    x = {"field": "x", "type": "quantitative", "axis": None, "scale": {"domain": [0, 100], "nice": False}}
    y = {"field": "y", "type": "quantitative", "axis": None, "scale": {"reverse": True, "domain": [0, height], "nice": False}}
    bands = {"transform": [{"filter": "datum.part == 'band'"}], "mark": {"type": "area", "opacity": 0.3},
             "encoding": {"x": x, "y": y, "y2": {"field": "y2"}, "detail": {"field": "n"}, "color": colour}}
    bars = {"transform": [{"filter": "datum.part == 'stop'"}], "mark": {"type": "rect"},
            "encoding": {"x": x, "x2": {"field": "x2"}, "y": y, "y2": {"field": "y2"}, "color": colour}}
    names = {"transform": [{"filter": "datum.part == 'stop'"}], "mark": {"type": "text", "align": "left", "dx": 18, "baseline": "middle", "color": c["ink"]},
             "encoding": {"x": x, "y": {**y, "field": "middle"}, "text": {"field": "text"}}}
    return {"layer": [bands, bars, names]}  # fmt: skip


def resolved(colour: str, c: Mapping[str, str]) -> str:
    """A colour of the stylesheet on this ground: “accent”, “var(--ghost)” or a colour as it stands."""
    return c.get(colour.removeprefix("var(--").removesuffix(")"), colour)


charts.SPECS["sankey"] = _spec
