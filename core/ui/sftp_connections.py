"""The account's connections: the list, and of one its switch, its test step by step, its host key, its form and its removal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import streamlit as st

from core.errors import JourneysError
from core.sources.sftp import connections, history
from core.sources.sftp.connections import Connection
from core.sources.sftp.dialling import offered_keys
from core.sources.sftp.fetches import Fetch
from core.sources.sftp.intake import Intake
from core.sources.sftp.trial import Trial, trial
from core.ui import catalog, filters, frame, parts, sftp_form, sheets, tables, words
from core.ui.sheets import Sheet
from core.ui.tables import Col, Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

COLUMNS = sheets.columns("Name", "State", "Journey", "Server", "Files", "Minutes", "Last poll", "Next poll", "Host key", "Newest fetch", counts=("Minutes",))
STEPS = {"resolve": "Find the host’s address", "connect": "Connect to the server", "host key": "Check the host key", "sign-in": "Sign in", "SFTP": "Start SFTP",
         "folder": "List the folder"}  # fmt: skip


def listed(viewer: Viewer, intake: Intake, found: list[Connection]) -> None:
    """One line a connection with what its newest fetch came to; its name opens it."""
    newest = {one.name: next(iter(history.newest(intake, connection=one.name, limit=1)), None) for one in found}

    named = catalog.of(viewer).name if viewer.snapshot is not None else str

    def at(moment: datetime | None) -> str:
        return words.moment(moment, viewer.account.time_zone) if moment else words.MISSING

    def came(one: Connection) -> str:
        fetch = newest[one.name]
        return words.MISSING if fetch is None else fetch.status

    def row(one: Connection) -> tuple[object, ...]:
        server, files = f"{one.username}@{one.host}:{one.port}", f"{one.path.rstrip('/')}/{one.pattern}"
        key = "accepted" if one.host_keys else "not accepted"
        polls = at(one.polled_at), at(one.next_poll_at)
        return (one.name, "On" if one.active else "Off", named(one.journey_id), server, files, one.every_minutes, *polls, key, came(one))

    rows = [row(one) for one in found]
    sheet = Sheet(COLUMNS, sheets.frame_of(COLUMNS, rows), (("Minutes", "from poll to poll"), ("Time zone", viewer.account.time_zone)))

    def draw() -> None:
        if not found:
            parts.state("lan", "There is no connection yet", "A connection fetches files from somebody’s server; each valid row enters a journey.")
            return
        tables.table(_columns(newest), list(sheet.frame.iter_rows(named=True)), "SFTP connections")

    sheets.show(viewer, None, sheets.Widget("connections", words.plural(len(found), "SFTP connection"), (("", lambda: sheet),), draw, feature=None))


def _columns(newest: Mapping[str, Fetch | None]) -> list[Col]:
    def state(row: Row) -> str:
        fetch = newest[row["Name"]]
        if row["State"] == "Off":
            return "<span class='ja-st off'>Off</span>"
        return "<span class='ja-st bad'>Cannot be read</span>" if fetch and fetch.failed and fetch.file is None else "<span class=ja-st>On</span>"

    def key(row: Row) -> str:
        return "accepted" if row["Host key"] == "accepted" else "<span class='ja-st warn'>Not accepted</span>"

    def plain(name: str, kind: str = "t") -> Col:
        return Col(name, kind, lambda row: words.name(row[name]))

    return [
        Col("Name", "t", lambda row: f'<a href="?{escape(urlencode({"name": row["Name"]}))}" target=_self>{words.name(row["Name"])}</a>'),
        Col("State", "t", state), plain("Journey"), plain("Server"), plain("Files"), Col("Every", "n", lambda row: f"{row['Minutes']:,} min"),
        plain("Last poll", "t w"), plain("Next poll", "t w"), Col("Host key", "t w", key),
    ]  # fmt: skip


def one(viewer: Viewer, intake: Intake, connection: Connection) -> None:
    """What may be seen and done of one connection."""
    with st.container(key="w-connection", gap="small"):
        shown = ", ".join(f"{key.kind} {key.fingerprint}" for key in connection.host_keys) or "none accepted yet"
        st.html(frame.title(connection.name, f"Host key: {escape(shown)} · signs in by {escape(connection.sign_in)}"))
        why = viewer.refusal("connections")
        if why:
            parts.foot(escape(why))
            return
        with st.container(horizontal=True, gap="small"):
            if st.button("Test connection", key="test", icon=":material/network_check:"):
                viewer.require("connections")
                with st.spinner("Trying each step…"):
                    st.session_state["sftp-trial"] = (connection.name, trial(intake, connection))
            if st.button("Switch off" if connection.active else "Switch on", key="switch", icon=":material/power_settings_new:"):
                _done(viewer, lambda: connections.change(intake, connection.name, by=viewer.user.name, active=not connection.active), connection.name)
            with st.popover("Remove", icon=":material/delete:", key="remove-pop"):
                st.html(f"<p class=ja-sub>{words.name(connection.name)} and its secret are forgotten; its history stays.</p>")
                if st.button("Remove it for good", key="remove", type="primary"):
                    _done(viewer, lambda: connections.remove(intake, connection.name, by=viewer.user.name), None)
        name, found = st.session_state.get("sftp-trial", (None, None))
        if found is not None and name == connection.name:
            _tried(viewer, intake, connection, found)
        sftp_form.show(viewer, intake, connection)


def _done(viewer: Viewer, change: Callable[[], object], name: str | None) -> None:
    try:
        viewer.require("connections")
        change()
    except JourneysError as problem:
        parts.state("error", "Nothing was changed", words.sentence(str(problem)), "bad")
        return
    filters.write({"name": name})
    st.rerun()


def _tried(viewer: Viewer, intake: Intake, connection: Connection, found: Trial) -> None:
    steps = [{"step": STEPS[step], "said": "<span class=ja-st>Passed</span>"} for step in found.passed]
    if found.failed:
        steps.append({"step": STEPS[found.failed], "said": f"<span class='ja-st bad'>Failed</span> {escape(words.sentence(found.error or ''))}"})
    tables.table([Col("Step", "t", lambda row: escape(row["step"])), Col("Result", "t", lambda row: row["said"])], steps, "Test of the connection", "tight")
    if found.fingerprint:
        st.html(f"<p class=ja-sub>Ask the server’s owner whether this is its key: <b>{escape(found.fingerprint)}</b></p>")
        if st.button("Accept this host key", key="accept", icon=":material/key:"):
            wanted = found.fingerprint
            _done(viewer, lambda: accept(viewer, intake, connection, wanted), connection.name)
    if not found.failed:
        st.html(f"<p class=ja-sub>{words.plural(found.matching, 'file')} on the server by this pattern</p>")
    if found.preview:
        _preview(found.preview)


def accept(viewer: Viewer, intake: Intake, connection: Connection, fingerprint: str) -> None:
    """Pin the key with this fingerprint, which the server has to show now. Raises JourneysError."""
    for key in offered_keys(connections.server(intake, connection)):
        if key.fingerprint == fingerprint:
            connections.change(intake, connection.name, by=viewer.user.name, host_keys=(key,))
            st.session_state.pop("sftp-trial", None)
            return
    raise JourneysError("The server shows another key now: test the connection again, and ask its owner.")


def _preview(preview: dict[str, Any]) -> None:
    if preview["error"]:
        parts.state("description", f"The newest file, {preview['file']}, cannot be read", str(preview["error"]), "warn")
        return
    part = "" if preview["whole"] else " in its first 256 KiB"
    columns, rows = preview["columns"], preview["rows"]
    said = f"Columns {', '.join(map(str, columns))} · {preview['valid']:,} of {preview['total']:,} entries valid{part}"
    st.html(frame.title(f"The newest file, {preview['file']}", escape(said), level=3))
    cells = [Col("Line", "n", lambda row: f"{row['line']:,}"), Col("Verdict", "t", lambda row: escape(row["reason"] or "valid"))]
    tables.table(cells, rows, "First rows judged", "tight")
