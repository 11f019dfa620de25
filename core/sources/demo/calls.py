"""IVR calls: how they begin, what callers choose and say in a menu or a collect, how they end."""
import numpy as np
import polars as pl

from core.sources.demo.plan import Step
from core.sources.demo.runs import Runs
from core.sources.demo.sheet import SECOND, Cell, Flags, Floats, Ints, Sheet, draw, pick

HUNG_UP = -1
TRIES = 3
LINE = "+38516000100"
COST_PER_MINUTE = {"inbound": (0.011, "EUR"), "outbound": (0.034, "USD")}
UNREACHED = (("no_answer", 0.68), ("busy", 0.25), ("failed", 0.07))
DIGITS = {"card_number": 12, "pin": 4, "invoice_number": 8, "payment_day": 2}


def begin_calls(runs: Runs, sheet: Sheet, rng: np.random.Generator, run: Ints, at: Ints, direction: str, unreached: float,
                ) -> tuple[Ints, Flags]:
    """Starts a call for each run that is in none; gives when each run is on (µs), and who was reached at all."""
    new = runs.call[run] < 0
    fresh, started_at = run[new], at[new]
    runs.call[fresh] = sheet.new_calls(len(fresh))
    runs.called_at[fresh] = started_at
    says: dict[str, Cell] = {"call": runs.call[fresh], "direction": direction, "sender": LINE}
    sheet.write("call.started", fresh, started_at, **says)
    missed = rng.random(len(fresh)) < unreached
    rings_until = started_at + rng.integers(3, 14, len(fresh)) * SECOND
    answered = ~missed
    sheet.write("call.answered", fresh[answered], rings_until[answered], call=runs.call[fresh[answered]], direction=direction)
    _end(runs, sheet, fresh[missed], rings_until[missed] + 12 * SECOND,
         pick(rng, [name for name, _ in UNREACHED], [share for _, share in UNREACHED], int(missed.sum())), np.zeros(int(missed.sum())), direction)
    on_at, reached = at.copy(), np.ones(len(run), dtype=np.bool_)
    on_at[new] = rings_until + SECOND
    reached[new] = answered
    return on_at, reached


def play_menu(runs: Runs, sheet: Sheet, rng: np.random.Generator, step: Step, run: Ints, at: Ints) -> tuple[Ints, Ints]:
    """A choice by key; gives the number of the way chosen (HUNG_UP: none) and when (µs)."""
    keyed = [number for number, way in enumerate(step.ways) if way.key is not None]
    chosen = np.array(keyed, dtype=np.int64)[draw(rng, [step.ways[number].share for number in keyed], len(run))]
    answers = pl.DataFrame({"input": [way.key for way in step.ways], "next_element_id": [way.to for way in step.ways]}, schema_overrides={"input": pl.String})
    ok, left = _ask(runs, sheet, rng, step, run, at, "call.input", answers[chosen], wrong=("5", "7", "*"))
    return np.where(ok, chosen, HUNG_UP), left


def play_collect(runs: Runs, sheet: Sheet, rng: np.random.Generator, step: Step, run: Ints, at: Ints) -> tuple[Ints, Ints]:
    """A number typed or said; gives 0 (on) or HUNG_UP, and when (µs)."""
    digits = DIGITS[step.collects or ""]
    values = pl.Series(rng.integers(10 ** (digits - 1), 10 ** digits, len(run))).cast(pl.String)
    answers = pl.DataFrame({"input": values, "next_element_id": [step.ways[0].to] * len(run), "collect_name": [step.collects] * len(run)},
                           schema={"input": pl.String, "next_element_id": pl.String, "collect_name": pl.String})
    ok, left = _ask(runs, sheet, rng, step, run, at, "call.collected", answers, wrong=("1", "12", "99"))
    return np.where(ok, 0, HUNG_UP), left


def _ask(runs: Runs, sheet: Sheet, rng: np.random.Generator, step: Step, run: Ints, at: Ints, event_type: str, answers: pl.DataFrame,
         wrong: tuple[str, ...]) -> tuple[Flags, Ints]:
    """Up to three tries at an answer (one row of `answers` a run); gives who gave one, and when each is done (µs)."""
    ok, left = np.zeros(len(run), dtype=np.bool_), at.copy()
    trying = np.arange(len(run))
    for attempt in range(TRIES):
        if event_type == "call.input":
            sheet.write("call.menu_entered", run[trying], left[trying], call=runs.call[run[trying]], element_id=step.element_id)
        left[trying] += rng.integers(3000, 16_000, len(trying)) * 1000
        stays = rng.random(len(trying)) >= (step.leaves if attempt == 0 else 0.3)
        trying = trying[stays]
        verdict = draw(rng, (1 - step.invalid - step.silent, step.invalid, step.silent), len(trying))
        good, bad, silent = (trying[verdict == number] for number in range(3))
        named = {"element_id": step.element_id, **({"collect_name": step.collects} if step.collects else {})}
        sheet.write(event_type, run[good], left[good], call=runs.call[run[good]], status="ok", **(named | answers[good].to_dict()))
        sheet.write(event_type, run[bad], left[bad], call=runs.call[run[bad]], status="invalid", input=pick(rng, wrong, (1, 1, 1), len(bad)), **named)
        sheet.write(event_type, run[silent], left[silent], call=runs.call[run[silent]], status="no_input", **named)
        ok[good] = True
        trying = np.concatenate([bad, silent])
    left[ok] += SECOND
    return ok, left


def end_calls(runs: Runs, sheet: Sheet, run: Ints, at: Ints, status: str, direction: str) -> None:
    """Ends the call that each of these runs is in."""
    seconds = (at - runs.called_at[run]) // SECOND
    _end(runs, sheet, run, at, status, seconds.astype(np.float64), direction)


def _end(runs: Runs, sheet: Sheet, run: Ints, at: Ints, status: str | pl.Series, duration_s: Floats, direction: str) -> None:
    rate, currency = COST_PER_MINUTE[direction]
    sheet.write("call.ended", run, at, call=runs.call[run], status=status, duration_s=duration_s, cost=np.round(np.ceil(duration_s / 60) * rate, 4),
                cost_currency=currency)
    runs.call[run] = -1
