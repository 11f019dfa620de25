"""The paths that callers take as a Sankey, the calls behind each piece of it, and loops."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.metrics.call_paths import FIRST, GOES_ON, piece_in, piece_of
from core.ui import answers, filters, parts, sankey, tables, theme, words
from core.ui.address import Chosen
from core.ui.call_menus import element_names, plain_names
from core.ui.calls import colour, outcome, told, way_said
from core.ui.frame import Results, Widget
from core.ui.sankey import Flow, Stop
from core.ui.tables import Col, Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

MOST_STEPS = 6  # layers of elements that are drawn; what goes on after them is one stop
PIECE = "calls"  # the parameter of the address that opens the calls behind a piece of the paths
START, FURTHER = "start", "further"


def paths(viewer: Viewer, chosen: Chosen, journey: str) -> Widget:
    """From the start of the call over its elements to how it ended; each stop and flow opens the calls behind it."""
    names, ground = plain_names(viewer, journey), theme.colours(theme.ground())

    def picture(results: Results) -> Any:
        stops, flows = drawn(list(results[0].frame.iter_rows(named=True)), names, ground)
        layers = [stop.layer for stop in stops]
        deepest = max(layers.count(layer) for layer in layers)
        calls = int(sum(flow.value for flow in flows if flow.source[0] == 0))
        alt = f"Paths of {words.plural(calls, 'call')}, {words.days(*chosen.days)}"
        return sankey.picture(stops, flows, alt, 230 + 26 * deepest)

    return Widget(
        "paths", "The paths that callers take", (("", told(chosen, "calls", "call_paths")),), picture=picture,
        sub="From the start of each call over the elements it got to, to how it ended. Choose a stop or a flow to see its calls",
        foot=lambda results: [*_further(results), *_no_loop(viewer, chosen)],
    )  # fmt: skip


def _further(results: Results) -> list[str]:
    more = [row["calls"] for row in results[0].frame.iter_rows(named=True) if row["step"] == MOST_STEPS and row["next_element"] is not None]
    return [f"{words.plural(sum(more), 'call')} went on after {MOST_STEPS} elements: the table and the files hold every step"] if more else []


def _no_loop(viewer: Viewer, chosen: Chosen) -> list[str]:
    return ["no call came back to an element that it had left"] if answers.ask(viewer, told(chosen, "calls", "call_loops")).frame.is_empty() else []


def drawn(rows: list[Row], names: Mapping[str, str], ground: dict[str, str]) -> tuple[list[Stop], list[Flow]]:
    """Stops and flows of the rows of “call_paths”, to MOST_STEPS elements deep."""
    stops, flows = {(0, START): Stop(0, START, "All calls", href=_way(step=0))}, []
    whole = sum(row["calls"] for row in rows if row["step"] == 0)
    pieces: dict[tuple[sankey.Place, sankey.Place], tuple[int, str]] = {}
    for row in (row for row in rows if row["step"] <= MOST_STEPS):
        step, source = row["step"], (row["step"], START if row["step"] == 0 else f"e:{row['element']}")
        stop = _target(row, names, ground)
        stops.setdefault((stop.layer, stop.key), stop)
        own = {"step": step, "element": row["element"]}
        href = _way(**own, goes_on=True) if stop.key == FURTHER else _way(**own, next_element=row["next_element"], outcome=row["outcome"])
        before, _ = pieces.get((source, (stop.layer, stop.key)), (0, ""))
        pieces[source, (stop.layer, stop.key)] = (before + row["calls"], href)
    for (source, target), (calls, href) in pieces.items():
        flows.append(Flow(source, target, calls, f"{words.plural(calls, 'call')}, {words.rate(calls / whole)} of all", href))
    return list(stops.values()), flows


def _target(row: Row, names: Mapping[str, str], ground: dict[str, str]) -> Stop:
    layer = row["step"] + 1
    if row["next_element"] is None:
        ended = row["outcome"]
        return Stop(layer, f"o:{ended}", outcome(ended), colour(ended, ground), True, _way(step=row["step"], next_element=None, outcome=ended))
    if row["step"] == MOST_STEPS:
        return Stop(layer, FURTHER, "Further elements", "var(--ghost)", True, _way(step=row["step"], goes_on=True))
    element = row["next_element"]
    return Stop(layer, f"e:{element}", names.get(element, element), href=_way(step=layer, element=element))


def _way(**piece: Any) -> str:
    """The address that opens the calls of this piece of the paths."""
    return filters.address_with({PIECE: json.dumps(piece, ensure_ascii=False, sort_keys=True)})


def behind(viewer: Viewer, chosen: Chosen, journey: str) -> Widget | None:
    """The calls behind the piece that the address names; None where it names none. Raises WrongUsage."""
    text = st.query_params.get(PIECE)
    if text is None:
        return None
    piece, names = piece_in(f"path_calls:{text}"), plain_names(viewer, journey)
    whole, first = (replace(chosen.ask("calls"), answer=piece_of(name, **piece)) for name in ("path_calls", "first_path_calls"))

    def draw(results: Results) -> None:
        frame = results[0].frame
        if frame.is_empty():
            parts.state("call", "No call took this way in the range", "Another range or version may have one.")
            return
        tables.table(_of_a_call(element_names(viewer, journey)), list(frame.iter_rows(named=True)), "Calls behind the piece of the paths", "tight", height=360)

    def sub(results: Results) -> str:
        found = words.plural(results[0].value("calls") or 0, "call")
        close = f'<a href="{escape(filters.address_with({PIECE: None}))}" target=_self>Close</a>'
        return f"{found} · {close}"

    def foot(results: Results) -> list[str]:
        found = results[0].value("calls") or 0
        return [f"The first {FIRST} of {words.count(found)} calls are shown; the files hold all"] if found > FIRST else []

    return Widget("behind", f"Calls behind: {_said(piece, names)}", (("", whole),), draw, sub=sub, foot=foot, first=first)


def _of_a_call(named: Callable[[str | None], str]) -> list[Col]:
    return [
        Col("Call", "t", lambda row: words.name(row["call_id"])), Col("Started", "t w", lambda row: escape(row["started_at"][:19].replace("T", " "))),
        Col("Profile", "t", lambda row: words.name(row["profile_id"] or words.MISSING)), Col("Direction", "t", lambda row: way_said(row["direction"])),
        Col("Version", "n", lambda row: words.number(row["version"], "text")), Col("Last element", "t", lambda row: named(row["last_element"])),
        Col("Ended as", "t", lambda row: words.name(outcome(row["outcome"]))), Col("Length", "n", lambda row: words.seconds(row["duration_s"])),
    ]  # fmt: skip


def _said(piece: Mapping[str, Any], names: Mapping[str, str]) -> str:
    """A piece of the paths in words: “Main menu, as element 1, then Card number”."""
    step, element = piece.get("step"), piece.get("element")
    after = f"{names.get(str(element), element)}, as element {step}" if element else f"calls after {words.plural(step or 0, 'element')}"
    head = "the start" if step == 0 else after
    if piece.get(GOES_ON):
        return f"{head}, then further elements"
    if piece.get("next_element"):
        return f"{head}, then {names.get(piece['next_element'], piece['next_element'])}"
    return f"{head}, then ended: {words.lower(outcome(piece['outcome']))}" if piece.get("outcome") else head


def loops(viewer: Viewer, chosen: Chosen, journey: str) -> Widget | None:
    """Elements that callers came back to, and from where; None where nobody did."""
    query, named = told(chosen, "calls", "call_loops"), element_names(viewer, journey)
    if answers.ask(viewer, query).frame.is_empty():
        return None

    def draw(results: Results) -> None:
        rows = list(results[0].frame.iter_rows(named=True))
        top = max(row["calls"] for row in rows)
        tables.table(
            [Col("Came back to", "t", lambda row: named(row["element"])), Col("From", "t", lambda row: named(row["came_from"])),
             Col("Calls as a bar", "b", lambda row: parts.bar(row["calls"], top), is_hidden=True), Col("Calls", "n", lambda row: words.count(row["calls"])),
             Col("Times", "n", lambda row: words.count(row["times"]))],
            rows, "Elements that callers came back to", "tight",
        )  # fmt: skip

    return Widget("loops", "Loops: calls that came back to an element", (("", query),), draw,
                  sub="From another element; a menu that is heard again without leaving it is a repeat")  # fmt: skip
