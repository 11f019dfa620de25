"""What explains most of an unusual change: the journey, channel, element or reason whose own number changed most."""
from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from statistics import median
from typing import TYPE_CHECKING, Any

from core.metrics import DIMENSIONS, MEASURES, Query, answer
from core.metrics.numbers import number
from core.reports.unusual import WEEKS
from core.reports.watched import Watched, value_said

if TYPE_CHECKING:
    from core.warehouse.snapshots import Snapshot

LOOKED_FOR = ("journey", "channel", "element", "reason", "exit_reason")
FEWEST_SHARE = 0.25  # of the change, before one group is named as what explains it


def said(snapshot: Snapshot, query: Query, day: date, hour: int | None) -> str:
    """The sentence that names the group; empty: none explains a good part of the change on this day (and hour)."""
    fixed = {name for name, values in query.where if len(values) == 1}
    best: tuple[float, str] = (0.0, "")
    for part in Watched.of(query).parts:
        asked = replace(query, measures=(part,), formulas=())
        for name in LOOKED_FOR:
            if name in fixed or name not in MEASURES[part].splits or (DIMENSIONS[name].needs_journey and "journey" not in fixed):
                continue
            best = max(best, _most_of(snapshot, query, asked, name, day, hour), key=lambda one: one[0])
    return best[1] if best[0] >= FEWEST_SHARE else ""


def _most_of(snapshot: Snapshot, query: Query, asked: Query, name: str, day: date, hour: int | None) -> tuple[float, str]:
    """(share of the change, sentence) of the value of this dimension that changed most."""
    days = [day - timedelta(weeks=back) for back in range(WEEKS + 1)]
    part, by = asked.measures[0], (name, "day", "hour") if hour is not None else (name, "day")
    found: dict[Any, dict[date, float]] = {}
    for row in answer(snapshot, replace(asked, dimensions=by, first=days[-1], last=days[0])).frame.iter_rows(named=True):
        if row["day"] in days and row.get("hour") == hour and row[part] is not None:
            found.setdefault(row[name], {})[row["day"]] = float(row[part])
    moves = {value: (numbers.get(day, 0.0), median([numbers.get(at, 0.0) for at in days[1:]])) for value, numbers in found.items()}
    whole = sum(abs(now - usual) for now, usual in moves.values())
    if not whole:
        return 0.0, ""
    value, (now, usual) = max(moves.items(), key=lambda item: abs(item[1][0] - item[1][1]))
    share, of = abs(now - usual) / whole, _of_what(query, part)
    which = f"{DIMENSIONS[name].label} {value_said(snapshot, query, name, value)}"
    return share, f"{which} explains {100 * share:.0f} % of {of}: {_number(part, now)}, usually {_number(part, usual)}."


def _of_what(query: Query, part: str) -> str:
    """“it”, or of a rate and a formula which of its parts is meant."""
    return "it" if query.measures == (part,) else f"the change in {MEASURES[part].label.lower()}"


def _number(part: str, value: float) -> str:
    return number(value, MEASURES[part].unit)
