"""The worker's rounds: schedules that are due, reports that wait (made in a process of its own), mails that wait."""
import logging
import os
import subprocess
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Protocol

from core.errors import JourneysError
from core.reports import made, making, posting, schedules
from core.store import Store, reports

log = logging.getLogger("journeys.reports")
CLEARED_EVERY = timedelta(hours=1)
ENDS_WITHIN_S = 8.0  # a maker that is told to end


class Limits(Protocol):
    """What of the settings is needed here."""

    @property
    def smtp_url(self) -> str | None: ...
    @property
    def mail_from(self) -> str | None: ...
    @property
    def accounts_dir(self) -> Path: ...


class Rounds:
    """Begins at each tick what is not under way and returns at once."""

    def __init__(self, store: Store, limits: Limits, clock: Callable[[], datetime], newest: Callable[[str], str | None], maker: Sequence[str],
                 environment: dict[str, str]) -> None:
        """`newest` gives the id of an account's newest snapshot. `maker` is the command that makes all reports that wait and ends with its standard
        input: its memory goes with it, and no snapshot stays open in this process, which builds."""
        self._store, self._limits, self._clock, self._newest = store, limits, clock, newest
        self._maker, self._environment = list(maker), environment
        self._pool = ThreadPoolExecutor(2, "reports")
        self._under_way: dict[str, Future[None]] = {}
        self._child: subprocess.Popen[bytes] | None = None
        self._cleared_at: datetime | None = None
        self._stop = Event()

    def tick(self, now: datetime) -> None:
        """To be called at every tick of the clock."""
        self._begin("round", lambda: self._round(now))
        self._begin("mail", lambda: self._post())
        if (self._child is None or self._child.poll() is not None) and reports.waiting(self._store, now=now):
            self._ended()
            # apart from the terminal: Ctrl+C is for the worker, which tells its maker
            self._child = subprocess.Popen(self._maker, stdin=subprocess.PIPE, env={**os.environ, **self._environment}, process_group=0)

    def close(self) -> None:
        """End the maker, whose report goes back to those that wait, and the mail after the one that is being sent."""
        self._stop.set()
        self._ended()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _begin(self, name: str, work: Callable[[], None]) -> None:
        if name not in self._under_way or self._under_way[name].done():
            self._under_way[name] = self._pool.submit(reported, work, log, "a round of reports")

    def _round(self, now: datetime) -> None:
        schedules.ask_due(self._store, lambda account_id: as_of(self._newest(account_id)), now=now)
        if self._cleared_at is None or now >= self._cleared_at + CLEARED_EVERY:
            making.clear_expired(self._store, self._limits.accounts_dir, now=now)
            made.sweep(now)
            self._cleared_at = now

    def _post(self) -> None:
        posting.deliver(self._store, self._limits, self._limits.accounts_dir, self._clock, self._stop.is_set)

    def _ended(self) -> None:
        """Tell the maker to end by closing its standard input, and see that it has."""
        if self._child is None:
            return
        if self._child.stdin:
            self._child.stdin.close()
        try:
            self._child.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._child = None


def as_of(snapshot_id: str | None) -> datetime | None:
    """When a snapshot is of, to the second, by its id `s-20260310-083000`; None: there is none, or its id says nothing."""
    try:
        return datetime.strptime((snapshot_id or "")[:17], "s-%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None


def reported(work: Callable[[], None], log: logging.Logger, what: str) -> None:
    """Do it in a thread of its own: a bug must not end the clock, so it is logged with its traceback, and the next round comes."""
    try:
        work()
    except JourneysError as error:  # the store is away or busy: the next tick tries again
        log.warning("%s", error)
    except Exception:  # the wall of a thread whose errors nobody else would see
        log.exception("%s failed", what)
