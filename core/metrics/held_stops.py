"""Who passed and who stopped at each element of a journey, in memory: the people of any range take milliseconds, where the facts take a fifth of a second."""
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import polars as pl
from numpy.typing import NDArray

from core.metrics.facts import COLUMNS, ENTERED
from core.metrics.held_counts import MOST_AMOUNT
from core.metrics.query import Where
from core.warehouse.snapshots import Snapshot

WORTH = 1  # questions of a journey by SQL before it is read: a command asks one and goes
MOST_ROWS = 4_500_000  # arrivals of a journey, 10 bytes each; a larger one is asked by SQL
MOST_BYTES = 48 * 2**20  # of all journeys together; what was not asked for longest goes
TOLD_BY = ("journey_version", "sub_account", "arm")
_COLUMNS = ", ".join(COLUMNS["arrivals"][name] for name in TOLD_BY)
_DAY = "(%s - DATE '1970-01-01' + 719163)::INTEGER"
_THERE = f"(SELECT DISTINCT element_id, {_COLUMNS} FROM daily WHERE measure = 'element_arrived' AND journey_id = $1)"
_ELEMENTS = f"SELECT DISTINCT element_id FROM {_THERE} ORDER BY element_id"
_PLACES = f"SELECT DISTINCT {_COLUMNS} FROM {_THERE} ORDER BY {_COLUMNS}"
_NUMBERED = f"""(SELECT * FROM arrivals WHERE journey_id = $1) AS arrival JOIN (
    SELECT *, dense_rank() OVER (ORDER BY element_id) - 1 AS element, dense_rank() OVER (ORDER BY {_COLUMNS}) - 1 AS place FROM {_THERE}
) AS named ON {" AND ".join(f"named.{column} IS NOT DISTINCT FROM arrival.{column}" for column in ("element_id", *_COLUMNS.split(", ")))}"""
_PEOPLE = f"""SELECT ((CASE WHEN state = 'passed' THEN 0 ELSE $3 END + named.element)::BIGINT << 40) | arrival.profile_key AS key,
       named.place::USMALLINT AS place,
       ({_DAY % 'arrival.run_day'} - $2)::USMALLINT AS run_day, ({_DAY % 'arrival.arrived_day'} - $2)::USMALLINT AS arrived_day,
       state <> 'passed' AND run_key IN (SELECT run_key FROM goals WHERE journey_id = $1) AS is_at_goal
FROM {_NUMBERED}"""
_WORTH = f"""WITH worth AS MATERIALIZED (
    SELECT named.element, named.place, arrival.run_day, arrival.arrived_day, goal.value_currency AS currency, goal.value_amount AS amount
    FROM {_NUMBERED} JOIN (SELECT run_key, value_currency, value_amount FROM goals WHERE journey_id = $1 AND value_amount IS NOT NULL) AS goal USING (run_key)
    WHERE state = 'passed'
)
SELECT is_entered, element, place, day - $2 AS day, currency, TRY_CAST(sum(amount) * 1000000 AS BIGINT) AS micros
FROM (SELECT TRUE AS is_entered, {_DAY % 'run_day'} AS day, * FROM worth UNION ALL SELECT FALSE, {_DAY % 'arrived_day'}, * FROM worth) GROUP BY ALL"""
_held: WeakKeyDictionary[Snapshot, OrderedDict[str, "Stops | None"]] = WeakKeyDictionary()
_asked: WeakKeyDictionary[Snapshot, dict[str, int]] = WeakKeyDictionary()
_lock = Lock()


