"""The clock: refreshes each account as often as its package says, polls SFTP servers, makes and mails reports; one leader by a lease in the store."""
import asyncio
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime, timedelta
from secrets import token_hex
from threading import Event
from typing import Any

from core.access import accounts
from core.access.accounts import Account
from core.access.features import PACKAGES
from core.cli import ending
from core.cli.door import Door
from core.errors import JourneysError
from core.reports import alerting, mep_thresholds
from core.reports.rounds import Rounds, reported
from core.settings import ROOT
from core.sources.sftp.polling import Poller
from core.store import Lease, refreshes
from core.store.refreshes import Refresh

log = logging.getLogger("journeys.worker")
TICK_S = 5.0
LEASE = timedelta(seconds=60)  # a leader that was killed is replaced after this
RETRY = timedelta(minutes=10)  # after a refresh that failed
RESTARTS_AFTER_S = 5.0
ENDS_WITHIN_S = 10.0  # a worker that is told to end with its app
ENVIRONMENT = {"PYTHONPATH": str(ROOT)}  # of a process that is begun from here


def is_due(as_of: datetime | None, newest: Refresh | None, refresh: timedelta, now: datetime) -> bool:
    """Whether an account with events is to be refreshed. `as_of` is its snapshot's, None: never built. A time to come is a clock's that was put right."""
    if newest is not None and newest.error is not None and newest.started_at <= now < newest.started_at + RETRY:
        return False
    return as_of is None or not as_of <= now < as_of + refresh


class Worker:
    """One process's clock. Refreshes go one after the other."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.lease = Lease(door.store, "worker", f"{socket.gethostname()}:{os.getpid()}:{token_hex(4)}")
        self.pool = ThreadPoolExecutor(1, "refresh")  # beside the clock, which must prolong its lease meanwhile
        self.refreshing: Future[None] | None = None
        self.poller = Poller(door.store, door.settings, door.settings.accounts_dir, door.now)
        self.reports = Rounds(door.store, door.settings, door.now, door.newest_snapshot_id, [*command_of(door), "report", "make", "--with-parent"], ENVIRONMENT)

    def run(self, stop: Event) -> None:
        """Tick until told to stop; the work that has begun is finished first."""
        while not stop.is_set():
            try:
                if self.lease.take(self.door.now(), LEASE):
                    self.tick()
            except JourneysError as error:  # the store is away or busy: the next tick tries again
                log.warning("%s", error)
            stop.wait(TICK_S)
        if self.refreshing is not None and not self.refreshing.done():
            log.info("ending, after the refresh that is under way")
        self.pool.shutdown(wait=True, cancel_futures=True)
        self.poller.close()
        self.reports.close()
        self.lease.give_back()

    def tick(self) -> None:
        """Begin the polls that are due, and a round of refreshes unless one is under way."""
        self.poller.poll_due(self.door.now())
        self.reports.tick(self.door.now())
        if self.refreshing is None or self.refreshing.done():
            self.refreshing = self.pool.submit(reported, self.refresh_due, log, "a round of refreshes")

    def refresh_due(self) -> None:
        """Refresh every account whose time has come."""
        for account in accounts.every(self.door.store):
            if self.door.log(account.account_id).head().position == 0:
                continue
            newest = refreshes.newest(self.door.store, account.account_id)
            if is_due(self.as_of(account), newest, PACKAGES[account.package].refresh, self.door.now()):
                self.refresh(account)

    def as_of(self, account: Account) -> datetime | None:
        """Of the newest snapshot; None: never built, it is gone, or the account names other attributes since. Nothing stays open: a build in this process
        could not grow from it."""
        from core.warehouse.snapshots import NotBuilt, open_snapshot

        try:
            snapshot = open_snapshot(self.door.warehouse(account.account_id))
        except NotBuilt:
            return None
        try:
            return snapshot.as_of if snapshot.attributes == account.attributes else None
        finally:
            snapshot.close()

    def refresh(self, account: Account) -> None:
        """One build; a failure leaves the last snapshot, and is kept for the pages to say."""
        store, account_id, now = self.door.store, account.account_id, self.door.now()
        refreshes.started(store, account_id, now=now)
        try:
            built = self.door.build(account, as_of=now)
        except JourneysError as error:
            refreshes.finished(store, account_id, now=self.door.now(), error=str(error))
            log.warning("account %s was not refreshed: %s", account_id, error)
        except Exception:  # a bug: the pages say that it failed, and the round's wall logs it
            refreshes.finished(store, account_id, now=self.door.now(), error="The build stopped with an error that is in the worker's log.")
            raise
        else:
            refreshes.finished(store, account_id, now=self.door.now(), snapshot_id=built.snapshot, is_full=built.full, events=built.events)
            log.info("account %s is refreshed: %s", account_id, built.snapshot)
            self.look(account)

    def look(self, account: Account) -> None:
        """The account's alerts and MEP thresholds against its newest snapshot, which is closed again: a build in this process could not grow from it."""
        from core.warehouse.snapshots import open_snapshot

        snapshot = open_snapshot(self.door.warehouse(account.account_id))
        try:
            mep_thresholds.check(self.door.store, self.door.settings, account, snapshot, now=self.door.now())
            alerting.look(self.door.store, self.door.settings, account, snapshot, self.door.now)
        finally:
            snapshot.close()


def main(door: Door, *, with_parent: bool) -> None:
    """Be the worker until SIGTERM or SIGINT, which a second time end it at once; `with_parent`: also until stdin closes, as it does when the parent is gone.

    A parent tells its worker to end where a terminal has told both already, so there a second time is as the first.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s", stream=sys.stderr)
    stop = Event()

    def told(name: int, _: object) -> None:
        if stop.is_set() and not with_parent:
            signal.signal(name, signal.SIG_DFL)
            os.kill(os.getpid(), name)
        stop.set()

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, told)
    if with_parent:
        ending.with_parent(stop)
    Worker(door).run(stop)


def beside(door: Door) -> Callable[[Any], AbstractAsyncContextManager[None]]:
    """The web app's lifespan: a worker as its child, started again if it ends, gone when the app goes."""

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        kept = asyncio.create_task(_keep_running(door))
        try:
            yield
        finally:
            kept.cancel()
            await asyncio.gather(kept, return_exceptions=True)

    return lifespan


def command_of(door: Door) -> list[str]:
    """How another process of ours is begun on the same data."""
    return [sys.executable, "-m", "core", "--data-dir", str(door.settings.data_dir)]


async def _keep_running(door: Door) -> None:
    command = [*command_of(door), "worker", "--with-parent"]
    while True:
        try:
            # in this folder: its .env counts; apart from the terminal: Ctrl+C is for the app, which tells its worker
            child = subprocess.Popen(command, stdin=subprocess.PIPE, env={**os.environ, **ENVIRONMENT}, process_group=0)
        except OSError as error:  # no memory, or no room for one more process: there may be again
            log.warning("the worker cannot be started (%s), it is tried again", error)
        else:
            await _until_it_ends(child)
            log.warning("the worker ended with %s, it is started again", child.returncode)
        await asyncio.sleep(RESTARTS_AFTER_S)


async def _until_it_ends(child: "subprocess.Popen[bytes]") -> None:
    """By itself, or with the app."""
    try:
        while child.poll() is None:
            await asyncio.sleep(0.5)
    finally:
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        if child.stdin:
            child.stdin.close()
