"""The strip of tiles: number, change, sparkline and what makes it readable; one list, one menu."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.metrics import MEASURES, Query, Result
from core.ui import answers, frame, hits, parts, registry, series, states, words
from core.ui.address import Chosen
from core.ui.changes import Amount, change

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

PEOPLE = (
    "profiles_in_journey", "entries", "currently_in_journey", "profiles_exited", "exits", "exit_rate", "active_profiles", "active_rate",
    "goal_performers", "goal_events", "goal_rate", "messages_sent", "messages_failed",
)  # fmt: skip
MONEY = ("traffic_cost", "goal_value")
EACH = "cost_per_goal_performer"  # it knows no channel: beside the cost of one channel it would mislead
ENDINGS = "exits"
LONGEST = 11  # letters of a value that stand in a sixth of the page at full size


class Values:
    """What the strip's answers say, by measure; money by currency."""

    def __init__(self, results: Sequence[Result]) -> None:
        self.now: dict[str, Any] = {}
        self.before: dict[str, Any] = {}
        self.money: dict[str, dict[str, tuple[Decimal | None, Decimal | None]]] = {}
        self.endings: dict[str, int] = {}
        for result in results:
            if "exit_reason" in result.query.dimensions:
                self.endings = {row["exit_reason"]: row["exits"] for row in result.frame.iter_rows(named=True)}
                continue
            for row in result.frame.iter_rows(named=True):
                for measure in result.query.measures:
                    pair = row[measure], row.get(f"{measure}_before")
                    if "currency" in row:
                        self.money.setdefault(measure, {})[row["currency"]] = pair
                    else:
                        self.now[measure], self.before[measure] = pair

    def said(self, measure: str) -> str:
        """A measure as text; money as one text a currency."""
        if MEASURES[measure].is_money:
            known = [(amount, currency) for currency, (amount, _) in self.money.get(measure, {}).items() if amount is not None]
            return " + ".join(words.money(amount, currency) for amount, currency in known) or words.MISSING
        return words.number(self.now.get(measure), str(MEASURES[measure].unit))


@dataclass(frozen=True, slots=True)
class Tile:
    """One number of a strip. `good`: whether up is plainly good (True) or bad (False). `beside` gives what makes it readable, as text."""

    measure: str
    good: bool | None
    beside: Callable[[Values], str]


def _of_profiles(v: Values, rate: str) -> str:
    return f"{v.said(rate)} of {v.said('profiles_in_journey')}" if v.now["profiles_in_journey"] else "nobody entered"


def _other_endings(v: Values) -> str:
    others = sum(n for reason, n in v.endings.items() if reason != "exit_point")
    return f"{_of_profiles(v, 'exit_rate')} · {words.plural(v.now['exits'], 'exit')}, {words.count(others)} by another ending"


def _goals(v: Values) -> str:
    value = v.said("goal_value")
    worth = "" if value == words.MISSING else f" worth {value}"
    return f"{_of_profiles(v, 'goal_rate')} · {words.plural(v.now['goal_events'], 'goal event')}{worth}"


def _cost(v: Values) -> str:
    each = v.said(EACH)
    return "Not an invoice" + ("" if each == words.MISSING else f" · {each} a goal performer")


SIX = (
    Tile("profiles_in_journey", True, lambda v: f"{words.plural(v.now['entries'], 'entry', 'entries')} · {v.said('currently_in_journey')} in journey now"),
    Tile("profiles_exited", None, _other_endings),
    Tile("active_profiles", True, lambda v: _of_profiles(v, "active_rate")),
    Tile("goal_performers", True, _goals),
    Tile("messages_sent", None, lambda v: f"{v.said('messages_failed')} failed"),
    Tile("traffic_cost", False, _cost),
)


def six(viewer: Viewer, chosen: Chosen, title: str) -> bool:
    """The six tiles of a journey or of all of them, with their menu and what warns of them. False where the range holds nothing at all."""
    asked = queries(chosen)
    results, problem = frame.worked_out(viewer, widget := _widget(title, asked))
    registry.note(widget.noted)
    with st.container(key="t-six", gap=None):
        if problem:
            parts.state("error", "These numbers could not be worked out", problem, "bad")
            return True
        values = Values(results)
        drawn = _sparks(viewer, chosen, values)
        st.html(strip(SIX, values, chosen, drawn))
        frame.tiles_menu(viewer, chosen, widget, results)
        parts.foot(*frame.warnings("six", results), *_unfiltered(chosen), *_of_others(chosen))
    return any(values.now.values()) or any(now is not None for pairs in values.money.values() for now, _ in pairs.values())


