"""Random questions over a world, most of them possible, some to be refused."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from tests.oracle.answers import DIMENSIONS, ONLY_WITH_JOURNEY, Warehouse
from tests.oracle.measures import MEASURES, MONEY, RATES, splits_of
from tests.worlds.world import BIG

Document = dict[str, Any]

ALL = (*MEASURES, *RATES)
ABSENT: dict[str, tuple[Any, ...]] = {  # values that no fact need have
    "hour": (0, 23), "weekday": (1, 7), "journey_version": (1, BIG, "2"), "day": ("2026-01-05",), "week": ("2026-01-05",), "month": ("2026-01",),
}  # fmt: skip


class Asker:
    def __init__(self, dice: random.Random, warehouse: Warehouse) -> None:
        self.dice = dice
        self.placed = {
            measure: [fact for counted in facts for basis in ("entered", "happened") if (fact := warehouse.placed(measure, counted, basis)) is not None]
            for measure, facts in warehouse.counted.items()
        }

    def question(self) -> Document:
        dice = self.dice
        measures = self._measures()
        self._look_at(measures)
        possible = [name for name in DIMENSIONS if all(name in splits_of(measure) for measure in measures)]
        question: Document = {"measures": measures, "basis": dice.choice(("entered", "happened"))}
        if dice.random() < 0.8:
            question["dimensions"] = dice.sample(possible, min(len(possible), dice.choice((0, 1, 1, 2, 2, 3, 4))))
        where = {name: self._chosen(name) for name in dice.sample(possible, min(len(possible), dice.choice((0, 0, 0, 1, 2, 3))))}
        dimensions = question.get("dimensions", [])
        if {*dimensions, *where} & {*ONLY_WITH_JOURNEY} and "journey" not in dimensions and dice.random() < 0.95:
            self._with_journey(question, where)
        if {*measures} & {*MONEY} and "currency" not in [*dimensions, *where] and dice.random() < 0.3:
            where["currency"] = self._chosen("currency")
        self._range(question)
        if where:
            question["where"] = where
        if dice.random() < 0.15:
            question["order"] = dice.choice(("", "-")) + dice.choice([*question.get("dimensions", []), *measures])
        if dice.random() < 0.1:
            question["limit"] = dice.choice((1, 2, 5))
        return question if dice.random() < 0.95 else self._spoilt(question)

    def _measures(self) -> list[str]:
        """One measure, or some that share splits."""
        known = [name for name in MEASURES if self.placed[name]] or list(ALL)
        first = self.dice.choice(ALL if self.dice.random() < 0.4 else known)
        if self.dice.random() < 0.5:
            return [first]
        family = [name for name in ALL if name != first and len({*splits_of(name)} & {*splits_of(first)}) >= min(6, len(splits_of(first)))]
        return [first, *self.dice.sample(family, min(len(family), self.dice.choice((1, 2, 3))))]

    def _look_at(self, measures: list[str]) -> None:
        """The days and values of the facts that are asked for: most filters should find something."""
        counted = [name for measure in measures for name in RATES.get(measure, (measure,))]
        facts = [fact for name in counted for fact in self.placed[name]] or self.placed["entries"]
        self.days = sorted({fact["placed"] for fact in facts}) or [date(2026, 1, 5)]
        self.values = {name: sorted({fact.get(name) for fact in facts} - {None}, key=str) for name in DIMENSIONS}

    def _chosen(self, name: str) -> list[Any]:
        values = [*self.values[name] * 3, *ABSENT.get(name, ("nowhere",)), None]
        return self.dice.sample(values, min(len(values), self.dice.choice((1, 1, 2, 3))))

    def _with_journey(self, question: Document, where: dict[str, Any]) -> None:
        journeys = self.values["journey"] or ["cart"]
        if self.dice.random() < 0.5:
            question["dimensions"] = [*question.get("dimensions", []), "journey"]
        else:
            where["journey"] = [self.dice.choice(journeys)]

    def _range(self, question: Document) -> None:
        dice = self.dice
        if "mep" in question["measures"] and dice.random() < 0.9:
            if dice.random() < 0.5:
                question["from"] = str(dice.choice(self.days).replace(day=1))
            elif dice.random() < 0.5:
                question["to"] = str((dice.choice(self.days).replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1))
            return
        ends = sorted(dice.choice(self.days) + timedelta(days=dice.choice((0, 0, 0, -1, 1, 5))) for _ in range(2))
        for name, day in zip(("from", "to"), ends, strict=True):
            if dice.random() < 0.5:
                question[name] = str(day)

    def _spoilt(self, question: Document) -> Document:
        dice = self.dice
        spoilt = (
            {"basis": "seen"},
            {"measures": [*question["measures"], question["measures"][0]]},
            {"measures": ["entrees"]},
            {"dimensions": [*question.get("dimensions", []), dice.choice(sorted(DIMENSIONS))]},
            {"dimensions": ["currency"]},
            {"where": {**question.get("where", {}), "journey": []}},
            {"where": {**question.get("where", {}), dice.choice(sorted(DIMENSIONS)): [None]}},
            {"from": "2026-02-01", "to": "2026-01-31"},
            {"order": "-nothing"},
        )
        return {**question, **dice.choice(spoilt)}


def every_single_split() -> Iterator[Document]:
    """Each measure on each basis: whole, by each of its splits, and by journey and each of its splits."""
    for measure in ALL:
        for basis in ("entered", "happened"):
            base: Document = {"measures": [measure], "basis": basis}
            splits = splits_of(measure)
            currency = [["currency"], []] if measure in MONEY else [[]]
            for with_currency in currency:
                yield {**base, "dimensions": with_currency}
                for name in splits:
                    if name in ("currency", "journey"):
                        continue
                    if name not in ONLY_WITH_JOURNEY:
                        yield {**base, "dimensions": [name, *with_currency]}
                    yield {**base, "dimensions": ["journey", name, *with_currency]}
