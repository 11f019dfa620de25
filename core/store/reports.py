"""Reports as they were asked for, and who makes each: a claim that runs out, so that a killed maker's report is taken up again and made once."""
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, insert, or_, select, update

from core.errors import JourneysError
from core.store.database import LARGEST_ID, Store
from core.store.kept_tables import reports
from core.store.outbox import ClaimLost

QUEUED, RUNNING, DONE, FAILED, CANCELLED, DELETED = "queued", "running", "done", "failed", "cancelled", "deleted"
OPEN = (QUEUED, RUNNING)
MOST_TRIES = 3  # a report whose maker was killed so often is what kills it
COLUMNS = [column for column in reports.c if column.name != "claimed_until"]


class UnknownReport(JourneysError):
    """The account has no such report."""


@dataclass(frozen=True, slots=True)
class Report:
    """One report. `user_id` is None where the operator asked. `file` lies in the account's folder reports/; None: not made, expired or deleted."""

    report_id: int
    account_id: str
    kind: str
    name: str
    parameters: dict[str, Any]
    user_id: int | None
    asked_by: str
    recipients: tuple[int, ...]
    schedule_id: int | None
    due_at: datetime | None
    state: str
    percent: int
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    claim: str | None
    tries: int
    file: str | None
    size: int | None
    rows: int | None
    sha256: str | None
    snapshot_id: str | None
    error: str | None
    expires_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it waits or is being made."""
        return self.state in OPEN


def add(connection: Connection, account_id: str, *, kind: str, name: str, parameters: Mapping[str, Any], user_id: int | None, asked_by: str,
        recipients: tuple[int, ...] = (), schedule_id: int | None = None, due_at: datetime | None = None, now: datetime) -> Report:
    """Keep a new report, queued."""
    values = {"kind": kind, "name": name, "parameters": dict(parameters), "user_id": user_id, "asked_by": asked_by, "recipients": list(recipients),
              "schedule_id": schedule_id, "due_at": due_at, "state": QUEUED, "percent": 0, "asked_at": now, "tries": 0}
    return _report(connection.execute(insert(reports).values(account_id=account_id, **values).returning(*COLUMNS)).one())


def find(store: Store, account_id: str, report_id: int) -> Report:
    """The account's report. Raises UnknownReport, also for one of another account."""
    wanted = select(*COLUMNS).where(reports.c.account_id == account_id, reports.c.report_id == report_id, reports.c.state != DELETED)
    with store.read() as connection:
        row = connection.execute(wanted).first() if report_id <= LARGEST_ID else None
    if row is None:
        raise UnknownReport(f"There is no report {report_id}.")
    return _report(row)


def listed(store: Store, account_id: str, limit: int = 500) -> list[Report]:
    """The account's reports, newest first."""
    wanted = select(*COLUMNS).where(reports.c.account_id == account_id, reports.c.state != DELETED)
    with store.read() as connection:
        return [_report(row) for row in connection.execute(wanted.order_by(reports.c.asked_at.desc(), reports.c.report_id.desc()).limit(limit))]


def claim(store: Store, token: str, *, now: datetime, until: datetime, report_id: int | None = None) -> Report | None:
    """The report whose turn it is (or that one), ours until then; None: nobody waits. One that has killed its makers MOST_TRIES times has failed."""
    free = or_(reports.c.state == QUEUED, and_(reports.c.state == RUNNING, reports.c.claimed_until <= now))
    with store.write() as connection:
        connection.execute(update(reports).where(free, reports.c.tries >= MOST_TRIES).values(
            state=FAILED, finished_at=now, claim=None, error=f"It was begun {MOST_TRIES} times and never finished: the worker's log may say why."))
        wanted = select(reports.c.report_id).where(free, *([] if report_id is None else [reports.c.report_id == report_id]))
        found = connection.execute(wanted.order_by(reports.c.asked_at, reports.c.report_id).limit(1)).scalar()
        if found is None:
            return None
        values = {"state": RUNNING, "percent": 0, "claim": token, "claimed_until": until, "started_at": now, "tries": reports.c.tries + 1}
        return _report(connection.execute(update(reports).where(reports.c.report_id == found).values(**values).returning(*COLUMNS)).one())


def waiting(store: Store, *, now: datetime) -> bool:
    """Whether a report waits for a maker."""
    free = or_(reports.c.state == QUEUED, and_(reports.c.state == RUNNING, reports.c.claimed_until <= now))
    with store.read() as connection:
        return connection.execute(select(reports.c.report_id).where(free).limit(1)).first() is not None


def progressed(store: Store, report: Report, percent: int, *, until: datetime) -> None:
    """So much is made; the claim lasts until then. Raises ClaimLost where it was cancelled, deleted or taken over."""
    with store.write() as connection:
        ours(connection, report, percent=percent, claimed_until=until)


def ours(connection: Connection, report: Report, **values: Any) -> None:
    """Change the report that we hold. Raises ClaimLost where we hold it no longer."""
    mine = and_(reports.c.report_id == report.report_id, reports.c.state == RUNNING, reports.c.claim == report.claim)
    if not connection.execute(update(reports).where(mine).values(**values)).rowcount:
        raise ClaimLost(f"The report {report.report_id} was cancelled, or is made by another process.")


def give_back(store: Store, report: Report) -> None:
    """Its maker stops before it is done: the next one may take it at once, and this try does not count."""
    mine = and_(reports.c.report_id == report.report_id, reports.c.state == RUNNING, reports.c.claim == report.claim)
    with store.write() as connection:
        connection.execute(update(reports).where(mine).values(state=QUEUED, claim=None, percent=0, tries=reports.c.tries - 1))


def begin_again(store: Store, account_id: str) -> None:
    """Those being made lose their makers and wait again."""
    where = and_(reports.c.account_id == account_id, reports.c.state == RUNNING)
    with store.write() as connection:
        connection.execute(update(reports).where(where).values(state=QUEUED, claim=None, percent=0, tries=reports.c.tries - 1))


def change(connection: Connection, account_id: str, report_id: int, states: tuple[str, ...], **values: Any) -> bool:
    """Change it if it is in one of these states; whether it was."""
    where = and_(reports.c.account_id == account_id, reports.c.report_id == report_id, reports.c.state.in_(states))
    return bool(connection.execute(update(reports).where(where).values(**values)).rowcount)


def expired(store: Store, *, now: datetime) -> list[Report]:
    """All accounts' reports whose file's time is over."""
    with store.read() as connection:
        return [_report(row) for row in connection.execute(select(*COLUMNS).where(reports.c.expires_at <= now, reports.c.file.is_not(None)))]


def files(store: Store, account_id: str) -> set[str]:
    """The names of the files that the account's reports still have."""
    with store.read() as connection:
        return set(connection.execute(select(reports.c.file).where(reports.c.account_id == account_id, reports.c.file.is_not(None))).scalars())


def _report(row: Any) -> Report:
    return Report(**{**row._mapping, "recipients": tuple(row.recipients)})
