"""The cells of `reach` summed up in memory: how many people came in any range is two look-ups, whatever the range and however many the people."""
from collections import OrderedDict
from datetime import date
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.metrics.held_counts import Groups
from core.metrics.planner import Part
from core.metrics.series import Series
from core.metrics.times import TIMES, times
from core.warehouse.snapshots import Snapshot

MOST_DAYS = 400  # the newest, that are held; a question that reaches further back is asked by SQL
MOST_BYTES = 48 * 2**20  # of one snapshot; what was not asked for longest goes
AT_ONCE = 16  # series that are read together
_DAY = "(%s - DATE '1970-01-01' + 719163)::INTEGER"
_CELLS = f"""SELECT series_key, {_DAY % 'day'} - ? AS day, coalesce(greatest({_DAY % 'previous_day'} - ?, -1), -1) + 1 AS previous, n::INTEGER AS n
FROM reach_cells WHERE series_key IN (%s) AND day >= ?::DATE"""
Sums = NDArray[np.int32]


class People:
    """Series of a snapshot, each as sums[r, d]: people-days with a day among the first d, whose previous such day is among the first r or there is none.

    So the people of the days from a to b (from 0, both included) are sums[a, b + 1] - sums[a, a]. Sums may pass 32 bits, differences do not.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        found: tuple[int | None, int | None] = snapshot.sql(f"SELECT min({_DAY % 'day'}), max({_DAY % 'day'}) FROM reach_cells").row(0)
        self.data_first, self.last = found[0] or 1, found[1] or 0
        self.first = max(self.data_first, self.last - MOST_DAYS + 1)
        self._sums: OrderedDict[int, Sums] = OrderedDict()
        self._lock = Lock()

    def counted(self, snapshot: Snapshot, part: Part, basis: str, days: tuple[int, int], series: Series) -> Groups | None:
        """The groups of a part that asks `reach`, over these days (ordinals, both included); None where that reaches too far back."""
        first, last = days
        if first < self.first and self.first > self.data_first:
            return None
        told_by = tuple(item for item in part.where if item[0] not in TIMES)
        asked = times(tuple(name for name in part.dimensions if name in TIMES), tuple(item for item in part.where if item[0] in TIMES),
                      max(first, self.first), min(last, self.last))
        begins, ends = (day - self.first for day in asked.spans())
        found: Groups = {}
        named = [(measure.name, key, told) for measure in part.measures for key, told in series.of(measure.name, basis, part.scope, told_by)]
        for (measure, _, told), sums in zip(named, self._of(snapshot, [key for _, key, _ in named]), strict=True):
            people = sums[begins, ends + 1] - sums[begins, begins]
            for time, n in zip(asked.groups, people.tolist(), strict=True):
                if n:
                    values: dict[str, Any] = told | dict(zip((name for name in part.dimensions if name in TIMES), time, strict=True))
                    found.setdefault(tuple(values[name] for name in part.dimensions), {})[measure] = n
        return found

    def _of(self, snapshot: Snapshot, keys: list[int]) -> list[Sums]:
        with self._lock:
            missing = [key for key in dict.fromkeys(keys) if key not in self._sums]
            for n in range(0, len(missing), AT_ONCE):
                self._read(snapshot, sorted(missing[n : n + AT_ONCE]))
            found = [self._sums[key] for key in keys]
            for key in keys:
                self._sums.move_to_end(key)
            while len(self._sums) > 1 and len(self._sums) * self._sums[next(iter(self._sums))].nbytes > MOST_BYTES:
                self._sums.popitem(last=False)
            return found

    def _read(self, snapshot: Snapshot, keys: list[int]) -> None:
        cursor = snapshot.cursor()
        try:
            marks = ", ".join(map(str, keys))
            cells = cursor.execute(_CELLS % marks, [self.first, self.first, date.fromordinal(self.first)]).fetchnumpy()
        finally:
            cursor.close()
        days = self.last - self.first + 1
        sums = np.zeros((len(keys), days + 1, days + 1), np.int32)
        # added, not set: previous days before what is held are one row with none at all
        np.add.at(sums, (np.searchsorted(keys, cells["series_key"]), cells["previous"], cells["day"] + 1), cells["n"])
        for key, own in zip(keys, sums, strict=True):
            self._sums[key] = own.cumsum(axis=1, dtype=np.int32).cumsum(axis=0, dtype=np.int32)
