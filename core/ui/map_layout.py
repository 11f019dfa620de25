"""Layered layout of a directed graph: layers by longest path, order by barycentre, places by least squares; plain values in and out."""
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

Point = tuple[float, float]
Edge = tuple[str, str]
Node = Hashable  # an id, or the place of a long line in a layer that it crosses
SIZE = (182.0, 52.0)  # of an element, px
ORDERS, PLACES = 12, 24  # sweeps
BEND = 5.0  # half of what a line takes in a layer that it crosses


@dataclass(frozen=True, slots=True)
class Plan:
    """Centres of the elements, the points of each line from its start to its end, and the size of the sheet, px."""

    at: Mapping[str, Point]
    routes: Mapping[Edge, tuple[Point, ...]]
    size: Point


@dataclass(frozen=True, slots=True)
class _Layers:
    layer: dict[Node, int]
    rows: list[list[Node]]
    up: dict[Node, list[Node]]
    down: dict[Node, list[Node]]
    chains: dict[Edge, list[Node]]


def layered(nodes: Sequence[str], edges: Sequence[Edge], *, down: bool, gap: Point) -> Plan:
    """Layers go to the right, or down the page; `gap`: between layers, and between neighbours in one. Edges to unknown ids and to itself draw nothing."""
    if not nodes:
        return Plan({}, {}, (0.0, 0.0))
    known = set(nodes)
    drawn = [(a, b) for a, b in dict.fromkeys(edges) if a in known and b in known and a != b]
    layers = _in_layers(nodes, _acyclic(nodes, drawn))
    _order(layers)
    across = SIZE[0] if down else SIZE[1]
    half = {node: across / 2 if node in known else BEND for node in layers.layer}
    at = _spread(layers, half, across, gap[1], known)
    low, along = min(at[node] - half[node] for node in at), SIZE[1] if down else SIZE[0]

    def point(node: Node) -> Point:
        deep, wide = layers.layer[node] * (along + gap[0]) + along / 2, at[node] - low
        return (wide, deep) if down else (deep, wide)

    routes = {(a, b): tuple(point(node) for node in layers.chains.get((a, b)) or layers.chains[b, a][::-1]) for a, b in drawn}
    points = [point(node) for node in layers.layer]
    return Plan({node: point(node) for node in nodes}, routes, (max(x for x, _ in points) + SIZE[0] / 2, max(y for _, y in points) + SIZE[1] / 2))


def _acyclic(nodes: Sequence[str], edges: Sequence[Edge]) -> list[Edge]:
    """The edges with those turned round that lead back to where a walk came from."""
    out: dict[str, list[str]] = {node: [] for node in nodes}
    for a, b in edges:
        out[a].append(b)
    seen: set[str] = set()
    back: set[Edge] = set()
    for start in nodes:
        walk, on = [(start, iter(out[start]))] if start not in seen else [], {start}
        seen.add(start)
        while walk:
            node, following = walk[-1]
            to = next(following, None)
            if to is None:
                walk.pop()
                on.discard(node)
            elif to in on:
                back.add((node, to))
            elif to not in seen:
                seen.add(to)
                on.add(to)
                walk.append((to, iter(out[to])))
    return list(dict.fromkeys((b, a) if (a, b) in back else (a, b) for a, b in edges))


def _in_layers(nodes: Sequence[str], edges: list[Edge]) -> _Layers:
    """Each node below all that lead to it; a line over several layers gets a place in each between."""
    ahead: dict[str, list[str]] = {node: [] for node in nodes}
    before = dict.fromkeys(nodes, 0)
    for a, b in edges:
        ahead[a].append(b)
        before[b] += 1
    layer: dict[Node, int] = dict.fromkeys(nodes, 0)
    ready = [node for node in nodes if not before[node]]
    for node in ready:
        for to in ahead[node]:
            layer[to] = max(layer[to], layer[node] + 1)
            before[to] -= 1
            if not before[to]:
                ready.append(to)
    chains: dict[Edge, list[Node]] = {}
    for a, b in edges:
        between: list[Node] = [(a, b, n) for n in range(layer[a] + 1, layer[b])]
        layer.update((place, layer[a] + n) for n, place in enumerate(between, start=1))
        chains[a, b] = [a, *between, b]
    up: dict[Node, list[Node]] = {node: [] for node in layer}
    down: dict[Node, list[Node]] = {node: [] for node in layer}
    for chain in chains.values():
        for one, other in pairwise(chain):
            down[one].append(other)
            up[other].append(one)
    rows: list[list[Node]] = [[] for _ in range(max(layer.values()) + 1)]
    for place, n in layer.items():
        rows[n].append(place)
    return _Layers(layer, rows, up, down, chains)


def _order(layers: _Layers) -> None:
    """Neighbours near the middle of what they are joined to, layer by layer, down and up."""
    place: dict[Node, float] = {node: n for row in layers.rows for n, node in enumerate(row)}
    for sweep in range(ORDERS):
        near, rows = (layers.up, layers.rows) if sweep % 2 == 0 else (layers.down, layers.rows[::-1])
        for row in rows:
            row.sort(key=_middle(place, near))
            place.update((node, n) for n, node in enumerate(row))


def _middle(place: dict[Node, float], near: dict[Node, list[Node]]) -> Callable[[Node], float]:
    return lambda node: sum(place[other] for other in near[node]) / len(near[node]) if near[node] else place[node]


def _spread(layers: _Layers, half: dict[Node, float], across: float, gap: float, known: set[str]) -> dict[Node, float]:
    """How far across each place stands."""
    gaps = [[half[a] + half[b] + gap for a, b in pairwise(row)] for row in layers.rows]
    at: dict[Node, float] = {node: n * (across + gap) for row in layers.rows for n, node in enumerate(row)}
    together = list(zip(layers.rows, gaps, strict=True))
    for sweep in range(PLACES):
        one = layers.up if sweep % 2 == 0 else layers.down
        for row, apart in together if sweep % 2 == 0 else together[::-1]:
            near = [layers.up[node] + layers.down[node] if sweep > 8 else one[node] for node in row]
            wanted = [sum(at[other] for other in others) / len(others) if others else at[node] for node, others in zip(row, near, strict=True)]
            at.update(zip(row, _apart(wanted, apart), strict=True))
    for row, apart in together[1:]:  # straight where one follows one
        at.update(zip(row, _apart([_straight(layers, at, node, known) for node in row], apart), strict=True))
    return at


def _straight(layers: _Layers, at: dict[Node, float], node: Node, known: set[str]) -> float:
    up = layers.up[node]
    if len(up) == 1 and len(layers.down[up[0]]) == 1:
        return at[up[0]]
    return sum(at[other] for other in up) / len(up) if len(up) > 1 and node in known else at[node]


def _apart(wanted: Sequence[float], gaps: Sequence[float]) -> list[float]:
    """The places closest to those wanted that keep the order and the gaps (pool adjacent violators)."""
    shifts = [0.0]
    for gap in gaps:
        shifts.append(shifts[-1] + gap)
    pools: list[tuple[float, int]] = []
    for want, shift in zip(wanted, shifts, strict=True):
        pools.append((want - shift, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, n), (b, m) = pools[-2:]
            pools[-2:] = [((a * n + b * m) / (n + m), n + m)]
    return [value + shift for value, shift in zip((value for value, n in pools for _ in range(n)), shifts, strict=True)]
