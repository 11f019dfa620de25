"""Medians of visits: the step of time that holds the middle is found in memory, and the seconds of the visits within it are read once."""
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.metrics.facts import ENTERED, HAPPENED
from core.metrics.held_counts import Groups
from core.metrics.once import has_table
from core.metrics.planner import Part
from core.metrics.room import Room
from core.warehouse.durations import width
from core.warehouse.snapshots import Snapshot

MEDIAN = "element_time_median_s"
MOST_CELLS = 3_000_000  # some 60 MB; above it a median is asked by SQL
_CELLS = """SELECT basis, journey_id, element_id,
       list((day - DATE '1970-01-01' + 719163)::INTEGER) AS days, list(least_s) AS least, list(n::INTEGER) AS n
FROM visit_steps GROUP BY ALL ORDER BY basis, journey_id, element_id"""
MOST_VISITS = 400_000  # of a step, that are kept; of one with more SQL reads the middle alone
Step = tuple[tuple[str, ...], int, int]  # elements, from how many seconds, to below how many
Visits = tuple[NDArray[np.int32], NDArray[np.int32]]  # seconds, sorted, and day
_kept: Room[Visits] = Room(24 * 2**20, lambda visits: visits[0].nbytes + visits[1].nbytes)
_DAYS = {ENTERED: "run_day", HAPPENED: "arrived_day"}
Cells = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]  # day, least second of the step, n


@dataclass(frozen=True, slots=True)
class _Middle:
    """Where the middle of a group of visits lies: among those from `least_s` to below `end_s` it is number `skipped` (from 0), or that and the next."""

    elements: tuple[str, ...]
    least_s: int
    end_s: int
    skipped: int
    is_pair: bool
    visits: int  # that lie there on all days

    @property
    def step(self) -> Step:
        """What its visits are found by."""
        return self.elements, self.least_s, self.end_s


class Durations:
    """The cells of `visit_steps`, by basis, journey and element."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._cells: dict[tuple[str, str], dict[str, Cells]] = {}
        for basis, journey, element, *lists in snapshot.sql(_CELLS).iter_rows():
            self._cells.setdefault((basis, journey), {})[element] = tuple(np.array(values, np.int64) for values in lists)  # type: ignore[assignment]

    def counted(self, snapshot: Snapshot, part: Part, basis: str, days: tuple[int, int]) -> Groups | None:
        """The medians of a part, over these days (ordinals, both included); None where more is told apart than one journey's elements."""
        where = dict(part.where)
        journey = where.pop("journey", ())
        chosen = where.pop("element", None)
        if where or len(journey) != 1 or journey[0] is None or not set(part.dimensions) <= {"journey", "element"}:
            return None
        cells = {element: own for element, own in self._cells.get((basis, str(journey[0])), {}).items() if chosen is None or element in chosen}
        apart: list[tuple[str, ...]] = [(element,) for element in cells] if "element" in part.dimensions else [tuple(cells)]
        middles = [found for elements in apart if (found := _middle(elements, [cells[element] for element in elements], days))]
        values = _values(snapshot, basis, str(journey[0]), days, middles)
        return {tuple(journey[0] if name == "journey" else middle.elements[0] for name in part.dimensions): {MEDIAN: value}
                for middle, value in zip(middles, values, strict=True)}


def are_holdable(snapshot: Snapshot) -> bool:
    """Whether there are such cells, and not too many."""
    return has_table(snapshot, "visit_steps") and bool(snapshot.sql("SELECT count(*) FROM visit_steps").item() <= MOST_CELLS)


