"""Questions of §5 → rows of §4, by filtering and counting lists."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any

from tests.oracle.days import Zones, local, local_day, monday
from tests.oracle.facts import Fact, Facts, facts_of
from tests.oracle.log import Log
from tests.oracle.measures import MEASURES, MONEY, PLACED_BY_CALL, RATES, facts_counted, splits_of
from tests.oracle.mep import ledger

Group = tuple[Any, ...]

ONLY_WITH_JOURNEY = ("journey_version", "arm", "element", "last_element", "url", "input", "collect_name")
DIMENSIONS = {name for measure in MEASURES.values() for name in measure.splits}
NUMBERS = ("journey_version", "hour", "weekday")


class Refused(Exception):
    """Wrong usage (2): an impossible question."""


def refuse(when: Any, why: str) -> None:
    if when:
        raise Refused(why)


@dataclass(frozen=True)
class Question:
    measures: list[str]
    dimensions: list[str] = field(default_factory=list)
    first: date | None = None
    last: date | None = None
    basis: str = "entered"
    where: dict[str, list[Any]] = field(default_factory=dict)
    order: str | None = None
    limit: int | None = None

    @classmethod
    def of(cls, document: dict[str, Any]) -> Question:
        first, last = (date.fromisoformat(document[end]) if document.get(end) else None for end in ("from", "to"))
        return cls(
            list(document.get("measures") or []),
            list(document.get("dimensions") or []),
            first,
            last,
            document.get("basis") or "entered",
            {name: [read_value(name, value) for value in values] for name, values in (document.get("where") or {}).items()},
            document.get("order"),
            document.get("limit"),
        )


def read_value(dimension: str, value: Any) -> Any:
    if value in (None, ""):
        return None  # "an empty value is null"
    return int(value) if dimension in NUMBERS else value


class Warehouse:
    """The facts of one log, ready to be asked."""

    def __init__(self, log: Log, zones: Zones, currency: str) -> None:
        self.zones = zones
        self.facts: Facts = facts_of(log, currency)
        self.ledger = ledger(log, zones)
        self.counted = {measure: facts_counted(measure, self.facts, self.ledger) for measure in MEASURES}
        # "when the costs and goal values that any measure counts are in more than one"
        self.currencies = {fact["currency"] for measure in ("goal_value", "traffic_cost") for fact in self.counted[measure]}

    def answer(self, document: dict[str, Any]) -> list[dict[str, Any]]:
        question = Question.of(document)
        check(question, self.currencies)
        columns = {measure: self.column(measure, question, question.dimensions) for measure in question.measures}
        groups = {group for column in columns.values() for group in column}  # "one a group with a fact of any measure asked"
        if not question.dimensions:
            groups = {()}  # "without dimensions always one row"
        rows = []
        for group in sorted(groups, key=ascending):  # "Order: dimensions ascending, null last"
            values = {measure: column.get(group, nothing(measure)) for measure, column in columns.items()}
            rows.append({**dict(zip(question.dimensions, group, strict=True)), **{m: shown(m, v) for m, v in values.items()}, "": values})
        return finished(rows, question)

    # --- one measure, apart from the others ("Measures are computed apart and joined on equal dimension values") ---

    def column(self, measure: str, question: Question, dimensions: list[str]) -> dict[Group, Any]:
        if measure == "cost_per_goal_performer" and "currency" in dimensions:
            return self.cost_by_currency(question, dimensions)
        if measure in RATES:
            part, whole = (self.column(name, question, dimensions) for name in RATES[measure])
            return {
                group: rate(measure, part.get(group, nothing(RATES[measure][0])), whole.get(group, 0))
                for group in {*part, *whole}  # "of a rate: of either part"
            }
        groups: dict[Group, list[Fact]] = {}
        for fact in self.counted[measure]:
            placed = self.placed(measure, fact, question.basis)
            if placed is not None and self.chosen(measure, placed, question):  # "Filters choose facts first, then people are counted, within each row"
                groups.setdefault(tuple(placed.get(name) for name in dimensions), []).append(placed)
        return {group: total(measure, facts) for group, facts in groups.items()}

    def cost_by_currency(self, question: Question, dimensions: list[str]) -> dict[Group, Any]:
        """§4: "by currency its rows are those of the cost, the performers of the rest of the row whole in each"."""
        cost = self.column("traffic_cost", question, dimensions)
        rest = [name for name in dimensions if name != "currency"]
        performers = self.column("goal_performers", question, rest)
        return {
            group: rate("cost_per_goal_performer", amount, performers.get(tuple(v for n, v in zip(dimensions, group, strict=True) if n != "currency"), 0))
            for group, amount in cost.items()
        }

    def placed(self, measure: str, fact: Fact, basis: str) -> Fact | None:
        """The fact with the day, week, month, hour and weekday of the time that places it; None where the basis does not have it."""
        at = fact["at"] if basis == "happened" or measure in PLACED_BY_CALL else fact["start"]
        if at is None:
            return None  # a call without a run costs nothing on the entered basis
        day = local_day(self.zones, at)
        times = {"day": str(day), "week": str(monday(day)), "month": f"{day:%Y-%m}", "weekday": day.isoweekday(), "hour": local(self.zones, at).hour}
        return {**fact, **times, "placed": day}

    def chosen(self, measure: str, fact: Fact, question: Question) -> bool:
        if question.first is not None and fact["placed"] < question.first:
            return False
        if question.last is not None and fact["placed"] > question.last:
            return False
        for name, values in question.where.items():
            if name == "currency" and measure not in MONEY:
                continue  # "A filter applies to the money alone, other measures stay whole"
            if fact.get(name) not in values:
                return False
        return True


# --- wrong usage -----------------------------------------------------------------------------------------------------


def check(question: Question, currencies: set[str]) -> None:
    asked, where = question.measures, question.where
    refuse(not asked, "no measure")
    refuse([m for m in asked if m not in MEASURES and m not in RATES], "an unknown measure")
    refuse([d for d in [*question.dimensions, *where] if d not in DIMENSIONS], "an unknown dimension")
    refuse(len({*asked, *question.dimensions}) < len(asked) + len(question.dimensions), "a name twice")
    refuse([d for d, values in where.items() if not values], "an empty list of values")
    refuse(question.basis not in ("entered", "happened"), "an unknown basis")
    refuse(question.first and question.last and question.first > question.last, "from after to")
    refuse(question.order is not None and question.order.removeprefix("-") not in [*question.dimensions, *asked], "order by an unknown column")
    for measure in asked:
        refuse([d for d in question.dimensions if d not in splits_of(measure)], f"{measure} has no such split")
        refuse([d for d in where if d != "currency" and d not in splits_of(measure)], f"{measure} has no such filter")
    money = [m for m in asked if m in MONEY]
    refuse("currency" in where and not money, "a currency filter without money")
    # "only with `journey` as a dimension or a filter of one journey by its id"
    one_journey = len(set(where.get("journey", []))) == 1 and where["journey"] != [None]
    refuse({*ONLY_WITH_JOURNEY} & {*question.dimensions, *where} and "journey" not in question.dimensions and not one_journey, "only with a journey")
    # "a money measure needs `currency` as a dimension or a filter of one value"
    refuse(money and len(currencies) > 1 and "currency" not in question.dimensions and len(set(where.get("currency", []))) != 1, "several currencies")
    if "mep" in asked:  # "a range of whole months"
        refuse(question.first and question.first.day != 1, "mep: a part of a month")
        refuse(question.last and (question.last + timedelta(days=1)).day != 1, "mep: a part of a month")


# --- numbers ---------------------------------------------------------------------------------------------------------


def total(measure: str, facts: list[Fact]) -> Any:
    kind = MEASURES[measure].kind
    if kind == "people":
        return len({fact["profile"] for fact in facts})
    if kind == "count":
        return len(facts)
    values = [fact["value"] for fact in facts]
    return float(median(values)) if kind == "median" else sum(values[1:], values[0])


def nothing(measure: str) -> Any:
    """§4: "Where a measure has no fact: counts 0; money, durations, medians, rates null"."""
    return 0 if measure in MEASURES and MEASURES[measure].kind in ("count", "people") else None


def rate(measure: str, part: Any, whole: Any) -> Any:
    if not whole or part is None:
        return None  # "null when the denominator is 0 or null"
    if measure == "cost_per_goal_performer":
        return (part / whole).quantize(Decimal("0.000001"), ROUND_HALF_UP)  # "six decimals, half away from zero"
    return part / whole


def shown(measure: str, value: Any) -> Any:
    """§5: "counts integers, rates and durations numbers not rounded, money text with six decimals"."""
    return f"{value:.6f}" if measure in MONEY and value is not None else value


def ascending(group: Group) -> list[Any]:
    return [(value is None, value if value is not None else 0) for value in group]


def finished(rows: list[dict[str, Any]], question: Question) -> list[dict[str, Any]]:
    """§4: "`--order c`: ascending, `-c` descending, null last, ties by the dimensions" (the rows come ordered by the dimensions)."""
    if question.order is not None:
        name = question.order.removeprefix("-")

        def value(row: dict[str, Any]) -> Any:
            return row[""][name] if name in row[""] else row[name]

        known = sorted((r for r in rows if value(r) is not None), key=value, reverse=question.order.startswith("-"))  # stable both ways
        rows = known + [r for r in rows if value(r) is None]
    rows = rows if question.limit is None else rows[: question.limit]
    return [{name: value for name, value in row.items() if name != ""} for row in rows]
