"""The map of a journey none of whose events names an element, learned from what happened to its runs and what followed what."""
from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.metrics import Query, Result
from core.ui import columns, filters, map_cards, map_drawing, map_paper, tables, words
from core.ui.frame import Results, Widget
from core.ui.journey_map import LEARNED, opened, undrawn, which
from core.ui.map_elements import Scope
from core.ui.map_lines import Link
from core.ui.svg import Drawing
from core.ui.tables import Col

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

UNNAMED = f"{LEARNED} No event of it names an element: its steps are what happened to its runs, a line is as wide as the times that one followed the other."


def query(scope: Scope) -> Query:
    """What the map is drawn from."""
    return scope.entered("entries", answer="event_flow")


def events_map(viewer: Viewer, scope: Scope) -> Widget:
    """Its steps are the entry, the rungs of messages by channel, goals and exits; each event counts."""

    def draw(results: Results) -> None:
        nodes, lines, _ = steps(results[0])
        label = f"Map learned from events, {words.plural(len(nodes), 'step')}. Arrow keys walk from step to step, Enter opens one below."
        opened(map_drawing.draw(nodes, lines, "map", label, shown(results[0])), "step")

    def image(results: Results) -> Drawing:
        nodes, lines, _ = steps(results[0])
        return map_paper.sheet(nodes, lines)

    def drawn_as_table(results: Results) -> None:
        tables.of(viewer, results[0], "What followed what")

    return Widget("map", f"What followed what, {which(scope)}", (("", query(scope)),), draw, table=drawn_as_table, image=image, sub=UNNAMED,
                  foot=lambda results: undrawn(steps(results[0])[2]), empty="No run started in this range")  # fmt: skip


def shown(flow: Result) -> str | None:
    """The step that the page tells of: the address's, else the one at which most runs stand, rather than one that is a goal or an end; None where
    nothing happened."""
    ended, named = last(flow), st.query_params.get("step")
    return named if named in times(flow) else max(ended, key=lambda step: (not step.startswith(("goal ", "exited ")), ended[step], step), default=None)


def times(flow: Result) -> dict[str, int]:
    """Step → how often it happened."""
    found: dict[str, int] = {}
    for row in flow.frame.iter_rows(named=True):
        if row["to_step"] is not None:
            found[row["to_step"]] = found.get(row["to_step"], 0) + row["followed"]
    return found


def last(flow: Result) -> dict[str, int]:
    """Step → the runs to which nothing else happened after it so far."""
    return {row["from_step"]: row["followed"] for row in flow.frame.iter_rows(named=True) if row["to_step"] is None}


def steps(flow: Result) -> tuple[list[map_drawing.Node], list[Link], int]:
    """The steps and lines of an event flow; how often lines were taken that are too rare to be drawn. Each step keeps its most frequent way in."""
    happened, ended = times(flow), last(flow)
    moves = [(row["from_step"], row["to_step"], row["followed"]) for row in flow.frame.iter_rows(named=True)
             if row["from_step"] is not None and row["to_step"] is not None]
    often = map_cards.RARE * happened.get("entered", 0)
    kept = {max((move for move in moves if move[1] == step), key=lambda move: move[2], default=("", "", 0))[:2] for step in happened}
    drawn = [(source, to, n) for source, to, n in moves if source != to and (n >= often or (source, to) in kept)]
    order = sorted(happened, key=lambda step: (step != "entered", -happened[step], step))
    shown = {(source, to) for source, to, _ in drawn}
    nodes = [_step(step, happened[step], ended.get(step, 0)) for step in order]
    lines = [Link(source, to, n, words.count(n)) for source, to, n in drawn]
    return nodes, lines, sum(n for source, to, n in moves if (source, to) not in shown)


def around(flow: Result, step: str) -> list[tuple[str, str]]:
    """What came just before a step and just after it, as (words, number), the most frequent first."""
    rows = sorted(flow.frame.iter_rows(named=True), key=lambda row: -row["followed"])
    before = [(f"After {words.lower(name(row['from_step']))}", words.count(row["followed"])) for row in rows if row["to_step"] == step and row["from_step"]]
    after = [(f"Then {words.lower(name(row['to_step']))}", words.count(row["followed"])) for row in rows if row["from_step"] == step and row["to_step"]]
    ended = last(flow).get(step, 0)
    return [*before, *after, *([("Last step so far of", words.plural(ended, "run"))] if ended else [])]


def name(step: str) -> str:
    """A step in words: “MAIL sent”, “Goal: Payment”."""
    kind, _, of = step.partition(" ")
    said = {"entered": "Entered", "exited": f"Exit: {words.reason(of or None)}", "goal": f"Goal: {of}"}
    return said.get(kind, f"{words.channel(of or None)} {kind}")


def link() -> Col:
    """A row's step, which opens its section of the page."""
    return columns.link(lambda row: filters.address_with({"step": row["step"]}), lambda row: name(row["step"]), "Last step")


def _step(step: str, times: int, ended: int) -> map_drawing.Node:
    kind, _, of = step.partition(" ")
    shape = {"entered": "entry", "exited": "exit", "goal": "goal"}.get(kind, "send")
    icon = map_cards.CHANNEL_ICONS.get(of, map_cards.ICONS["send"]) if shape == "send" else map_cards.ICONS[shape]
    facts = (("Times it happened", words.count(times)), ("Last step so far of", words.plural(ended, "run")))
    badge = f"{words.count(ended)} last here" if ended and shape != "exit" else ""
    return map_drawing.Node(step, shape, icon, name(step), (words.count(times), "times" if shape != "entry" else "entered"), facts, badge=badge, tone="quiet")
