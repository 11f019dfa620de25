"""The journey map on paper: the same elements and lines as on the page, as an SVG on the light ground, for its image."""
from __future__ import annotations

from collections.abc import Sequence

from core.ui import map_drawing, svg, theme
from core.ui.map_drawing import Node
from core.ui.map_layout import SIZE, Plan, Point
from core.ui.map_lines import LONGEST, Line, Link, lines
from core.ui.svg import Drawing

WIDE, INSET, TOP, HEAD, BESIDE = 1.9, 14.0, 14.0, 34.0, 56.0  # how much wider than high is welcome; px: within an element, for badges, above and between maps
EDGE = "#BBCACB"  # of lines and elements, as map.js has it on the light ground
MARKS = {"added": ("good", ""), "removed": ("bad", "6 3"), "changed": ("here", "2 3")}
ROUND = ("entry", "exit", "goal")


def sheet(nodes: Sequence[Node], links: Sequence[Link]) -> Drawing:
    """The map in the layout that fits a slide better."""
    across, down = map_drawing.plans(nodes, links)
    is_down = _fits(down) > _fits(across)
    plan = down if is_down else across
    drawn = lines(plan, links, down=is_down)
    body = [_path(line) for line in drawn] + [_words(line, is_down) for line in drawn] + [_element(node, plan.at[node.id]) for node in nodes]
    return Drawing(f'<g transform="translate(4 {TOP:.0f})">{"".join(body)}</g>', (plan.size[0] + 8, plan.size[1] + TOP + 8))


def beside(sheets: Sequence[tuple[str, Drawing]]) -> Drawing:
    """Several maps next to each other, each below its name."""
    body, at = [], 0.0
    for head, one in sheets:
        body.append(f'<g transform="translate({at:.0f} 0)">{svg.text(head, (0, 16), size=15, weight=600)}'
                    f'<g transform="translate(0 {HEAD:.0f})">{one.body}</g></g>')  # fmt: skip
        at += max(one.size[0], 260) + BESIDE
    return Drawing("".join(body), (at - BESIDE, HEAD + max(one.size[1] for _, one in sheets)))


def _fits(plan: Plan) -> float:
    """How large the layout may be drawn on a slide."""
    return min(WIDE / max(plan.size[0], 1), 1 / max(plan.size[1], 1))


def _path(line: Line) -> str:
    dashes = ' stroke-dasharray="2 4"' if not line.link.runs else ' stroke-dasharray="7 5"' if line.link.off else ""
    return f'<path d="{line.d}" fill="none" stroke="{EDGE}" stroke-width="{line.width}"{dashes}/>'


def _words(line: Line, is_down: bool) -> str:
    """The label of a line and how many took it, on a ground of their own."""
    x, y = line.at
    label = line.link.word if len(line.link.word) <= LONGEST else line.link.word[: LONGEST - 1].rstrip() + "…"
    rows = [f"{label} · {line.link.said}" if label else line.link.said] if is_down or not label else [label, line.link.said]
    wide, tall = max(svg.width(row, 11.5) for row in rows) + 8, 15.0 * len(rows)
    ground = f'<rect x="{x - wide / 2:.1f}" y="{y - tall / 2:.1f}" width="{wide:.1f}" height="{tall:.1f}" fill="{theme.LIGHT["ground"]}"/>'
    return ground + "".join(svg.text(row, (x, y - tall / 2 + 15 * n + 11.5), size=11.5, anchor="middle") for n, row in enumerate(rows))


def _element(node: Node, at: Point) -> str:
    (width, height), (x, y) = SIZE, (at[0] - SIZE[0] / 2, at[1] - SIZE[1] / 2)
    is_round, c = node.kind in ROUND, theme.LIGHT
    edge = c["here"] if node.kind == "goal" else c["ink"] if is_round else EDGE
    box = f'<rect x="{x:.1f}" y="{y:.1f}" width="{width}" height="{height}" rx="{height / 2 if is_round else 3}" fill="{c["ground"]}" stroke="{edge}"/>'
    side = "" if is_round else f'<rect x="{x:.1f}" y="{y:.1f}" width="4" height="{height}" fill="{node.color or c["muted"]}"/>'
    left, room = x + INSET + (6 if is_round else 0), width - 2 * INSET - (6 if is_round else 0)
    title = svg.text(svg.cut(node.title, room, 13, 600), (left, y + 22), size=13, weight=600)
    number = svg.text(node.line[0], (left, y + 39), size=12, weight=600)
    said = svg.text(svg.cut(node.line[1], room, 12), (left + svg.width(node.line[0], 12, 600) + 4, y + 39), size=12, colour=c["muted"])
    return _mark(node, x, y) + box + side + title + number + said + _badge(node, x, y)


def _mark(node: Node, x: float, y: float) -> str:
    if node.mark not in MARKS:
        return ""
    colour, dashes = MARKS[node.mark]
    said = svg.text(node.mark, (x + 6, y - 6), size=11, weight=600, colour=theme.LIGHT["muted"])
    return (f'<rect x="{x - 3:.1f}" y="{y - 3:.1f}" width="{SIZE[0] + 6}" height="{SIZE[1] + 6}" rx="5" fill="none" stroke="{theme.LIGHT[colour]}" '
            f'stroke-width="2" stroke-dasharray="{dashes or "none"}"/>{said}')  # fmt: skip


def _badge(node: Node, x: float, y: float) -> str:
    if not node.badge:
        return ""
    c = theme.LIGHT
    wide = svg.width(node.badge, 11.5) + 14
    left, edge = x + SIZE[0] - 8 - wide, c["bad"] if node.tone == "bad" else EDGE if node.tone == "quiet" else c["here"]
    box = f'<rect x="{left:.1f}" y="{y - 9:.1f}" width="{wide:.1f}" height="18" rx="9" fill="{c["ground"]}" stroke="{edge}"/>'
    return box + svg.text(node.badge, (left + 7, y + 4), size=11.5, colour=c["bad"] if node.tone == "bad" else c["ink"])
