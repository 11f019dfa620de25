"""The dimensions: what a measure may be split and filtered by, and how a value of each is written."""
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from math import isfinite

from core.errors import WrongUsage
from core.warehouse.attributes import text_of

Value = str | int | date | None
Raw = str | int | float | date | None  # as it comes from JSON, an address or a command line

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Dimension:
    """`read` turns a filter's value into what stands in the tables; it raises ValueError with what the value should be."""

    name: str
    label: str
    definition: str
    read: Callable[[str], Value]
    is_time: bool = False  # taken from the time that places the fact
    needs_journey: bool = False  # its values mean something within one journey alone

    @property
    def offered(self) -> str:
        """Its label in a list with others."""
        return self.label

    @property
    def said(self) -> str:
        """Its label within a sentence."""
        return self.label.lower()

    def value(self, raw: Raw) -> Value:
        """A filter's value as it stands in the tables. Null and "" are null. Raises WrongUsage for one that cannot be."""
        if raw is None or raw == "":
            return None
        if isinstance(raw, bool) or not isinstance(raw, str | int | float | date):
            raise WrongUsage(f"{self.name} cannot be {raw!r}: a value is text, a number or null.")
        try:
            str(raw).encode()  # half a surrogate, from a command line that is not UTF-8, is no text
            return self.read(str(raw))
        except ValueError as problem:
            raise WrongUsage(f"{self.name} cannot be “{raw}”: {problem}") from None


def day(text: str) -> date:
    """A date written YYYY-MM-DD and nothing else. Raises ValueError."""
    if not _DATE.fullmatch(text):
        raise ValueError("it is written YYYY-MM-DD.")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("there is no such day.") from None


def _week(text: str) -> date:
    monday = day(text)
    if monday.isoweekday() != 1:
        raise ValueError(f"a week is named by its Monday, {date.fromordinal(monday.toordinal() - monday.weekday())}.")
    return monday


def _month(text: str) -> date:
    if not _MONTH.fullmatch(text) and not (_DATE.fullmatch(text) and text.endswith("-01")):
        raise ValueError("it is written YYYY-MM.")
    try:
        return date.fromisoformat(f"{text[:7]}-01")
    except ValueError:
        raise ValueError("there is no such month.") from None


def _integer(low: int, high: int, what: str) -> Callable[[str], int]:
    def read(text: str) -> int:
        try:
            number = Decimal(text)
            if number.is_finite() and low <= number <= high and number == number.to_integral_value():
                return int(number)
        except InvalidOperation:
            pass
        raise ValueError(f"it is {what}.")

    return read


def _text(text: str) -> str:
    return text


CATALOGUE = (
    Dimension("day", "Day", "The day of the account's zone.", day, is_time=True),
    Dimension("week", "Week", "The week, named by its Monday; it holds the days of the range alone.", _week, is_time=True),
    Dimension("month", "Month", "The calendar month; it holds the days of the range alone.", _month, is_time=True),
    Dimension("hour", "Hour", "The local hour, 0–23.", _integer(0, 23, "a whole number from 0 to 23"), is_time=True),
    Dimension("weekday", "Weekday", "The weekday, 1 (Monday) to 7 (Sunday).", _integer(1, 7, "a whole number from 1 (Monday) to 7 (Sunday)"), is_time=True),
    Dimension("journey", "Journey", "The journey, by its id.", _text),
    Dimension("journey_version", "Version", "The run's version of the journey.", _integer(-(2**63), 2**63 - 1, "a whole number"), needs_journey=True),
    Dimension("sub_account", "Sub-account", "The run's sub-account: of its entry, else of its journey.", _text),
    Dimension("arm", "Arm", "The arm of the version whose element the run arrived at first.", _text, needs_journey=True),
    Dimension("exit_reason", "Exit reason", "Why the run ended; exit_point where it reached an exit point.", _text),
    Dimension("channel", "Channel", "The message's channel; a call's is VOICE.", _text),
    Dimension("sender", "Sender", "Who the message or call came from.", _text),
    Dimension("element", "Element", "The element of the journey's map; of a call's cost, its last.", _text, needs_journey=True),
    Dimension("reason", "Failure reason", "Why the message failed, by its latest failed event.", _text),
    Dimension("url", "Link", "The address of the link that was clicked.", _text, needs_journey=True),
    Dimension("currency", "Currency", "The currency of the cost or value: the event's, else the account's.", _text),
    Dimension("direction", "Direction", "Whether the call was inbound or outbound.", _text),
    Dimension("last_element", "Last element", "The element of the call's latest menu, input or collect.", _text, needs_journey=True),
    Dimension("outcome", "Outcome", "How the call ended; unknown if it does not say, open if it has not ended.", _text),
    Dimension("input", "Input", "What the caller chose.", _text, needs_journey=True),
    Dimension("input_status", "Input status", "ok, invalid or no_input.", _text),
    Dimension("collect_name", "Collected", "What the caller was asked for, by its name.", _text, needs_journey=True),
)
DIMENSIONS = {dimension.name: dimension for dimension in CATALOGUE}


ATTRIBUTE = "attribute."  # what an attribute of the entry is called as a dimension: this, then its own name


@dataclass(frozen=True, slots=True)
class Attribute(Dimension):
    """What entries say beside the columns, by its name."""

    @property
    def offered(self) -> str:
        """Its label in a list with others."""
        return f"{self.label} (attribute of the entry)"

    @property
    def said(self) -> str:
        """Its name, as the customer wrote it."""
        return f"“{self.label}”"

    def value(self, raw: Raw) -> Value:
        """As text, numbers by value: 1.0 is “1”."""
        return Dimension.value(self, text_of(raw) if isinstance(raw, int | float) and isfinite(raw) else raw)


def is_attribute(name: str) -> bool:
    """Whether the name of a dimension means an attribute of the entry."""
    return name.startswith(ATTRIBUTE) and len(name) > len(ATTRIBUTE)


def dimension(name: str) -> Dimension:
    """The dimension or attribute of this name. Raises KeyError."""
    if not is_attribute(name):
        return DIMENSIONS[name]
    own = name.removeprefix(ATTRIBUTE)
    return Attribute(name, own, f"“{own}” of the run's entry: of its earliest entered event that says it.", _text)
