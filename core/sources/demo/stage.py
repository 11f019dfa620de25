"""What the runs of a journey are played with."""
from dataclasses import dataclass

import numpy as np

from core.sources.demo.plan import Plan
from core.sources.demo.runs import Runs
from core.sources.demo.sheet import Sheet


@dataclass(frozen=True, slots=True)
class Stage:
    """One journey: its plan, its runs, the sheet its events are written on, and its own stream of chance."""

    plan: Plan
    runs: Runs
    sheet: Sheet
    rng: np.random.Generator

    @property
    def direction(self) -> str:
        """Of its calls."""
        return self.plan.direction or "inbound"
