"""Whether a day's (or an hour's) number is unusual: against the same weekday (and hour) of the weeks before, by median and median absolute deviation."""
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median

WEEKS = 8  # looked back at
FEWEST = 4  # of them with a number, before anything is called unusual
MAD_TO_SIGMA = 1.4826  # of a normal distribution (Rousseeuw and Croux 1993)
EVEN = 0.05  # of the middle: money and durations that vary less are called even
SENSITIVITIES = {"high": 3.0, "normal": 4.0, "low": 6.0}  # how many sigmas away


@dataclass(frozen=True, slots=True)
class Expectation:
    """What was to be expected: the middle, and the bounds beyond which a number is unusual."""

    middle: float
    low: float
    high: float


def expectation(before: Sequence[float], *, sigmas: float, n: float | None = None, is_count: bool = True) -> Expectation | None:
    """Of the numbers of the weeks before; None: too few of them.

    Counts: even a perfectly even past varies by chance, by the square root of the middle (Poisson), so sigma is never below that. Rates: `n` is the
    denominator of the number that is judged, and sigma never below sqrt(p (1 − p) / n). Money, durations and ratios (neither) have no such law: sigma is
    never below a twentieth of the middle.
    """
    if len(before) < FEWEST:
        return None
    middle = median(before)
    spread = MAD_TO_SIGMA * median([abs(value - middle) for value in before])
    sigma = max(spread, _chance(middle, n, is_count))
    low, top = middle - sigmas * sigma, middle + sigmas * sigma
    return Expectation(middle, low if min(before) < 0 else max(low, 0.0), top if n is None else min(top, 1.0))


def _chance(middle: float, n: float | None, is_count: bool) -> float:
    if is_count:
        return sqrt(max(middle, 1.0))
    if n is None:
        return abs(middle) * EVEN
    return sqrt(max(middle * (1 - middle), 0.0) / n) if n else 0.0


def is_unusual(value: float, expected: Expectation, direction: str) -> bool:
    """direction: up, down or both."""
    return (direction != "down" and value > expected.high) or (direction != "up" and value < expected.low)
