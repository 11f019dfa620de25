"""Make the reports that wait: each by one maker at a time, with its progress kept, fenced so that a maker who lost it finishes nothing."""
from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

from core.access import accounts, audit, users
from core.access.accounts import Account
from core.access.audit import WORKER, Entry
from core.access.users import UnknownUser
from core.boards.shelf import Asker
from core.errors import JourneysError
from core.reports import board_questions, custom_report, journey_report, letters, mep_file, mep_report, requests
from core.reports.letters import Sender
from core.store import Store, mep, reports
from core.store.outbox import ClaimLost
from core.store.reports import Report

if TYPE_CHECKING:
    from core.warehouse.snapshots import Snapshot

log = logging.getLogger("journeys.reports")
CLAIM = timedelta(seconds=60)  # a maker that was killed is replaced after this
BEAT_S = 1.0  # how often the progress is kept
KEPT = timedelta(days=90)
UNFINISHED = timedelta(hours=6)  # a file that nobody has written to for so long is of a maker that was killed


class Stopped(JourneysError):
    """The process is told to end: the report goes back to those that wait."""


class Place(Protocol):
    """The way to an account's folder, log and newest snapshot; `core.cli.door.Door` is one."""

    def folder(self, account_id: str) -> Path: ...
    def log(self, account_id: str) -> Any: ...
    def snapshot(self, account_id: str) -> Snapshot: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """What a maker is given. `stop` is set when the process is to end, `paint` draws what a report shows as pictures."""

    store: Store
    settings: Sender
    place: Place
    clock: Callable[[], datetime]
    stop: Event
    paint: custom_report.Paint


def make_waiting(desk: Desk) -> int:
    """Make one after the other until none waits or the process is to end; gives how many were begun."""
    begun = 0
    while not desk.stop.is_set() and (report := take(desk)) is not None:
        begun += 1
        make(desk, report)
    return begun


def take(desk: Desk, report_id: int | None = None) -> Report | None:
    """The report whose turn it is, or that one, claimed by us; None: none waits."""
    now = desk.clock()
    return reports.claim(desk.store, token_hex(16), now=now, until=now + CLAIM, report_id=report_id)


def make(desk: Desk, report: Report, told: Callable[[float], None] = lambda share: None) -> None:
    """Make a claimed report: done, failed with its reason, or given back where the process ends. `told` hears its progress, from 0 to 1."""
    account = accounts.find(desk.store, report.account_id)
    folder = desk.place.folder(account.account_id) / requests.FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{report.report_id}-{report.claim}{suffix(report.kind, report.parameters)}"
    is_kept = False
    try:
        with _beating(desk, report, told) as progress:
            _check(desk.store, account, report)
            snapshot = desk.place.snapshot(account.account_id)
            report = replace(report, parameters=_settled(desk, account, report))
            rows = _written(desk, account, snapshot, report, file, progress)
            progress(1.0)
        _finish(desk, account, snapshot, report, file, rows)
        is_kept = True
    except Stopped:
        reports.give_back(desk.store, report)
    except ClaimLost as lost:
        log.info("%s", lost)
    except JourneysError as problem:
        _fail(desk, report, str(problem))
    except Exception:  # a fault of one report must not hold up the others: it is logged, and the report says so
        reference = token_hex(3).upper()
        log.exception("report %s failed, reference %s", report.report_id, reference)
        _fail(desk, report, f"This is a fault of ours. Tell your operator the reference {reference}.")
    finally:
        if not is_kept:
            file.unlink(missing_ok=True)


def suffix(kind: str, parameters: Mapping[str, Any]) -> str:
    """The ending of the file of such a report, with its dot."""
    return {"mep": mep_file, "custom": custom_report}[kind].suffix(parameters) if kind != "journey" else ".xlsx"


def _written(desk: Desk, account: Account, snapshot: Snapshot, report: Report, file: Path, progress: Callable[[float], None]) -> int:
    if report.kind == "mep":
        whole, events = desk.place.folder(account.account_id), desk.place.log(account.account_id)
        return mep_file.write(desk.store, account, snapshot, whole, events, report.parameters, file, by=report.asked_by, now=desk.clock(), progress=progress)
    if report.kind == "journey":
        return journey_report.write(account, snapshot, report.parameters, file, progress)
    moment = report.due_at or snapshot.as_of  # a schedule means the days before the day on which it is due
    day = moment.astimezone(ZoneInfo(account.zone_at(moment))).date()
    return custom_report.write(account, snapshot, report.name, report.parameters, day, file, progress, desk.paint)


