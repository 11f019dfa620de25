"""How numbers, days, times and names read on screen: one place for tile, table, chart, tooltip and image."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from html import escape
from zoneinfo import ZoneInfo

MISSING = "–"
CHANNELS = {"EMAIL": "Email", "VIBER": "Viber", "WHATSAPP": "WhatsApp", "PUSH": "Push", "VOICE": "Voice"}
KINDS = {
    "entry": "Entry", "send": "Send", "wait_event": "Wait for event", "wait_time": "Wait", "split": "Split", "control_group": "Control group",
    "update_profile": "Update profile", "ivr_menu": "IVR menu", "ivr_collect": "IVR collect", "call_api": "Call API", "exit": "Exit", "other": "Other",
}  # fmt: skip
STATUSES = {"draft": "Draft", "active": "Active", "paused": "Paused", "finished": "Finished"}
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
BASES = {"entered": "Numbers speak of runs that started in the range", "happened": "Numbers speak of what happened in the range, whenever the run started"}
OF_MEP = "One profile counts once a month, in the account’s zone"


def number(value: object, unit: str, currency: str | None = None) -> str:
    """The text of one value of a Result, by its column's unit; None is “–”, zero is “0”.

    unit: count, people, money, rate, seconds, number or text (interface §5; number: of a formula).
    """
    if value is None:
        return MISSING
    if unit in ("count", "people") and isinstance(value, int | float | Decimal):
        return count(value)
    if unit == "rate" and isinstance(value, int | float | Decimal):
        return rate(float(value))
    if unit == "money" and isinstance(value, int | float | Decimal):
        return money(Decimal(value), currency)
    if unit == "number" and isinstance(value, int | float | Decimal):
        return ratio(float(value))
    if unit == "seconds" and isinstance(value, int | float | Decimal):
        return seconds(float(value))
    return day(value) if isinstance(value, date) and not isinstance(value, datetime) else str(value)


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
    if 0 < x < 0.001:
        return "<0.1 %"
    if 0.9995 <= x < 1:
        return ">99.9 %"
    return f"{100 * x:,.1f} %".replace("-", "−")


def money(amount: Decimal | None, currency: str | None = None) -> str:
    """`1,234.50 EUR`; `<0.01 EUR` rather than a false 0."""
    if amount is None:
        return MISSING
    text = "<0.01" if 0 < amount < Decimal("0.005") else f"{amount:,.2f}".replace("-", "−")
    return f"{text} {currency}" if currency else text


def seconds(s: float | None) -> str:
    """`3 min 20 s`, the two largest parts of a duration."""
    if s is None:
        return MISSING
    if s < 60:
        return f"{s:.1f} s".replace(".0 s", " s")
    left = round(s)
    parts: list[tuple[int, str]] = []
    for size, name in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        n, left = divmod(left, size)
        if n or parts:
            parts.append((n, name))
    return " ".join(f"{n:,} {name}" for n, name in parts[:2] if n)


def day(d: date, *, year: bool = True) -> str:
    """`5 Mar 2025`"""
    return f"{d.day} {MONTHS[d.month - 1]}{f' {d.year}' if year else ''}"


def days(first: date, last: date, *, year: bool = True) -> str:
    """`1–31 Mar 2025`, both ends included; without the year where it is said beside it."""
    if first == last:
        return day(first, year=year)
    if first.year != last.year:
        return f"{day(first)}–{day(last)}"
    if first.month != last.month:
        return f"{day(first, year=False)}–{day(last, year=year)}"
    return f"{first.day}–{day(last, year=year)}"


def moment(at: datetime, zone: str, *, year: bool = False) -> str:
    """`24 Nov 10:00` in a zone."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{day(local.date(), year=year)} {local:%H:%M}"


def clock(text: str | None) -> str:
    """`24 Nov 2026 10:00:05` of an instant as files write it (RFC 3339), on the clock that it stands in."""
    if text is None:
        return MISSING
    at = datetime.fromisoformat(text)
    return f"{day(at.date())} {at:%H:%M:%S}"


def size(n: int | None) -> str:
    """`812 kB`, `1.4 MB` of a number of bytes."""
    return MISSING if n is None else f"{n / 1e6:,.1f} MB" if n >= 1e6 else f"{max(n / 1e3, 1):,.0f} kB"


def plural(n: int, one: str, more: str = "") -> str:
    """`1 profile`, `2 profiles`, `3 entries`"""
    return f"{count(n)} {one if n == 1 else more or one + 's'}"


def channel(name: str | None) -> str:
    """A channel's name as people write it."""
    return "No channel" if name is None else CHANNELS.get(name, name)


def reason(name: str | None) -> str:
    """An exit's or a failure's reason as it stands, `exit_point` in words."""
    return "No reason given" if name is None else "Reached an exit point" if name == "exit_point" else name


def lower(label: str) -> str:
    """A label inside a sentence: “Profiles in journey” → “profiles in journey”, “MEP” stays."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def capital(text: str) -> str:
    """A text with a capital letter first, otherwise as it stands."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """A text as a sentence: a capital letter first, a full stop last."""
    return capital(text) + ("" if text.endswith((".", "!", "?", "…")) else ".")


def name(text: str) -> str:
    """A name that came with the data, as HTML: escaped, and kept from turning the line around it right to left."""
    return f"<bdi>{escape(text)}</bdi>"


def plain(text: str) -> str:
    """A name that came with the data, for a Streamlit label: no Markdown, no icon, no directive of it is acted on."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|~:$<>&])", r"\\\1", text.replace("\n", " "))
