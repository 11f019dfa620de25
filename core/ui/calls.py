"""How many calls there were, when, how they ended, how long they took and who called again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from core.metrics import Query, Result
from core.metrics.once import has_column
from core.ui import answers, catalog, columns, durations, filters, frame, heat, journeys, parts, registry, seen, series, states, tables, theme, tiles, words
from core.ui.address import Chosen
from core.ui.frame import Results, Widget
from core.ui.performance import BY, open_said
from core.ui.tables import Col, Row
from core.ui.tiles import Tile, Values

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

COUNTED = ("calls", "calls_answered", "calls_completed", "call_completion_rate", "call_duration_s")
OUTCOMES = {
    "completed": "Completed", "transferred": "Transferred", "hangup": "Caller hung up", "no_answer": "Not answered", "busy": "Busy", "failed": "Failed",
    "open": "Not ended yet", "unknown": "Unknown",
}  # fmt: skip
DIRECTIONS = {"inbound": "Inbound", "outbound": "Outbound", None: "No direction given"}
SHOWN = {"both": "Weekday and hour", "hour": "Hour"}


def told(chosen: Chosen, measure: str, answer: str, by: Sequence[str] = ()) -> Query:
    """The Query of an answer that is told by name, under the filters of the page."""
    return replace(chosen.ask(measure, by=by), answer=answer)


def outcome(name: str | None) -> str:
    """A call's outcome in words; one that we do not know stands as it is."""
    return OUTCOMES.get(name or "", name or words.MISSING)


def way_said(direction: str | None) -> str:
    """A call's direction in words."""
    return DIRECTIONS.get(direction, direction or words.MISSING)


def colour(name: str | None, ground: dict[str, str]) -> str:
    """The colour of an outcome: ours for completed, one for what was lost, a ghost for calls that reached nobody."""
    return {"completed": ground["accent"], "transferred": theme.CHANNEL["RCS"], "hangup": theme.CHANNEL["EMAIL"], "failed": theme.CHANNEL["PUSH"],
            "no_answer": ground["ghost"], "busy": ground["ghost"]}.get(name or "", theme.CHANNEL["VIBER"])  # fmt: skip


def need_calls(viewer: Viewer, chosen: Chosen, journey: str) -> None:
    """End the page where the journey, or the range, has no call: it says so, and where to look."""
    if answers.ask(viewer, chosen.ask("calls")).value("calls"):
        return
    if answers.ask(viewer, Query(("calls",), where=(("journey", (journey,)),))).value("calls"):
        states.nothing(viewer, chosen, "No call in this range")
        st.stop()
    names, menus = catalog.of(viewer), [element for element in catalog.elements(viewer, journey) if element.kind in ("ivr_menu", "ivr_collect")]
    why = ("Its map has IVR elements, but no call event names this journey or one of its runs: see whether the call feed sends call.started with "
           "the journey's id, or a profile and entry of it." if menus
           else "None of its elements is an IVR menu, and no call event names it. Those below have calls.")  # fmt: skip
    parts.state("call", f"{names.name(journey)} has no calls", why)
    found = answers.ask(viewer, Query(("calls",), ("journey",), order="-calls")).frame.iter_rows(named=True)
    with_calls = [row for row in found if row["journey"] is not None]
    if with_calls:
        carried = filters.carried()
        link = columns.link(lambda row: journeys.address("ivr-insights", row["journey"], carried), lambda row: names.name(row["journey"]), "Journey")
        tables.table([link, columns.measure("calls")], with_calls, "Journeys with calls", "tight")
    st.stop()


def four(viewer: Viewer, chosen: Chosen, title: str) -> None:
    """The tiles of a journey's calls: how many, answered, completed, how long."""
    queries = (
        ("", chosen.ask(*COUNTED, compare=True)), ("calls, by direction", chosen.ask("calls", by=("direction",))),
        ("calls, by outcome", chosen.ask("calls", by=("outcome",))), ("length", told(chosen, "calls_answered", "call_length_quartiles")),
        *(("cost, by currency", query) for query in cost(viewer, chosen)),
    )  # fmt: skip
    widget = Widget("calls", title, queries)
    results, problem = frame.worked_out(viewer, widget)
    registry.note(widget.noted)
    with st.container(key="t-calls", gap=None):
        if problem:
            parts.state("error", "These numbers could not be worked out", problem, "bad")
            return
        values, grain = Values(results[:1]), chosen.grain
        lines = answers.ask(viewer, chosen.ask(*(tile.measure for tile in _tiles(results)), by=(grain,), compare=True))
        sparks = {tile.measure: parts.spark(*series.sparks(series.points(lines, tile.measure, chosen, grain))) for tile in _tiles(results)}
        st.html(tiles.strip(_tiles(results), values, chosen, sparks, "k4"))
        frame.tiles_menu(viewer, chosen, widget, results)
        parts.foot(*frame.warnings("calls", results))


