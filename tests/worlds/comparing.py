"""Where the product and the oracle differ on a world."""

from __future__ import annotations

import random
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from tests.oracle.answers import Refused, Warehouse
from tests.oracle.measures import MEASURES
from tests.oracle.mep import mep_lines
from tests.oracle.worked_case import alike
from tests.worlds.product import Product
from tests.worlds.questions import Asker
from tests.worlds.world import World

Difference = tuple[Any, Any, Any]  # what was asked, what the oracle says, what the product says

COUNTS = ("records", "accepted", "repeated", "conflicts")


def answered(asked: Any, question: dict[str, Any]) -> list[dict[str, Any]] | str:
    try:
        return list(asked(question))
    except Refused:
        return "refused"
    except Exception as error:  # noqa: BLE001 – a crash is a difference, and the other questions go on
        return f"crash {type(error).__name__}: {error}"


def same(expected: list[dict[str, Any]] | str, got: list[dict[str, Any]] | str) -> bool:
    return expected == got if isinstance(expected, str) or isinstance(got, str) else alike(got, expected)


def differences(world: World, product: Product, questions: Iterable[dict[str, Any]] | int, seed: int = 0) -> list[Difference]:
    """Counts, ledger lines and answers that differ. `questions`: the questions themselves, or how many random ones (of `seed`)."""
    log = world.log()
    warehouse = Warehouse(log, world.zones, world.currency)
    found: list[Difference] = []
    expected: Any = {**log.counts, "rejected": 0, "runs": len(warehouse.facts.runs), "orphans": len(warehouse.facts.orphans)}
    got: Any = {name: product.counts.get(name, 0) for name in (*COUNTS, "rejected")} | {"runs": product.built.runs, "orphans": product.built.orphans}
    if expected != got:
        found.append(("counts", expected, got))
    for month in sorted({line["month"] for line in warehouse.ledger}):
        for sub_accounts in (None, "north", ["north", "south"]):
            expected, got = mep_lines(log, world.zones, month, sub_accounts), product.mep(month, sub_accounts)
            if expected != got:
                found.append((("mep", month, sub_accounts), expected, got))
    for question in random_questions(warehouse, questions, seed) if isinstance(questions, int) else questions:
        expected, got = answered(warehouse.answer, question), answered(product.ask, question)
        if not same(expected, got):
            found.append((question, expected, got))
        elif not isinstance(got, str) and has_rows(question) and (behind := added_up(question, product)) != shown_sums(question, got):
            found.append(({**question, "drill": True}, got, behind))
    broken = product.broken_checks()
    return found + ([("checks", [], broken)] if broken else [])


def has_rows(question: dict[str, Any]) -> bool:
    """§5: "the rows behind it …: a count one row a fact, people one row a profile, a Σ one row an addend; a rate or median is refused"."""
    measures = question["measures"]
    return len(measures) == 1 and measures[0] in MEASURES and MEASURES[measures[0]].kind != "median" and "limit" not in question


def added_up(question: dict[str, Any], product: Product) -> dict[str, Any]:
    """Group → what its rows behind add up to: their number, or the sum of the addends."""
    measure, dimensions = question["measures"][0], question.get("dimensions", [])
    sums: dict[str, Any] = {}
    try:
        behind = product.rows_behind(question)
    except Exception as error:  # noqa: BLE001 – a crash is a difference, and the other questions go on
        return {"crash": f"{type(error).__name__}: {error}"}
    for row in behind:
        group = str([str(row[name])[:7] if name == "month" else None if row[name] is None else str(row[name]) for name in dimensions])
        sums[group] = sums.get(group, 0) + (row[measure] if MEASURES[measure].kind in ("money", "sum") else 1)
    return sums


def shown_sums(question: dict[str, Any], got: list[dict[str, Any]]) -> dict[str, Any]:
    """The same of the answer."""
    measure, dimensions = question["measures"][0], question.get("dimensions", [])
    counted = "count" if MEASURES[measure].kind in ("count", "people") else "sum"
    values = {str([None if row[name] is None else str(row[name]) for name in dimensions]): row[measure] for row in got}
    return {
        group: Decimal(value) if isinstance(value, str) else value
        for group, value in values.items()
        if value is not None and (value != 0 or counted != "count")
    }


def random_questions(warehouse: Warehouse, number: int, seed: int) -> list[dict[str, Any]]:
    asker = Asker(random.Random(seed), warehouse)
    return [asker.question() for _ in range(number)]
