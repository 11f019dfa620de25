"""Ask for a report, stop it, take it away, fetch it: who may, and what the audit trail keeps of it."""
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from core.access import audit, emails
from core.access.accounts import Account
from core.access.audit import OPERATOR, Entry
from core.access.features import Refused
from core.access.users import User
from core.errors import WrongUsage
from core.reports.asked import name_of, refusal
from core.store import Store, reports
from core.store.reports import Report
from core.store.reports import UnknownReport as UnknownReport  # for the routes, which see no store

FOLDER = "reports"  # in the account's folder


def check(account: Account, user: User | None, kind: str, parameters: Mapping[str, Any]) -> None:
    """Raises Refused, naming the package or role, unless the user may have such a report. None is the operator, who may."""
    why = user and refusal(account, user.role, kind, parameters)
    if why:
        raise Refused(why)


def ask(store: Store, account: Account, user: User | None, kind: str, name: str, parameters: Mapping[str, Any], *, recipients: Sequence[int] = (),
        now: datetime) -> Report:
    """Queue a report; `parameters` come from core.reports.asked, `recipients` are ids of the account's users. Raises Refused, WrongUsage."""
    check(account, user, kind, parameters)
    named = mailed_to(store, account, recipients, kind, parameters)
    with store.write() as connection:
        made = reports.add(connection, account.account_id, kind=kind, name=name_of(name), parameters=parameters, user_id=user.user_id if user else None,
                           asked_by=user.name if user else OPERATOR, recipients=tuple(one.user_id for one in named), now=now)
        audit.record(connection, Entry(now, account.account_id, made.asked_by, "report.asked", made.name, {
            "report": made.report_id, "kind": kind, "parameters": dict(parameters), "recipients": [one.name for one in named]}))
    return made


def mailed_to(store: Store, account: Account, recipients: Sequence[int], kind: str, parameters: Mapping[str, Any]) -> list[User]:
    """The users that a report is mailed to. Raises WrongUsage for one who is not of the account, has no address, or may not have such a report."""
    known = {user.user_id: (user, address) for user, address in emails.of_account(store, account.account_id).items()}
    named = []
    for user_id in dict.fromkeys(recipients):
        if user_id not in known:
            raise WrongUsage("A report goes only to users of the account.")
        user, address = known[user_id]
        if address is None:
            raise WrongUsage(f"{user.name} has no mail address: they set it on the page Reports, or the operator does with `journeys user set --email`.")
        why = refusal(account, user.role, kind, parameters)
        if why:
            raise WrongUsage(f"{user.name} may not have this report: {why}")
        named.append(user)
    return named


def find(store: Store, account: Account, user: User | None, report_id: int) -> Report:
    """The account's report. Raises UnknownReport, also for one of another account; Refused where the user may not have it."""
    found = reports.find(store, account.account_id, report_id)
    check(account, user, found.kind, found.parameters)
    return found


def may_remove(user: User | None, report: Report) -> bool:
    """Whether the user may stop it or take it away: who asked for it, an administrator, the operator."""
    return user is None or user.role == "admin" or (report.user_id, report.asked_by) == (user.user_id, user.name)


def cancel(store: Store, account: Account, user: User | None, report_id: int, *, now: datetime) -> None:
    """Stop one that waits or is being made. Raises UnknownReport, Refused, WrongUsage where it is neither."""
    _end(store, account, user, report_id, reports.OPEN, "report.cancelled", now, state=reports.CANCELLED, finished_at=now, claim=None)


def delete(store: Store, account: Account, folder: Path, user: User | None, report_id: int, *, now: datetime) -> None:
    """Take it away with its file; the audit trail keeps that it was. `folder` is the account's. Raises UnknownReport, Refused, WrongUsage."""
    report = _end(store, account, user, report_id, (reports.DONE, reports.FAILED, reports.CANCELLED), "report.deleted", now,
                  state=reports.DELETED, file=None, error=None)
    if report.file:
        (folder / FOLDER / report.file).unlink(missing_ok=True)


def _end(store: Store, account: Account, user: User | None, report_id: int, states: tuple[str, ...], action: str, now: datetime, **values: Any) -> Report:
    report = find(store, account, user, report_id)
    if not may_remove(user, report):
        raise Refused(f"Only {report.asked_by} or an administrator may do that.")
    with store.write() as connection:
        if not reports.change(connection, account.account_id, report_id, states, **values):
            raise WrongUsage("It is still being made: cancel it first." if action == "report.deleted" else "It is not being made any more.")
        audit.record(connection, Entry(now, account.account_id, user.name if user else OPERATOR, action, report.name, {"report": report_id}))
    return report


def downloaded(store: Store, account: Account, folder: Path, user: User | None, report_id: int, *, now: datetime) -> tuple[Report, Path]:
    """The report and its file, noted in the audit trail. Raises UnknownReport, Refused, and WrongUsage where there is no file (any more)."""
    report = find(store, account, user, report_id)
    file = folder / FOLDER / report.file if report.file else None
    if file is None or not file.is_file():
        gone = {reports.DONE: "Its file is gone: a report is kept for 90 days.", reports.FAILED: "It failed, so there is no file."}
        raise WrongUsage(gone.get(report.state, "It is not finished yet."))
    with store.write() as connection:
        audit.record(connection, Entry(now, account.account_id, user.name if user else OPERATOR, "report.downloaded", report.name,
                                       {"report": report_id, "sha256": report.sha256}))
    return report, file


def file_name(report: Report) -> str:
    """The report's name with what a file's name can hold everywhere, and its kind of file."""
    plain = "".join(letter if letter.isalnum() else "-" for letter in report.name)
    return ("-".join(part for part in plain.split("-") if part)[:80] or "report") + Path(report.file or "").suffix
