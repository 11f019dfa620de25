"""One element of the map, chosen by its address: its numbers, its days, and the rows behind each of its states."""
from __future__ import annotations

from typing import TYPE_CHECKING

from streamlit.delta_generator import DeltaGenerator

from core.metrics import MEASURES
from core.ui import columns, filters, frame, map_cards, parts, rows_out, seen, series, states, words
from core.ui.address import Chosen
from core.ui.frame import Results, Widget
from core.ui.journey_map import element_named, queries, shown
from core.ui.map_cards import Numbers
from core.ui.map_elements import Elements, Scope, of_versions
from core.ui.performance import BY

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

STATES = {"element_arrived": "Arrived", "element_passed": "Passed", "element_waiting": "Waiting now", "element_ended": "Ended here"}
NO_RUN = {"element_arrived": "No run arrived here", "element_passed": "No run passed here", "element_waiting": "No run waits here",
          "element_ended": "No run ended here"}


def section(viewer: Viewer, chosen: Chosen, scope: Scope, beside: DeltaGenerator) -> None:
    """Its facts in the place beside the map, and the rows below; nothing where no run arrived anywhere."""
    element = shown(viewer, scope)
    if element is None:
        return
    with beside:
        frame.show(viewer, chosen, lambda: facts(viewer, scope, element))
    frame.show(viewer, chosen, lambda: rows(viewer, scope, element))


def facts(viewer: Viewer, scope: Scope, element_id: str) -> Widget:
    """Its numbers, as the map's card has them, above the days on which runs arrived."""
    described = of_versions(viewer, scope.journey, scope.chosen.versions)
    asked = [(said, query if query.answer else query.filtered("element", element_id)) for said, query in queries(scope)]
    days = scope.ask("element_arrived", by=(scope.chosen.grain,), compare=True).filtered("element", element_id)
    element = element_named(element_id, described)

    def draw(results: Results) -> None:
        numbers = Numbers.of(results[1:], viewer.account.currency)
        elements: Elements = described or map_cards.learned(numbers)
        row = numbers.rows.get(element_id, columns.blank_of(results[1:3]))
        parts.facts(map_cards.card(element, row, elements, numbers))

    said = [words.KINDS.get(element.kind, "")] + ([words.channel(element.channel)] if element.channel else [])
    return Widget(
        "element", f"{element.name}: runs that arrived, {BY[scope.chosen.grain]}", (("", days), *((said or "runs, in total", query) for said, query in asked)),
        draw, picture=lambda results: series.trend(results[0], "element_arrived", scope.chosen, scope.chosen.grain, {}, seen.until(viewer)),
        sub=f"{words.name(' · '.join(said))} {series.legend(scope.chosen)}",
    )  # fmt: skip


def rows(viewer: Viewer, scope: Scope, element_id: str) -> Widget:
    """The runs behind one of its states, the first of them here, all through `journeys rows`."""
    element = element_named(element_id, of_versions(viewer, scope.journey, scope.chosen.versions))
    state = filters.picked("state", list(STATES), "element_arrived")
    query = scope.ask(state).filtered("element", element_id)

    def draw(results: Results) -> None:
        number = results[0].value(state)
        if not number:
            states.nothing(viewer, scope.chosen, NO_RUN[state])
            return
        rows_out.first(viewer, query, number, f"Runs behind {STATES[state].lower()}")

    return Widget("element-rows", f"{element.name}: {words.lower(MEASURES[state].label)}, the runs behind it", (("", query),), draw,
                  picker=lambda: filters.pick("state", "State", STATES, "element_arrived"))  # fmt: skip

