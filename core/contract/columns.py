"""The columns of an event record in the table's order, what kind of value each holds, and the closed list of event types."""
from enum import Enum, auto


class Kind(Enum):
    """How a column's value is read (core/contract/values.py)."""

    TEXT = auto()
    UPPER = auto()  # text whose a–z are turned to upper case
    CURRENCY = auto()  # three letters, turned to upper case
    MOMENT = auto()
    INTEGER = auto()  # 64 bits
    DECIMAL = auto()  # decimal(18,6)
    DOUBLE = auto()  # finite, not negative
    BOOLEAN = auto()  # null reads as false
    OBJECT = auto()  # a JSON object


COLUMNS: dict[str, Kind] = {
    "source": Kind.TEXT, "event_id": Kind.TEXT,
    "event_type": Kind.TEXT,
    "occurred_at": Kind.MOMENT, "received_at": Kind.MOMENT,
    "account_id": Kind.TEXT, "sub_account_id": Kind.TEXT,
    "profile_id": Kind.TEXT,
    "journey_id": Kind.TEXT, "journey_version": Kind.INTEGER, "element_id": Kind.TEXT, "entry_id": Kind.TEXT,
    "channel": Kind.UPPER, "sender": Kind.TEXT,
    "message_id": Kind.TEXT,
    "status": Kind.TEXT, "reason": Kind.TEXT, "url": Kind.TEXT, "direction": Kind.TEXT,
    "is_machine": Kind.BOOLEAN,
    "cost_amount": Kind.DECIMAL, "cost_currency": Kind.CURRENCY,
    "name": Kind.TEXT, "value_amount": Kind.DECIMAL, "value_currency": Kind.CURRENCY,
    "call_id": Kind.TEXT, "input": Kind.TEXT, "collect_name": Kind.TEXT, "next_element_id": Kind.TEXT, "duration_s": Kind.DOUBLE,
    "attributes": Kind.OBJECT,
}

EVENT_TYPES: tuple[str, ...] = (
    "journey.entered", "journey.exited", "element.entered", "element.exited",
    "message.sent", "message.delivered", "message.failed", "message.seen", "message.opened",
    "message.clicked", "message.replied", "message.unsubscribed", "message.complained",
    "event.performed",
    "call.started", "call.answered", "call.menu_entered", "call.input", "call.collected", "call.ended",
)

LARGEST_RECORD = 64 * 1024  # bytes of UTF-8 of the record's NDJSON form

ALWAYS = ("source", "event_id", "occurred_at")  # required of every record; so is event_type, which has a reason of its own

_REQUIRED = {
    "profile_id": ("journey.",),
    "journey_id": ("journey.", "element."),
    "element_id": ("element.",),
    "name": ("event.performed",),
    "call_id": ("call.",),
}


def required_by(event_type: str) -> tuple[str, ...]:
    """The columns an event of this type must have, in the table's order."""
    return tuple(column for column in COLUMNS if column in ALWAYS or event_type.startswith(_REQUIRED.get(column, ("-",))))


def columns_of(*kinds: Kind) -> tuple[str, ...]:
    """The columns of these kinds, in the table's order."""
    return tuple(column for column, kind in COLUMNS.items() if kind in kinds)
