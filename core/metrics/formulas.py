"""Formulas of measures: + − × ÷ and parentheses of measure names and numbers, worked out exactly row by row, null over zero."""
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from core.errors import WrongUsage, unknown
from core.metrics.dimensions import DIMENSIONS
from core.metrics.measures import MEASURES
from core.metrics.units import Unit

LONGEST, LONGEST_NAME, DEEPEST = 300, 60, 40  # characters of a formula, of its name; parentheses within each other
BEFORE = "_before"
_TOKEN = re.compile(r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>[-+*/()]))")
_LARGEST = 10**300
_COUNTS = (Unit.COUNT, Unit.PEOPLE)
Node = tuple[Any, ...]  # ("number", Fraction) | ("measure", name) | ("minus", node) | (sign, node, node)


@dataclass(frozen=True, slots=True)
class Formula:
    """`name` is the column and its heading; `is_rate` shows a plain ratio as per cent."""

    name: str
    text: str
    is_rate: bool = False

    def document(self) -> dict[str, str]:
        """As it stands in a question's JSON."""
        return {"name": self.name, "text": self.text} | ({"unit": "rate"} if self.is_rate else {})

    @classmethod
    def of(cls, document: Any) -> "Formula":
        """The reverse of `document`. Raises WrongUsage where it has not the right form."""
        right = isinstance(document, Mapping) and set(document) <= {"name", "text", "unit"} and all(isinstance(text, str) for text in document.values())
        if not right or not {"name", "text"} <= set(document) or document.get("unit", "rate") != "rate":
            raise WrongUsage(f'A formula is {{"name": "Value over cost", "text": "goal_value / traffic_cost"}}, with "unit": "rate" to show it as per cent, '
                             f"not {document!r}.")
        return cls(document["name"], document["text"], "unit" in document)


@dataclass(frozen=True, slots=True)
class _Kind:
    """What a part of a formula is of: powers of money and of seconds; `sort` is count, rate, number or any (a number as written)."""

    money: int = 0
    seconds: int = 0
    sort: str = "any"
    is_whole: bool = True  # no division and no fraction in it


def checked(formulas: Sequence[Formula]) -> None:
    """Raises WrongUsage for a name that cannot be a column or a formula that cannot be worked out."""
    seen: set[str] = set()
    for formula in formulas:
        name = formula.name
        if not name.strip() or name != name.strip() or len(name) > LONGEST_NAME or not name.isprintable() or name.startswith("-"):
            raise WrongUsage(f"“{name}” cannot be a formula's name: use 1 to {LONGEST_NAME} printable characters, no dash in front.")
        if name in MEASURES or name in DIMENSIONS or name.removesuffix(BEFORE) != name or name in seen:
            raise WrongUsage(f"“{name}” is taken: a formula's name is no measure, no dimension and not that of another formula.")
        seen.add(name)
        unit(formula)


def inputs(formula: Formula) -> tuple[str, ...]:
    """The measures that it reads, each once. Raises WrongUsage."""
    return tuple(dict.fromkeys(_measures(parsed(formula.text))))


def unit(formula: Formula) -> Unit:
    """What its numbers are of. Raises WrongUsage where they are of nothing: money times money, a count plus a rate."""
    kind = _kind(parsed(formula.text))
    if (kind.money, kind.seconds) == (1, 0):
        found = Unit.MONEY
    elif (kind.money, kind.seconds) == (0, 1):
        found = Unit.SECONDS
    elif kind.money or kind.seconds:
        raise WrongUsage(f"“{formula.text}” is of nothing that has a name: money and durations are divided by each other, or multiplied by counts alone.")
    elif kind.sort == "rate" or (formula.is_rate and kind.sort == "number"):
        return Unit.RATE
    else:
        found = Unit.COUNT if kind.sort == "count" and kind.is_whole else Unit.NUMBER
    if formula.is_rate:
        raise WrongUsage(f"“{formula.text}” is no plain ratio, so it is not shown as per cent.")
    return found


def parsed(text: str) -> Node:
    """The formula as a tree. Raises WrongUsage that says what is wrong where."""
    if len(text) > LONGEST:
        raise WrongUsage(f"A formula has at most {LONGEST} characters; this one has {len(text)}.")
    tokens = list(_tokens(text))
    tree, rest = _sum(tokens, 0)
    if rest:
        raise WrongUsage(f"“{text}”: nothing can stand at “{rest[0]}”. A formula is measures and numbers with + - * / and parentheses.")
    if not any(True for _ in _measures(tree)):
        raise WrongUsage(f"“{text}” names no measure: goal_value / traffic_cost is a formula.")
    return tree


def computed(frame: pl.DataFrame, formulas: Sequence[Formula], is_compared: bool) -> pl.DataFrame:
    """The frame with a column for each formula, and one of the compared period where there is one; its inputs are columns of the frame."""
    for formula in formulas:
        tree, of = parsed(formula.text), unit(formula)
        for suffix in ("", BEFORE) if is_compared else ("",):
            columns = [frame[name + suffix].to_list() for name in inputs(formula)]
            rows = (dict(zip(inputs(formula), row, strict=True)) for row in zip(*columns, strict=True))
            values = [_as(of, _value(tree, row)) for row in rows]
            frame = frame.with_columns(pl.Series(formula.name + suffix, values, dtype=_TYPES[of]))
    return frame


