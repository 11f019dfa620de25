"""The three dots of a journey's row: its pages, its report, the comparison, and a link to copy."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from core.ui import catalog, filters, journeys
from core.ui.address import written
from core.ui.menu import MENU
from core.ui.tables import Col, Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

BESIDE = "beside"  # the parameter that holds the journeys to compare
MOST_BESIDE = 3


def column(viewer: Viewer, compared: Sequence[str]) -> Col:
    """A menu for each row's journey. (A widget a row would cost a list of them; these are links, and the script of hand.py copies.)"""
    names, carried = catalog.of(viewer), filters.carried()
    pages = [(entry.title, entry.url_path) for entry in MENU if entry.section == journeys.SECTION and viewer.may(entry.feature)]
    has_reports = any(entry.url_path == "reports" for entry in MENU)

    def menu(row: Row) -> str:
        journey = row["journey"]
        entries = [(f"Open {title}", journeys.address(path, journey, carried)) for title, path in pages]
        entries += [("Report", f"reports?{urlencode({'journey': journey})}")] if has_reports else []
        entries += [(_compare_said(journey, compared), filters.address_with({BESIDE: _compared(journey, compared)}))]
        links = "".join(f'<li><a href="{escape(address)}" target=_self>{escape(said)}</a></li>' for said, address in entries)
        copy = f'<li><button type=button data-copy="{escape(journeys.address("campaign-performance", journey, carried))}">Copy link</button></li>'
        dots = f'<summary aria-label="{escape(f"Menu: {names.name(journey)}")}"><span class=ic aria-hidden=true>more_horiz</span></summary>'
        return f"<details class=ja-more>{dots}<ul>{links}{copy}</ul></details>"

    return Col("Menu", "m", menu, is_hidden=True)


def _compare_said(journey: str, compared: Sequence[str]) -> str:
    if journey in compared:
        return "Take out of the comparison"
    return "Compare with others" if not compared else "Compare with those chosen"


def _compared(journey: str, compared: Sequence[str]) -> str | None:
    """The journeys side by side after a click: this one more, or one less; a fourth takes the place of the oldest."""
    others = [one for one in compared if one != journey]
    after = others if journey in compared else [*others, journey][-MOST_BESIDE:]
    return written(after) if after else None