@dataclass(frozen=True, slots=True)
class _People:
    """Arrivals, those of one element side by side and in these those of one person; `pair` numbers (element, person), `last` has each element's last pair."""

    pair: NDArray[np.int32]
    place: NDArray[np.uint16]
    days: tuple[NDArray[np.uint16], NDArray[np.uint16]]  # of the run's start, of the arrival
    last: NDArray[np.int32]

    @property
    def nbytes(self) -> int:
        return sum(array.nbytes for array in (self.pair, self.place, *self.days))

    def counted(self, at: int, days: tuple[int, int], places: NDArray[np.bool_] | None) -> list[int]:
        """Of each element the distinct people with such an arrival on these days (both included, counted from the first that is held)."""
        taken = self.days[at] - np.uint16(days[0]) <= np.uint16(days[1] - days[0])  # days before the first wrap around to large numbers
        if places is not None:
            taken &= places[self.place]
        pair = self.pair[taken]
        is_first = _is_first(pair)
        ends = np.searchsorted(pair, self.last, side="right").tolist()
        return [int(np.count_nonzero(is_first[begin:end])) for begin, end in zip([0, *ends], ends, strict=False)]


@dataclass(frozen=True, slots=True)
class _Worth:
    """Goal values of runs that passed, summed by element, place, currency and day; in millionths."""

    element: NDArray[np.int64]
    place: NDArray[np.int64]
    currency: NDArray[np.int64]
    day: NDArray[np.int64]
    micros: NDArray[np.int64]


class Stops:
    """The arrivals of one journey. Raises OverflowError where its values are too large to be summed in 64 bits."""

    def __init__(self, snapshot: Snapshot, journey: str, first: int) -> None:
        self._first = first
        cursor = snapshot.cursor()
        try:
            self.elements: list[str] = [row[0] for row in cursor.execute(_ELEMENTS, [journey]).fetchall()]
            self._places: list[tuple[Any, ...]] = cursor.execute(_PLACES, [journey]).fetchall()
            if len(self._places) >= 2**16:
                raise OverflowError
            arrivals = cursor.execute(_PEOPLE, [journey, first, len(self.elements)]).fetchnumpy()
        finally:
            cursor.close()
        worth = snapshot.sql(_WORTH, [journey, first])
        self._passed, self._stopped, self._at_goal = self._sorted(arrivals)
        if worth["micros"].null_count() or float(worth["micros"].cast(float).abs().sum()) >= MOST_AMOUNT * 10**6:
            raise OverflowError
        self.currencies: list[str] = worth["currency"].unique().sort().to_list()
        self._worth = tuple(self._summed(worth.filter(pl.col("is_entered") == is_entered)) for is_entered in (True, False))
        self.nbytes = sum(of.nbytes for of in (self._passed, self._stopped, self._at_goal))

    def people(self, basis: str, days: tuple[int, int], where: Where) -> list[tuple[str, int, int, int]]:
        """(element, stopped, stopped with a goal event, passed) in distinct people over these days (ordinals), of elements with any."""
        asked, places = self._within(days), self._told(where)
        if asked is None:
            return []
        at = 0 if basis == ENTERED else 1
        stopped, at_goal, passed = (of.counted(at, asked, places) for of in (self._stopped, self._at_goal, self._passed))
        return [row for row in zip(self.elements, stopped, at_goal, passed, strict=True) if row[1] + row[3]]

    def worth(self, basis: str, days: tuple[int, int], where: Where) -> dict[tuple[str, str], int]:
        """(element, currency) → the goal value of all runs that passed over these days, in millionths; none where no goal event has a value."""
        of, asked, places = self._worth[0 if basis == ENTERED else 1], self._within(days), self._told(where)
        if asked is None:
            return {}
        taken = (of.day >= asked[0]) & (of.day <= asked[1])
        if places is not None:
            taken &= places[of.place]
        there, of_row = np.unique(of.element[taken] * len(self.currencies) + of.currency[taken], return_inverse=True)
        sums = np.zeros(len(there), np.int64)
        np.add.at(sums, of_row, of.micros[taken])
        chosen = next((values for name, values in where if name == "currency"), self.currencies)
        named = ((divmod(flat, len(self.currencies)), micros) for flat, micros in zip(there.tolist(), sums.tolist(), strict=True))
        return {(self.elements[n], self.currencies[currency]): micros for (n, currency), micros in named if self.currencies[currency] in chosen}

    def _within(self, days: tuple[int, int]) -> tuple[int, int] | None:
        """The days counted from the first that is held; None where there is none."""
        first, last = max(days[0] - self._first, 0), min(days[1] - self._first, 2**16 - 1)
        return (first, last) if first <= last else None

    def _told(self, where: Where) -> NDArray[np.bool_] | None:
        """Which places the filters keep; None: all."""
        filters = [(TOLD_BY.index(name), values) for name, values in where if name in TOLD_BY]
        return np.array([all(place[n] in values for n, values in filters) for place in self._places], bool) if filters else None

    def _sorted(self, arrivals: dict[str, NDArray[Any]]) -> tuple[_People, _People, _People]:
        """Who passed, who stopped, and who of these has a goal event: put in order together, then cut.

        A key is the element, counted on for those who stopped, and then the person, whose position in the log is below 2^40.
        """
        order = np.argsort(arrivals["key"])
        key, place, run_day, arrived_day, is_at_goal = (arrivals[name][order] for name in ("key", "place", "run_day", "arrived_day", "is_at_goal"))
        pair = np.cumsum(_is_first(key), dtype=np.int32)
        ends = np.searchsorted(key, np.arange(1, 2 * len(self.elements) + 1, dtype=np.int64) << 40)
        last = np.concatenate((np.zeros(1, np.int32), pair))[ends]
        n, goal = len(self.elements), np.flatnonzero(is_at_goal)
        cut = int(np.searchsorted(key, n << 40))
        return (_People(pair[:cut], place[:cut], (run_day[:cut], arrived_day[:cut]), last[:n]),
                _People(pair[cut:], place[cut:], (run_day[cut:], arrived_day[cut:]), last[n:]),
                _People(pair[goal], place[goal], (run_day[goal], arrived_day[goal]), last[n:]))

    def _summed(self, rows: pl.DataFrame) -> _Worth:
        places = {currency: n for n, currency in enumerate(self.currencies)}
        numbered = rows.with_columns(pl.col("currency").replace_strict(places, return_dtype=pl.Int64()))
        return _Worth(*(numbered[name].cast(pl.Int64()).to_numpy() for name in ("element", "place", "currency", "day", "micros")))


