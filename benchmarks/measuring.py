"""How the benchmarks measure: time, peak memory in a process of its own, quantiles, and a line that says whether a claim holds."""
import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Measured:
    """What a function gave, how long it took, how much processor time that was, and the peak memory of the process that did nothing else."""

    value: Any
    seconds: float
    cpu_s: float  # of all threads: what remains true when something else runs beside it
    peak_mib: float


def fresh(function: Callable[..., Any], *args: Any) -> Measured:
    """Runs a top-level function in a new process: its peak is its own, imports included, and the clock starts after them."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_timed, function, args).result()


def _timed(function: Callable[..., Any], args: Sequence[Any]) -> Measured:
    began, cpu = time.perf_counter(), time.process_time()
    value = function(*args)
    return Measured(value, time.perf_counter() - began, time.process_time() - cpu, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def times_of(function: Callable[[], Any], repeats: int) -> list[float]:
    """Milliseconds of each of `repeats` calls; one call before them warms up."""
    function()
    taken = []
    for _ in range(repeats):
        began = time.perf_counter()
        function()
        taken.append((time.perf_counter() - began) * 1000)
    return taken


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    """The value that 95 % do not pass (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(-(-len(ordered) * 95 // 100) - 1, 0)]


class Claims:
    """Collects claims as lines `holds / MISSED`, and gives the exit code: 1 where one was missed."""

    def __init__(self, are_meant: bool = True) -> None:
        self.are_meant = are_meant  # a small size shows the way only: its claims are printed and not judged
        self.missed: list[str] = []

    def at_most(self, what: str, value: float, limit: float, unit: str) -> None:
        self._judge(f"{what}: {value:,.2f} {unit} (claim: at most {limit:,g})", value <= limit)

    def at_least(self, what: str, value: float, limit: float, unit: str) -> None:
        self._judge(f"{what}: {value:,.2f} {unit} (claim: at least {limit:,g})", value >= limit)

    def equal(self, what: str, one: Any, other: Any) -> None:
        """Numbers must be equal at any size."""
        holds = one == other
        print(f"  {'equal' if holds else 'DIFFERS'}  {what}" + ("" if holds else f": {one!r} and {other!r}"), flush=True)
        if not holds:
            self.missed.append(what)

    def _judge(self, line: str, holds: bool) -> None:
        verdict = "holds " if holds else "MISSED"
        print(f"  {verdict if self.are_meant else '(small)'} {line}", flush=True)
        if self.are_meant and not holds:
            self.missed.append(line)

    def exit_code(self) -> int:
        print(f"{len(self.missed)} missed" if self.missed else "all hold" if self.are_meant else "all equal; speed is judged at full size only")
        return 1 if self.missed else 0