def _middle(elements: tuple[str, ...], cells: list[Cells], days: tuple[int, int]) -> _Middle | None:
    """None where no visit of these days has ended."""
    kept = [(least[taken], n[taken]) for day, least, n in cells for taken in [(day >= days[0]) & (day <= days[1])]]
    if not kept:
        return None
    steps, place = np.unique(np.concatenate([least for least, _ in kept]), return_inverse=True)
    sums = np.zeros(len(steps), np.int64)
    np.add.at(sums, place, np.concatenate([n for _, n in kept]))
    until = np.cumsum(sums)
    whole = int(until[-1]) if len(until) else 0
    if not whole:
        return None
    low, high = ((int(steps[np.searchsorted(until, number, side="right")])) for number in ((whole - 1) // 2, whole // 2))
    before = int(until[np.searchsorted(steps, low)] - sums[np.searchsorted(steps, low)])
    visits = sum(int(n[(least >= low) & (least <= high)].sum()) for _, least, n in cells)
    return _Middle(elements, low, high + width(high), (whole - 1) // 2 - before, whole % 2 == 0, visits)


def _values(snapshot: Snapshot, basis: str, journey: str, days: tuple[int, int], middles: list[_Middle]) -> list[float]:
    """The median of each: where its step is one second wide without a look at the visits."""
    wide = [middle for middle in middles if middle.end_s - middle.least_s > 1]
    small = [middle for middle in wide if middle.visits <= MOST_VISITS]
    found = {middle: float(middle.least_s) for middle in middles}
    found |= {middle: _within(visits, days, middle) for middle, visits in zip(small, _visits(snapshot, basis, journey, small), strict=True)}
    found |= _middles(snapshot, basis, journey, days, [middle for middle in wide if middle.visits > MOST_VISITS])
    return [found[middle] for middle in middles]


def _within(visits: Visits, days: tuple[int, int], middle: _Middle) -> float:
    """The median, from all visits of its step."""
    seconds, day = visits
    there = seconds[(day >= days[0]) & (day <= days[1])][middle.skipped : middle.skipped + 1 + middle.is_pair]
    return float(there.sum(dtype=np.int64) / len(there))


def _visits(snapshot: Snapshot, basis: str, journey: str, middles: list[_Middle]) -> list[Visits]:
    """All visits of the step of each; those that are not kept are read together."""
    found = {middle: _kept.find(snapshot, (basis, journey, middle.step)) for middle in middles}
    missing = [middle for middle, visits in found.items() if visits is None]
    if missing:
        asked = [_asked(f"seconds, ({_DAYS[basis]} - DATE '1970-01-01' + 719163)::INTEGER AS day", n, journey, middle) for n, middle in enumerate(missing)]
        rows = snapshot.sql(" UNION ALL ".join(text for text, _ in asked) + " ORDER BY number, seconds", [param for _, params in asked for param in params])
        ends = np.searchsorted(rows["number"].to_numpy(), np.arange(len(missing) + 1)).tolist()
        seconds, day = (rows[name].to_numpy().astype(np.int32) for name in ("seconds", "day"))
        for middle, begin, end in zip(missing, ends, ends[1:], strict=False):
            found[middle] = _kept.keep(snapshot, (basis, journey, middle.step), (seconds[begin:end].copy(), day[begin:end].copy()))
    return [visits for visits in found.values() if visits is not None]


def _middles(snapshot: Snapshot, basis: str, journey: str, days: tuple[int, int], middles: list[_Middle]) -> dict[_Middle, float]:
    """The median of each, of which SQL reads the middle alone."""
    texts, params = [], []
    for n, middle in enumerate(middles):
        text, own = _asked("seconds", n, journey, middle)
        texts.append(f"SELECT * FROM ({text} AND {_DAYS[basis]} BETWEEN ? AND ? ORDER BY seconds LIMIT {1 + middle.is_pair} OFFSET {middle.skipped})")
        params += [*own, *map(date.fromordinal, days)]
    seconds: dict[int, list[int]] = {}
    for n, value in snapshot.sql(" UNION ALL ".join(texts), params).iter_rows() if texts else ():
        seconds.setdefault(n, []).append(value)
    return {middles[n]: sum(values) / len(values) for n, values in seconds.items()}


def _asked(columns: str, number: int, journey: str, middle: _Middle) -> tuple[str, list[Any]]:
    """The visits of the step, numbered."""
    marks = ", ".join("?" * len(middle.elements))
    text = f"SELECT {number} AS number, {columns} FROM visits WHERE journey_id = ? AND element_id IN ({marks}) AND seconds >= ? AND seconds < ?"
    return text, [journey, *middle.elements, middle.least_s, middle.end_s]
