"""The fetches of a journey as a ruled table, the connections that cannot be read above it, and its export."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import takewhile
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import streamlit as st

from core.sources.sftp import connections, history
from core.sources.sftp.connections import Connection
from core.sources.sftp.fetches import Fetch
from core.sources.sftp.intake import Intake
from core.ui import filters, frame, parts, sftp_desk, tables, words
from core.ui.tables import Col, Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

A_PAGE = 25


def broken(viewer: Viewer, mine: Sequence[Connection], found: Sequence[Fetch]) -> None:
    """Say of each connection that is on and whose newest poll found it broken since when, why, and where to mend it."""
    for connection in mine:
        own = [fetch for fetch in found if fetch.connection == connection.name and not _by_hand(fetch)]
        failing = list(takewhile(lambda fetch: fetch.file is None and fetch.failed, own))
        if failing and connection.active:
            since = words.moment(failing[-1].started_at, viewer.account.time_zone)
            way = (f"connections?{urlencode({'name': connection.name})}", "Open the connection")
            why = (failing[0].error or "").rstrip(".") + ". No file was read and no count was made."
            parts.state("link_off", f"{connection.name} cannot be read since {since}", why, "bad", way)


def _by_hand(fetch: Fetch) -> bool:
    """An upload says nothing of the server: its content is known, and there was no file with a time of change."""
    return fetch.sha256 is not None and fetch.mtime is None


def listed(viewer: Viewer, intake: Intake, found: Sequence[Fetch], journey: str) -> None:
    """The table: picked by connection and outcome, paged, and offered as a file to every package."""
    names = {"all": "All connections", **{name: name for name in sorted({fetch.connection for fetch in found})}}
    shown = sftp_desk.chosen_of(found, filters.picked("connection", list(names)), filters.picked("status", list(sftp_desk.OUTCOMES)))
    with st.container(key="w-fetches", gap="xsmall"):
        st.html(frame.title("Fetches, newest first", _sum(shown)))
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            filters.pick("connection", "SFTP connection", names)
            filters.pick("status", "Status", sftp_desk.OUTCOMES)
            _export(viewer, intake, shown, journey)
        if not shown:
            parts.state("filter_alt_off", "No fetch is like this", "Choose another connection, status or range.")
            return
        pages = -(-len(shown) // A_PAGE)
        place = st.container()
        page = int(st.pagination(pages, key="fetches-page")) if pages > 1 else 1
        with place:
            rows: list[Row] = [{"fetch": fetch} for fetch in shown[(page - 1) * A_PAGE : page * A_PAGE]]
            tables.table(_columns(viewer, journey), rows, "Fetches", "top")


def _sum(shown: Sequence[Fetch]) -> str:
    total, valid, invalid = (sum(getattr(fetch, name) or 0 for fetch in shown) for name in ("total", "valid", "invalid"))
    return f"{words.plural(len(shown), 'fetch', 'fetches')} · {total:,} entries = {valid:,} valid + {invalid:,} invalid"


def _export(viewer: Viewer, intake: Intake, shown: Sequence[Fetch], journey: str) -> None:
    def made() -> bytes:
        viewer.check()
        connections.noted(intake, journey, "sftp.exported", {"fetches": len(shown)}, by=viewer.user.name)
        return history.csv_bytes(history.rows(viewer.account, shown))

    st.download_button("Export CSV", made, "sftp-import.csv", "text/csv", key="fetches-csv", icon=":material/csv:", type="tertiary", on_click="ignore")


def _columns(viewer: Viewer, journey: str) -> list[Col]:
    def counted(name: str) -> Col:
        def cell(row: Row) -> str:
            value = getattr(row["fetch"], name)
            return words.MISSING if value is None else f"{value:,}"

        return Col(f"{name.capitalize()} entries", "n", cell)

    return [
        Col("Date time", "t w", lambda row: escape(words.moment(row["fetch"].started_at, viewer.account.zone_at(row["fetch"].started_at)))),
        Col("SFTP connection", "t w", lambda row: words.name(row["fetch"].connection)),
        Col("File", "t", lambda row: words.MISSING if row["fetch"].file is None else words.name(row["fetch"].file)),
        counted("total"), counted("valid"), counted("invalid"),
        Col("Valid and invalid", "b", lambda row: _share(row["fetch"]), is_hidden=True),
        Col("Status", "t", lambda row: status(row["fetch"])),
        Col("Reasons", "t", lambda row: _why(viewer, row["fetch"], journey)),
    ]  # fmt: skip


def _share(fetch: Fetch) -> str:
    if not fetch.total:
        return ""
    valid = 100 * (fetch.valid or 0) / fetch.total
    refused = f'<i style="width:{100 - valid:.2f}%;background:var(--bad)"></i>' if fetch.invalid else ""
    return f'<span class=ja-bar style="display:flex" title="{valid:.1f} % valid"><i style="width:{valid:.2f}%;min-width:0"></i>{refused}</span>'


def status(fetch: Fetch) -> str:
    """A shape and a word: what came of the fetch."""
    which = sftp_desk.outcome(fetch)
    if which == "errors":
        return f"<span class='ja-st bad'>{'Connection error' if fetch.file is None else 'Not imported'}</span>"
    if which == "repeated":
        return "<span class='ja-st off'>Seen before</span>"
    if which == "refusals":
        return f"<span class='ja-st warn'>Imported with errors</span> <span class=q>{100 * (fetch.invalid or 0) / (fetch.total or 1):.1f} % refused</span>"
    return "<span class=ja-st>Imported</span>"


def _why(viewer: Viewer, fetch: Fetch, journey: str) -> str:
    if fetch.total is None:
        said = fetch.error if fetch.same_as is None else f"{fetch.status}: nothing was entered again."
        return f"<details open><summary>Why</summary><p style='overflow-wrap:anywhere;min-width:14rem'>{escape(str(said))}</p></details>"
    day = fetch.started_at.astimezone(ZoneInfo(viewer.account.zone_at(fetch.started_at))).date().isoformat()
    next_ = f"campaign-performance?{urlencode({'journey': journey, 'from': day, 'to': day})}"
    lines = [f"{count:,} {escape(reason)}" for reason, count in sorted(fetch.reasons.items(), key=lambda one: -one[1])]
    if fetch.duplicates:
        lines.append(f"{fetch.duplicates:,} entered that repeat a valid row")
    if fetch.invalid:
        lines.append(f'<a href="{escape(filters.address_with({"fetch": str(fetch.fetch_id)}))}" target=_self>Rows and fix-it file</a>')
    if fetch.valid:
        lines.append(f'<a href="{escape(next_)}" target=_self>What that day’s entries did next</a>')
    head = words.plural(len(fetch.reasons), "reason") if fetch.reasons else "More"
    return f"<details><summary>{head}</summary>{''.join(f'<p>{line}</p>' for line in lines)}</details>" if lines else ""
