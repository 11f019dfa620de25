"""Lift and maturity: arms against control with what is certain about it, and goal rates by days since entry, young weeks drawn unfinished."""
from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from core.metrics import Result
from core.metrics.lift import BETTER, OPEN, SKEWED, WORSE
from core.ui import answers, charts, frame, parts, tables, theme, words, worked_out
from core.ui.address import Chosen
from core.ui.charts import Picture
from core.ui.frame import Results, Widget
from core.ui.map_elements import Scope
from core.ui.tables import Col, Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

SAID = {BETTER: "better than control", WORSE: "worse than control", OPEN: "not enough yet"}
MARKS = {BETTER: "", WORSE: " bad", OPEN: " warn"}
MOST_WEEKS = 7  # drawn; the files hold all


def show(viewer: Viewer, chosen: Chosen, scope: Scope) -> None:
    """Both sections on a page; of a page without a map: `lift.show(viewer, chosen, Scope.of(chosen, journey))`."""
    frame.show(viewer, chosen, lambda: arms(viewer, scope))
    frame.show(viewer, chosen, lambda: maturity(viewer, scope))


def arms(viewer: Viewer, scope: Scope) -> Widget | None:
    """The arms of a journey against their control; None where it has none."""
    queries = (
        ("", scope.entered("profiles_in_journey", "goal_performers", by=("arm",), answer="lift")),
        ("shares of the arms", scope.entered("profiles_in_journey", by=("arm",), answer="arm_shares")),
    )
    if answers.ask(viewer, queries[0][1]).frame.is_empty():
        return None

    def draw(results: Results) -> None:
        filled = {row["arm"]: row for row in results[1].frame.iter_rows(named=True)}
        rows = [row | {"share": filled[row["arm"]]} for row in results[0].frame.iter_rows(named=True)]
        tables.table(
            [
                Col("Arm", "t", lambda row: words.name(row["arm"]) + (' <span class="ja-tag">control</span>' if row["is_control"] else "")),
                Col("Profiles in journey", "n", lambda row: words.count(row["profiles_in_journey"])),
                Col("Share (expected)", "n", lambda row: f"{words.rate(row['share']['arm_share_rate'])} ({words.rate(row['share']['expected_share_rate'])})"),
                Col("Goal performers", "n", lambda row: words.count(row["goal_performers"])),
                Col("Goal rate", "n", lambda row: f"<b>{words.rate(row['goal_rate'])}</b>"),
                Col("95 % interval", "n", lambda row: _between(row["goal_low_rate"], row["goal_high_rate"], "%")),
                Col("Difference to control", "n", _difference),
                Col("95 % interval of it", "n", lambda row: _between(row["lift_low_rate"], row["lift_high_rate"], "pp")),
                Col("Verdict", "t", _verdict),
            ],
            rows, "Arms against control",
        )  # fmt: skip
        worked_out.below(*results)

    return Widget("lift", "Goal rate, by arm against control", queries, draw, sub="Of profiles whose run started in the range, whatever the date basis",
                  foot=lambda results: [*_skewed(results[1]), *_no_control(results[0])])  # fmt: skip


def _between(low: float | None, high: float | None, unit: str) -> str:
    if low is None or high is None:
        return f"<span class=q>{words.MISSING}</span>"
    return f"{_points(low)} to {_points(high)} {unit}"


def _points(x: float) -> str:
    return f"{100 * x:.1f}".replace("-0.0", "0.0").replace("-", "−")


def _difference(row: Row) -> str:
    if row["lift_rate"] is None:
        return f"<span class=q>{words.MISSING}</span>"
    return f"<b>{'+' if row['lift_rate'] > 0 else ''}{_points(row['lift_rate'])} pp</b>"


def _verdict(row: Row) -> str:
    if row["is_control"] or row["verdict"] is None:
        return f"<span class=q>{words.MISSING}</span>"
    said = f"<span class='ja-st{MARKS.get(row['verdict'], ' off')}'>{SAID.get(row['verdict'], row['verdict'])}</span>"
    more = row["missing_people"]
    wanted = f"{words.plural(more, 'more profile')} in this arm, if the difference stays" if more is not None else "no difference is seen so far"
    return f"{said} <span class=q>{wanted}</span>" if row["verdict"] == OPEN else said


def _skewed(filled: Result) -> list[str]:
    """The sample-ratio check in words, and from where the expected shares are."""
    if filled.frame.height < 2 or filled.frame["chance_rate"][0] is None:
        return []
    chance, source = filled.frame["chance_rate"][0], filled.frame["expected_from"][0]
    known = "the catalog's labels" if source == "the catalog" else "equal ones, as the catalog names none"
    p = f"p = {chance:.3f}" if chance >= 0.001 else "p < 0.001"
    if chance < SKEWED:
        return [f"<b>Arms are not filled as expected:</b> shares differ from {known} ({p}, chi-square); unless that was meant, the difference may come from it"]
    return [f"shares of the arms are as expected: {known} ({p}, chi-square)"]


