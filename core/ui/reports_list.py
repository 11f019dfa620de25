"""The account's reports as a ruled table that follows their progress, and of one all that is kept of it, with what may be done."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from core.errors import JourneysError
from core.reports import requests
from core.reports.asked import KINDS, refusal
from core.store import outbox, report_schedules, reports
from core.store.outbox import Mail
from core.store.reports import Report
from core.ui import filters, frame, parts, reports_words, tables, words
from core.ui.address import whole
from core.ui.tables import Col, Row

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

A_PAGE = 25
FIRST = "Create one: it is made in the background, and kept here for 90 days."
EVERY_S = 2.0  # how often a report that is being made is looked at
SAID = "reports-said"
LINK = 'style="color:var(--accent);text-decoration:underline"'  # a table's links are plain elsewhere: these do something


def seen(viewer: Viewer) -> list[Report]:
    """What this reader may have, newest first."""
    viewer.check()
    found = reports.listed(viewer.store, viewer.account.account_id)
    return [one for one in found if refusal(viewer.account, viewer.user.role, one.kind, one.parameters) is None]


def listed(viewer: Viewer) -> None:
    """The table; it draws itself anew while a report is being made."""
    is_moving = any(one.is_open for one in seen(viewer))

    @st.fragment(run_every=EVERY_S if is_moving else None)
    def alone() -> None:
        found = seen(viewer)
        if is_moving and not any(one.is_open for one in found):
            st.rerun()  # the last one is made: stop looking
        with st.container(key="w-reports", gap="xsmall"):
            st.html(frame.title(words.plural(len(found), "report") if found else "Reports", _sub(found)))
            kept_back = _kept_back(viewer)
            if not found:
                said = ("Nothing is open here now", kept_back) if kept_back else ("There is no report yet", FIRST)
                parts.state("description", *said)
                return
            parts.foot(escape(kept_back))
            pages = -(-len(found) // A_PAGE)
            place = st.container()
            page = int(st.pagination(pages, key="reports-page")) if pages > 1 else 1
            with place:
                rows: list[Row] = [{"report": one} for one in found[(page - 1) * A_PAGE : page * A_PAGE]]
                tables.table(_columns(viewer), rows, "Reports", "list")

    alone()


def _kept_back(viewer: Viewer) -> str:
    """What the account's package does not open now, reports and schedules; empty: nothing. What is a role's alone is not told."""
    account, admin = viewer.account, "admin"
    kinds = [(one.kind, one.parameters) for one in reports.listed(viewer.store, account.account_id)]
    held = [why for kind, parameters in kinds if (why := refusal(account, admin, kind, parameters))]
    due = [why for one in report_schedules.listed(viewer.store, account.account_id) if (why := refusal(account, admin, "custom", one.parameters))]
    counted = [words.plural(len(found), name) for found, name in ((held, "report"), (due, "schedule")) if found]
    return f"{' and '.join(counted)} kept for when the package allows: {(held or due)[0]}" if counted else ""


def _sub(found: list[Report]) -> str:
    making = sum(one.is_open for one in found)
    return f"Newest first · {words.plural(making, 'report')} being made" if making else "Newest first"


def _columns(viewer: Viewer) -> list[Col]:
    zone = viewer.account.time_zone

    def of(row: Row) -> Report:
        report: Report = row["report"]
        return report

    def name(row: Row) -> str:
        one = of(row)
        return f'<a href="{escape(filters.address_with({"report": str(one.report_id)}, only=()))}" target=_self>{words.name(one.name)}</a>'

    def when(row: Row) -> str:
        return escape(words.moment(of(row).asked_at, zone, year=of(row).asked_at.year != viewer.now.year))

    return [
        Col("Name", "t", name), Col("Kind", "t w", lambda row: escape(KINDS[of(row).kind])), Col("State", "t w", lambda row: reports_words.state(of(row))),
        Col("Rows", "n", lambda row: words.count(of(row).rows)), Col("Size", "n", lambda row: words.size(of(row).size)),
        Col("Asked by", "t", lambda row: words.name(of(row).asked_by)), Col("Asked", "t w", when),
        Col("File", "t w", lambda row: _ways(viewer, of(row)), is_hidden=True),
    ]  # fmt: skip


def _ways(viewer: Viewer, one: Report) -> str:
    found = [f'<a {LINK} href="/exports/report/{one.report_id}" download>Download</a>'] if one.file else []
    if requests.may_remove(viewer.user, one):
        said = "Cancel" if one.is_open else "Delete"
        address = filters.address_with({"report": str(one.report_id), "do": said.lower()}, only=())
        found.append(f'<a {LINK} href="{escape(address)}" target=_self>{said}</a>')
    return " · ".join(found)


def one(viewer: Viewer, report_id: str) -> None:
    """One report. Raises UnknownReport, Refused."""
    number = whole(report_id)
    if number is None:
        raise reports.UnknownReport(f"There is no report {report_id}.")
    report = requests.find(viewer.store, viewer.account, viewer.user, number)
    with st.container(key="w-report", gap="xsmall"):
        st.html(frame.title(report.name, f"{escape(KINDS[report.kind])} · {reports_words.state(report)}"))
        if report.error:
            parts.state("error", "It was not made", report.error, "bad")
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            if report.file:
                st.html(f'<a class=ja-btn href="/exports/report/{report.report_id}" download>Download</a>')
            _end(viewer, report)
            st.button("Close", key="report-close", type="tertiary", on_click=filters.write, args=({"report": None, "do": None},))
        facts = [(label, text) for label, text in reports_words.facts(viewer, report) if text]
        tables.table([Col("What", "t", lambda row: escape(row["label"])), Col("Value", "t", lambda row: words.name(row["text"]))],
                     [{"label": label, "text": text} for label, text in facts], f"About {report.name}", "tight")
        _mails(viewer, report)


def _end(viewer: Viewer, report: Report) -> None:
    if not requests.may_remove(viewer.user, report):
        return
    asked = st.query_params.get("do")
    if report.is_open:
        said, work = "Cancel it", lambda: requests.cancel(viewer.store, viewer.account, viewer.user, report.report_id, now=viewer.now)
    else:
        said, work = "Delete it for good", lambda: requests.delete(viewer.store, viewer.account, viewer.folder, viewer.user, report.report_id, now=viewer.now)
    if st.button(said, key="report-end", type="primary" if asked else "secondary", icon=":material/delete:"):
        done(viewer, work, f"{report.name} is {'cancelled' if report.is_open else 'deleted'}.", "report", "do")


def done(viewer: Viewer, work: Callable[[], object], said: str, *closed: str) -> None:
    """Do it, say so above the list of the next run, and take these parameters out of the address; or say why it did not go."""
    try:
        viewer.check()
        work()
    except JourneysError as problem:
        parts.state("error", "Nothing was changed", str(problem), "bad")
        return
    st.session_state[SAID] = said
    filters.write(dict.fromkeys(closed))
    st.rerun()


def _mails(viewer: Viewer, report: Report) -> None:
    mails = outbox.about(viewer.store, viewer.account.account_id, f"report-{report.report_id}-")
    if not mails:
        return
    zone = viewer.account.time_zone
    columns = [
        Col("Mailed to", "t", lambda row: words.name(row["mail"].recipient)), Col("State", "t", lambda row: reports_words.mail_state(row["mail"], zone)),
        Col("Why", "t", lambda row: escape(row["mail"].error or words.MISSING)),
    ]  # fmt: skip
    tables.table(columns, [{"mail": mail} for mail in mails], "Mails", "tight")
    lost = [mail for mail in mails if mail.state in (outbox.FAILED, outbox.UNCLEAR)]
    if lost and requests.may_remove(viewer.user, report) and st.button("Send again", key="mail-again", icon=":material/forward_to_inbox:"):
        done(viewer, lambda: _again(viewer, lost), "It is sent again.", "report", "do")


def _again(viewer: Viewer, lost: list[Mail]) -> None:
    for mail in lost:
        outbox.again(viewer.store, viewer.account.account_id, mail.mail_id, now=viewer.now)
