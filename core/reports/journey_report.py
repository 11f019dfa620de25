"""The journey report: a workbook of one journey's channels, each metric as a table, and the charts of them on its first sheet."""
from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from core.access.accounts import Account
from core.metrics import DIMENSIONS, MEASURES, Column, Query, Result, Unit, answer, rules
from core.metrics.answering import journey_names
from core.metrics.clock import rfc3339
from core.metrics.lineage import basis_in_words, range_in_words
from core.reports import export
from core.reports.asked import today
from core.reports.export import Book
from core.reports.workbook_charts import bars, beside, columns_of, lines

if TYPE_CHECKING:
    from core.warehouse.snapshots import Snapshot

TOTALS = ("profiles_in_journey", "entries", "currently_in_journey", "profiles_exited", "exit_rate", "active_profiles", "active_rate", "goal_performers",
          "goal_rate", "goal_events")
LADDER = ("messages_sent", "messages_delivered", "messages_failed", "messages_viewed", "messages_clicked", "messages_replied", "messages_unsubscribed",
          "messages_complained", "messages_viewed_machine", "delivery_rate", "view_rate", "click_rate", "profiles_messaged", "profiles_viewing")
BY_TIME = {"Sent": "messages_sent", "Viewed": "messages_viewed", "Clicked": "messages_clicked"}
TABLES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {  # sheet → measures, dimensions
    "Cost": (("traffic_cost", "wasted_cost"), ("channel", "currency")),
    "Failures": (("messages_failed",), ("channel", "reason")),
    "Sends": (LADDER[:6], ("element", "channel")),
    "Links": (("link_clicks",), ("channel", "url")),
    "Calls": (("calls", "calls_answered", "calls_completed", "call_duration_s"), ("direction", "outcome")),
}


@dataclass(slots=True)
class Report:
    """What a workbook is written from, and what has gone into it."""

    snapshot: Snapshot
    asked: Query  # the journey, range and basis, without measures
    book: Book
    answers: list[Result]
    rows: int = 0

    def ask(self, *measures: str, by: tuple[str, ...] = ()) -> Result:
        """The answer, remembered for the sheet About."""
        self.answers.append(answer(self.snapshot, self.asked.asking(*measures, by=by)))
        return self.answers[-1]

    def sheet(self, name: str, columns: tuple[Column, ...], frame: pl.DataFrame) -> int:
        """Write a table; gives its rows."""
        _, height = export.write_sheet(self.book, name, columns, [frame], {})
        self.rows += height
        return height


def write(account: Account, snapshot: Snapshot, parameters: Mapping[str, Any], path: Path, progress: Callable[[float], None]) -> int:
    """Write the workbook; gives how many rows its tables have. Raises WrongUsage for what cannot be answered."""
    first, last = (date.fromisoformat(parameters[key]) if parameters[key] else None for key in ("from", "to"))
    asked = Query((), (), first, last, parameters["basis"], (("journey", (parameters["journey"],)),))
    with export.replaced(path) as file, export.workbook(file) as book:
        report = Report(snapshot, asked, book, [])
        front = book.made.add_worksheet("Charts")  # filled last: what it draws stands on the sheets behind it
        totals = report.ask(*TOTALS)
        report.sheet("Summary", totals.columns, totals.frame)
        ladder = report.ask(*LADDER, by=("channel",))
        drawn = [*columns_of(book, "Channels", ladder, report.sheet("Channels", ladder.columns, ladder.frame))]
        progress(0.2)
        drawn += _over_time(report, today(account, snapshot), progress)
        for n, (name, (measures, by)) in enumerate(TABLES.items(), 1):
            result = report.ask(*measures, by=by)
            height = 0 if result.frame.is_empty() else report.sheet(name, result.columns, result.frame)
            drawn += bars(book, name, result, height) if name == "Cost" and height else []
            progress(0.5 + 0.4 * n / len(TABLES))
        name = journey_names(snapshot).get(parameters["journey"], parameters["journey"])
        beside(front, book, f"{name}, {range_in_words(asked)}", basis_in_words(asked.basis), drawn)
        export.write_about(book, _about(account, name, report))
    return report.rows


def _over_time(report: Report, upto: date, progress: Callable[[float], None]) -> list[Any]:
    """A table a rung: a row a day, week or month, a column a channel; a bucket without messages is 0, as it is built and there were none."""
    drawn = []
    for n, (name, measure) in enumerate(BY_TIME.items(), 1):
        grain = rules.grain(((report.asked.last or upto) - (report.asked.first or date.min)).days + 1)
        result = report.ask(measure, by=(grain, "channel"))
        if not result.frame.is_empty():
            frame = _across(result, grain, measure, report.asked, upto)
            channels = [channel or "No channel" for channel in _channels(result)]
            columns = (Column(grain, DIMENSIONS[grain].label, Unit.TEXT), *(Column(f"c{at}", channel, Unit.COUNT) for at, channel in enumerate(channels)))
            height = report.sheet(f"{name} by {grain}", columns, frame)
            drawn += lines(report.book, f"{name} by {grain}", f"{MEASURES[measure].label}, by {grain} and channel", channels, height)
        progress(0.2 + 0.1 * n)
    return drawn


def _channels(result: Result) -> list[str | None]:
    return list(result.frame["channel"].unique().sort(nulls_last=True))


def _across(result: Result, grain: str, measure: str, asked: Query, upto: date) -> pl.DataFrame:
    days = result.frame[grain]
    first = _bucket(asked.first, grain) if asked.first else days.min()
    last = min(asked.last or upto, upto)
    assert isinstance(first, date)
    frame = pl.DataFrame({grain: _buckets(first, max(last, first), grain)}, schema={grain: pl.Date})
    for at, channel in enumerate(_channels(result)):
        mine = result.frame.filter(pl.col("channel").eq_missing(channel)).select(grain, pl.col(measure).alias(f"c{at}"))
        frame = frame.join(mine, on=grain, how="left").with_columns(pl.col(f"c{at}").fill_null(0))
    return frame


def _bucket(day: date, grain: str) -> date:
    return day if grain == "day" else day - timedelta(day.weekday()) if grain == "week" else day.replace(day=1)


def _buckets(first: date, last: date, grain: str) -> list[date]:
    return list(pl.date_range(first, last, {"day": "1d", "week": "1w", "month": "1mo"}[grain], eager=True))


def _about(account: Account, name: str, report: Report) -> list[tuple[str, str]]:
    asked, one = report.asked, report.answers[0]
    measures = dict.fromkeys(measure for result in report.answers for measure in result.query.measures)
    notes = dict.fromkeys(text for result in report.answers for text in result.warnings)
    return [("Title", f"Journey report: {name}"), ("Account", account.account_id), ("Journey ID", str(asked.where[0][1][0])), ("Range", range_in_words(asked)),
            ("Basis", basis_in_words(asked.basis)), ("Snapshot", one.snapshot_id), ("As of", rfc3339(one.as_of)), *(("Note", text) for text in notes),
            *((MEASURES[measure].label, MEASURES[measure].definition) for measure in measures)]
