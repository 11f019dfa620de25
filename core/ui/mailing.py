"""A dashboard by mail, once or on a schedule: a sheet or a picture of each widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.boards.dashboard import Dashboard
from core.errors import JourneysError
from core.reports import asked, board_questions, requests, schedules
from core.store.boards import Board
from core.ui import leaving, parts, reports_mail, seen, words
from core.ui.reports_custom import FORMATS, ONCE, WHEN

if TYPE_CHECKING:
    from core.ui.viewer import Viewer


def button(viewer: Viewer, board: Board, dashboard: Dashboard) -> None:
    """The way to both; says which package would allow it where this one does not."""
    if st.button("Send or schedule", icon=":material/mail:", key="mail", disabled=not dashboard.items) and not leaving.refused(viewer):
        _opened(viewer, board, dashboard)


def _opened(viewer: Viewer, board: Board, dashboard: Dashboard) -> None:
    @st.dialog(f"Send: {words.plain(board.name)}", width="medium")
    def opened() -> None:
        st.html("<p class=ja-sub>Each widget is a sheet or a picture of its own, with the ranges that the dashboard has saved; filters of the address are not "
                "part of it. A schedule sends what the dashboard shows when it is made.</p>")  # fmt: skip
        kind = st.segmented_control("File", list(FORMATS), default="xlsx", required=True, format_func=lambda key: FORMATS[key], key="mail-format") or "xlsx"
        when = st.segmented_control("When", list(WHEN), default=ONCE, required=True, format_func=lambda key: WHEN[key], key="mail-when") or ONCE
        hour = day = None
        if when != ONCE:
            hour = st.number_input("Hour, on the account's clock", 0, 23, 8, key="mail-hour")
        if when == "weekly":
            day = st.selectbox("Weekday", range(1, 8), format_func=lambda n: schedules.WEEKDAYS[n - 1], key="mail-weekday")
        if when == "monthly":
            day = st.number_input("Day of the month (0: its last)", 0, 28, 1, key="mail-day")
        recipients = reports_mail.recipients(viewer, "mail-to")
        if not recipients:
            st.html("<p class=ja-sub>Without a recipient it is kept on the page Reports.</p>")
        if st.button("Send" if when == ONCE else "Schedule", type="primary", key="mail-do"):
            try:
                said = sent(viewer, board, dashboard, kind, when, hour, day, recipients)
            except JourneysError as problem:
                parts.state("error", "It was not sent", str(problem), "bad")
                return
            st.html(f'<p class=ja-sub>{words.name(said)} <a href="reports" target=_self>Open Reports</a></p>')

    opened()


def sent(viewer: Viewer, board: Board, dashboard: Dashboard, kind: str, when: str, hour: int | None, day: int | None, recipients: list[int]) -> str:
    """Ask for the report, once or on a schedule; gives what was done. Raises Refused, WrongUsage."""
    viewer.require("dashboards")
    viewer.require("export")
    questions = board_questions.of(viewer, dashboard)
    given = asked.custom(viewer.account, seen.snapshot(viewer), questions, kind=kind) | {board_questions.DASHBOARD: board.board_id}
    if when == ONCE:
        made = requests.ask(viewer.store, viewer.account, viewer.user, "custom", board.name, given, recipients=recipients, now=viewer.now)
        return f"{made.name} is being made."
    kept = schedules.add(viewer.store, viewer.account, viewer.user, board.name, given, recipients, when, hour or 0, day, now=viewer.now)
    return f"{schedules.in_words(kept)}, next {words.moment(kept.next_at, viewer.account.zone_at(kept.next_at))}."
