"""The series of `reach_cells` that a question asks for: few, and the same as long as a snapshot is open, so they are looked up here and not joined."""
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from core.metrics.facts import COLUMNS, ENTERED
from core.metrics.once import once
from core.metrics.query import Where
from core.warehouse.snapshots import Snapshot

_TOLD_BY = tuple(COLUMNS["reach"].items())  # dimension → column of reach_series
_found: WeakKeyDictionary[Snapshot, "Series"] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Series:
    """(measure, basis, scope) → its series, each with its series_key and what it is of, by dimension."""

    known: dict[tuple[str, str, str], list[tuple[int, dict[str, Any]]]]

    def of(self, measure: str, basis: str, scope: str, where: Where) -> list[tuple[int, dict[str, Any]]]:
        """The series of a measure under these filters, each with what it is of; none where nobody was counted."""
        at = ENTERED if measure == "profiles_in_journey" else basis  # placed by the run's start on both bases, so it is kept once
        series = self.known.get((measure, at, scope), [])
        return [(key, told) for key, told in series if all(told[name] in values for name, values in where)]

    def keys(self, measure: str, basis: str, scope: str, where: Where) -> list[int]:
        """Their keys."""
        return [key for key, _ in self.of(measure, basis, scope, where)]


def series_of(snapshot: Snapshot) -> Series:
    """All series of a snapshot."""
    found = _found.get(snapshot)
    if found is None:
        columns = ", ".join(column for _, column in _TOLD_BY)
        rows = once(snapshot, f"SELECT measure, basis, scope, series_key, {columns} FROM reach_series ORDER BY series_key")
        found = _found[snapshot] = indexed(rows.iter_rows())
    return found


def indexed(rows: Iterable[tuple[Any, ...]]) -> Series:
    """Of rows (measure, basis, scope, series_key, then what tells series apart in the order of the dimensions of `reach`)."""
    known: dict[tuple[str, str, str], list[tuple[int, dict[str, Any]]]] = {}
    for measure, basis, scope, key, *told in rows:
        known.setdefault((measure, basis, scope), []).append((key, dict(zip((name for name, _ in _TOLD_BY), told, strict=True))))
    return Series(known)
