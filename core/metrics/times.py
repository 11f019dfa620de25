"""The days of a range, each with the group of the time dimensions asked that it falls into."""
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.metrics.measures import DAYS
from core.metrics.query import Where

TIMES = (*DAYS, "weekday")


@dataclass(frozen=True, slots=True)
class Times:
    """`groups` are the values of the time dimensions, in the order asked; `of_day` has the group of each day from `first` (an ordinal), -1: filtered out."""

    first: int
    last: int
    groups: tuple[tuple[Any, ...], ...]
    of_day: NDArray[np.int32]

    @property
    def is_one(self) -> bool:
        """Whether all days are in one group, so that nobody needs to look at them."""
        return self.groups == ((),) and bool((self.of_day == 0).all())

    def spans(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """First and last day of each group; without weekdays the days of a group are neighbours."""
        there = np.flatnonzero(self.of_day >= 0)
        of = self.of_day[there]
        ends = np.flatnonzero(np.diff(of, append=-2))
        begins = np.concatenate(([0], ends[:-1] + 1)) if len(ends) else ends
        return there[begins] + self.first, there[ends] + self.first


@lru_cache(maxsize=512)
def times(dimensions: tuple[str, ...], where: Where, first: int, last: int) -> Times:
    """The days from `first` to `last` (ordinals), by these dimensions of time and under these filters on time."""
    days = last - first + 1
    if days <= 0:
        return Times(first, last, (), np.zeros(0, np.int32))
    if not dimensions and not where:
        return Times(first, last, ((),), np.zeros(days, np.int32))
    groups: dict[tuple[Any, ...], int] = {}
    of_day = np.full(days, -1, np.int32)
    for n in range(days):
        day = date.fromordinal(first + n)
        if all(value(name, day) in values for name, values in where):
            of_day[n] = groups.setdefault(tuple(value(name, day) for name in dimensions), len(groups))
    return Times(first, last, tuple(groups), of_day)


def value(dimension: str, day: date) -> Any:
    """What a dimension of time says of a day."""
    match dimension:
        case "day":
            return day
        case "week":
            return day - timedelta(day.weekday())
        case "month":
            return day.replace(day=1)
        case _:
            return day.isoweekday()
