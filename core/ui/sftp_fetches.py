"""The fetches of a journey as a ruled table with its files, and the connections that cannot be read above it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import takewhile
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import streamlit as st

from core.sources.sftp import connections, history
from core.sources.sftp.connections import Connection
from core.sources.sftp.fetches import Fetch
from core.sources.sftp.intake import Intake
from core.ui import filters, parts, sftp_desk, sheets, tables, words
from core.ui.address import Chosen
from core.ui.sheets import Sheet
from core.ui.tables import Col, Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

A_PAGE = 25
COLUMNS = sheets.columns(*history.COLUMNS, counts=("Total entries", "Valid entries", "Invalid entries"))
ABOUT = (("Date time", "when the fetch began, in the account’s time zone"), ("Total entries", "data rows of the file: valid + invalid entries"),
         ("Valid entries", "rows that entered the journey, repeats too"), ("Invalid entries", "rows that were refused"))  # fmt: skip


def broken(viewer: Viewer, mine: Sequence[Connection], recent: Sequence[Fetch]) -> None:
    """Say of each connection that is on and whose newest poll found it broken since when, why, and where to mend it."""
    for connection in mine:
        own = [fetch for fetch in recent if fetch.connection == connection.name and not _by_hand(fetch)]
        failing = list(takewhile(lambda fetch: fetch.file is None and fetch.failed, own))
        if failing and connection.active:
            since = words.moment(failing[-1].started_at, viewer.account.time_zone)
            way = (f"connections?{urlencode({'name': connection.name})}", "Open the connection")
            why = words.sentence(failing[0].error or "") + " No file was read and no count was made."
            parts.state("link_off", f"{connection.name} cannot be read since {since}", why, "bad", way)


def _by_hand(fetch: Fetch) -> bool:
    """An upload says nothing of the server: its content is known, and there was no file with a time of change."""
    return fetch.sha256 is not None and fetch.mtime is None


def listed(viewer: Viewer, intake: Intake, chosen: Chosen, found: Sequence[Fetch], journey: str) -> None:
    """The table: picked by outcome, paged, and offered as a file to every package."""

    def shown() -> list[Fetch]:
        return sftp_desk.chosen_of(found, "all", filters.picked("status", list(sftp_desk.OUTCOMES)))

    def sheet() -> Sheet:
        rows = [tuple(row.values()) for row in history.rows(viewer.account, shown())]
        about = (("Journey", journey), ("Range", words.days(*chosen.days)), *ABOUT)
        return Sheet(COLUMNS, sheets.frame_of(COLUMNS, rows), about)

    def noted(file: str) -> None:
        connections.noted(intake, journey, "sftp.exported", {"file": file, "fetches": len(shown())}, by=viewer.user.name)

    def draw() -> None:
        _draw(viewer, shown(), sheet, noted)

    sheets.show(viewer, chosen, sheets.Widget("fetches", "Fetches, newest first", (("", sheet),), draw, sub=_sum(found), noted=noted, feature=None))


def _draw(viewer: Viewer, shown: list[Fetch], sheet: sheets.Maker, noted: sheets.Noted) -> None:
    def made() -> bytes:
        viewer.check()
        noted("sftp-import.csv")
        return sheet().file("csv", "SFTP import", viewer.account.account_id)

    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        filters.pick("status", "Status", sftp_desk.OUTCOMES)
        st.download_button("Export CSV", made, "sftp-import.csv", "text/csv", key="fetches-csv", icon=":material/csv:", type="tertiary", on_click="ignore")
    if not shown:
        parts.state("filter_alt_off", "No fetch is like this", "Choose another connection, status or range.")
        return
    pages = -(-len(shown) // A_PAGE)
    place = st.container()
    page = int(st.pagination(pages, key="fetches-page")) if pages > 1 else 1
    with place:
        rows: list[Row] = [{"fetch": fetch} for fetch in shown[(page - 1) * A_PAGE : page * A_PAGE]]
        tables.table(_columns(viewer), rows, "Fetches", "top")


def _sum(found: Sequence[Fetch]) -> str:
    total, valid, invalid = (sum(getattr(fetch, name) or 0 for fetch in found) for name in ("total", "valid", "invalid"))
    return f"{words.plural(len(found), 'fetch', 'fetches')} · {total:,} entries = {valid:,} valid + {invalid:,} invalid"


def _columns(viewer: Viewer) -> list[Col]:
    def counted(name: str) -> Col:
        return Col(f"{name.capitalize()} entries", "n", lambda row: words.count(getattr(row["fetch"], name)))

    return [
        Col("Date time", "t w", lambda row: escape(words.moment(row["fetch"].started_at, viewer.account.zone_at(row["fetch"].started_at)))),
        Col("SFTP connection", "t w", lambda row: words.name(row["fetch"].connection)),
        Col("File", "t", lambda row: _file(row["fetch"])),
        counted("total"), counted("valid"), counted("invalid"),
        Col("Valid and invalid", "s", lambda row: _share(row["fetch"]), is_hidden=True),
        Col("Status", "t", lambda row: status(row["fetch"])),
        Col("Reasons", "t", lambda row: _why(row["fetch"])),
        Col("What the entries did next", "t w", lambda row: _next(row["fetch"]), is_hidden=True),
    ]  # fmt: skip


def address(fetch: Fetch) -> str:
    """The page with this fetch opened."""
    return filters.address_with({"fetch": str(fetch.fetch_id)})


def _file(fetch: Fetch) -> str:
    if fetch.file is None:
        return words.MISSING
    named = words.name(fetch.file)
    return f'<a href="{escape(address(fetch))}" target=_self>{named}</a>' if fetch.total else named


def _next(fetch: Fetch) -> str:
    return f'<a href="{escape(address(fetch))}" target=_self style="color:var(--accent)">What they did next</a>' if fetch.valid else ""


def _share(fetch: Fetch) -> str:
    if not fetch.total:
        return ""
    valid = 100 * (fetch.valid or 0) / fetch.total
    refused = f'<u style="width:{100 - valid:.2f}%"></u>' if fetch.invalid else ""
    return f'<span class=ja-split title="{words.rate(valid / 100)} valid"><i style="width:{valid:.2f}%"></i>{refused}</span>'


def status(fetch: Fetch) -> str:
    """A shape and a word: what came of the fetch."""
    which = sftp_desk.outcome(fetch)
    if which == "errors":
        return f"<span class='ja-st bad'>{'Connection error' if fetch.file is None else 'Not imported'}</span>"
    if which == "repeated":
        return "<span class='ja-st off'>Seen before</span>"
    if which == "refusals":
        refused = words.rate((fetch.invalid or 0) / (fetch.total or 1))
        return f"<span class='ja-st warn'>Imported, {refused} refused</span>"
    return "<span class=ja-st>Imported</span>"


def _why(fetch: Fetch) -> str:
    if fetch.total is None:
        said = fetch.error if fetch.same_as is None else f"{fetch.status}: nothing was entered again."
        return f"<details><summary>Why</summary><p style='overflow-wrap:anywhere;min-width:14rem'>{words.name(words.sentence(str(said)))}</p></details>"
    lines = [f"{count:,} {escape(reason)}" for reason, count in sorted(fetch.reasons.items(), key=lambda one: -one[1])]
    if fetch.duplicates:
        lines.append(f"{fetch.duplicates:,} entered that repeat a valid row")
    if fetch.invalid:
        lines.append(f'<a href="{escape(address(fetch))}" target=_self>Rows and fix-it file</a>')
    head = words.plural(len(fetch.reasons), "reason") if fetch.reasons else "Repeats"
    return f"<details><summary style='white-space:nowrap'>{head}</summary>{''.join(f'<p>{line}</p>' for line in lines)}</details>" if lines else ""
