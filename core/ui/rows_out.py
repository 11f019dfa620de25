"""The rows behind a number as a file: made while the reader watches how far it is, then offered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl
import streamlit as st

from core.access import audit
from core.metrics import MEASURES, Query
from core.metrics.behind import row_batches, row_columns
from core.reports import made
from core.ui import parts, seen, tables, words
from core.ui.leaving import KINDS

if TYPE_CHECKING:
    from core.ui.viewer import Viewer
    from core.warehouse.snapshots import Snapshot

MAKING, FILES = "ja-rows-making", "ja-rows-files"
FIRST = 50  # rows of the log that a page shows


def offer(viewer: Viewer, query: Query, number: int, against: Snapshot | None = None) -> None:
    """Inside a dialog: a button for each kind of file; what was asked for is made, then offered. `against`: of the rows that differ from that snapshot's."""
    since = against and against.snapshot_id
    with st.container(horizontal=True, gap="small"):
        for kind, label in KINDS.items():
            said = "of all that came and went" if against else f"of all {words.plural(number, 'row')}"
            if st.button(f"{label} {said}", key=f"why-{kind}{'-moved' if against else ''}", icon=":material/download:"):
                st.session_state[MAKING] = (kind, query, since)
    kind, asked, of = st.session_state.get(MAKING, (None, None, None))
    if kind is None or (asked, of) != (query, since):
        return
    why = viewer.refusal("export")
    if why is not None:
        parts.state("lock", "Nothing can be exported here", f"{why} Everything stays open on screen.")
        return
    token, size = _made(viewer, query, kind, number, against)
    st.html(f'<a class=ja-btn href="/exports/made/{token}" download>Download {KINDS[kind]}, {words.size(size)}</a>')


def _made(viewer: Viewer, query: Query, kind: str, number: int, against: Snapshot | None) -> tuple[str, int]:
    """The file's token and its size; made once a question and kind, as long as it is kept."""
    account, key = viewer.account.account_id, (seen.snapshot(viewer).snapshot_id, query, kind, against and against.snapshot_id)
    files = st.session_state.setdefault(FILES, {})
    found = made.find(files.get(key, ""), account, viewer.user.user_id)
    if found is None:
        viewer.require("export")
        title = f"Rows {'that came and went of' if against else 'behind'} {MEASURES[query.measures[0]].label}"
        place = st.empty()

        def told(rows: int) -> None:
            place.progress(min(rows / max(number, 1), 1.0), f"{words.count(rows)} of {'at most ' if against else ''}{words.plural(number, 'row')}")

        path = made.rows_file(seen.snapshot(viewer), query, kind, title, account, with_people=viewer.may("people"), told=told, against=against)
        place.empty()
        found = made.Made(path, title, kind, account, viewer.user.user_id, viewer.now)
        files[key] = made.keep(found)
        with viewer.store.write() as connection:
            audit.record(connection, audit.Entry(viewer.now, account, viewer.user.name, "rows.exported", title, query.document()))
    return files[key], found.path.stat().st_size


def masked(viewer: Viewer, frame: pl.DataFrame) -> pl.DataFrame:
    """Rows for the screen: times in words; profile ids and collected values as dots, where the reader's role does not see them."""
    times = [name for name, kind in frame.schema.items() if name.endswith("_at") and kind == pl.String]
    said = frame.with_columns(pl.col(name).map_elements(words.clock, pl.String, skip_nulls=False) for name in times)
    return said if viewer.account.refusal("people", viewer.user.role) is None else made.masked(said)


def first(viewer: Viewer, query: Query, number: int, caption: str) -> None:
    """The first of the rows behind a number, in a table of their own on a page."""
    frame = masked(viewer, _first(viewer.account.account_id, seen.snapshot(viewer).snapshot_id, query, viewer))
    known = [column for column in row_columns(query, frame) if frame[column.name].null_count() < frame.height]
    named = [tables.Col(column.label, "t w", _cell(column.name)) for column in known]
    tables.table(named, list(frame.iter_rows(named=True)), caption, "tight", height=320)
    left_out = frame.width - len(known)
    parts.foot(f"{min(number, FIRST)} of {words.plural(number, 'row')}, the first of the log: “Why this number” has them all",
               f"{words.plural(left_out, 'column')} without a value in these rows left out" if left_out else "")


def _cell(name: str) -> Callable[[tables.Row], str]:
    return lambda row: words.name(words.MISSING if row[name] is None else str(row[name]))


@st.cache_resource(max_entries=64, ttl="15m", show_spinner=False)
def _first(account: str, snapshot: str, query: Query, _viewer: Viewer) -> pl.DataFrame:
    return pl.concat(list(row_batches(seen.snapshot(_viewer), replace(query, limit=FIRST))), how="vertical_relaxed")
