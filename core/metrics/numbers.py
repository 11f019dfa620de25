"""How numbers and days read: one place for tile, table, chart, tooltip, image and mail. A file export carries the raw value instead."""
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal

MISSING = "–"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")  # whatever the locale of the machine
_CENT = Decimal("0.01")
_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)  # sums of decimal(38,6) in full


def number(value: object, unit: str, currency: str | None = None) -> str:
    """The text of one number by its unit (interface §5; “number”: of a formula); None is “–”, zero is “0”, anything else as it stands."""
    if value is None:
        return MISSING
    if not isinstance(value, int | float | Decimal):
        return str(value)
    if unit == "money":
        return money(Decimal(value), currency)
    if unit in ("count", "people"):
        return count(value)
    read = {"rate": rate, "number": ratio, "seconds": seconds}.get(unit)
    return str(value) if read is None else read(float(value))


def count(n: int | float | Decimal | None) -> str:
    """`12,345`"""
    return MISSING if n is None else f"{n:,.0f}".replace("-", "−")


def ratio(x: float) -> str:
    """`3.21` of a formula's plain number, four digits that count; `0.0042`."""
    size = abs(x)
    return (f"{x:,.0f}" if size >= 1000 else f"{x:,.2f}" if size >= 1 or not x else f"{x:.4g}").replace("-", "−")


def rate(x: float | None) -> str:
    """`12.3 %` of a fraction; `<0.1 %` rather than a false 0, `>99.9 %` rather than a false 100."""
    if x is None:
        return MISSING
    if 0 < abs(x) < 0.001:
        return "<0.1 %" if x > 0 else ">−0.1 %"
    if 0.9995 <= x < 1:
        return ">99.9 %"
    return f"{100 * x:,.1f} %".replace("-", "−")


def money(amount: Decimal | None, currency: str | None = None) -> str:
    """`1,234.50 EUR`, half away from zero; `<0.01 EUR` rather than a false 0."""
    if amount is None:
        return MISSING
    cents = amount.quantize(_CENT, context=_WIDE)
    text = f"{cents:,}".replace("-", "−") if cents or not amount else "<0.01" if amount > 0 else ">−0.01"
    return f"{text} {currency}" if currency else text


def seconds(s: float | None) -> str:
    """`3 min 20 s`, the two largest parts of a duration; `<0.1 s` rather than a false 0."""
    if s is None:
        return MISSING
    if 0 < s < 0.05:
        return "<0.1 s"
    if s < 59.95:
        return f"{s:.1f} s".replace(".0 s", " s")
    left = round(s)
    parts: list[tuple[int, str]] = []
    for size, name in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        n, left = divmod(left, size)
        if n or parts:
            parts.append((n, name))
    return " ".join(f"{n:,} {name}" for n, name in parts[:2] if n)


def plural(n: int, one: str, more: str = "") -> str:
    """`1 profile`, `2 profiles`, `3 entries`"""
    return f"{count(n)} {one if n == 1 else more or one + 's'}"


def day(d: date, *, year: bool = True) -> str:
    """`5 Mar 2025`"""
    return f"{d.day} {MONTHS[d.month - 1]}{f' {d.year}' if year else ''}"


def month(d: date) -> str:
    """`Mar 2025` of any day in it."""
    return f"{MONTHS[d.month - 1]} {d.year}"


def days(first: date, last: date, *, year: bool = True) -> str:
    """`1–31 Mar 2025`, both ends included; without the year where it is said beside it."""
    if first == last:
        return day(first, year=year)
    if first.year != last.year:
        return f"{day(first)}–{day(last)}"
    if first.month != last.month:
        return f"{day(first, year=False)}–{day(last, year=year)}"
    return f"{first.day}–{day(last, year=year)}"
