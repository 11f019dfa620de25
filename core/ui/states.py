"""What a page says when it has nothing to show: which way in, with the command to copy, or which days have data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.ui import catalog, filters, parts, words
from core.ui.address import Chosen

if TYPE_CHECKING:
    from core.ui.viewer import Viewer


def need_data(viewer: Viewer, title: str) -> None:
    """End the page with the ways to bring data unless there is a snapshot with something in it."""
    if viewer.snapshot is not None and catalog.of(viewer).begins is not None:
        return
    parts.header(viewer, title)
    if viewer.snapshot is None:
        _blank(
            "Nothing has been built yet",
            "The first numbers are here after the first build. It runs by itself once events are in; an operator can start it now.",
        )
        st.code(f"journeys build --account {viewer.account.account_id}", language=None)
    else:
        _blank("No journey has started yet", "Bring the first events in one of three ways. The first numbers are here after the next build.")
    _ways(viewer.account.account_id, viewer.base_url or "http://localhost:8501")
    st.stop()


def nothing(viewer: Viewer, chosen: Chosen, head: str) -> None:
    """An empty range: where there are days with data, the way to them."""
    names, days = catalog.of(viewer), chosen.days
    there = (names.begins, names.ends) if names.begins and names.ends else None
    link = None
    if there and days != there:
        changes = {"from": there[0].isoformat(), "to": there[1].isoformat()}
        link = (filters.address_with(changes), f"Show {words.days(*there)}")
    parts.state("hourglass_empty", head, f"The range is {words.days(*days)}{', which is all there is' if days == there else ''}.", link=link)


def _blank(head: str, text: str) -> None:
    st.html(f"<div class=ja-blank><img src='app/static/empty.svg' width=220 height=66 alt=''><h2 class=ja-t>{head}</h2><p class=ja-sub>{text}</p></div>")


def ways(account: str, base: str) -> tuple[tuple[str, str, str], ...]:
    """(head, text, commands) of each way to the first numbers; events.ndjson is the reader's own file."""
    return (
        ("From a file", "NDJSON, CSV, Parquet or Excel; a mapping file takes columns of any name.", f"journeys ingest --account {account} events.ndjson"),
        (
            "Over HTTP", "Each batch is on disk before it is answered. The first line makes a token, which is shown once.",
            f"TOKEN=$(journeys token add --account {account} --for ingest --label http)\n"
            f'curl {base}/api/events -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/x-ndjson" --data-binary @events.ndjson',
        ),
        (
            "Try it first", "A sample account of 120 days with every channel, a user for it (a password is asked for), and a link to sign in.",
            "journeys demo --account sample &&\njourneys user add sample --account sample --role admin &&\njourneys link sample",
        ),
    )  # fmt: skip


def _ways(account: str, base: str) -> None:
    for column, (head, text, command) in zip(st.columns(3, gap="medium"), ways(account, base), strict=True):
        with column, st.container(key=f"w-way-{head.split()[0].lower()}", gap="xsmall"):
            st.html(f"<h3 class=ja-t>{head}</h3><p class=ja-sub>{text}</p>")
            st.code(command, language=None, wrap_lines=True)
