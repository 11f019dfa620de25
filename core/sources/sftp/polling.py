"""The worker's polls: a place for each connection, so that a server that is frozen holds back nobody else's."""
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Protocol

from core.access import accounts
from core.errors import JourneysError
from core.eventlog.locks import Busy
from core.sources.sftp import connections, fetch
from core.sources.sftp.intake import Intake
from core.store import Store

log = logging.getLogger("journeys.sftp")
MOST_AT_ONCE = 256  # places; a connection beyond them waits for one


class Limits(Protocol):
    """What of the settings is needed here."""

    @property
    def secret_key(self) -> str: ...
    @property
    def sftp_allowed_hosts(self) -> tuple[str, ...]: ...
    @property
    def sftp_max_mb(self) -> int: ...


def intake_of(store: Store, limits: Limits, account: accounts.Account, folder: Path, clock: Callable[[], datetime]) -> Intake:
    """What the imports of the account are given; `folder` is the account's."""
    return Intake(store, account, folder, limits.secret_key, limits.sftp_allowed_hosts, limits.sftp_max_mb << 20, clock)


class Poller:
    """Begins the polls that are due and returns at once; a connection whose poll is still under way is left alone."""

    def __init__(self, store: Store, limits: Limits, accounts_dir: Path, clock: Callable[[], datetime]) -> None:
        self._store, self._limits, self._accounts_dir, self._clock = store, limits, accounts_dir, clock
        self._pool = ThreadPoolExecutor(MOST_AT_ONCE, "sftp")
        self._under_way: dict[tuple[str, str], Future[None]] = {}

    def poll_due(self, now: datetime) -> list[Future[None]]:
        """To be called at every tick of the clock; gives the polls that it began."""
        self._under_way = {key: poll for key, poll in self._under_way.items() if not poll.done()}
        begun = []
        for account in accounts.every(self._store):
            intake = intake_of(self._store, self._limits, account, self._accounts_dir / account.account_id, self._clock)
            for connection in connections.every(intake):
                key = (account.account_id, connection.name)
                if connection.due(now) and key not in self._under_way:
                    self._under_way[key] = self._pool.submit(_reported, intake, connection.name)
                    begun.append(self._under_way[key])
        return begun

    def close(self) -> None:
        """Polls that have begun are finished; each ends in time by itself."""
        self._pool.shutdown(wait=True, cancel_futures=True)


def _reported(intake: Intake, name: str) -> None:
    try:
        for result in fetch.poll(intake, name, settle_s=None, wait_s=0):
            log.info("account %s, connection %s: %s", intake.account_id, name, result.document())
    except Busy:
        return  # somebody fetches by hand, or another worker does
    except JourneysError as error:
        log.warning("account %s, connection %s: %s", intake.account_id, name, error)
    except Exception:  # the last wall of a thread: a bug in one poll ends no other
        log.exception("account %s, connection %s: the poll failed", intake.account_id, name)
