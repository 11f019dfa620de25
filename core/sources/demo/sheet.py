"""The sheet on which the events of one journey are written while its runs are played."""
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]  # run numbers, or times in µs since 1970 (UTC)
Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Cell: TypeAlias = "str | float | bool | Ints | Floats | pl.Series"

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

# What a line of the sheet may say; `message` and `call` are numbers, made ids when the sheet is handed over.
SAYS: dict[str, pl.DataType] = {
    "event_type": pl.String(), "run": pl.Int64(), "at": pl.Int64(), "element_id": pl.String(), "channel": pl.String(), "sender": pl.String(),
    "message": pl.Int64(), "status": pl.String(), "reason": pl.String(), "url": pl.String(), "direction": pl.String(), "is_machine": pl.Boolean(),
    "cost": pl.Float64(), "cost_currency": pl.String(), "name": pl.String(), "value": pl.Float64(), "value_currency": pl.String(), "call": pl.Int64(),
    "input": pl.String(), "collect_name": pl.String(), "next_element_id": pl.String(), "duration_s": pl.Float64(),
    "is_bare": pl.Boolean(),  # a receipt that knows its message and nothing else
    "is_nameless": pl.Boolean(),  # a shop's event: it knows the profile and no journey
}


class Sheet:
    """Collects lines in blocks: one event type, many runs at once."""

    def __init__(self) -> None:
        self.blocks: list[pl.DataFrame] = []
        self.messages = 0
        self.calls = 0

    def write(self, event_type: str, run: Ints, at: Ints, **says: Cell) -> None:
        """One event a run. `at` in µs; a scalar in `says` holds for the whole block."""
        if not len(run):
            return
        block = pl.DataFrame({"run": run, "at": at, **{name: cell for name, cell in says.items() if not isinstance(cell, str | float | bool)}})
        scalars = {"event_type": event_type, **{name: cell for name, cell in says.items() if isinstance(cell, str | float | bool)}}
        self.blocks.append(block.with_columns(**{name: pl.lit(cell) for name, cell in scalars.items()}))

    def new_messages(self, count: int) -> Ints:
        self.messages += count
        return np.arange(self.messages - count, self.messages, dtype=np.int64)

    def new_calls(self, count: int) -> Ints:
        self.calls += count
        return np.arange(self.calls - count, self.calls, dtype=np.int64)

    def frame(self) -> pl.DataFrame:
        """All lines, one row an event, with every column of SAYS in its order."""
        empty = pl.DataFrame(schema=SAYS)
        return pl.concat([empty, *self.blocks], how="diagonal") if self.blocks else empty


def pick(rng: np.random.Generator, names: Sequence[str], shares: Sequence[float], count: int) -> pl.Series:
    """`count` names, drawn by their shares (which need not add up to one)."""
    return pl.Series(names, dtype=pl.String).gather(draw(rng, shares, count))


def draw(rng: np.random.Generator, shares: Sequence[float], count: int) -> Ints:
    """`count` indices into `shares`, drawn by them."""
    edges = np.cumsum(np.asarray(shares, dtype=np.float64))
    drawn: Ints = np.minimum(np.searchsorted(edges, rng.random(count) * edges[-1], side="right"), len(edges) - 1).astype(np.int64)
    return drawn


def after(rng: np.random.Generator, at: Ints, median: int, spread: float = 0.9) -> Ints:
    """A later time for each of `at`: long-tailed around the median (µs), to the millisecond, at least one second on."""
    later = median * rng.lognormal(0.0, spread, len(at))
    gap: Ints = np.maximum(later, SECOND).astype(np.int64) // 1000 * 1000
    return at + gap
