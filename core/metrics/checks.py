"""The invariants of the numbers, each with its two sides, as far as a snapshot can show them (design §6)."""
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

import polars as pl

from core.metrics.answering import counted
from core.metrics.evidence import facts_behind, people_behind
from core.metrics.facts import ENTERED, HAPPENED
from core.metrics.measures import FACTS, MEASURES, RATES
from core.metrics.planner import plan
from core.metrics.query import Query
from core.metrics.result import json_value
from core.metrics.units import Unit
from core.warehouse.snapshots import Snapshot

Side = int | float | Decimal | None

_GAP = """(coalesce(clicked_at, replied_at) IS NOT NULL AND viewed_at IS NULL) OR (viewed_at IS NOT NULL AND delivered_at IS NULL)
    OR (delivered_at IS NOT NULL AND sent_at IS NULL) OR (delivered_at IS NOT NULL AND failed_at IS NOT NULL)"""


class Log(Protocol):
    """What a check needs of an account's event log."""

    def head(self) -> Any:
        """Its `position` is that of the last record."""


@dataclass(frozen=True, slots=True)
class Check:
    """One invariant: `left` is what the first half of its name says, `right` the second; they are equal, or left is no more than right (≤)."""

    name: str
    left: Side
    right: Side
    relation: str = "="

    @property
    def holds(self) -> bool:
        """Whether it is so."""
        if self.relation == "=":
            return self.left == self.right
        return (self.left or 0) <= (self.right or 0)

    def document(self) -> dict[str, Any]:
        """As JSON; money as text."""
        return {"name": self.name, "left": json_value("", self.left), "relation": self.relation, "right": json_value("", self.right), "holds": self.holds}


# name, left, right: each side one number of the snapshot
_PAIRS = (
    ("attributed MEP over all journeys = MEP, distinct profiles and months",
     "SELECT coalesce(sum(n), 0)::BIGINT FROM (SELECT count(*) AS n FROM mep GROUP BY journey_id)",
     "SELECT count(*) FROM (SELECT DISTINCT profile_key, month FROM mep)"),
    ("MEP lines in the month they were engaged in = MEP lines",
     "SELECT count(*) FROM mep WHERE month = date_trunc('month', engaged_day)", "SELECT count(*) FROM mep"),
    ("calls over all outcomes = calls",
     "SELECT coalesce(sum(n), 0)::BIGINT FROM (SELECT count(*) AS n FROM calls GROUP BY outcome)", "SELECT count(DISTINCT call_key) FROM calls"),
    ("elements passed + waiting + ended = arrived",
     "SELECT count(*) FROM arrivals WHERE state IN ('passed', 'waiting', 'ended')", "SELECT count(*) FROM arrivals"),
    ("arrivals, one a run and element = arrivals", "SELECT count(*) FROM (SELECT DISTINCT run_key, element_id FROM arrivals)", "SELECT count(*) FROM arrivals"),
    ("exits + currently in journey = entries",
     "SELECT count(exited_at) + count(*) FILTER (exited_at IS NULL) FROM runs", "SELECT count(DISTINCT run_key) FROM runs"),
    ("messages of all runs = messages", "SELECT coalesce(sum(messages), 0)::BIGINT FROM runs", "SELECT count(*) FROM messages"),
    ("goal events of all runs = goal events", "SELECT coalesce(sum(goal_events), 0)::BIGINT FROM runs", "SELECT count(*) FROM goals"),
    ("messages whose run is there = messages", "SELECT count(*) FROM messages SEMI JOIN runs USING (run_key)", "SELECT count(*) FROM messages"),
    ("goal events whose run is there = goal events", "SELECT count(*) FROM goals SEMI JOIN runs USING (run_key)", "SELECT count(*) FROM goals"),
    ("messages on a rung and not on the one below = none", f"SELECT count(*) FROM messages WHERE {_GAP}", "SELECT 0"),
    ("events that the snapshot was built of = its log position", "SELECT events FROM build", "SELECT position FROM build"),
)


def run(snapshot: Snapshot, log: Log | None = None) -> list[Check]:
    """Every invariant. With the log, also that the snapshot says nothing the log does not hold."""
    checks = [Check(name, snapshot.sql(left).item(), snapshot.sql(right).item()) for name, left, right in _PAIRS]
    if log is not None:
        checks.append(Check("log position of the snapshot ≤ of the log", snapshot.sql("SELECT position FROM build").item(), log.head().position, "≤"))
    return [*checks, *_no_rate_above_one(snapshot), *_rollups(snapshot), *_rows_behind(snapshot)]


def _no_rate_above_one(snapshot: Snapshot) -> Iterator[Check]:
    """On the entered basis the people above the line are among those below it."""
    pairs = [rate.parts for rate in RATES if rate.unit is Unit.RATE]
    frame = counted(snapshot, Query(tuple(dict.fromkeys(name for pair in pairs for name in pair))))
    for over, under in pairs:
        yield Check(f"{MEASURES[over].label} ≤ {MEASURES[under].label}, entered basis", frame[over][0], frame[under][0], "≤")


def _rollups(snapshot: Snapshot) -> Iterator[Check]:
    """What the rollups hold is what the facts say: the sum over months of what is counted in each, for people too (each month by itself)."""
    for basis in (ENTERED, HAPPENED):
        for measures in _together():
            dimensions = ("month", "currency") if MEASURES[measures[0]].is_money else ("month",)
            query = Query(measures, dimensions, basis=basis)
            left, right = counted(snapshot, query), counted(snapshot, query, force_facts=True)
            for name in measures:
                for currency in _currencies(name, left, right):
                    one, other = (frame if currency is None else frame.filter(currency=currency) for frame in (left, right))
                    same = _cells(one, name, dimensions).equals(_cells(other, name, dimensions))
                    label = f"{MEASURES[name].label}{f', {currency},' if currency else ''} in the rollup, by month = in the facts, {basis} basis"
                    yield Check(label, one[name].sum(), other[name].sum() if same else _other(one[name].sum(), other[name].sum()))


def _currencies(name: str, *frames: pl.DataFrame) -> list[str | None]:
    """Those of an amount in several, which are never added together; else None, all of it."""
    found = sorted({currency for frame in frames if "currency" in frame.columns for currency in frame.filter(pl.col(name) != 0)["currency"]})
    return [*found] if len(found) > 1 else [None]


def _cells(frame: pl.DataFrame, name: str, dimensions: tuple[str, ...]) -> pl.DataFrame:
    return frame.select(*dimensions, name).filter(pl.col(name) != 0)


def _together() -> list[tuple[str, ...]]:
    rolled_up = [measure for measure in FACTS if measure.rollup]
    return [tuple(measure.name for measure in rolled_up if measure.is_money == is_money) for is_money in (False, True)]


def _other(left: Side, right: Side) -> Side:
    """The right side; null where only single months differ and the sums do not show it."""
    return None if left == right else right


def _rows_behind(snapshot: Snapshot) -> Iterator[Check]:
    """A tile is its drill-through: as many rows, or the sum of the addends."""
    end = snapshot.sql("SELECT position FROM build").item() + 1
    for name in ("profiles_in_journey", "entries", "messages_sent", "goal_events", "calls"):
        query = Query((name,))
        behind = people_behind if MEASURES[name].unit is Unit.PEOPLE else facts_behind
        sql, params = behind(plan(query, force_facts=True)[0], query, 0, end)
        yield Check(f"rows behind {MEASURES[name].label} = {MEASURES[name].label}, entered basis", snapshot.sql(f"SELECT count(*) FROM ({sql})", params).item(),
                    counted(snapshot, query)[name][0])
