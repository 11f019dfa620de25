"""The log as a list: valid records in order of receipt, each identity once, and the catalog documents between them."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tests.oracle.days import instant

Event = dict[str, Any]  # every column of §1 (null where absent), and its position

COLUMNS = [
    "source", "event_id", "event_type", "occurred_at", "received_at", "account_id", "sub_account_id", "profile_id",
    "journey_id", "journey_version", "element_id", "entry_id", "channel", "sender", "message_id", "status",
    "reason", "url", "direction", "is_machine", "cost_amount", "cost_currency", "name", "value_amount",
    "value_currency", "call_id", "input", "collect_name", "next_element_id", "duration_s", "attributes",
]  # fmt: skip
UPPER = ("channel", "cost_currency", "value_currency")


def read(record: dict[str, Any]) -> Event:
    """One valid record as §1 reads it. The record's numbers are int or Decimal, never float."""
    given = {name: value for name, value in record.items() if value is not None and value != ""}  # "Empty text is null in every format"
    event: Event = dict.fromkeys(COLUMNS)
    event.update({name: given[name] for name in COLUMNS if name in given})
    for name in ("occurred_at", "received_at"):
        event[name] = instant(given[name])
    for name in ("cost_amount", "value_amount"):
        if name in given:  # "more than six places rounded half away from zero"
            event[name] = Decimal(str(given[name])).quantize(Decimal("0.000001"), ROUND_HALF_UP)
    for name in UPPER:  # "for them and channels a–z are turned to upper case, nothing else"
        if name in given:
            event[name] = "".join(chr(ord(c) - 32) if "a" <= c <= "z" else c for c in given[name])
    event["is_machine"] = str(given.get("is_machine", False)).lower() in ("true", "1")  # "default false"
    event["journey_version"] = int(given["journey_version"]) if "journey_version" in given else None
    event["duration_s"] = float(given["duration_s"]) if "duration_s" in given else None
    unknown = {name: value for name, value in given.items() if name not in COLUMNS}  # "An unknown column or key goes into `attributes`"
    event["attributes"] = {**given.get("attributes", {}), **unknown}  # "`{}` for none"
    return event


@dataclass
class Document:
    """A catalog document, and the position of the last record that the log held when it was put."""

    after_position: int
    body: dict[str, Any]


@dataclass
class Log:
    events: list[Event] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: {"records": 0, "accepted": 0, "repeated": 0, "conflicts": 0})

    def receive(self, records: list[dict[str, Any]]) -> None:
        """§1: "The log takes each identity once, the first received." """
        for record in records:
            event = read(record)
            first = next((e for e in self.events if (e["source"], e["event_id"]) == (event["source"], event["event_id"])), None)
            self.counts["records"] += 1
            if first is None:
                self.events.append({**event, "position": len(self.events) + 1})
                self.counts["accepted"] += 1
            elif content(first) == content(event):
                self.counts["repeated"] += 1
            else:
                self.counts["conflicts"] += 1

    def put(self, body: dict[str, Any]) -> None:
        self.documents.append(Document(len(self.events), body))


def content(event: Event) -> Event:
    """§1: "all columns as read, attributes as JSON with numbers by value …; account_id and received_at apart"."""
    columns = {name: event[name] for name in COLUMNS if name not in ("account_id", "received_at")}
    return {**columns, "attributes": by_value(columns["attributes"])}


def by_value(value: Any) -> Any:
    """JSON with numbers by value: 1 is 1.0, and neither is true."""
    if isinstance(value, dict):
        return {key: by_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [by_value(item) for item in value]
    return ("true or false", value) if isinstance(value, bool) else Decimal(str(value)) if isinstance(value, int | float) else value


def order(event: Event) -> tuple[Any, int]:
    """§1: "Events in time are ordered by (occurred_at, position)"."""
    return event["occurred_at"], event["position"]
