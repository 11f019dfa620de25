"""The times from entry to goal of a journey in memory: the bands and quartiles of any range need no look at its runs."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.metrics.facts import COLUMNS, ENTERED
from core.metrics.once import has_table
from core.metrics.query import Query
from core.metrics.room import Room
from core.warehouse.snapshots import Snapshot

MOST_RUNS = 400_000  # of one journey; more are asked by SQL
_TOLD_BY = ("journey_version", "sub_account", "arm")
_COLUMNS = [COLUMNS["first_goals"][name] for name in _TOLD_BY]
_DAY = "(%s - DATE '1970-01-01' + 719163)::INTEGER"
_NAMED = f"""SELECT *, row_number() OVER (ORDER BY {', '.join(_COLUMNS)}) - 1 AS key
FROM (SELECT DISTINCT {', '.join(_COLUMNS)} FROM first_goals WHERE journey_id = $1)"""
_RUNS = f"""SELECT {_DAY % 'run_day'} AS entered, {_DAY % 'goal_day'} AS happened, seconds, named.key::INTEGER AS of
FROM first_goals AS run JOIN ({_NAMED}) AS named ON {' AND '.join(f'named.{column} IS NOT DISTINCT FROM run.{column}' for column in _COLUMNS)}
WHERE journey_id = $1 ORDER BY seconds"""


@dataclass(frozen=True, slots=True)
class Goals:
    """The runs of one journey with a goal, shortest time first: the days that place them, and what each is of (a place in `told`)."""

    told: list[tuple[Any, ...]]  # (version, sub-account, arm)
    seconds: NDArray[np.int64]
    entered: NDArray[np.int32]
    happened: NDArray[np.int32]
    of: NDArray[np.int32]

    @property
    def nbytes(self) -> int:
        """What it takes."""
        return self.seconds.nbytes + self.entered.nbytes + self.happened.nbytes + self.of.nbytes


_goals: Room[Goals] = Room(16 * 2**20, lambda found: found.nbytes)
NONE = Goals([], np.zeros(0, np.int64), *(np.zeros(0, np.int32),) * 3)  # of a journey that is left to SQL


def seconds_of(snapshot: Snapshot, query: Query) -> dict[tuple[Any, ...], NDArray[np.int64]] | None:
    """Values of the dimensions asked → seconds, sorted, of the runs that a settled question means; None where these are not held.

    Without dimensions there is always one group.
    """
    where = dict(query.where)
    journey = where.pop("journey", ())
    if len(journey) != 1 or journey[0] is None or not {*where, *query.dimensions} - {"journey"} <= set(_TOLD_BY):
        return None
    goals = _goals.find(snapshot, journey[0])
    if goals is None:  # one look at the runs costs no more than one of the questions
        goals = _goals.keep(snapshot, journey[0], _read(snapshot, str(journey[0])))
    if goals is NONE:
        return None
    days = goals.entered if query.basis == ENTERED else goals.happened
    taken = (days >= (query.first or date.min).toordinal()) & (days <= (query.last or date.max).toordinal())
    groups: dict[tuple[Any, ...], int] = {} if query.dimensions else {(): 0}
    of_told = np.full(len(goals.told), -1, np.int64)
    for n, told in enumerate(goals.told):
        values = dict(zip(_TOLD_BY, told, strict=True)) | {"journey": journey[0]}
        if all(values[name] in own for name, own in where.items()):
            of_told[n] = groups.setdefault(tuple(values[name] for name in query.dimensions), len(groups))
    group = of_told[goals.of[taken]]
    seconds = goals.seconds[taken]
    found = {values: seconds[group == n] for values, n in groups.items()}
    return {values: own for values, own in found.items() if len(own) or not query.dimensions}


def _read(snapshot: Snapshot, journey: str) -> Goals:
    """NONE where the snapshot is older than the table, or there are too many."""
    if not has_table(snapshot, "first_goals"):
        return NONE
    cursor = snapshot.cursor()
    try:
        known = cursor.execute("SELECT count(*), count(seconds) FROM first_goals WHERE journey_id = $1", [journey]).fetchall()
        if known[0][0] > MOST_RUNS or known[0][0] != known[0][1]:
            return NONE
        told = cursor.execute(f"SELECT {', '.join(_COLUMNS)} FROM ({_NAMED}) ORDER BY key", [journey]).fetchall()
        columns = cursor.execute(_RUNS, [journey]).fetchnumpy()
    finally:
        cursor.close()
    return Goals(told, *(np.asarray(columns[name]) for name in ("seconds", "entered", "happened", "of")))
