"""MEP consumption: the month and sub-accounts that the address chooses, and the widgets of the page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import polars as pl
import streamlit as st

from core.errors import WrongUsage
from core.metrics import Query
from core.metrics.mep_forecast import following
from core.ui import catalog, changes, columns, contents, filters, mep_charts, parts, ranking, tables, theme, words
from core.ui.address import Chosen, written
from core.ui.charts import Picture
from core.ui.frame import Results, Widget
from core.ui.tables import Col

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

MOST = 10
OFFERED = 4  # the running month and three before
TWELVE = 12


def chosen(viewer: Viewer, title: str) -> Chosen:
    """The month and the sub-accounts of the address. Ends the page, naming the value, where one is not valid."""
    of_bar = filters.read(viewer, title)
    try:
        first = date.fromisoformat(filters.picked("month", list(offered(of_bar.today))) + "-01")
    except WrongUsage as problem:
        parts.header(viewer, title)
        parts.state("error", "The address asks for something that is not there", str(problem), "bad", (filters.address_with({}, only=()), "Start over"))
        st.stop()
    return Chosen((first, following(first) - timedelta(1)), of_bar.today, compare="none", sub_accounts=of_bar.sub_accounts)


def offered(today: date) -> dict[str, str]:
    """`2026-03` → `Mar 2026`, the newest first."""
    found, month = {}, today.replace(day=1)
    for _ in range(OFFERED):
        found[f"{month:%Y-%m}"] = words.month(month)
        month = (month - timedelta(1)).replace(day=1)
    return found


def bar(viewer: Viewer, chosen: Chosen) -> None:
    """Month, sub-accounts, and the way to a report, which opens beside this page."""
    with st.container(key="filters", horizontal=True, gap="xsmall", vertical_alignment="center"):
        filters.pick("month", "Month", offered(chosen.today))
        filters.LISTS["sub_account"](chosen, catalog.of(viewer))
        asked = {"create": "mep", "month": f"{chosen.days[0]:%Y-%m}"} | ({"sub_account": written(chosen.sub_accounts)} if chosen.sub_accounts else {})
        st.link_button("Create report", f"reports?{urlencode(asked)}", icon=":material/download:")
        contents.here()


def is_running(chosen: Chosen) -> bool:
    """Whether the month is not over yet."""
    return chosen.days[0] <= chosen.today <= chosen.days[1]


def told(chosen: Chosen, answer: str, month: date | None = None) -> Query:
    """MEP of the month, or of another one, told as this answer."""
    query = replace(chosen.ask("mep"), answer=answer)
    return query if month is None else replace(query, first=month, last=following(month) - timedelta(1))


def month_before(chosen: Chosen) -> date:
    return (chosen.days[0] - timedelta(1)).replace(day=1)


def cumulative(viewer: Viewer, chosen: Chosen) -> Widget:
    """The month so far by day, the limit, the month before, and the forecast with how well it did."""
    first = chosen.days[0]
    queries = (("", told(chosen, "mep_by_day")), ("the month before, by day", told(chosen, "mep_by_day", month_before(chosen))),
               ("forecast, by day", told(chosen, "mep_forecast")), ("forecasts of past months", told(chosen, "mep_forecast_before")))  # fmt: skip
    names = (words.month(first), words.month(month_before(chosen)))

    def picture(results: Results) -> Picture:
        used = {row["day"]: row["mep_so_far"] for row in results[0].frame.iter_rows(named=True) if row["day"] <= chosen.today}
        ahead = {row["day"]: (row["expected"], row["at_least"], row["at_most"]) for row in results[2].frame.iter_rows(named=True)}
        days = [first + timedelta(n) for n in range((chosen.days[1] - first).days + 1)]
        drawn = mep_charts.consumption(days, used, list(results[1].frame["mep_so_far"]), ahead, viewer.account.included_mep, names,
                                       chosen.today if is_running(chosen) else None)  # fmt: skip
        return replace(drawn, keys=keys(results))

    def keys(results: Results) -> tuple[tuple[str, str], ...]:
        ahead = (("fc", "Forecast, with its 80 % interval"),) if results[2].frame.height else ()
        return (("now", f"{names[0]} so far" if is_running(chosen) else names[0]), *ahead, ("then", names[1]))

    def foot(results: Results) -> list[str]:
        return [*_same_day(chosen, results), *_tried(chosen, results), "A later or repeated event never changes a line that was exported"]

    return Widget("cum", "MEP, cumulative by day", queries, picture=picture, sub=lambda results: parts.keys(*keys(results)), foot=foot)


def _same_day(chosen: Chosen, results: Results) -> list[str]:
    """The last whole day against the same day of the month before, where both are there."""
    day = chosen.today - timedelta(1) if is_running(chosen) else chosen.days[1]
    now = {row["day"]: row["mep_so_far"] for row in results[0].frame.iter_rows(named=True)}.get(day)
    then = list(results[1].frame["mep_so_far"])
    if now is None or not then or not then[-1]:
        return []
    before = then[min(day.day, len(then)) - 1]
    same = month_before(chosen) + timedelta(min(day.day, len(then)) - 1)
    moved = parts.change(changes.change(now, before), None)
    return [f"{words.count(now)} by the end of {words.day(day, year=False)}, {words.count(before)} by {words.day(same, year=False)} {moved}"]


def _tried(chosen: Chosen, results: Results) -> list[str]:
    """What the forecast is, and how it would have done on past months."""
    if not results[2].frame.height:
        return ["No forecast: it needs two whole months before, and one whole day of this one"] if is_running(chosen) else []
    return [f"The forecast is what past months still grew from this part of the month on. {_how_well(results[3].frame)}"]


def _how_well(past: pl.DataFrame) -> str:
    """Of the forecasts of past months: how many ended inside the interval, and how far off the middle one was."""
    months, inside = past.height, list(past["held"]).count("yes")
    if not months:
        return "There is no past month yet to try it on"
    off = sorted(abs(value) for value in past["off_rate"])[months // 2]
    if months == 1:
        where = "inside its interval" if inside else "outside its interval"
        return f"Tried on the one past month that has enough before it, it was off by {words.rate(off)}; the month ended {where}"
    held = f"{'all' if inside == months else inside or 'none'} of the {months} ended inside the interval"
    return f"Tried on {months} past months in the same way, it was off by {words.rate(off)} or less in half of them; {held}"


def top(viewer: Viewer, chosen: Chosen) -> Widget:
    """The journeys that consume most."""
    query = told(chosen, "mep_journeys")

    def draw(results: Results) -> None:
        rows = [row for row in results[0].frame.head(MOST).iter_rows(named=True) if row["mep"]]
        if not rows:
            parts.state("group", "Nobody was engaged in this month", "No journey was entered in it, so there is no line in the ledger.")
            return
        tables.table(
            [ranking.to_journey(viewer), columns.bar("mep", rows), Col("Attributed", "n", lambda row: words.count(row["mep"])),
             Col("Of all MEP", "n", lambda row: words.rate(row["mep_share"])), Col("Engaged profiles", "n", lambda row: words.count(row["engaged"])),
             Col("By this journey alone", "n", lambda row: words.count(row["alone"]))],
            rows, f"Top {MOST} journeys by attributed MEP",
        )  # fmt: skip

    def foot(results: Results) -> list[str]:
        found = results[0].frame.height
        return [f"{MOST} of {words.count(found)} journeys are shown; the files hold all"] if found > MOST else []

    said = "Attributed adds up to the total: the journey of a person’s first received entry in the month. Engaged profiles do not add up."
    return Widget("mep-top", f"Top {MOST} journeys by attributed MEP", (("", query),), draw, sub=said, foot=foot)


def year(viewer: Viewer, chosen: Chosen) -> Widget:
    """Twelve months, with what is over the limit."""
    first = chosen.days[0]
    months = [first]
    while len(months) < TWELVE:
        months.insert(0, (months[0] - timedelta(1)).replace(day=1))
    query = replace(chosen.ask("mep", by=("month",)), first=months[0])
    limit = viewer.account.included_mep
    over = (("accent", "Within the limit"), ("bad", "Over it")) if limit is not None else ()

    def picture(results: Results) -> Picture:
        found = dict(results[0].frame.select("month", "mep").iter_rows())
        begins = min(found, default=first)
        drawn = mep_charts.months([(month, found.get(month, 0)) for month in months if month >= begins], limit, first if is_running(chosen) else None)
        return replace(drawn, keys=tuple((theme.LIGHT[name], said) for name, said in over))

    foot = ["The limit is what is agreed today: earlier agreements are not kept"] if limit is not None else []
    legend = parts.keys(*((theme.colours(theme.ground())[name], said) for name, said in over))
    return Widget("mep-months", "MEP, by month", (("", query),), picture=picture, sub=legend, foot=lambda _: foot, empty="Nobody was engaged in these months")


def rules(viewer: Viewer, chosen: Chosen) -> Widget:
    """The six rules of counting, each with what the account has of it."""

    def draw(results: Results) -> None:
        tables.table(
            [Col("Rule", "t", lambda row: escape(row["rule"])), Col("MEP for each person", "t", lambda row: f"<b>{row['each']}</b>"),
             Col("People", "n", lambda row: words.count(row["people"])), Col("Their MEP", "n", lambda row: words.count(row["mep"])),
             Col("Counted", "n", lambda row: words.count(row["counted"])), Col("What is counted", "t", lambda row: escape(row["of"]))],
            list(results[0].frame.iter_rows(named=True)), "The six rules of counting", "tight said",
        )  # fmt: skip

    said = "An entry counts, and nothing else: whatever a person does in a calendar month of the account’s zone, it is one"
    return Widget("mep-rules", "How MEP is counted, with the people of this month", (("", told(chosen, "mep_rules")),), draw, sub=said)

