"""What a fact shows of itself: the columns of a row behind a number, and the SELECT of such rows."""
from collections.abc import Callable
from dataclasses import dataclass

from core.metrics.facts import COLUMNS, Rows
from core.metrics.measures import Measure
from core.metrics.planner import Part
from core.metrics.query import Query
from core.metrics.sql import Params, fact_rows, named
from core.metrics.units import Unit


@dataclass(frozen=True, slots=True)
class Shown:
    """The key of a table's rows, a position of the log, and what a row of it shows. `lender`: the table that knows the row's id, by what key, which column."""

    key: str
    columns: tuple[str, ...]
    lender: tuple[str, str, str] | None = None


_RUN = ("journey_id", "version", "sub_account_id", "arm")
SHOWN = {
    "runs": Shown("run_key", (*_RUN, "entry_id", "started_at", "exited_at", "exit_reason", "is_active", "at_element_id")),
    "messages": Shown("message_key", (*_RUN, "source", "message_id", "channel", "sender", "element_id", "sent_at", "delivered_at", "viewed_at", "clicked_at",
                                      "replied_at", "failed_at", "failed_reason", "cost_amount", "cost_currency")),
    "clicks": Shown("position", (*_RUN, "message_id", "channel", "sender", "element_id", "url", "clicked_at"), ("messages", "message_key", "message_id")),
    "goals": Shown("position", (*_RUN, "name", "performed_at", "value_amount", "value_currency")),
    "calls": Shown("call_key", (*_RUN, "source", "call_id", "direction", "sender", "outcome", "last_element_id", "started_at", "duration_s", "cost_amount",
                                "cost_currency")),
    "call_steps": Shown("position", (*_RUN, "call_id", "kind", "element_id", "input", "input_status", "collect_name", "next_element_id", "stepped_at"),
                        ("calls", "call_key", "call_id")),
    "arrivals": Shown("run_key", (*_RUN, "element_id", "arrived_at", "state")),
    "mep": Shown("position", ("journey_id", "sub_account_id", "engaged_at", "billed_at", "campaign_name", "is_late")),
}
LABELS = {
    "profile_id": "Profile ID", "journey_id": "Journey ID", "sub_account_id": "Sub-account", "entry_id": "Entry ID", "message_id": "Message ID",
    "call_id": "Call ID", "element_id": "Element", "last_element_id": "Last element", "at_element_id": "At element", "next_element_id": "Next element",
}


def facts_behind(part: Part, query: Query, start: int, end: int) -> tuple[str, Params]:
    """One row a fact whose key is in [start, end): its dimensions, of a sum the addend, its position, profile_id and what its table shows."""
    measure = part.measures[0]
    is_sum = measure.unit in (Unit.MONEY, Unit.SECONDS)
    shown = _shown(part, measure)
    texts, params = union(part, query, lambda rows: _columns(rows.table, shown, measure.counted if is_sum else None), start, end)
    columns = [f"fact.{named(name)}" for name in query.dimensions] + ([f"_addend AS {measure.name}"] if is_sum else [])
    columns += ["_key AS position", "profiles.profile_id"]
    lender = SHOWN[part.rows[0].table].lender
    columns += [f"lender.{name} AS {name}" if lender and name == lender[2] else f"_{name} AS {name}" for name in shown]
    lines = [f"SELECT {', '.join(columns)}", f"FROM (\n{texts}\n) AS fact", "LEFT JOIN profiles ON profiles.profile_key = fact._profile"]
    if lender:
        lines.append(f"LEFT JOIN {lender[0]} AS lender ON lender.{lender[1]} = fact._{lender[2]}")
    tie = "_element_id" if part.rows[0].table == "arrivals" and "element_id" in shown else "_profile"
    return "\n".join([*lines, f"ORDER BY _key, {tie}"]), params


def people_behind(part: Part, query: Query, start: int, end: int) -> tuple[str, Params]:
    """One row a group and profile whose key is in [start, end): its dimensions, profile_id, and how many facts it has."""
    texts, params = union(part, query, lambda rows: ["profile_key"], start, end, key="profile_key")
    dimensions = "".join(f"{named(name)}, " for name in part.dimensions)
    people = f"SELECT {dimensions}profile_key, count(*) AS facts\nFROM (\n{texts}\n)\nGROUP BY {dimensions}profile_key"
    order = ", ".join(["profile_key", *map(named, part.dimensions)])
    return f"SELECT {dimensions}profile_id, facts\nFROM (\n{people}\n)\nLEFT JOIN profiles USING (profile_key)\nORDER BY {order}", params


def union(part: Part, query: Query, columns: Callable[[Rows], list[str]], start: int, end: int, key: str | None = None) -> tuple[str, Params]:
    """The rows of all tables of the part whose key is in [start, end)."""
    texts, params = [], []
    for rows in part.rows:
        by = key or SHOWN[rows.table].key
        text, own = fact_rows(rows, part, query, columns(rows), (f"{by} >= {start}", f"{by} < {end}"))
        texts.append(text)
        params += own
    return "\nUNION ALL\n".join(texts), params


def _shown(part: Part, measure: Measure) -> list[str]:
    """What the rows show beside the dimensions and the addend, which stand there already."""
    there = {measure.counted, *part.dimensions, *(COLUMNS[rows.table].get(name, name) for rows in part.rows for name in part.dimensions)}
    return [name for name in dict.fromkeys(name for rows in part.rows for name in SHOWN[rows.table].columns) if name not in there]


def _columns(table: str, shown: list[str], addend: str | None) -> list[str]:
    """A fact's own columns under private names, so that none hides a dimension."""
    own = SHOWN[table]
    columns = [f"{addend} AS _addend"] if addend else []
    columns += [f"{own.key} AS _key", "profile_key AS _profile"]
    for name in shown:
        lent = own.lender is not None and name == own.lender[2]
        columns.append(f"{own.lender[1] if own.lender and lent else name if name in own.columns else 'NULL'} AS _{name}")
    return columns