def _is_first(ordered: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether each is another than the one before it."""
    found = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=found[1:])
    return found


def stops_of(snapshot: Snapshot, journey: str) -> Stops | None:
    """What is held of the journey, which is read once it was asked often enough; None: ask by SQL."""
    with _lock:
        held = _held.setdefault(snapshot, OrderedDict())
        if journey not in held:
            asked = _asked.setdefault(snapshot, {})
            asked[journey] = asked.get(journey, 0) + 1
            if asked[journey] <= WORTH:
                return None
            held[journey] = _read(snapshot, journey)
            _make_room(held[journey])
        held.move_to_end(journey)
        return held[journey]


def _read(snapshot: Snapshot, journey: str) -> Stops | None:
    known = f"""SELECT coalesce(sum(n) FILTER (basis = 'happened'), 0)::BIGINT, min({_DAY % 'day'}), max({_DAY % 'day'}) FROM daily
                WHERE measure = 'element_arrived' AND journey_id = $1"""
    rows, first, last = snapshot.sql(known, [journey]).row(0)
    if not 0 < rows <= MOST_ROWS or last - first >= 2**16:
        return None
    try:
        return Stops(snapshot, journey, first)
    except OverflowError:
        return None


def _make_room(newest: Stops | None) -> None:
    """Lets go of what was read before while all of it together is too large."""
    every = [(held, journey, stops) for held in _held.values() for journey, stops in held.items() if stops is not None and stops is not newest]
    size = sum(stops.nbytes for *_, stops in every) + (newest.nbytes if newest else 0)
    for held, journey, stops in every:
        if size <= MOST_BYTES:
            return
        del held[journey]
        size -= stops.nbytes
