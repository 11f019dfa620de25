"""How a report, its state and its mails read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from html import escape
from typing import TYPE_CHECKING

from core.errors import WrongUsage, unknown
from core.metrics import Query
from core.metrics.lineage import range_in_words
from core.reports.asked import KINDS, RANGES
from core.store import outbox, reports
from core.store.outbox import Mail
from core.store.reports import Report
from core.ui import catalog, words

if TYPE_CHECKING:
    from core.ui.viewer import Viewer


def wanted(viewer: Viewer, address: Mapping[str, str]) -> str | None:
    """Which form the address opens: the one it names; a journey's, where it names a journey and this reader may. Raises WrongUsage for one that is none."""
    named = address.get("create")
    if named is not None and named not in KINDS:
        raise WrongUsage(unknown("report", named, KINDS))
    is_about_journey = "journey" in address and not {"report", "schedule"} & set(address)
    found = named or ("journey" if is_about_journey and viewer.may("export") else None)
    return found if viewer.snapshot is not None else None


def state(report: Report) -> str:
    """A shape and a word, as HTML; of one that is being made, how much is."""
    if report.state == reports.RUNNING:
        return f"<span class='ja-st warn'>Being made</span> <span class=q>{report.percent} %</span>"
    if report.state == reports.QUEUED:
        return "<span class='ja-st off'>Waiting</span>"
    if report.state == reports.DONE:
        return "<span class=ja-st>Done</span>" if report.file else "<span class='ja-st off'>Expired</span>"
    if report.state == reports.FAILED:
        return "<span class='ja-st bad'>Failed</span>"
    return "<span class='ja-st off'>Cancelled</span>"


def mail_state(mail: Mail, zone: str) -> str:
    """A shape and a word, as HTML, and when."""
    at = escape(words.moment(mail.finished_at or mail.next_at, zone))
    if mail.state == outbox.SENT:
        return f"<span class=ja-st>Sent</span> <span class=q>{at}</span>"
    if mail.state == outbox.FAILED:
        return "<span class='ja-st bad'>Failed</span>"
    if mail.state == outbox.UNCLEAR:
        return "<span class='ja-st warn'>Unclear</span>"
    tried = f" <span class=q>tried {words.plural(mail.tries, 'time')}, next {at}</span>" if mail.tries and mail.state == outbox.QUEUED else ""
    return f"<span class='ja-st off'>{'Being sent' if mail.state == outbox.SENDING else 'Waiting'}</span>{tried}"


def month(text: str) -> str:
    """`Mar 2026` of 2026-03."""
    return words.month(date.fromisoformat(f"{text}-01"))


def facts(viewer: Viewer, report: Report) -> list[tuple[str, str]]:
    """What is kept of a report, as lines of a label and a text; an empty text is none."""
    zone = viewer.account.time_zone
    sizes = f"{words.plural(report.rows, 'row')}, {words.size(report.size)}" if report.rows is not None else ""
    made = f"{words.moment(report.finished_at, zone, year=True)}" if report.finished_at and report.state == reports.DONE else ""
    kept = words.moment(report.expires_at, zone, year=True) if report.expires_at and report.file else ""
    return [*_asked(viewer, report), ("Asked by", f"{report.asked_by}, {words.moment(report.asked_at, zone, year=True)}"), ("Made", made), ("Holds", sizes),
            ("Snapshot", report.snapshot_id or ""), ("SHA-256", report.sha256 or ""), ("Kept until", kept)]  # fmt: skip


def _asked(viewer: Viewer, report: Report) -> list[tuple[str, str]]:
    given = report.parameters
    if report.kind == "mep":
        of = ", ".join(name or "no sub-account" for name in given["sub_accounts"]) or "all"
        return [("Month", month(given["month"])), ("Sub-accounts", of), ("File", "Evidence pack" if given["evidence"] else f".{given['format']}")]
    if report.kind == "journey":
        days = Query.of({"measures": ["entries"], "from": given["from"], "to": given["to"]})
        named = catalog.of(viewer).name(given["journey"]) if viewer.snapshot is not None else given["journey"]
        return [("Journey", named), ("Range", range_in_words(days)), ("Basis", words.BASES[given["basis"]])]
    return [("Questions", " · ".join(item["title"] for item in given["questions"])), ("Range", RANGES[given["range"]]), ("File", f".{given['format']}")]
