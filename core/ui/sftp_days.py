"""Fetches over time: valid and invalid entries by day, when each connection is polled next, and the files that should have come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import polars as pl

from core.metrics import Column, Unit
from core.sources.sftp.cadence import Expected, expected
from core.sources.sftp.connections import Connection
from core.sources.sftp.fetches import Fetch
from core.ui import charts, parts, ranges, sftp_desk, sheets, tables, theme, words
from core.ui.address import Chosen
from core.ui.sheets import Sheet
from core.ui.tables import Col, Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

POLLS = sheets.columns("Connection", "State", "Minutes", "Last poll", "Next poll", counts=("Minutes",))
ARRIVALS = sheets.columns("Connection", "Usually", "Seen", "Weeks", "Due", "State", counts=("Seen", "Weeks"))


def trend(viewer: Viewer, chosen: Chosen, found: Sequence[Fetch]) -> None:
    """Entries by day (week, month where the range is long), valid below invalid."""
    grain, counts = chosen.grain, Counter[tuple[date, str]]()
    for fetch in found:
        bucket = ranges.bucket(sftp_desk.day_of(viewer.account, fetch.started_at), grain)
        counts[bucket, "Valid"] += fetch.valid or 0
        counts[bucket, "Invalid"] += fetch.invalid or 0
    word = grain.capitalize()
    columns = (Column(grain, word, Unit.TEXT), Column("valid", "Valid entries", Unit.COUNT), Column("invalid", "Invalid entries", Unit.COUNT))
    buckets = ranges.buckets(chosen.days, grain)
    rows = [(bucket, counts[ranges.bucket(bucket, grain), "Valid"], counts[ranges.bucket(bucket, grain), "Invalid"]) for bucket in buckets]
    about = (("Range", words.days(*chosen.days)), (word, "on which the fetch began, in the account’s time zone"),
             ("Counted", "data rows of the files that were read"))  # fmt: skip
    sheet = Sheet(columns, sheets.frame_of(columns, rows), about)
    colours = theme.colours(theme.ground())
    legend = parts.keys((colours["accent"], "Valid"), (colours["bad"], "Invalid"))
    picture = _picture(chosen, counts, (("Valid", colours["accent"]), ("Invalid", colours["bad"])))
    title = f"Entries in files, by {grain}"
    sheets.show(viewer, chosen, sheets.Widget("sftp-days", title, (("", lambda: sheet),), lambda: None, picture, sub=legend, feature=None))


def _picture(chosen: Chosen, counts: Counter[tuple[date, str]], series: tuple[tuple[str, str], ...]) -> charts.Picture:
    grain, rows = chosen.grain, []
    for bucket in ranges.buckets(chosen.days, grain):
        low, end = 0, ranges.after(bucket, grain, chosen.days)
        for name, _ in series:
            n = counts[ranges.bucket(bucket, grain), name]
            said = words.day(bucket) if grain == "day" else words.days(bucket, end)
            drawn = {"day": bucket, "end": end, "low": low, "high": low + n, "series": name, "open": bucket <= chosen.today < end}
            rows.append(drawn | {"said": said, "value_said": words.count(n)})
            low += n
    alt = f"Entries by {grain}: " + ", ".join(f"{sum(n for (_, kind), n in counts.items() if kind == name):,} {name.lower()}" for name, _ in series)
    return charts.Picture(pl.DataFrame(rows), "stacked", ("count", grain, "Entries", "Kind", series), 220, alt)


def polls(viewer: Viewer, chosen: Chosen, mine: Sequence[Connection]) -> None:
    """The journey's connections: whether each is on, when it was looked at, and when it is next."""

    def at(moment: datetime | None, otherwise: str) -> str:
        return words.moment(moment, viewer.account.time_zone) if moment else otherwise

    def following(one: Connection) -> str:
        if not one.active:
            return "Off"
        due = one.next_poll_at
        return at(due, "within seconds") if due is None or due > viewer.now else "due now"

    def named(row: Row) -> str:
        return f'<a href="connections?{escape(urlencode({"name": row["Connection"]}))}" target=_self>{words.name(row["Connection"])}</a>'

    values = [(one.name, "On" if one.active else "Off", one.every_minutes, at(one.polled_at, "none yet"), following(one)) for one in mine]
    sheet = Sheet(POLLS, sheets.frame_of(POLLS, values), (("Minutes", "from poll to poll"), ("Time zone", viewer.account.time_zone)))

    def draw() -> None:
        columns = [
            Col("Connection", "t", named), Col("Every", "n", lambda row: f"{row['Minutes']:,} min"),
            Col("Last poll", "t w", lambda row: escape(row["Last poll"])),
            Col("Next poll", "t w", lambda row: "<span class='ja-st off'>Off</span>" if row["State"] == "Off" else escape(row["Next poll"])),
        ]  # fmt: skip
        tables.table(columns, list(sheet.frame.iter_rows(named=True)), "Next polls", "tight")

    sheets.show(viewer, chosen, sheets.Widget("polls", "Next polls", (("", lambda: sheet),), draw, feature=None))


def arrivals(viewer: Viewer, chosen: Chosen, mine: Sequence[Connection], recent: Sequence[Fetch]) -> None:
    """When files usually come, by what came before, how sure that is, and which are missing."""
    own = {one.name: [fetch for fetch in recent if fetch.connection == one.name] for one in mine if one.active}
    found = [(name, it) for name, fetches in own.items() for it in expected(fetches, viewer.account.time_zone, viewer.now)]
    found.sort(key=lambda one: (not one[1].missing, one[1].weekday, one[1].hour))
    values = [(name, _usual(it), it.seen, it.weeks, words.moment(it.due_at, viewer.account.time_zone), "Missing" if it.missing else "As usual")
              for name, it in found]  # fmt: skip
    about = (("Usually", "weekday and hour at which files came in at least 60 % of the last eight weeks"), ("Seen", "in how many of the weeks looked at"),
             ("Missing", "two hours after its time nothing had come"), ("Time zone", viewer.account.time_zone))  # fmt: skip
    sheet = Sheet(ARRIVALS, sheets.frame_of(ARRIVALS, values), about)

    def draw() -> None:
        if not found:
            parts.state("schedule", "No rhythm is known yet", "It takes more than three weeks of imports at the same weekday and hour.")
            return
        columns = [
            Col("Connection", "t", lambda row: words.name(row["Connection"])), Col("Usually", "t w", lambda row: escape(row["Usually"])),
            Col("How sure", "t w", lambda row: f"{row['Seen']} of {row['Weeks']} weeks"), Col("State", "t w", _state),
        ]  # fmt: skip
        tables.table(columns, list(sheet.frame.iter_rows(named=True)), "Expected files", "tight", height=260)

    missing = sum(it.missing for _, it in found)
    sub = f"<b class=ja-no>{words.plural(missing, 'file')} missing</b>" if missing else "None is missing" if found else ""
    sheets.show(viewer, chosen, sheets.Widget("arrivals", "Expected files", (("", lambda: sheet),), draw, sub=sub, feature=None))


def _usual(it: Expected) -> str:
    return f"{words.WEEKDAYS[it.weekday - 1]} {it.hour:02d}:00–{(it.hour + 1) % 24:02d}:00"


def _state(row: Row) -> str:
    due = escape(row["Due"])
    return f"<span class='ja-st bad'>Missing</span> <span class=q>due {due}</span>" if row["State"] == "Missing" else "<span class=ja-st>As usual</span>"
