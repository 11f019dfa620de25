"""JSON as RFC 8259 has it, with number literals kept to the letter, and compared by value."""
import json
import re
from decimal import Decimal

import orjson


class NotJson(ValueError):
    """The text is not JSON: also NaN, half a surrogate, or nesting beyond what is read."""


class Number(str):
    """A JSON number as it was written: 1.50 stays 1.50, and long ids stay exact."""

    __slots__ = ()


def _no_constant(name: str) -> object:
    raise NotJson(name)


_SURROGATES = re.compile(r"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(\\u[dD][89a-fA-F])")  # a backslash, a pair, or (half of one)
_DECODER = json.JSONDecoder(parse_float=Number, parse_int=Number, parse_constant=_no_constant)


def parse(text: str) -> object:
    """The value of one JSON text; numbers are `Number`s. Raises NotJson."""
    try:
        value = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise NotJson(str(error)) from error
    if "\\u" in text and any(half.group(1) for half in _SURROGATES.finditer(text)):  # in the text, for of a name that is there twice one value alone is kept
        raise NotJson("half a surrogate")
    return value


def dumps(value: object) -> str:
    """Compact JSON text with numbers as they were written. Raises NotJson."""
    try:
        return orjson.dumps(value, default=_plain, option=orjson.OPT_PASSTHROUGH_SUBCLASS).decode()
    except (orjson.JSONEncodeError, TypeError, RecursionError) as error:
        raise NotJson(str(error)) from error


def _plain(value: object) -> object:
    if isinstance(value, Number):
        return orjson.Fragment(str(value))
    raise TypeError


def canonical(text: str | None) -> str:
    """The same text for equal objects: keys sorted, numbers by value; `{}` for none."""
    return dumps(_ordered(parse(text))) if text else "{}"


def _ordered(value: object) -> object:
    if isinstance(value, dict):
        return {key: _ordered(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_ordered(item) for item in value]
    return Number(_by_value(value)) if isinstance(value, Number) else value


def _by_value(number: str) -> str:
    """Digits and exponent of the exact value, so that 1, 1.0 and 10e-1 are one."""
    mantissa, _, exponent = number.lower().partition("e")
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    digits = (whole + fraction).lstrip("0")
    kept = digits.rstrip("0")
    if not kept:
        return "0"
    shift = Decimal(exponent or 0) - len(fraction) + len(digits) - len(kept)
    return f"{'-' if number.startswith('-') else ''}{kept}e{shift}"


def number_text(number: str) -> str:
    """The exact value in digits, so that 1, 1.0 and 10e-1 are “1”; of more than thirty zeros in a row as digits and exponent."""
    digits, _, exponent = _by_value(number).partition("e")
    shift = int(exponent or 0)
    sign, digits = ("-", digits[1:]) if digits.startswith("-") else ("", digits)
    if abs(shift) > 30 + len(digits):
        return f"{sign}{digits}e{shift}"
    if shift >= 0:
        return f"{sign}{digits}{'0' * shift}"
    digits = digits.rjust(1 - shift, "0")
    return f"{sign}{digits[:shift]}.{digits[shift:]}"
