"""The subscription beside the month's MEP: what is included, used, left and expected."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from core.access.features import PACKAGES
from core.ui import mep, parts, tables, words
from core.ui.address import Chosen
from core.ui.frame import Results, Widget
from core.ui.tables import Col

if TYPE_CHECKING:
    from core.ui.viewer import Viewer


def plan(viewer: Viewer, chosen: Chosen) -> Widget:
    """The subscription: what is included, used, left and expected."""
    queries = (("", chosen.ask("mep")), ("forecast, by day", mep.told(chosen, "mep_forecast")), ("by day", mep.told(chosen, "mep_by_day")),
               ("the month before, by day", mep.told(chosen, "mep_by_day", mep.month_before(chosen))))  # fmt: skip
    included = viewer.account.included_mep

    def draw(results: Results) -> None:
        used, days, before = int(results[0].value("mep") or 0), results[2].frame, results[3].frame
        ahead = results[1].frame.row(-1, named=True) if results[1].frame.height else None
        lines = _said(viewer, chosen, used, int(days["late"].sum()), before, ahead)
        st.html(f"<p class=ja-big style='padding-top:.6rem'>{_used(used, included)}</p>" + _gauge(used, ahead, included) + _facts(lines))
        rows = [{"label": label, "said": said} for label, said in (("Used", _used(used, included)), *lines)]
        tables.keep([Col("", "t", lambda row: row["label"]), Col("", "t", lambda row: row["said"])], rows)
        if included is not None and ahead and used <= included < ahead["expected"]:
            over = words.count(ahead["expected"] - included)
            parts.state("trending_up", f"About {over} over the limit at this pace", "What past months still grew from this day on. It is not a bill.", "warn")

    legend = parts.keys(("now", "Used"), *((("fc", f"Expected by {words.day(chosen.days[1], year=False)}"),) if mep.is_running(chosen) else ()))
    return Widget("plan", f"Subscription, {words.month(chosen.days[0])}", queries, draw, sub=legend)


def _used(used: int, included: int | None) -> str:
    of = "MEP · no limit agreed" if included is None else f"of {words.count(included)} included" + (f" · {words.rate(used / included)}" if included else "")
    return f"{words.count(used)} <small>{of}</small>"


def _gauge(used: int, ahead: dict[str, Any] | None, included: int | None) -> str:
    if not included:
        return ""
    end = max(ahead["expected"] if ahead else used, used)
    full = max(included * 1.05, end) / 100
    alt = f"{words.count(used)} used of {words.count(included)} included" + (f", {words.count(end)} expected" if ahead else "")
    return (
        f'<div class=ja-gauge role=img aria-label="{alt}"><i style="width:{used / full:.1f}%"></i>'
        f'<u style="left:{used / full:.1f}%;width:{(end - used) / full:.1f}%"></u><s style="left:{included / full:.1f}%"></s>'
        f'<span class=l style="left:{included / full:.1f}%">{words.count(included)} included</span></div>'
    )


def _said(viewer: Viewer, chosen: Chosen, used: int, late: int, before: Any, ahead: dict[str, Any] | None) -> list[tuple[str, str]]:
    """(label, HTML) of the lines below the gauge."""
    lines = [("Package", PACKAGES[viewer.account.package].label)]
    if ahead:
        interval = f"<span class=q>({words.count(ahead['at_least'])}–{words.count(ahead['at_most'])})</span>"
        lines.append((f"Expected on {words.day(chosen.days[1], year=False)}", f"<b>{words.count(ahead['expected'])}</b> {interval}"))
    lines += _left(viewer.account.included_mep, used, chosen)
    if mep.is_running(chosen):
        lines.append(("Days left", _days_left((chosen.days[1] - chosen.today).days)))
    lines.append((f"{words.month(mep.month_before(chosen))}, whole month", words.count(before["mep"].sum() if before.height else 0)))
    lines.append(("Late lines", f"{words.count(late)}, marked in the ledger" if late else "none"))
    if chosen.sub_accounts:
        lines.append(("Sub-accounts", "only the chosen ones; what is included is for the whole account"))
    return lines


def _left(included: int | None, used: int, chosen: Chosen) -> list[tuple[str, str]]:
    """What is left of the included MEP, or over it; of some sub-accounts nothing is said, as the others use it up too."""
    if included is None or chosen.sub_accounts:
        return []
    if used > included:
        return [("Overage so far" if mep.is_running(chosen) else "Overage", f"<b>{words.count(used - included)}</b>")]
    return [("Left of the included", words.count(included - used))]


def _days_left(days: int) -> str:
    return f"{words.count(days)}, and the rest of today" if days else "none: today is the last"


def _facts(lines: Sequence[tuple[str, str]]) -> str:
    return "<dl class=ja-facts style='padding-top:1rem'>" + "".join(f"<dt>{escape(label)}</dt><dd>{said}</dd>" for label, said in lines) + "</dl>"
