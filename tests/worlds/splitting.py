"""One log built in one go, and in any split into builds."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.worlds.product import Product
from tests.worlds.tables import table_differences, tables
from tests.worlds.world import Step, World


def split(world: World, seed: int) -> World:
    """The same log in more, smaller steps, with builds between some of them."""
    dice = random.Random(seed)
    share = dice.choice((1.0, 0.5, 0.3))
    steps: list[Step] = []
    for step in world.steps:
        if step.document is not None:
            steps.append(replace(step, records=[], build=dice.random() < share / 4))
        ends = sorted({len(step.records), *(dice.randint(0, len(step.records)) for _ in range(dice.choice((0, 1, 2, 3))))} - {0})
        for start, end in zip([0, *ends], ends, strict=False):
            steps.append(Step(records=step.records[start:end], build=dice.random() < share))
    return replace(world, steps=steps)


def split_differences(world: World, folder: Path, attributes: tuple[str, ...] = ("n",)) -> dict[str, Any]:
    """What differs between the builds in between and one full build, both of the same log."""
    product = Product(folder, world.zones, world.currency, attributes=attributes)
    for step in world.steps:
        product.take(step)
        if step.build:
            product.build()
    product.build()
    grown = tables(product.snapshot)
    product.build(full=True)
    whole = tables(product.snapshot)
    product.close()
    return table_differences(grown, whole)
