"""Thousands of worlds, one after the other: `python -m tests.worlds.hunt answers|splits FIRST LAST [MINUTES]` prints each difference, shrunk."""

from __future__ import annotations

import json
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.worlds.comparing import differences
from tests.worlds.product import product_of
from tests.worlds.shrinking import shrunk
from tests.worlds.splitting import split, split_differences
from tests.worlds.world import World, crowd_of

QUESTIONS = 300


def answers_differ(world: World, questions: Any = QUESTIONS, seed: int = 0) -> list[Any]:
    with tempfile.TemporaryDirectory() as folder:
        product = product_of(world, Path(folder))
        try:
            return differences(world, product, questions, seed)
        finally:
            product.close()


def splits_differ(world: World) -> list[Any]:
    with tempfile.TemporaryDirectory() as folder:
        return [(name, *rows) for name, rows in split_differences(world, Path(folder)).items()]


def guarded(asked: Callable[[], list[Any]]) -> list[Any]:
    """A crash is a difference too."""
    try:
        return asked()
    except Exception as error:  # noqa: BLE001 – whatever the product raises is what we hunt
        where = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in where if "/core/" in frame.filename][-1:] or where[-1:]
        return [("crash", f"{type(error).__name__}: {error}"[:600], f"{ours[0].filename}:{ours[0].lineno}")]


def told(world: World, found: list[Any]) -> None:
    print("zones", world.zones, world.currency)
    for step in world.steps:
        if step.document is not None:
            print("  put", "--replace" if step.replace else "", json.dumps(step.document), "BUILD" if step.build else "")
        else:
            for record in step.records:
                print("   ", json.dumps(record, default=str))
            print("  ingest", "BUILD" if step.build else "")
    for asked, expected, got in found[:3]:
        print(" asked   ", json.dumps(asked, default=str))
        print(" expected", expected)
        print(" got     ", got)
    print(flush=True)


def hunt(kind: str, first: int, last: int, minutes: float) -> None:
    began, seen = time.monotonic(), 0
    for seed in range(first, last):
        if time.monotonic() - began > minutes * 60:
            break
        seen += 1
        look(kind, seed)
    print(f"{kind}: {seen} worlds from {first} in {time.monotonic() - began:.0f} s", flush=True)


def look(kind: str, seed: int) -> None:
    world = crowd_of(seed) if kind == "answers" else split(crowd_of(seed, 12), seed)
    found = guarded(lambda: answers_differ(world, seed=seed) if kind == "answers" else splits_differ(world))
    if not found:
        return
    asked = found[0][0]
    print(f"=== {kind} seed {seed}: {len(found)} differ, first {json.dumps(asked, default=str)}", flush=True)
    small = shrunk(world, lambda smaller: still(kind, smaller, asked))
    told(small, again(kind, small, asked))


def again(kind: str, world: World, asked: Any) -> list[Any]:
    """What differs in a smaller world when the same is asked."""
    return guarded(lambda: splits_differ(world) if kind == "splits" else answers_differ(world, [asked] if isinstance(asked, dict) else []))


def still(kind: str, world: World, asked: Any) -> bool:
    """Whether the smaller world shows the same difference: the same question, count, ledger or table."""
    label = asked[0] if isinstance(asked, tuple) else asked
    return any((name[0] if isinstance(name, tuple) else name) == label for name, *_ in again(kind, world, asked))


if __name__ == "__main__":
    hunt(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]) if len(sys.argv) > 4 else 10)
