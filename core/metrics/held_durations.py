"""Medians of visits: the step of time that holds the middle is found in memory, and the seconds within it are read from the visits."""
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from core.metrics.facts import ENTERED
from core.metrics.held_counts import Groups
from core.metrics.once import has_table
from core.metrics.planner import Part
from core.warehouse.durations import width
from core.warehouse.snapshots import Snapshot

MEDIAN = "element_time_median_s"
MOST_CELLS = 3_000_000  # some 60 MB; above it a median is asked by SQL
_CELLS = """SELECT basis, journey_id, element_id,
       list((day - DATE '1970-01-01' + 719163)::INTEGER) AS days, list(least_s) AS least, list(n::INTEGER) AS n
FROM visit_steps GROUP BY ALL ORDER BY basis, journey_id, element_id"""
Cells = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]  # day, least second of the step, n


@dataclass(frozen=True, slots=True)
class _Middle:
    """Where the middle of a group of visits lies: among those from `least_s` to below `end_s` it is number `skipped` (from 0), or that and the next."""

    elements: tuple[str, ...]
    least_s: int
    end_s: int
    skipped: int
    is_pair: bool


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
    return _Middle(elements, low, high + width(high), (whole - 1) // 2 - before, whole % 2 == 0)


def _values(snapshot: Snapshot, basis: str, journey: str, days: tuple[int, int], middles: list[_Middle]) -> list[float]:
    """The median of each: where its step is one second wide without a look at the visits."""
    asked = [(n, middle) for n, middle in enumerate(middles) if middle.end_s - middle.least_s > 1]
    found = {n: float(middle.least_s) for n, middle in enumerate(middles)}
    if asked:
        day = "run_day" if basis == ENTERED else "arrived_day"
        texts, params = [], []
        for n, middle in asked:
            marks = ", ".join("?" * len(middle.elements))
            texts.append(f"""SELECT {n} AS number, seconds FROM (SELECT seconds FROM visits
                WHERE journey_id = ? AND element_id IN ({marks}) AND seconds >= ? AND seconds < ? AND {day} BETWEEN ? AND ?
                ORDER BY seconds LIMIT {2 if middle.is_pair else 1} OFFSET {middle.skipped})""")
            params += [journey, *middle.elements, middle.least_s, middle.end_s, *map(date.fromordinal, days)]
        seconds: dict[int, list[int]] = {}
        for n, value in snapshot.sql(" UNION ALL ".join(texts), params).iter_rows():
            seconds.setdefault(n, []).append(value)
        found |= {n: sum(values) / len(values) for n, values in seconds.items()}
    return [found[n] for n in range(len(middles))]
