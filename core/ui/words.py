"""How times and names read on screen, and numbers and days as core.metrics.numbers has them: one place for tile, table, chart, tooltip and image."""

from __future__ import annotations

import re
from datetime import date, datetime
from html import escape
from zoneinfo import ZoneInfo

from core.metrics import numbers
from core.metrics.numbers import MISSING, MONTHS, count, day, days, money, month, plural, rate, ratio, seconds

__all__ = [
    "MISSING", "MONTHS", "capital", "channel", "clock", "count", "day", "days", "lower", "moment", "money", "month", "name", "number", "plain", "plural",
    "rate", "ratio", "reason", "seconds", "sentence", "size",
]  # fmt: skip
CHANNELS = {"EMAIL": "Email", "VIBER": "Viber", "WHATSAPP": "WhatsApp", "PUSH": "Push", "VOICE": "Voice"}
KINDS = {
    "entry": "Entry", "send": "Send", "wait_event": "Wait for event", "wait_time": "Wait", "split": "Split", "control_group": "Control group",
    "update_profile": "Update profile", "ivr_menu": "IVR menu", "ivr_collect": "IVR collect", "call_api": "Call API", "exit": "Exit", "other": "Other",
}  # fmt: skip
STATUSES = {"draft": "Draft", "active": "Active", "paused": "Paused", "finished": "Finished"}
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
BASES = {"entered": "Numbers speak of runs that started in the range", "happened": "Numbers speak of what happened in the range, whenever the run started"}
OF_MEP = "One profile counts once a month, in the account’s zone"


def number(value: object, unit: str, currency: str | None = None) -> str:
    """The text of one value of a Result, by its column's unit; None is “–”, zero is “0”."""
    return day(value) if isinstance(value, date) and not isinstance(value, datetime) else numbers.number(value, unit, currency)


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