def _no_control(result: Result) -> list[str]:
    return [] if any(result.frame["is_control"]) else ["<b>No arm is a control:</b> the catalog marks none, so there is no difference to tell"]


def maturity(viewer: Viewer, scope: Scope) -> Widget | None:
    """Goal rate by days since entry, a line a week; None where nobody of the range reached a goal."""
    query = scope.entered("profiles_in_journey", by=("week",), answer="maturity")
    frame = answers.ask(viewer, query).frame
    if frame.is_empty() or not frame["goal_performers"].max():
        return None

    def picture(results: Results) -> Picture:
        return _picture(results[0])

    weeks = _weeks(frame)
    left = frame["week"].n_unique() - len(weeks)
    foot = ["dashed and hollow: not all of the week have been in the journey that long",
            *([f"the {len(weeks)} newest weeks are drawn, the table and files hold {left} more"] if left else [])]
    legend = [(_colour(n, len(weeks)), f"{words.day(week, year=False)} · n {words.count(people)}") for n, (week, people) in enumerate(weeks)]
    return Widget("maturity", "Goal rate, by days since entry and week of entry", (("", query),), picture=picture,
                  sub=parts.keys(*legend),
                  foot=lambda _: foot)  # fmt: skip


def _weeks(frame: pl.DataFrame) -> list[tuple[date, int]]:
    """(week, its people), the newest of them."""
    return sorted(set(frame.select("week", "profiles_in_journey").iter_rows()))[-MOST_WEEKS:]


def _colour(n: int, of: int) -> str:
    return theme.SERIES[(of - 1 - n) % len(theme.SERIES)]


def _picture(result: Result) -> Picture:
    weeks = _weeks(result.frame)
    kept = result.frame.filter(pl.col("week").is_in([week for week, _ in weeks])).sort("week", "days_since_entry")
    rows = []
    for (week,), cohort in kept.group_by(["week"], maintain_order=True):
        days = list(cohort.iter_rows(named=True))
        finished = [row["is_finished"] == "yes" for row in days]
        for n, row in enumerate(days):
            rows.append({
                "x": row["days_since_entry"], "y": row["goal_rate"], "series": words.day(week, year=False), "whole": finished[n],
                "open": not finished[n] or (n + 1 < len(days) and not finished[n + 1]), "last": n == len(days) - 1 and not finished[n],
                "said": f"Week of {words.day(week)}, day {row['days_since_entry']}",
                "value": f"{words.rate(row['goal_rate'])} · {words.count(row['goal_performers'])} of {words.count(row['profiles_in_journey'])}",
            })  # fmt: skip
    series = tuple((words.day(week, year=False), _colour(n, len(weeks))) for n, (week, _) in enumerate(weeks))
    alt = f"Goal rate by days since entry, {words.plural(len(weeks), 'week')} of entry"
    return Picture(pl.DataFrame(rows), "matured", (series,), 280, alt)


def _matured(c: dict[str, str], series: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    """Lines over days since entry, one a week; what is not finished dashed, its last point hollow. Frame: x, y, series, whole, open, last, said, value."""
    names, colours = [name for name, _ in series], [colour for _, colour in series]
    x = {"field": "x", "type": "quantitative", "scale": {"nice": False}, "axis": {"tickMinStep": 1, "labelExpr": "'day ' + datum.value"}}
    y = {"field": "y", "type": "quantitative", "scale": {"zero": True}, "axis": {"labelExpr": charts.LABELS["rate"]}}
    color = {"field": "series", "type": "nominal", "scale": {"domain": names, "range": colours}, "legend": None}
    point = {"type": "point", "filled": False, "size": 46, "strokeWidth": 2, "fill": c["ground"], "opacity": 1}
    tooltip = charts.texts(("said", "Week"), ("value", "Goal rate by then"))

    def part(mark: dict[str, Any], only: str, **more: Any) -> dict[str, Any]:
        return {"mark": {**mark, "aria": False}, "transform": [{"filter": only}], "encoding": {"x": x, "y": y, "color": color, **more}}

    hidden = {"type": "point", "filled": True, "size": 90, "opacity": 0}
    return {"layer": [part({"type": "line"}, "datum.whole"), part({"type": "line", "strokeDash": [3, 3]}, "datum.open"), part(point, "datum.last"),
                      part(hidden, "true", tooltip=tooltip)]}  # fmt: skip


charts.SPECS["matured"] = _matured