def strip(shown: Sequence[Tile], values: Values, chosen: Chosen, sparks: Mapping[str, str], look: str = "") -> str:
    """Tiles beside each other as HTML; `sparks`: measure → sparkline; look “k4”: four in a row."""
    return f"<dl class='ja-tiles {look}'>" + "".join(_tile(tile, values, chosen, sparks.get(tile.measure, "")) for tile in shown) + "</dl>"


def six_or_nothing(viewer: Viewer, chosen: Chosen, title: str) -> None:
    """The six tiles; ends the page, saying so, where the range holds nothing at all."""
    if not six(viewer, chosen, title):
        states.nothing(viewer, chosen, "Nothing happened in this range")
        st.stop()


def queries(chosen: Chosen) -> tuple[tuple[str, Query], ...]:
    """The strip's Queries: counts under every filter each allows, money by currency, endings by their reason."""
    counts, money = chosen.each(*PEOPLE), chosen.each(*MONEY, *(() if chosen.channels else (EACH,)), by=("currency",))
    named = [("" if query is counts[0] else "messages", query) for query in counts]
    named += [(", ".join(MEASURES[name].label.lower() for name in query.measures) + ", by currency", query) for query in money]
    return (*named, ("endings, by reason", chosen.ask(ENDINGS, by=("exit_reason",))))


def _widget(title: str, asked: tuple[tuple[str, Query], ...]) -> frame.Widget:
    return frame.Widget("six", title, asked)


def _unfiltered(chosen: Chosen) -> list[str]:
    return ["<b>All channels:</b> a channel is of messages and cost; people, exits and goals are counted whole"] if chosen.channels else []


def _of_others(chosen: Chosen) -> list[str]:
    """Why a share may pass 100 % where a range selects what happened in it."""
    return ["<b>Shares compare different people:</b> who left or got to a goal in the range may have entered before it"] if chosen.basis == "happened" else []


def _sparks(viewer: Viewer, chosen: Chosen, values: Values) -> dict[str, str]:
    """Measure → sparkline, of all but money in several currencies."""
    grain = chosen.grain
    drawn: dict[str, str] = {}
    for query in chosen.each(*(tile.measure for tile in SIX if not MEASURES[tile.measure].is_money), by=(grain,)):
        result = answers.ask(viewer, query)
        drawn |= {measure: parts.spark(*series.sparks(series.points(result, measure, chosen, grain))) for measure in query.measures}
    if len(values.money.get("traffic_cost", {})) == 1:
        result = answers.ask(viewer, chosen.ask("traffic_cost", by=(grain, "currency"), compare=True))
        now, before = series.sparks(series.points(result, "traffic_cost", chosen, grain))
        drawn["traffic_cost"] = parts.spark([value or 0 for value in now], [value or 0 for value in before])
    return drawn


def _tile(tile: Tile, values: Values, chosen: Chosen, spark: str) -> str:
    measure = MEASURES[tile.measure]
    if measure.is_money:
        lines = {currency: pair for currency, pair in values.money.get(tile.measure, {}).items() if pair != (None, None)} or {"": (None, None)}
        shown = "".join(_line(words.number(pair[0], "money"), currency, pair, tile.good, chosen, len(lines) > 1) for currency, pair in lines.items())
    else:
        shown = _line(values.said(tile.measure), "", (values.now.get(tile.measure), values.before.get(tile.measure)), tile.good, chosen, False)
    beside = f"<span class=s>{spark}</span><span class=n>{escape(tile.beside(values))}</span>"
    said = f"{hits.of_values({}, tile.measure)} title='{escape(measure.definition)}'"
    return f"<div class=ja-tile{said}><dt>{escape(measure.label)}</dt><dd>{shown}{beside}</dd></div>"


def _line(value: str, currency: str, pair: tuple[Amount, Amount], good: bool | None, chosen: Chosen, is_one_of_several: bool) -> str:
    unit = f"<small> {escape(currency)}</small>" if currency else ""
    now, before = pair
    said = parts.change(change(now, before), good)
    if chosen.before:
        period = words.days(*chosen.before, year=chosen.before[0].year != chosen.days[1].year)
        then = words.money(before) if isinstance(before, Decimal) else words.count(before)
        said = f"{said} <span class=vs>vs {period}</span>" if said else f"<span class=vs>{escape(then) if before is not None else 'none'} in {period}</span>"
    size = " many" if is_one_of_several else " long" if len(value) + len(currency) > LONGEST else ""
    return f'<span class="v{size}">{escape(value)}{unit}</span><span class=dl>{said}</span>'