def _tiles(results: Results) -> tuple[Tile, ...]:
    ways = {row["direction"]: row["calls"] for row in results[1].frame.iter_rows(named=True)}
    directions = " · ".join(f"{words.count(n)} {way_said(way).lower()}" for way, n in sorted(ways.items(), key=lambda item: -item[1]))
    transferred = next((row["calls"] for row in results[2].frame.iter_rows(named=True) if row["outcome"] == "transferred"), 0)
    length = results[3].frame.row(0, named=True)
    typical = f"half of {words.count(length['calls_timed'])} took at most {words.seconds(length['call_length_median_s'])}"

    def answered(v: Values) -> str:
        return f"{words.rate(v.now['calls_answered'] / v.now['calls'])} of {v.said('calls')} calls" if v.now["calls"] else "no call"

    def completed(v: Values) -> str:
        of = f"{v.said('call_completion_rate')} of {v.said('calls_answered')} answered"
        return f"{of} · {words.count(transferred)} of them transferred" if transferred else of

    return (Tile("calls", None, lambda _: directions), Tile("calls_answered", True, answered), Tile("calls_completed", True, completed),
            Tile("call_duration_s", None, lambda _: " · ".join([typical, *(_paid(results[4]) if len(results) > 4 else [])])))  # fmt: skip


def _paid(result: Result) -> list[str]:
    return [words.money(row["traffic_cost"], row["currency"]) for row in result.frame.iter_rows(named=True) if row["traffic_cost"] is not None]


def cost(viewer: Viewer, chosen: Chosen, *by: str) -> tuple[Query, ...]:
    """The question what the calls of the range cost, by these and currency; none where voice messages would be in it too."""
    placed = replace(chosen, basis="happened", channels=("VOICE",))  # a call counts and costs on the day it started, in a run or without one
    if answers.ask(viewer, placed.ask("messages_sent", "messages_failed", by=("channel",))).frame.height:
        return ()
    return (placed.ask("traffic_cost", by=(*by, "currency")),)


def by_outcome(viewer: Viewer, chosen: Chosen) -> Widget:
    """Calls over the range, stacked by how they ended."""
    grain, ground = chosen.grain, theme.colours(theme.ground())

    def said(results: Results) -> dict[str, tuple[str, str]]:
        there = sorted(results[0].frame["outcome"].unique())
        known = {name: (outcome(name), colour(name, ground)) for name in OUTCOMES if name in there and name not in ("no_answer", "busy", "open", "unknown")}
        missed = {name: ("Not answered or busy", ground["ghost"]) for name in ("no_answer", "busy") if name in there}
        left = [name for name in there if name not in known and name not in missed]
        others = {name: (outcome(name) if len(left) == 1 else "Other outcomes", theme.CHANNEL["VIBER"]) for name in left}
        return known | others | missed

    return Widget(
        "outcomes", f"Calls, {BY[grain]} and outcome", (("", chosen.ask("calls", by=(grain, "outcome"))),),
        picture=lambda results: series.stacked(results[0], "calls", "outcome", chosen, grain, said(results), 270),
        sub=lambda results: parts.keys(*((paint, name) for name, paint in dict.fromkeys(said(results).values()))),
        foot=lambda _: open_said(viewer, chosen, is_compared=False),
    )  # fmt: skip


def by_hour(viewer: Viewer, chosen: Chosen) -> Widget:
    """Calls by weekday and hour of their start, or by hour alone."""
    shown = filters.picked("hours", list(SHOWN))
    draw = heat.weekly if shown == "both" else heat.hourly
    alt = f"Calls by {'weekday and hour' if shown == 'both' else 'hour'}, {words.days(*chosen.days)}"
    return Widget(
        "hours", "Calls, by weekday and hour", (("", chosen.ask("calls", by=("weekday", "hour"))),),
        picture=lambda results: draw(results[0], "calls", alt), sub=lambda results: heat.busiest(results[0], "calls", "call"),
        picker=lambda: filters.pick("hours", "Shown by", SHOWN),
    )  # fmt: skip


