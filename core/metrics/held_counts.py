"""The rollup `daily` of a snapshot as whole numbers in memory: a question of it costs microseconds, where planning its SQL costs milliseconds."""
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.metrics.facts import COLUMNS
from core.metrics.planner import Part
from core.metrics.query import Where
from core.metrics.times import TIMES, Times, times
from core.warehouse.snapshots import Snapshot

Groups = dict[tuple[Any, ...], dict[str, Any]]  # values of the dimensions, in the order asked → measure → what was counted
MOST_CELLS = 3_000_000  # some 80 MB; a larger rollup is asked by SQL
MOST_AMOUNT = 9 * 10**12  # the sum of all amounts that fits whole millionths
MICRO = Decimal("0.000001")
_TOLD_BY = ("journey_id", "version", "sub_account_id", "arm", "channel", "element_id", "detail", "currency")
_KEYS = ("measure", "basis", *_TOLD_BY)
_NAMED = f"SELECT *, row_number() OVER (ORDER BY {', '.join(_KEYS)}) - 1 AS key FROM (SELECT DISTINCT {', '.join(_KEYS)} FROM daily)"
_CELLS = f"""SELECT named.key::INTEGER AS key, (daily.day - DATE '1970-01-01' + 719163)::INTEGER AS day, daily.n,
       coalesce(daily.amount::DECIMAL(19, 6) * 1000000::DECIMAL(7, 0), 0)::BIGINT AS amount
FROM daily JOIN ({_NAMED}) AS named ON {' AND '.join(f'named.{column} IS NOT DISTINCT FROM daily.{column}' for column in _KEYS)}"""


class Counts:
    """The cells of `daily`, those of one measure and basis side by side and by day; amounts in millionths."""

    def __init__(self, snapshot: Snapshot) -> None:
        cursor = snapshot.cursor()
        try:
            named = cursor.execute(f"SELECT {', '.join(_KEYS)} FROM ({_NAMED}) ORDER BY key").fetchall()
            cells = cursor.execute(_CELLS).fetchnumpy()
        finally:
            cursor.close()
        self._told = [row[2:] for row in named]
        slices: dict[tuple[str, str], int] = {}
        of_key = np.array([slices.setdefault((row[0], row[1]), len(slices)) for row in named], np.int64)
        order = np.argsort(of_key[cells["key"]] << 32 | cells["day"].astype(np.int64), kind="stable")
        self._key, self._day, self._n, self._amount = (np.asarray(cells[name])[order] for name in ("key", "day", "n", "amount"))
        ends = np.searchsorted(of_key[self._key], np.arange(len(slices) + 1))
        self._slices = {name: (int(ends[n]), int(ends[n + 1])) for name, n in slices.items()}
        self.first, self.last = (int(self._day.min()), int(self._day.max())) if len(self._day) else (1, 0)
        self._grouped: dict[tuple[tuple[str, ...], Where], tuple[NDArray[np.int64], list[tuple[Any, ...]]]] = {}

    def counted(self, part: Part, basis: str, days: tuple[int, int]) -> Groups:
        """The groups of a part that asks `daily`, over these days (ordinals, both included)."""
        by_time = tuple(name for name in part.dimensions if name in TIMES)
        told_by = tuple(name for name in part.dimensions if name not in TIMES)
        of_key, told = self._groups(told_by, tuple(item for item in part.where if item[0] not in TIMES))
        asked = times(by_time, tuple(item for item in part.where if item[0] in TIMES), max(days[0], self.first), min(days[1], self.last))
        found: Groups = {}
        for measure in part.measures:
            lows, sums = self._summed((measure.name, basis), measure.is_money, of_key, asked)
            for flat, value in zip(lows, sums, strict=True):
                group, time = divmod(flat, len(asked.groups))
                values = dict(zip(told_by, told[group], strict=True)) | dict(zip(by_time, asked.groups[time], strict=True))
                found.setdefault(tuple(values[name] for name in part.dimensions), {})[measure.name] = value * MICRO if measure.is_money else value
        return found

    def _summed(self, name: tuple[str, str], is_money: bool, of_key: NDArray[np.int64], asked: Times) -> tuple[list[int], list[int]]:
        """Group × time group, as one number, and its sum; none where there is no cell."""
        low, high = self._slices.get(name, (0, 0))
        low, high = low + int(np.searchsorted(self._day[low:high], asked.first)), low + int(np.searchsorted(self._day[low:high], asked.last, side="right"))
        flat = of_key[self._key[low:high]]
        taken = flat >= 0
        if not asked.is_one:
            time = asked.of_day[self._day[low:high] - asked.first]
            flat = flat * len(asked.groups) + time
            taken &= time >= 0
        there, place = np.unique(flat[taken], return_inverse=True)
        sums = np.zeros(len(there), np.int64)
        np.add.at(sums, place, (self._amount if is_money else self._n)[low:high][taken])
        return there.tolist(), sums.tolist()

    def _groups(self, told_by: tuple[str, ...], where: Where) -> tuple[NDArray[np.int64], list[tuple[Any, ...]]]:
        """The group of each key, -1 where a filter leaves it out, and what each group is of."""
        known = self._grouped.get((told_by, where))
        if known is None:
            place = {name: _TOLD_BY.index(COLUMNS["daily"][name]) for name in (*told_by, *(name for name, _ in where))}
            groups: dict[tuple[Any, ...], int] = {}
            of_key = np.full(len(self._told), -1, np.int64)
            for n, told in enumerate(self._told):
                if all(told[place[name]] in values for name, values in where):
                    of_key[n] = groups.setdefault(tuple(told[place[name]] for name in told_by), len(groups))
            if len(self._grouped) > 200:
                self._grouped.clear()
            known = self._grouped[told_by, where] = (of_key, list(groups))
        return known


def are_holdable(snapshot: Snapshot) -> bool:
    """Whether `daily` is small enough to be held, and all its amounts are known and fit."""
    row = snapshot.sql("""SELECT count(*), coalesce(sum(abs(amount)), 0), count(*) FILTER (amount IS NULL AND currency IS NOT NULL) FROM daily""").row(0)
    return bool(row[0] <= MOST_CELLS and row[1] < MOST_AMOUNT and not row[2])
