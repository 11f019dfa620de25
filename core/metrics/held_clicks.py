"""Clicks counted once by day: how often which link was clicked in any range is a sum over days."""
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.metrics.held_counts import Groups
from core.metrics.planner import Part
from core.metrics.query import Query
from core.metrics.room import Room
from core.metrics.sql import part_sql
from core.metrics.times import TIMES
from core.warehouse.snapshots import Snapshot

MOST_CELLS = 100_000  # of one question; where nearly each click has a link of its own, SQL counts them
Cells = tuple[list[tuple[Any, ...]], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]  # groups, and of each cell: its group, its day, how many
MANY: Cells = ([], *(np.zeros(0, np.int64),) * 3)
_cells: Room[Cells] = Room(8 * 2**20, lambda cells: 300 * len(cells[0]) + 24 * len(cells[1]) + 1)


def is_held(part: Part) -> bool:
    """Whether it may be held: clicks, with no word of a time."""
    named = {*part.dimensions, *(name for name, _ in part.where)}
    return part.source == "facts" and [rows.table for rows in part.rows] == ["clicks"] and len(part.measures) == 1 and not named & {*TIMES, "hour"}


def counted(snapshot: Snapshot, part: Part, query: Query) -> Groups | None:
    """The groups of such a part in the range of its question; None where there are too many to hold."""
    key = (part.measures[0].name, part.dimensions, part.where, query.basis)
    cells = _cells.find(snapshot, key)
    if cells is None:
        cells = _cells.keep(snapshot, key, _read(snapshot, part, query))
    if cells is MANY:
        return None
    groups, of, day, n = cells
    taken = slice(*np.searchsorted(day, [(query.first or date.min).toordinal(), (query.last or date.max).toordinal() + 1]).tolist())
    sums = np.zeros(len(groups), np.int64)
    np.add.at(sums, of[taken], n[taken])
    return {group: {part.measures[0].name: found} for group, found in zip(groups, sums.tolist(), strict=True) if found}


def _read(snapshot: Snapshot, part: Part, query: Query) -> Cells:
    """All its days, in their order; MANY where there are too many cells."""
    sql, params = part_sql(replace(part, dimensions=(*part.dimensions, "day")), replace(query, first=None, last=None), None)
    rows = snapshot.sql(f"FROM ({sql}) ORDER BY day LIMIT {MOST_CELLS + 1}", params).rows()
    if len(rows) > MOST_CELLS:
        return MANY
    width = len(part.dimensions)
    groups: dict[tuple[Any, ...], int] = {}
    of = [groups.setdefault(row[:width], len(groups)) for row in rows]
    return list(groups), np.array(of, np.int64), np.array([row[width].toordinal() for row in rows], np.int64), np.array([row[-1] for row in rows], np.int64)
