"""All events of the demo account, from its plans: one random stream a journey, so that changing one leaves the others as they were."""
from collections.abc import Iterable
from zlib import crc32

import numpy as np
import polars as pl

from core.sources.demo.crowd import Crowd
from core.sources.demo.feeds import receive
from core.sources.demo.goals import end_at_goal, reach_goals
from core.sources.demo.plan import Plan
from core.sources.demo.records import records
from core.sources.demo.rhythm import Calendar, entry_times
from core.sources.demo.runs import Runs
from core.sources.demo.sheet import HOUR, Ints, Sheet
from core.sources.demo.stage import Stage
from core.sources.demo.strays import strays
from core.sources.demo.walk import walk


def events(plans: Iterable[Plan], calendar: Calendar, profiles: int, seed: int) -> pl.DataFrame:
    """Contract columns and received_at, one row an event that has arrived by the calendar's end, in the order of receipt."""
    crowd = Crowd.of(profiles, _stream(seed, "crowd"))
    parts = [journey(plan, crowd, calendar, _stream(seed, plan.journey_id)) for plan in plans]
    parts.append(strays(crowd, calendar, _stream(seed, "strays")).with_columns(lateness=pl.lit(0.0)))
    made = pl.concat(parts, how="diagonal")
    return receive(made.drop("lateness"), made["lateness"], calendar.end, _stream(seed, "feeds"))


def journey(plan: Plan, crowd: Crowd, calendar: Calendar, rng: np.random.Generator) -> pl.DataFrame:
    """The events of one journey, as if all had arrived; `lateness` is how likely each is to be late."""
    starts = entry_times(plan.rhythm, calendar, len(crowd.ids), rng)
    if plan.source.startswith("sftp:"):
        starts = starts // HOUR * HOUR  # one file, one fetch
    profile = crowd.enter(plan, starts, rng)
    if plan.once:
        starts, profile = starts[:len(crowd.ids)], profile[:len(crowd.ids)]
    runs = Runs.of(plan, profile, starts, calendar, rng)
    lines = _play(Stage(plan, runs, Sheet(), rng))
    named = records(plan, lines, runs, crowd)
    return named.with_columns(lateness=pl.when(named["event_type"] == "journey.entered").then(plan.late).otherwise(0.0))


def _play(stage: Stage) -> pl.DataFrame:
    runs = stage.runs
    every: Ints = np.arange(len(runs.start), dtype=np.int64)
    stage.sheet.write("journey.entered", every, runs.start)
    for version in stage.plan.versions:
        walk(stage, version)
    ended_at = reach_goals(stage)
    return end_at_goal(stage.sheet.frame(), ended_at)


def _stream(seed: int, name: str) -> np.random.Generator:
    return np.random.default_rng([seed, crc32(name.encode())])
