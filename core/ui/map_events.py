"""The map of a journey none of whose events names an element, learned from what happened to its runs and what followed what."""
from __future__ import annotations

from typing import TYPE_CHECKING

from core.metrics import Result
from core.ui import map_cards, map_drawing, tables, words
from core.ui.frame import Results, Widget
from core.ui.journey_map import LEARNED, undrawn, which
from core.ui.map_elements import Scope

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

UNNAMED = f"{LEARNED} No event of it names an element: its steps are what happened to its runs, a line is as wide as the times that one followed the other."


def events_map(viewer: Viewer, scope: Scope) -> Widget:
    """Its steps are the entry, the rungs of messages by channel, goals and exits; each event counts."""
    query = scope.entered("entries", answer="event_flow")

    def draw(results: Results) -> None:
        nodes, lines, _ = steps(results[0])
        label = f"Map learned from events, {words.plural(len(nodes), 'step')}. Arrow keys walk from step to step."
        map_drawing.draw(nodes, lines, "map", label)

    def drawn_as_table(results: Results) -> None:
        tables.of(viewer, results[0], "What followed what")

    return Widget("map", f"What followed what, {which(scope)}", (("", query),), draw, table=drawn_as_table, sub=UNNAMED,
                  foot=lambda results: undrawn(steps(results[0])[2]))  # fmt: skip


def steps(result: Result) -> tuple[list[map_drawing.Node], list[map_drawing.Link], int]:
    """The steps and lines of an event flow; how often lines were taken that are too rare to be drawn. Each step keeps its most frequent way in."""
    rows = list(result.frame.iter_rows(named=True))
    times: dict[str, int] = {}
    ended: dict[str, int] = {}
    for row in rows:
        if row["to_step"] is not None:
            times[row["to_step"]] = times.get(row["to_step"], 0) + row["followed"]
        else:
            ended[row["from_step"]] = row["followed"]
    moves = [(row["from_step"], row["to_step"], row["followed"]) for row in rows if row["from_step"] is not None and row["to_step"] is not None]
    often = map_cards.RARE * times.get("entered", 0)
    kept = {max((move for move in moves if move[1] == step), key=lambda move: move[2], default=("", "", 0))[:2] for step in times}
    drawn = [(source, to, n) for source, to, n in moves if source != to and (n >= often or (source, to) in kept)]
    order = sorted(times, key=lambda step: (step != "entered", -times[step], step))
    shown = {(source, to) for source, to, _ in drawn}
    nodes = [_step(step, times[step], ended.get(step, 0)) for step in order]
    lines = [map_drawing.Link(source, to, n, words.count(n)) for source, to, n in drawn]
    return nodes, lines, sum(n for source, to, n in moves if (source, to) not in shown)


def _step(step: str, times: int, ended: int) -> map_drawing.Node:
    kind, _, of = step.partition(" ")
    shape = {"entered": "entry", "exited": "exit", "goal": "goal"}.get(kind, "send")
    title = {"entered": "Entered", "exited": f"Exit: {words.reason(of or None)}", "goal": f"Goal: {of}"}.get(kind, f"{words.channel(of or None)} {kind}")
    icon = map_cards.CHANNEL_ICONS.get(of, map_cards.ICONS["send"]) if shape == "send" else map_cards.ICONS[shape]
    facts = (("Times it happened", words.count(times)), ("Last step so far of", words.plural(ended, "run")))
    badge = f"{words.count(ended)} last here" if ended and shape != "exit" else ""
    return map_drawing.Node(step, shape, icon, title, (words.count(times), "times" if shape != "entry" else "entered"), facts, badge=badge, tone="quiet")
