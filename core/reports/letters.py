"""The mail that brings a report: what it says, and to whom it goes."""
from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from core.access import emails
from core.access.accounts import Account
from core.access.users import User
from core.metrics.numbers import day, plural
from core.reports import posting, requests
from core.reports.asked import KINDS, refusal
from core.store import Store
from core.store.reports import Report

if TYPE_CHECKING:
    from core.warehouse.snapshots import Snapshot

MOST_ATTACHED = 10 << 20  # bytes; beyond it many servers refuse a mail, so it brings a link alone


class Sender(Protocol):
    """What of the settings is needed here."""

    @property
    def smtp_url(self) -> str | None: ...
    @property
    def mail_from(self) -> str | None: ...
    @property
    def base_url(self) -> str | None: ...


def recipients(store: Store, account: Account, report: Report) -> list[tuple[User, str]]:
    """Who gets it now: of those named, the account's users that have an address and may (still) have such a report."""
    known = emails.of_account(store, account.account_id)
    return [(user, address) for user, address in known.items()
            if user.user_id in report.recipients and address and not refusal(account, user.role, report.kind, report.parameters)]


def put(connection: Connection, settings: Sender, account: Account, snapshot: Snapshot, report: Report, file: Path, rows: int, user: User, address: str, *,
        now: datetime) -> None:
    """Queue the mail that brings the report to a user; nothing where mail is not set up: the report is kept all the same."""
    is_attached = file.stat().st_size <= MOST_ATTACHED
    files = [(f"{requests.FOLDER}/{file.name}", requests.file_name(report) + file.suffix)] if is_attached else []
    posting.put(connection, settings, account.account_id, dedup=f"report-{report.report_id}-{report.claim}-{user.user_id}", recipient=address,
                subject=f"{report.name} ({account.account_id})", text=text(settings, account, snapshot, report, rows, is_attached=is_attached), files=files,
                now=now)


def text(settings: Sender, account: Account, snapshot: Snapshot, report: Report, rows: int, *, is_attached: bool) -> str:
    """What the mail says."""
    as_of = snapshot.as_of.astimezone(ZoneInfo(account.zone_at(snapshot.as_of)))
    where = f"{settings.base_url}/reports?report={report.report_id}" if settings.base_url else "the page Reports of Journey Analytics"
    lines = [report.name, f"{KINDS[report.kind]} of the account {account.account_id}, asked for by {report.asked_by}.", "",
             f"Data up to {day(as_of)} {as_of:%H:%M} {as_of.tzinfo}, snapshot {snapshot.snapshot_id}; {plural(rows, 'row')}.", "",
             "The file is attached." if is_attached else "The file is too large for a mail.", f"It is kept for 90 days: {where}"]
    return "\n".join(lines) + "\n"
