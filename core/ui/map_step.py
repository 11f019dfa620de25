"""One step of a map learned from events, chosen by its address: what it counts as a measure, its days, and the rows behind it."""
from __future__ import annotations

from typing import TYPE_CHECKING

from streamlit.delta_generator import DeltaGenerator

from core.metrics import MEASURES, Query
from core.ui import answers, catalog, frame, map_events, parts, rows_out, seen, series, states, tables, words
from core.ui.address import Chosen
from core.ui.frame import Results, Widget
from core.ui.map_elements import Scope
from core.ui.performance import BY

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

RUNGS = ("sent", "delivered", "viewed", "clicked", "replied", "failed")


def section(viewer: Viewer, chosen: Chosen, scope: Scope, beside: DeltaGenerator) -> None:
    """Its facts in the place beside the map, and the rows below; nothing where nothing happened."""
    step = map_events.shown(answers.ask(viewer, map_events.query(scope)))
    if step is None:
        return
    with beside:
        frame.show(viewer, chosen, lambda: facts(viewer, scope, step))
    frame.show(viewer, chosen, lambda: rows(viewer, scope, step))
    frame.show(viewer, chosen, lambda: stops(viewer, scope))


def counted(viewer: Viewer, scope: Scope, step: str, by: tuple[str, ...] = (), *, compare: bool = False) -> Query:
    """The question that counts a step: its number on the map is this measure's, under these filters."""
    kind, _, of = step.partition(" ")
    if kind in RUNGS:
        return scope.entered(f"messages_{kind}", by=by, compare=compare).filtered("channel", of or None)
    if kind == "exited":
        return scope.entered("exits", by=by, compare=compare).filtered("exit_reason", of)
    if kind == "goal":
        query, versions = scope.entered("goal_events", by=by, compare=compare), _with_goal(viewer, scope, of)
        return query.filtered("journey_version", *versions) if versions else query
    return scope.entered("entries", by=by, compare=compare)


def _with_goal(viewer: Viewer, scope: Scope, goal: str) -> tuple[int | None, ...]:
    """The chosen versions whose goal it is; none where no other version has another one."""
    versions = catalog.of(viewer).versions.get(scope.journey, ())
    chosen = [one for one in versions if one.version in (scope.chosen.versions or [v.version for v in versions])]
    if {one.goal_event for one in chosen} <= {goal, None}:
        return ()
    return tuple(one.version for one in chosen if one.goal_event == goal)


def facts(viewer: Viewer, scope: Scope, step: str) -> Widget:
    """Its days, above how often it happened, what came before it and what after."""
    query, grain = counted(viewer, scope, step, (scope.chosen.grain,), compare=True), scope.chosen.grain
    measure = query.measures[0]

    def draw(results: Results) -> None:
        parts.facts([("Times it happened", words.count(results[1].value(measure))), *map_events.around(results[2], step)])

    return Widget(
        "element", f"{map_events.name(step)}: {words.lower(MEASURES[measure].label)}, {BY[grain]}",
        (("", query), ("in total", counted(viewer, scope, step)), ("what followed what", map_events.query(scope))), draw,
        picture=lambda results: series.trend(results[0], measure, scope.chosen, grain, {}, seen.until(viewer)), sub=series.legend(scope.chosen),
    )  # fmt: skip


def rows(viewer: Viewer, scope: Scope, step: str) -> Widget:
    """The rows behind its number, the first of them here, all through `journeys rows`."""
    query = counted(viewer, scope, step)
    measure = query.measures[0]

    def draw(results: Results) -> None:
        number = results[0].value(measure)
        if number:
            rows_out.first(viewer, query, number, f"Rows behind {map_events.name(step)}")
        else:
            states.nothing(viewer, scope.chosen, "It did not happen")

    return Widget("element-rows", f"{map_events.name(step)}: {words.lower(MEASURES[measure].label)}, the rows behind it", (("", query),), draw)


def stops(viewer: Viewer, scope: Scope) -> Widget:
    """Where runs stand or stopped: by the last that happened to them so far, the most first."""

    def draw(results: Results) -> None:
        last, entered = map_events.last(results[0]), map_events.times(results[0]).get("entered", 0)
        found: list[tables.Row] = [{"step": step, "runs": n} for step, n in sorted(last.items(), key=lambda item: (-item[1], item[0]))]
        tables.table(
            [
                map_events.link(), tables.Col("Runs as a bar", "b", lambda row: parts.bar(row["runs"], found[0]["runs"]), is_hidden=True),
                tables.Col("Runs", "n", lambda row: words.count(row["runs"])),
                tables.Col("Of entries", "n", lambda row: words.rate(row["runs"] / entered if entered else None)),
            ],
            found, "Runs by their last step so far",
        )  # fmt: skip

    return Widget("last-steps", "Runs, by the last that happened to them so far", (("", map_events.query(scope)),), draw,
                  sub="A run stands in one row; the rows add up to the entries", empty="No run started in this range")  # fmt: skip
