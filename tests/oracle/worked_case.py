"""The worked cases of tests/cases, read as they stand: numbers with a point as Decimal."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.oracle.log import Log

CASES = sorted((Path(__file__).parent.parent / "cases").glob("*.json"))


def read_case(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text(), parse_float=Decimal)


def log_of(case: dict[str, Any]) -> Log:
    log = Log()
    for document in case["catalog"]:
        log.put(document)
    for batch in case["batches"]:
        log.receive(batch)
    return log


def alike(rows: list[dict[str, Any]], expected: list[dict[str, Any]]) -> bool:
    """The same rows in the same order: money to the letter, rates to nine digits."""
    return len(rows) == len(expected) and all(_row_alike(row, other) for row, other in zip(rows, expected, strict=True))


def _row_alike(row: dict[str, Any], expected: dict[str, Any]) -> bool:
    return list(row) == list(expected) and all(_value_alike(row[name], value) for name, value in expected.items())


def _value_alike(value: Any, expected: Any) -> bool:
    if isinstance(value, float | Decimal) or isinstance(expected, float | Decimal):
        return value is not None and expected is not None and not isinstance(value, str) and f"{float(value):.9g}" == f"{float(expected):.9g}"
    return type(value) is type(expected) and value == expected
