"""What a journey was for: goal data by version, its arms side by side, and the links that people clicked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from core.ui import answers, catalog, columns, durations, seen, series, tables, words
from core.ui.address import Chosen
from core.ui.frame import Results, Widget
from core.ui.performance import BY, open_said
from core.ui.tables import Col, Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

GOALS = {"profiles_in_journey": "Profiles", "goal_performers": "Performers", "goal_rate": "Goal rate", "goal_events": "Goal events"}
ARMS = ("profiles_in_journey", "profiles_exited", "active_profiles", "active_rate", "goal_performers", "goal_rate", "goal_events")
MOST_LINKS = 20


def by_day(viewer: Viewer, chosen: Chosen) -> Widget:
    """Goal events over the range."""
    grain = chosen.grain
    return Widget(
        "goal-days", f"Goal events, {BY[grain]}", (("", chosen.ask("goal_events", by=(grain,), compare=True)),),
        picture=lambda results: series.trend(results[0], "goal_events", chosen, grain, {}, seen.until(viewer)), sub=series.legend(chosen),
        foot=lambda _: open_said(viewer, chosen), empty="No goal event in this range",
    )  # fmt: skip


def by_version(viewer: Viewer, chosen: Chosen, journey: str) -> Widget:
    """Goal events, performers and value, by version: each version has its own goal."""

    def draw(results: Results) -> None:
        rows = sorted(columns.joined(results), key=lambda row: (row["journey_version"] is None, row["journey_version"] or 0))
        tables.table(
            [
                _version(), Col("Goal", "t", _goal_of(viewer, journey)),
                *(columns.measure(name, label) for name, label in GOALS.items()), columns.money("goal_value", "Value"),
                columns.money("cost_per_goal_performer", "Cost of each"),
            ],
            rows, "Goal data by version", "tight",
        )  # fmt: skip

    queries = (
        ("", chosen.ask(*GOALS, by=("journey_version",))),
        ("value, by version and currency", chosen.ask("goal_value", by=("journey_version", "currency"))),
        ("cost per goal performer, by version and currency", chosen.ask("cost_per_goal_performer", by=("journey_version", "currency"))),
    )
    return Widget("goals", "Goal performers, by version", queries, draw, sub="A goal event counts for each run it falls into; a performer counts once",
                  empty="No run in this range")  # fmt: skip


def _version() -> Col:
    return columns.dated("journey_version", "Version", lambda v: "no version" if v is None else f"v{v}")


def _goal_of(viewer: Viewer, journey: str) -> Callable[[Row], str]:
    """What a version's row says of its goal."""
    versions = {version.version: version for version in catalog.of(viewer).versions.get(journey, ())}

    def said(row: Row) -> str:
        version = versions.get(row["journey_version"])
        if version is None or version.goal_event is None:
            return "<span class=q>no goal</span>"
        within = f" <span class=q>within {version.within_days:g} days</span>" if version.within_days is not None else ""
        return words.name(version.goal_event) + within

    return said


def times(viewer: Viewer, chosen: Chosen) -> Widget | None:
    """How long runs took from their entry to their first goal event: how many by when, and within what time a half of them by version; None without a goal."""
    asked = chosen.ask("goal_performers")
    queries = (
        ("", replace(asked, answer="goal_times")),
        ("quartiles", replace(asked, answer="goal_time_quartiles")),
        ("quartiles, by version", replace(asked, dimensions=("journey_version",), answer="goal_time_quartiles")),
    )
    if answers.ask(viewer, queries[0][1]).frame.is_empty():
        return None

    def sub(results: Results) -> str:
        quarter, half, more = durations.three(results[1], "goal_time")
        of = words.plural(results[1].value("runs"), "run")
        return f"Of {of} with a goal a quarter reached it within {quarter}, <b>half within {half}</b>, three quarters within {more}"

    def draw(results: Results) -> None:
        durations.bands(results[0], "Time from entry to goal", "Runs", "Runs with a goal by time from entry", "Reached by then")
        versions = list(results[2].frame.iter_rows(named=True))
        if len(versions) > 1:
            shown = [_version(), Col("Runs", "n", lambda row: words.count(row["runs"])), *durations.quartiles(results[2])]
            tables.table(shown, versions, "Time from entry to goal by version", "tight gap")

    return Widget("goal-times", "Runs with a goal, by time from entry to goal", queries, draw, sub=sub)


def arms(viewer: Viewer, chosen: Chosen, journey: str) -> Widget | None:
    """The arms side by side; None where no run of the range is in one."""
    query = chosen.ask(*ARMS, by=("arm",))
    if all(name is None for name in answers.ask(viewer, query).frame["arm"]):
        return None
    controls = {arm.name for arm in catalog.arms(viewer, journey) if arm.is_control}

    def arm(row: Row) -> str:
        if row["arm"] is None:
            return "<span class=q>in no arm</span>"
        return words.name(row["arm"]) + (' <span class="ja-tag">control</span>' if row["arm"] in controls else "")

    def draw(results: Results) -> None:
        rows = sorted(columns.joined(results), key=lambda row: (row["arm"] is None, row["arm"] not in controls, row["arm"] or ""))
        tables.table([Col("Arm", "t", arm), *(columns.measure(name) for name in ARMS), columns.money("goal_value")], rows, "Arms side by side")

    queries = (("", query), ("value, by arm and currency", chosen.ask("goal_value", by=("arm", "currency"))))
    return Widget("arms", "Profiles in journey and goal rate, by arm", queries, draw, sub="A run is in the arm whose element it arrived at first")


def links(viewer: Viewer, chosen: Chosen) -> Widget | None:
    """Links that people clicked, most clicked first; None where there was no click."""
    query = chosen.ask("link_clicks", by=("url",), order="-link_clicks")
    found = answers.ask(viewer, query).frame.height
    if not found:
        return None

    def draw(results: Results) -> None:
        rows = columns.joined(results)[:MOST_LINKS]
        tables.table([Col("Link", "t", _url), columns.bar("link_clicks", rows), columns.measure("link_clicks")], rows, "Links clicked", "tight wide")

    foot = [f"{MOST_LINKS} of {words.count(found)} links are shown; the files hold all"] if found > MOST_LINKS else []
    return Widget("links", "Link clicks, by link", (("", query),), draw, sub="Every click by a human; Messages clicked counts messages", foot=lambda _: foot)


def _url(row: Row) -> str:
    return "<span class=q>no address given</span>" if row["url"] is None else f'<span class=ja-url title="{escape(row["url"])}">{words.name(row["url"])}</span>'
