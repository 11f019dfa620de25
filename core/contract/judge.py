"""Decide about one record: its typed columns, or the one reason why it is rejected (interface §1, Rejected)."""
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.contract import values
from core.contract.columns import COLUMNS, EVENT_TYPES, Kind, required_by
from core.contract.objects import NotJson, dumps

Reason = str
AHEAD = timedelta(hours=24)  # how far before its moment a record may be received
_TYPES = frozenset(EVENT_TYPES)
_REQUIRED = {event_type: required_by(event_type) for event_type in EVENT_TYPES}


@dataclass(frozen=True, slots=True)
class Given:
    """What a batch is read with: the moment of ingest (UTC), whose log it is, and what stands in for what a record leaves out."""

    now: datetime
    account_id: str
    source: str | None = None
    zone: ZoneInfo | None = None


def judge(record: Mapping[str, object], given: Given) -> dict[str, object] | Reason:
    """The record's typed columns (all of COLUMNS, in order), or its reason.

    Values come as the format gave them: text, objects.Number, bool, None, dict, list, int, float, Decimal, datetime; anything else is bad in every column.
    """
    present = {column: value for column, value in record.items() if value is not None and value != ""}
    if given.source is not None:
        present.setdefault("source", given.source)
    event_type = present.get("event_type")
    if not isinstance(event_type, str) or event_type not in _TYPES:
        return "unknown event_type"
    for column in _REQUIRED[event_type]:
        if column not in present:
            return f"missing {column}"
    typed: dict[str, object] = {}
    for column, kind in COLUMNS.items():
        try:
            typed[column] = _read(column, kind, present, given)
        except values.Bad:
            return f"bad {column}"
    return _reason_of_times_and_account(typed, given) or typed


def attributes_of(present: Mapping[str, object]) -> str | None:
    """JSON text of the record's attributes and of every key that is no column; null for none. Raises Bad.

    Where both name a key, what stands in `attributes` is kept: it was meant for there.
    """
    own = present.get("attributes", {})
    if not isinstance(own, dict):
        raise values.Bad
    merged = {**{key: value for key, value in present.items() if key not in COLUMNS and value is not None and value != ""}, **own}
    try:
        return dumps(merged) if merged else None
    except NotJson as error:
        raise values.Bad from error


def _read(column: str, kind: Kind, present: Mapping[str, object], given: Given) -> object:
    if kind is Kind.OBJECT:
        return attributes_of(present)
    value = present.get(column)
    if value is None:
        return {"is_machine": False, "received_at": given.now}.get(column)
    if kind is Kind.MOMENT:
        read = values.moment(value, given.zone)
        if column == "received_at" and (read.tzinfo is None or read > given.now):
            raise values.Bad
        return read
    typed = values.READERS[kind](value)
    if column == "profile_id" and typed == "0":
        raise values.Bad
    return typed


def _reason_of_times_and_account(typed: Mapping[str, object], given: Given) -> Reason | None:
    occurred_at = typed["occurred_at"]
    assert isinstance(occurred_at, datetime)
    if occurred_at.tzinfo is None:
        return "naive occurred_at"
    if occurred_at - given.now > AHEAD:
        return "in the future"
    if typed["account_id"] not in (None, given.account_id):
        return "wrong account"
    return None
