"""The runs of one journey as columns, and what is remembered of each while it is played."""
from dataclasses import dataclass

import numpy as np

from core.sources.demo.plan import Plan
from core.sources.demo.rhythm import Calendar
from core.sources.demo.sheet import SECOND, Flags, Floats, Ints

NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class Runs:
    """One entry a run, in the order of their starts; times in µs. The arrays after `version` change as the runs are played."""

    profile: Ints
    start: Ints
    version: Ints
    viewed_at: Ints  # the first view of the latest message, or NEVER
    odds: Floats  # of reaching the goal
    call: Ints  # the number of the call going on, or -1
    called_at: Ints
    is_anonymous: Flags

    @staticmethod
    def of(plan: Plan, profile: Ints, start: Ints, calendar: Calendar, rng: np.random.Generator) -> "Runs":
        count = len(start)
        version = np.full(count, plan.versions[0].number, dtype=np.int64)
        odds = np.full(count, plan.versions[0].goal.odds if plan.versions[0].goal else 0.0)
        for later in plan.versions[1:]:
            since = start >= int(calendar.at(later.since).timestamp()) * SECOND
            version[since] = later.number
            odds[since] = later.goal.odds if later.goal else 0.0
        return Runs(profile, start, version, np.full(count, NEVER), odds, np.full(count, -1), np.full(count, NEVER), rng.random(count) < plan.anonymous_calls)