def _settled(desk: Desk, account: Account, report: Report) -> dict[str, Any]:
    """The parameters as they are made, and kept: of a dashboard, with what it shows now. Whoever is to have the report is held against these."""
    if board_questions.DASHBOARD not in report.parameters or report.user_id is None:
        return report.parameters
    user = users.find(desk.store, report.asked_by, account.account_id)
    asker = Asker(desk.store, account, user, desk.clock())
    parameters = board_questions.current(asker, report.parameters)
    requests.check(account, user, report.kind, parameters)
    return parameters


def _check(store: Store, account: Account, report: Report) -> None:
    """Whoever asked must still be there and still be allowed: rights are checked where the file is made."""
    if report.user_id is None:
        return
    try:
        user = users.find(store, report.asked_by, account.account_id)
    except UnknownUser:
        raise JourneysError(f"{report.asked_by}, who asked for it, is no user of this account any more.") from None
    requests.check(account, user, report.kind, report.parameters)


@contextmanager
def _beating(desk: Desk, report: Report, told: Callable[[float], None]) -> Iterator[Callable[[float], None]]:
    """Prolong the claim while the report is made. Gives the function that keeps the progress; it raises ClaimLost and Stopped."""
    share, ended = [0.0], Event()
    lost: list[JourneysError] = []

    def beat() -> None:
        while not ended.wait(BEAT_S):
            try:
                reports.progressed(desk.store, report, round(100 * share[0]), until=desk.clock() + CLAIM)
            except ClaimLost as problem:
                lost.append(problem)
                return
            except JourneysError as problem:  # the store is busy: the next beat tries again
                log.warning("%s", problem)

    def progress(now: float) -> None:
        share[0] = now
        if lost:
            raise lost[0]
        if desk.stop.is_set():
            raise Stopped("The process ends.")
        told(now)

    thread = Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield progress
    finally:
        ended.set()
        thread.join()


def _finish(desk: Desk, account: Account, snapshot: Snapshot, report: Report, file: Path, rows: int) -> None:
    """Done, audited, and its mails queued, all in one transaction. Raises ClaimLost: then nothing of it was kept."""
    now = desk.clock()
    with file.open("rb") as made:
        digest = hashlib.file_digest(made, "sha256").hexdigest()
    values = {"state": reports.DONE, "percent": 100, "parameters": report.parameters, "finished_at": now, "claim": None, "file": file.name,
              "size": file.stat().st_size, "rows": rows, "sha256": digest, "snapshot_id": snapshot.snapshot_id, "expires_at": now + KEPT, "error": None}
    to = letters.recipients(desk.store, account, report)
    with desk.store.write() as connection:
        reports.ours(connection, report, **values)
        audit.record(connection, Entry(now, account.account_id, WORKER, "report.made", report.name, {
            "report": report.report_id, "rows": rows, "size": values["size"], "sha256": digest, "snapshot": snapshot.snapshot_id}))
        for user, address in to:
            letters.put(connection, desk.settings, account, snapshot, report, file, rows, user, address, now=now)


def _fail(desk: Desk, report: Report, why: str) -> None:
    try:
        with desk.store.write() as connection:
            reports.ours(connection, report, state=reports.FAILED, finished_at=desk.clock(), claim=None, error=why)
            audit.record(connection, Entry(desk.clock(), report.account_id, WORKER, "report.failed", report.name, {"report": report.report_id, "error": why}))
    except ClaimLost as lost:
        log.info("%s", lost)


def clear_expired(store: Store, accounts_dir: Path, *, now: datetime) -> None:
    """Drop the files whose time is over, and what killed makers left behind."""
    for report in reports.expired(store, now=now):
        with store.write() as connection:
            reports.change(connection, report.account_id, report.report_id, (reports.DONE,), file=None)
        (accounts_dir / report.account_id / requests.FOLDER / (report.file or "-")).unlink(missing_ok=True)
    for account in accounts.every(store):
        folder = accounts_dir / account.account_id
        _clear(folder / requests.FOLDER, reports.files(store, account.account_id), now - UNFINISHED)
        _clear(folder / mep_report.FOLDER, mep.files(store, account.account_id), now - UNFINISHED)


def _clear(folder: Path, kept: Collection[str], before: datetime) -> None:
    """Drop the files of a folder that nothing holds on to and that nobody has written to since."""
    for file in folder.iterdir() if folder.is_dir() else ():
        if file.name not in kept and file.stat().st_mtime < before.timestamp():
            file.unlink(missing_ok=True)
