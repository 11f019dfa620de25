"""Fetches over time: valid and invalid entries by day, when each connection is polled next, and the files that should have come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import polars as pl
import streamlit as st

from core.sources.sftp.cadence import Expected, expected
from core.sources.sftp.connections import Connection
from core.sources.sftp.fetches import Fetch
from core.ui import charts, frame, parts, ranges, tables, theme, words
from core.ui.address import Chosen
from core.ui.tables import Col, Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer


def trend(viewer: Viewer, chosen: Chosen, found: Sequence[Fetch]) -> None:
    """Entries by day (week, month where the range is long), valid below invalid."""
    grain, counts = chosen.grain, Counter[tuple[date, str]]()
    today = viewer.now.astimezone(ZoneInfo(viewer.account.time_zone)).date()
    days = (chosen.days[0], max(chosen.days[1], today) if chosen.days[1] >= chosen.today else chosen.days[1])
    for fetch in found:
        bucket = ranges.bucket(fetch.started_at.astimezone(ZoneInfo(viewer.account.zone_at(fetch.started_at))).date(), grain)
        counts[bucket, "Valid"] += fetch.valid or 0
        counts[bucket, "Invalid"] += fetch.invalid or 0
    colours = theme.colours(theme.ground())
    series = (("Valid", colours["accent"]), ("Invalid", colours["bad"]))
    rows = []
    for bucket in ranges.buckets(days, grain):
        low, end = 0, ranges.after(bucket, grain, days)
        for name, _ in series:
            n = counts[ranges.bucket(bucket, grain), name]
            said = words.day(bucket) if grain == "day" else words.days(bucket, end)
            drawn = {"day": bucket, "end": end, "low": low, "high": low + n, "series": name, "open": bucket <= today < end}
            rows.append(drawn | {"said": said, "value_said": f"{n:,}"})
            low += n
    with st.container(key="w-sftp-days", gap="xsmall"):
        st.html(frame.title(f"Entries in files, by {grain}", parts.keys((series[0][1], "Valid"), (series[1][1], "Invalid"))))
        alt = f"Entries by {grain}: {sum(f.valid or 0 for f in found):,} valid, {sum(f.invalid or 0 for f in found):,} invalid"
        charts.draw(charts.Picture(pl.DataFrame(rows), "stacked", ("count", grain, "Entries", "Kind", series), 220, alt), "sftp-days")


def polls(viewer: Viewer, mine: Sequence[Connection]) -> None:
    """The journey's connections: whether each is on, when it was looked at, and when it is next."""

    def at(moment: datetime | None, otherwise: str) -> str:
        return escape(words.moment(moment, viewer.account.time_zone)) if moment else f"<span class=q>{otherwise}</span>"

    def named(row: Row) -> str:
        return f'<a href="connections?{escape(urlencode({"name": row["one"].name}))}" target=_self>{words.name(row["one"].name)}</a>'

    def following(row: Row) -> str:
        one: Connection = row["one"]
        if not one.active:
            return "<span class='ja-st off'>Off</span>"
        due = one.next_poll_at
        return at(due, "at the worker’s next tick") if due is None or due > viewer.now else "<span class=q>due now</span>"

    with st.container(key="w-polls", gap="xsmall"):
        st.html(frame.title("Next polls"))
        columns = [
            Col("Connection", "t", named),
            Col("Every", "n", lambda row: f"{row['one'].every_minutes:,} min"), Col("Last poll", "t w", lambda row: at(row["one"].polled_at, "none yet")),
            Col("Next poll", "t w", following),
        ]  # fmt: skip
        tables.table(columns, [{"one": one} for one in mine], "Next polls", "tight")


def arrivals(viewer: Viewer, mine: Sequence[Connection], found: Sequence[Fetch]) -> None:
    """When files usually come, by what came before, how sure that is, and which are missing."""
    rows: list[Row] = []
    for one in mine:
        own = [fetch for fetch in found if fetch.connection == one.name]
        rows += [{"name": one.name, "it": it} for it in expected(own, viewer.account.time_zone, viewer.now)]
    rows.sort(key=lambda row: (not row["it"].missing, row["it"].weekday, row["it"].hour))
    with st.container(key="w-arrivals", gap="xsmall"):
        missing = sum(row["it"].missing for row in rows)
        st.html(frame.title("Expected files", f"{words.plural(missing, 'file')} missing" if rows else ""))
        if not rows:
            parts.state("schedule", "No rhythm is known yet", "It takes more than three weeks of imports at the same weekday and hour.")
            return
        columns = [
            Col("Connection", "t", lambda row: words.name(row["name"])), Col("Usually", "t w", lambda row: _usual(row["it"])),
            Col("How sure", "t w", lambda row: f"{row['it'].seen} of {row['it'].weeks} weeks"), Col("State", "t w", lambda row: _state(viewer, row["it"])),
        ]  # fmt: skip
        tables.table(columns, rows, "Expected files", "tight", height=260)


def _usual(it: Expected) -> str:
    return f"{words.WEEKDAYS[it.weekday - 1]} {it.hour:02d}:00–{(it.hour + 1) % 24:02d}:00"


def _state(viewer: Viewer, it: Expected) -> str:
    due = escape(words.moment(it.due_at, viewer.account.time_zone))
    return f"<span class='ja-st bad'>Missing</span> <span class=q>due {due}</span>" if it.missing else "<span class=ja-st>As usual</span>"
