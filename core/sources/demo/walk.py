"""Plays the runs of one version through its elements, many at once, and writes what happens on the sheet."""
from collections.abc import Callable

import numpy as np

from core.sources.demo.calls import begin_calls, end_calls, play_collect, play_menu
from core.sources.demo.goals import perform
from core.sources.demo.messages import play_send
from core.sources.demo.plan import Step, Version
from core.sources.demo.sheet import HOUR, SECOND, Ints, after, draw
from core.sources.demo.stage import Stage

NOT_ON = -1


def walk(stage: Stage, version: Version) -> None:
    """Every run of this version, from its first element to its exit, or to where it waits for good."""
    runs = stage.runs
    first = version.steps[0].element_id
    own = np.flatnonzero(runs.version == version.number)
    arriving: dict[str, list[tuple[Ints, Ints]]] = {first: [(own, runs.start[own])]}
    for step in version.steps:
        if step.element_id not in arriving:
            continue
        parts = arriving.pop(step.element_id)
        run, at = np.concatenate([run for run, _ in parts]), np.concatenate([at for _, at in parts])
        runs.odds[run] *= step.lift
        if version.goal and version.goal.at_element == step.element_id:
            perform(stage, version.goal, run, at)
        taken, left = PLAYED[step.kind](stage, step, run, at)
        for number, way in enumerate(step.ways):
            on = taken == number
            arriving.setdefault(way.to, []).append((run[on], left[on]))


Played = tuple[Ints, Ints]  # by run: the number of the way taken (NOT_ON: none), and when (µs)


def play_quick(stage: Stage, step: Step, run: Ints, at: Ints) -> Played:
    """Entry, split, group, profile update, API call: a second and on."""
    stage.sheet.write("element.entered", run, at, element_id=step.element_id)
    if step.ends_call_as:
        calling = stage.runs.call[run] >= 0
        end_calls(stage.runs, stage.sheet, run[calling], at[calling], step.ends_call_as, stage.direction)
    by_share = draw(stage.rng, [way.share for way in step.ways], len(run))
    taken = (stage.runs.viewed_at[run] > at).astype(np.int64) if step.asks_if_viewed else by_share
    return leave(stage, step, run, taken, at, at + stage.rng.integers(1, 4, len(run)) * SECOND)


def play_wait(stage: Stage, step: Step, run: Ints, at: Ints) -> Played:
    """A time that passes, or an event that comes or does not."""
    stage.sheet.write("element.entered", run, at, element_id=step.element_id)
    taken = draw(stage.rng, [way.share for way in step.ways], len(run))
    if step.kind == "wait_time":
        left = at + int(step.stays_h * HOUR) + stage.rng.integers(0, 2, len(run)) * SECOND
    else:
        timeout = at + int(step.timeout_h * HOUR)
        left = np.where(taken == len(step.ways) - 1, timeout, np.minimum(after(stage.rng, at, int(step.stays_h * HOUR)), timeout - SECOND))
    taken, left = leave(stage, step, run, taken, at, left)
    stage.sheet.write("element.exited", run[taken >= 0], left[taken >= 0], element_id=step.element_id)
    return taken, left


def play_message(stage: Stage, step: Step, run: Ints, at: Ints) -> Played:
    left = play_send(stage.runs, stage.sheet, stage.rng, step, run, at)
    return leave(stage, step, run, np.zeros(len(run), dtype=np.int64), at, left)


def play_ivr(stage: Stage, step: Step, run: Ints, at: Ints) -> Played:
    """The call begins at the first IVR element; who hangs up ends the run there."""
    runs, sheet, rng = stage.runs, stage.sheet, stage.rng
    unreached = next((number for number, way in enumerate(step.ways) if way.key is None and step.kind == "ivr_menu"), None)
    share = step.ways[unreached].share if unreached is not None else 0.0
    at, reached = begin_calls(runs, sheet, rng, run, at, stage.direction, share)
    play = play_menu if step.kind == "ivr_menu" else play_collect
    taken = np.full(len(run), NOT_ON if unreached is None else unreached, dtype=np.int64)
    left = at.copy()
    taken[reached], left[reached] = play(runs, sheet, rng, step, run[reached], at[reached])
    gone = taken == NOT_ON
    end_calls(runs, sheet, run[gone], left[gone], "hangup", stage.direction)
    sheet.write("journey.exited", run[gone], left[gone] + SECOND, reason=step.leaves_as)
    return taken, left


def play_exit(stage: Stage, step: Step, run: Ints, at: Ints) -> Played:
    """Half of the platform's exits say `exit_point`, the older half say nothing: both are exit points."""
    says = run % 2 == 0
    stage.sheet.write("journey.exited", run[says], at[says], element_id=step.element_id, reason="exit_point")
    stage.sheet.write("journey.exited", run[~says], at[~says], element_id=step.element_id)
    return np.full(len(run), NOT_ON, dtype=np.int64), at


def leave(stage: Stage, step: Step, run: Ints, taken: Ints, at: Ints, left: Ints) -> Played:
    """Those who end here, and not at an exit point."""
    if not step.leaves:
        return taken, left
    gone = stage.rng.random(len(run)) < step.leaves
    wait = (step.leaves_after_h * HOUR * stage.rng.uniform(0.9, 1.1, len(run))).astype(np.int64) // 1000 * 1000 + SECOND
    stage.sheet.write("journey.exited", run[gone], (at + wait)[gone], reason=step.leaves_as)
    return np.where(gone, NOT_ON, taken), left


PLAYED: dict[str, Callable[[Stage, Step, Ints, Ints], Played]] = {
    "entry": play_quick, "split": play_quick, "control_group": play_quick, "update_profile": play_quick, "call_api": play_quick, "other": play_quick,
    "wait_time": play_wait, "wait_event": play_wait, "send": play_message, "ivr_menu": play_ivr, "ivr_collect": play_ivr, "exit": play_exit,
}
