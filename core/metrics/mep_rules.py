"""The six rules by which a monthly engaged person is counted, each with what this account has of it in the month."""
from dataclasses import dataclass, replace

import polars as pl

from core.metrics.mep_consumption import of_mep
from core.metrics.mep_people import counted
from core.metrics.once import once
from core.metrics.query import Query
from core.metrics.result import Column, Result
from core.metrics.units import Unit
from core.warehouse.snapshots import Snapshot


@dataclass(frozen=True, slots=True)
class Rule:
    """`each` is one MEP or none for each person; `of` says what `counted` counts; `kind` names its columns of mep_kinds."""

    text: str
    each: str
    of: str
    kind: str = ""


RULES = (
    Rule("Several entries in the month", "one", "entries of these people", "entries"),
    Rule("Several journeys in the month", "one", "journeys and people, each pair once", "journeys"),
    Rule("Messages over several channels", "one", "channels and people, each pair once", "channels"),
    Rule("No message at all", "one", "entries of these people", "silent"),
    Rule("A journey without a send element", "one", "entries of these people", "no_send"),
    Rule("A message over API or broadcast, without an entry", "none", "messages of the month in no run"),
)
COLUMNS = (Column("rule", "Rule", Unit.TEXT), Column("each", "MEP for each person", Unit.TEXT), Column("people", "People", Unit.PEOPLE),
           Column("counted", "Counted", Unit.COUNT), Column("of", "What is counted", Unit.TEXT), Column("mep", "Their MEP", Unit.COUNT))
DEFINITION = ("An entry is the first received journey.entered of a run; its profile is one MEP in the calendar month of its time in the account's zone, "
              "whatever else it does in that month. People are those with a run that started in the month; Their MEP are the lines of these people, in "
              "whatever sub-account.")
_LOOSE = "SELECT {day} AS day, count(*)::BIGINT AS n FROM loose WHERE kind = 'message' GROUP BY ALL"


def rules(snapshot: Snapshot, asked: Result) -> Result:
    """Six rows, in the order of RULES: the people of the range whom the rule is about, what of it was counted, and their MEP."""
    query = of_mep(asked.query, "mep_rules")
    found = counted(snapshot, "mep_kinds", query)
    people = found.row(0, named=True) if found.height else {}
    rows = [(rule.text, rule.each, *(people.get(f"{what}_{rule.kind}", 0) for what in ("people", "counted")), rule.of, people.get(f"mep_{rule.kind}", 0))
            for rule in RULES[:-1]]
    messages, of = _loose(snapshot, query)
    rows.append((RULES[-1].text, RULES[-1].each, None, messages, of, 0))
    schema = {column.name: pl.String() if column.unit is Unit.TEXT else pl.Int64() for column in COLUMNS}
    return replace(asked, frame=pl.DataFrame(rows, schema=schema, orient="row"), columns=COLUMNS, definitions=(("How MEP is counted", DEFINITION),))


def _loose(snapshot: Snapshot, query: Query) -> tuple[int, str]:
    """Messages in no run, placed by the day they were sent, and what that counts: they are of no run's sub-account."""
    has_days = "day" in once(snapshot, "SELECT column_name FROM (DESCRIBE loose)")["column_name"]  # a snapshot of an older version has none
    days = once(snapshot, _LOOSE.format(day="day" if has_days else "NULL::DATE"))
    bounds = [pl.col("day") >= query.first] if query.first and has_days else []
    bounds += [pl.col("day") <= query.last] if query.last and has_days else []
    of = RULES[-1].of if has_days else "messages in no run, whenever"
    of += ", of all sub-accounts" if any(name == "sub_account" for name, _ in query.where) else ""
    return int((days.filter(bounds) if bounds else days)["n"].sum()), of
