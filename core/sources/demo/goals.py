"""Who reaches the goal of a journey, when, and what it is worth."""
import numpy as np
import polars as pl

from core.sources.demo.plan import Goal
from core.sources.demo.runs import NEVER
from core.sources.demo.sheet import HOUR, Cell, Floats, Ints, Sheet, after, pick
from core.sources.demo.stage import Stage

AGAIN = 0.12  # share of those who reach it a second time


def reach_goals(stage: Stage) -> Ints:
    """Writes the goal events of all runs; gives, by run, when it ends for reaching its goal (µs, NEVER for most)."""
    runs, rng = stage.runs, stage.rng
    ended_at = np.full(len(runs.start), NEVER)
    for version in stage.plan.versions:
        goal = version.goal
        if goal is None or goal.at_element:
            continue
        own = np.flatnonzero((runs.version == version.number) & (rng.random(len(runs.start)) < runs.odds))
        at = after(rng, runs.start[own], int(goal.after_h * HOUR), 0.8)
        perform(stage, goal, own, at)
        again = rng.random(len(own)) < AGAIN
        perform(stage, goal, own[again], after(rng, at[again], 20 * HOUR))
        if goal.ends_run:
            ended_at[own] = at
    return ended_at


def perform(stage: Stage, goal: Goal, run: Ints, at: Ints) -> None:
    """The goal event of each of these runs."""
    value: dict[str, Cell] = {}
    if goal.value is not None:
        value = {"value": worth(stage.rng, goal.value, len(run)), "value_currency": pick(stage.rng, ("EUR", "USD"), (0.88, 0.12), len(run))}
    stage.sheet.write("event.performed", run, at, name=goal.event, is_nameless=not goal.names_run, **value)


def worth(rng: np.random.Generator, median: float, count: int) -> Floats:
    return np.round(median * rng.lognormal(0.0, 0.55, count), 2)


def end_at_goal(lines: pl.DataFrame, ended_at: Ints) -> pl.DataFrame:
    """A run that ends with its goal goes nowhere and is sent nothing afterwards; receipts, replies and purchases may still come."""
    is_over = lines["at"] >= pl.Series(ended_at).gather(lines["run"])
    unsent = lines.filter(is_over & (lines["event_type"] == "message.sent"))["message"]
    steers = lines["event_type"].str.contains(r"^(?:journey\.exited|element\..*)$")
    kept = lines.filter(~(is_over & steers) & (lines["message"].is_null() | ~lines["message"].is_in(unsent.implode())))
    had_exit = kept.filter(kept["event_type"] == "journey.exited")["run"]
    run = np.setdiff1d(np.flatnonzero(ended_at != NEVER), had_exit.to_numpy())
    sheet = Sheet()
    sheet.write("journey.exited", run, ended_at[run], reason="goal_reached")
    return pl.concat([kept, sheet.frame()])