def endings(viewer: Viewer, chosen: Chosen) -> Widget:
    """Each outcome with its calls by direction; they add up to all calls."""

    def draw(results: Results) -> None:
        rows: dict[str, Row] = {}
        for row in results[0].frame.iter_rows(named=True):
            rows.setdefault(row["outcome"], {"outcome": row["outcome"], "calls": 0}).update({way_said(row["direction"]): row["calls"]})
            rows[row["outcome"]]["calls"] += row["calls"]
        there = [way for way in dict.fromkeys([*DIRECTIONS, *results[0].frame["direction"]]) if way in set(results[0].frame["direction"])]
        ordered = sorted(rows.values(), key=lambda row: -row["calls"])
        whole = {"calls": sum(row["calls"] for row in ordered)}
        ways = [_of_way(way) for way in there] if len(there) > 1 else []
        tables.table(
            [columns.dated("outcome", "Outcome", outcome), columns.bar("calls", ordered), *ways, columns.measure("calls"),
             columns.share("calls", whole, "Of all calls")],
            ordered, "Calls by outcome and direction", "tight",
        )  # fmt: skip

    return Widget("endings", "Calls, by outcome and direction", (("", chosen.ask("calls", by=("outcome", "direction"))),), draw,
                  sub="The outcomes add up to all calls")  # fmt: skip


def _of_way(way: str | None) -> Col:
    return Col(way_said(way), "n", lambda row: words.count(row.get(way_said(way), 0)))


def lengths(viewer: Viewer, chosen: Chosen) -> Widget | None:
    """How long answered calls took; None where no length is known."""
    return _bands(viewer, chosen, "lengths", "Answered calls, by their length", "call_length", "call_lengths", "call_length_quartiles", "took at most")


def answers_within(viewer: Viewer, chosen: Chosen) -> Widget | None:
    """How soon calls were answered; None where no call.answered event tells."""
    if not has_column(seen.snapshot(viewer), "calls", "answered_at"):
        return None
    return _bands(viewer, chosen, "time-to-answer", "Answered calls, by time to answer", "time_to_answer", "answer_times", "answer_time_quartiles",
                  "were answered within")  # fmt: skip


def first_steps(viewer: Viewer, chosen: Chosen) -> Widget | None:
    """How soon callers heard the first menu or collect; None where no call has a step."""
    return _bands(viewer, chosen, "first-steps", "Answered calls, by time until the first menu", "first_step", "first_step_times", "first_step_quartiles",
                  "had it within")  # fmt: skip


def _bands(viewer: Viewer, chosen: Chosen, key: str, title: str, prefix: str, bands: str, quartiles: str, verb: str) -> Widget | None:
    queries = (("", told(chosen, "calls_answered", bands)), ("quartiles", told(chosen, "calls_answered", quartiles)),
               ("quartiles, by version", told(chosen, "calls_answered", quartiles, ("journey_version",))))  # fmt: skip
    if answers.ask(viewer, queries[0][1]).frame.is_empty():
        return None

    def sub(results: Results) -> str:
        quarter, half, more = durations.three(results[1], prefix)
        return f"Of {words.plural(results[1].value('calls_timed'), 'call')} a quarter {verb} {quarter}, <b>half {half}</b>, three quarters {more}"

    def draw(results: Results) -> None:
        durations.bands(results[0], results[0].columns[0].label, "Calls", title)

    return Widget(key, title, queries, draw, sub=sub)


def again(viewer: Viewer, chosen: Chosen) -> Widget | None:
    """Who called again within 24 hours, by direction; None where no call has a profile."""
    queries = (("", told(chosen, "calls", "repeat_calls", ("direction",))), ("all directions", told(chosen, "calls", "repeat_calls")))
    if not answers.ask(viewer, queries[1][1]).value("calls_known"):
        return None

    def draw(results: Results) -> None:
        rows = [{**row, "said": way_said(row["direction"])} for row in results[0].frame.iter_rows(named=True)]
        if len(rows) > 1:
            rows.append({**results[1].frame.row(0, named=True), "said": "All"})
        tables.table(
            [Col("Direction", "t", lambda row: words.name(row["said"])), Col("Callers", "n", lambda row: words.count(row["callers"])),
             Col("Called again", "n", lambda row: words.count(row["repeat_callers"])), Col("Calls", "n", lambda row: words.count(row["calls_known"])),
             Col("Within 24 h of the one before", "n", lambda row: words.count(row["repeat_calls"])),
             Col("Of calls", "n", lambda row: words.rate(row["repeat_rate"]))],
            rows, "Callers who called again within 24 hours", "tight",
        )  # fmt: skip

    return Widget("again", "Callers who called again within 24 hours", queries, draw,
                  sub="Another call of the same person, in this journey and direction; calls without a profile are left out")  # fmt: skip
