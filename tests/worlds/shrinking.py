"""The smallest world that still shows a difference: steps, records and fields go while it stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count

from tests.worlds.world import Record, Step, World

NEEDED = ("source", "event_id", "event_type", "occurred_at", "received_at")


def shrunk(world: World, differs: Callable[[World], bool]) -> World:
    """Greedy: the first smaller world that differs becomes the world, until none does."""
    for _ in count():
        for smaller in smaller_worlds(world):
            if differs(smaller):
                world = smaller
                break
        else:
            return world
    raise AssertionError("unreachable")


def smaller_worlds(world: World) -> Iterator[World]:
    steps = world.steps
    sources = sorted({record["source"] for step in steps for record in step.records})
    for source in sources if len(sources) > 2 else ():  # one world of a crowd
        kept = [replace(step, records=[record for record in step.records if record["source"] == source]) for step in steps]
        yield replace(world, steps=[step for step in kept if step.records or step.document is not None])
    for half in (len(steps) // 2, len(steps) // 4):
        for at in range(0, len(steps), half or 1) if half else ():
            yield replace(world, steps=steps[:at] + steps[at + half :])
    for at in range(len(steps)):
        yield replace(world, steps=steps[:at] + steps[at + 1 :])
    for at, step in enumerate(steps):
        for smaller in smaller_steps(step):
            yield replace(world, steps=[*steps[:at], smaller, *steps[at + 1 :]])
    for at in range(len(steps) - 1):
        one, next_one = steps[at], steps[at + 1]
        if one.document is None and next_one.document is None:
            joined = Step(records=one.records + next_one.records, build=next_one.build)
            yield replace(world, steps=[*steps[:at], joined, *steps[at + 2 :]])
    if len(world.zones) > 1:
        yield replace(world, zones=world.zones[:1])
    if world.zones != ((None, "UTC"),):
        yield replace(world, zones=((None, "UTC"),))


def smaller_steps(step: Step) -> Iterator[Step]:
    if step.build:
        yield replace(step, build=False)
    records = step.records
    for half in {len(records) // 2, len(records) // 4, 1} - {0}:
        for at in range(0, len(records), half) if len(records) > 1 else ():
            yield replace(step, records=records[:at] + records[at + half :])
    for at, record in enumerate(records):
        for name in optional(record):
            yield replace(step, records=[*records[:at], {k: v for k, v in record.items() if k != name}, *records[at + 1 :]])
    if step.document is not None:
        versions = step.document["versions"]
        for at in range(len(versions)):
            yield replace(step, document={**step.document, "versions": versions[:at] + versions[at + 1 :]})
        for at, version in enumerate(versions):
            for name in ("goal", "arms"):
                if version[name] is not None:
                    yield replace(step, document={**step.document, "versions": [*versions[:at], {**version, name: None}, *versions[at + 1 :]]})


def optional(record: Record) -> list[str]:
    """The fields that a valid record may lack."""
    kind = record["event_type"].split(".")[0]
    needed = {"journey": ("journey_id", "profile_id"), "element": ("journey_id", "element_id"), "call": ("call_id",), "event": ("name",)}.get(kind, ())
    return [name for name in record if name not in (*NEEDED, *needed)]