_TYPES: dict[Unit, Any] = {Unit.COUNT: pl.Int64, Unit.MONEY: pl.Decimal(38, 6), Unit.RATE: pl.Float64, Unit.NUMBER: pl.Float64, Unit.SECONDS: pl.Float64}


def _as(of: Unit, value: Fraction | None) -> Any:
    if value is None:
        return None
    if of is Unit.MONEY:  # six decimals, half away from zero, as every other money
        millionths = int(abs(value) * 1_000_000 + Fraction(1, 2))
        if millionths < 10**38:
            return Decimal((int(value < 0 < millionths), tuple(map(int, str(millionths))), -6))
    elif of is Unit.COUNT and abs(value) < 2**63:
        return int(value)
    elif of is not Unit.COUNT and abs(value) < _LARGEST:
        return float(value)
    raise WrongUsage("A formula gives numbers that are too large to be shown: divide by something.")


def _tokens(text: str) -> Iterator[str]:
    at = 0
    while at < len(text.rstrip()):
        found = _TOKEN.match(text, at)
        if not found:
            raise WrongUsage(f"“{text}”: “{text[at:].strip()[:1]}” is no part of a formula. It is measures and numbers with + - * / and parentheses.")
        yield found[0].strip()
        at = found.end()


def _sum(tokens: list[str], depth: int) -> tuple[Node, list[str]]:
    return _chain(tokens, depth, "+-", _product)


def _product(tokens: list[str], depth: int) -> tuple[Node, list[str]]:
    return _chain(tokens, depth, "*/", _single)


def _chain(tokens: list[str], depth: int, signs: str, part: Callable[[list[str], int], tuple[Node, list[str]]]) -> tuple[Node, list[str]]:
    tree, rest = part(tokens, depth)
    while rest and rest[0] in signs:
        sign = rest[0]
        other, rest = part(rest[1:], depth)
        tree = (sign, tree, other)
    return tree, rest


def _single(tokens: list[str], depth: int) -> tuple[Node, list[str]]:
    if depth > DEEPEST:
        raise WrongUsage(f"A formula has at most {DEEPEST} parentheses within each other.")
    if not tokens:
        raise WrongUsage("The formula ends where a measure or a number should stand.")
    head, rest = tokens[0], tokens[1:]
    if head == "(":
        tree, rest = _sum(rest, depth + 1)
        if not rest or rest[0] != ")":
            raise WrongUsage("A parenthesis is opened and not closed.")
        return tree, rest[1:]
    if head == "-":
        tree, rest = _single(rest, depth + 1)
        return ("minus", tree), rest
    if head[0].isdigit():
        return ("number", Fraction(head)), rest
    if head in "+*/)":
        raise WrongUsage(f"Before “{head}” a measure or a number is missing.")
    if head not in MEASURES:
        raise WrongUsage(unknown("measure", head, MEASURES))
    return ("measure", head), rest


def _measures(tree: Node) -> Iterator[str]:
    if tree[0] == "measure":
        yield tree[1]
    elif tree[0] != "number":
        for part in tree[1:]:
            yield from _measures(part)


def _kind(tree: Node) -> _Kind:
    sign, *parts = tree
    if sign == "number":
        return _Kind(is_whole=parts[0].denominator == 1)
    if sign == "measure":
        of = MEASURES[parts[0]].unit
        sort = "count" if of in _COUNTS else "rate" if of is Unit.RATE else "number"
        return _Kind(int(of is Unit.MONEY), int(of is Unit.SECONDS), sort, sort == "count")
    if sign == "minus":
        return _kind(parts[0])
    left, right = (_kind(part) for part in parts)
    return _added(left, right) if sign in "+-" else _multiplied(left, right, sign)


def _added(left: _Kind, right: _Kind) -> _Kind:
    is_whole = left.is_whole and right.is_whole
    for one, other in ((left, right), (right, left)):
        if one.sort == "any":
            return _Kind(other.money, other.seconds, other.sort, is_whole)
    if (left.money, left.seconds, left.sort) != (right.money, right.seconds, right.sort):
        raise WrongUsage("Only what is of the same kind can be added or subtracted: counts, rates, money or durations.")
    return _Kind(left.money, left.seconds, left.sort, is_whole)


def _multiplied(left: _Kind, right: _Kind, sign: str) -> _Kind:
    way = 1 if sign == "*" else -1
    sorts = {left.sort, right.sort} - {"any"}
    is_pure = left.sort == "any" or right.sort == "any" or sorts == {"rate"}
    if sign == "/" and (left.sort == "any" or sorts == {"rate"}) and right.sort != "any":
        sort = "number"  # one over a count or a rate, a rate over a rate
    else:
        sort = sorts.pop() if is_pure and sorts else ("any" if not sorts else "number")
    return _Kind(left.money + way * right.money, left.seconds + way * right.seconds, sort, left.is_whole and right.is_whole and sign == "*")


def _value(tree: Node, row: Mapping[str, Any]) -> Fraction | None:
    sign, *parts = tree
    if sign == "number":
        return Fraction(parts[0])
    if sign == "measure":
        value = row[parts[0]]
        return None if value is None else Fraction(value)
    values = [_value(part, row) for part in parts]
    if any(value is None for value in values):
        return None
    left, right = values[0], values[-1]
    assert left is not None and right is not None
    if sign == "minus":
        return -left
    if sign == "/":
        return left / right if right else None
    return left + right if sign == "+" else left - right if sign == "-" else left * right
