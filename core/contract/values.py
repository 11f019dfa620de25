"""Read one value of a record exactly as interface §1 says; the only authority on what is bad."""
import math
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from zoneinfo import ZoneInfo

from core.contract.columns import Kind


class Bad(Exception):
    """The value is not one of its column."""


Naive = datetime  # a moment without an offset, still to be placed in a zone

_MOMENT = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:([Zz])|([+-])(\d\d):(\d\d))?", re.ASCII)
_NUMBER = re.compile(r"([+-]?)(\d+\.?\d*|\.\d+)(?:[eE]([+-]?\d+))?", re.ASCII)
_CURRENCY = re.compile(r"[A-Za-z]{3}", re.ASCII)
_UPPER = str.maketrans({chr(letter): chr(letter - 32) for letter in range(ord("a"), ord("z") + 1)})
_EXACT = Context(prec=40, rounding=ROUND_HALF_UP)
_MICRO = Decimal("0.000001")
_FAR = 10**6  # an exponent beyond this is as good as infinite, and is never computed with
DECIMAL_LIMIT = Decimal(10**12)
INTEGERS = range(-(2**63), 2**63)


def text(value: object) -> str:
    """Text as it stands; a JSON number is its literal text."""
    if isinstance(value, str):
        return str(value)
    raise Bad


def upper(value: object) -> str:
    return text(value).translate(_UPPER)


def currency(value: object) -> str:
    read = text(value)
    if _CURRENCY.fullmatch(read) is None:
        raise Bad
    return read.translate(_UPPER)


def moment(value: object, zone: ZoneInfo | None) -> datetime | Naive:
    """UTC, cut to microseconds; a naive time in `zone`, or as it is (naive) where there is none."""
    try:
        read = value if isinstance(value, datetime) else _moment_of(text(value))
        if read.tzinfo is None:
            if zone is None:
                return read
            read = read.replace(tzinfo=zone)
        return read.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Bad from error


def _moment_of(written: str) -> datetime:
    found = _MOMENT.fullmatch(written)
    if found is None:
        raise Bad
    year, month, day, hour, minute, second, fraction, zulu, sign, hours, minutes = found.groups()
    micro = int((fraction or "0")[:6].ljust(6, "0"))
    read = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), micro)  # noqa: DTZ001
    if zulu:
        return read.replace(tzinfo=UTC)
    if sign is None:
        return read
    if int(hours) > 23 or int(minutes) > 59:
        raise Bad
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return (read + offset if sign == "-" else read - offset).replace(tzinfo=UTC)


def integer(value: object) -> int:
    """A number without a fraction that fits 64 bits."""
    number = _number(value)
    if number.copy_abs() > 2**63 or number != number.to_integral_value() or int(number) not in INTEGERS:
        raise Bad
    return int(number)


def decimal(value: object) -> Decimal:
    """decimal(18,6): rounded half away from zero, then below 10¹² on either side."""
    number = _number(value)
    if number.copy_abs() > DECIMAL_LIMIT:
        raise Bad
    rounded = number.quantize(_MICRO, context=_EXACT)
    if rounded.copy_abs() >= DECIMAL_LIMIT:
        raise Bad
    return rounded if rounded else Decimal("0.000000")  # no negative zero


def double(value: object) -> float:
    """A finite number that is not negative, as the nearest double."""
    written = _written(value)
    if _NUMBER.fullmatch(written) is None:
        raise Bad
    read = float(written)
    if read < 0 or not math.isfinite(read):
        raise Bad
    return read + 0.0  # -0.0 is 0.0


def boolean(value: object) -> bool:
    """true and false, also as text in any case, and 1 and 0."""
    if isinstance(value, bool):
        return value
    known = {"true": True, "1": True, "false": False, "0": False}
    written = text(value)
    if not written.isascii() or written.lower() not in known:
        raise Bad
    return known[written.lower()]


def _written(value: object) -> str:
    if isinstance(value, bool):
        raise Bad
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Decimal):
        return str(value)
    return text(value)


def _number(value: object) -> Decimal:
    """The exact number; one too large for any column is 10¹⁹ or more, one too small to show is cut after 10⁻²⁰."""
    found = _NUMBER.fullmatch(_written(value))
    if found is None:
        raise Bad
    sign, digits, written = found.groups()
    exponent = _exponent(written)
    whole, _, fraction = digits.partition(".")
    significant = (whole + fraction).lstrip("0")
    if not significant:
        return Decimal(0)
    exponent -= len(fraction)
    magnitude = len(significant) + exponent  # 0.1 ≤ x / 10^magnitude < 1
    if magnitude > 20:
        raise Bad
    if magnitude < -20:
        return Decimal((int(sign == "-"), (1,), -21))  # rounds to nothing, and is no integer
    return Decimal((int(sign == "-"), tuple(map(int, significant)), exponent))


def _exponent(written: str | None) -> int:
    if written is None:
        return 0
    digits = written.lstrip("+-").lstrip("0") or "0"
    size = int(digits) if len(digits) <= 6 else _FAR
    return -size if written.startswith("-") else size


READERS: dict[Kind, Callable[[object], object]] = {
    Kind.TEXT: text, Kind.UPPER: upper, Kind.CURRENCY: currency, Kind.INTEGER: integer,
    Kind.DECIMAL: decimal, Kind.DOUBLE: double, Kind.BOOLEAN: boolean,
}
