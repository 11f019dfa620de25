"""One poll of a connection: look, look again, take what is complete; every fault becomes a line of the history."""
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import sleep
from typing import IO, Any
from uuid import uuid4

from core.errors import JourneysError
from core.sources.sftp import connections, fetches, importing, originals
from core.sources.sftp.client import FULL, Broken, Client, client
from core.sources.sftp.connections import Connection
from core.sources.sftp.faults import ConnectionFault, FileFault, disk_full
from core.sources.sftp.fetches import Fetch
from core.sources.sftp.intake import Intake
from core.sources.sftp.looking import Decision, decide, matching
from core.sources.sftp.secrets import Unreadable

BUSY_S = 30.0  # how long a poll by hand waits for one that is under way


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that somebody is still writing: no history, the next poll looks again."""

    decision: Decision
    failed = False
    invalid = 0

    def document(self) -> dict[str, Any]:
        """As `journeys sftp fetch` prints it."""
        return {"file": self.decision.file, "total": None, "valid": None, "invalid": None, "error": self.decision.error}


def poll(intake: Intake, name: str, *, settle_s: float | None, wait_s: float = BUSY_S) -> list[Fetch | Waiting]:
    """Poll the connection, now. `settle_s`: seconds between the two looks; None: the look before is that of the last poll.

    Faults of the server or of a file are results and lines of the history. Raises Busy where another process polls it, UnknownConnection.
    """
    connections.find(intake, name)
    with intake.alone(name, wait_s):
        connection = connections.find(intake, name)
        started_at = intake.clock()
        connections.polled(intake, name, started_at)
        originals.prune(intake, name, started_at)
        found: list[Fetch | Waiting] = list(importing.resume(intake, name))
        try:
            for result in _poll(intake, connection, settle_s):
                found.append(result)
        except (ConnectionFault, Unreadable) as fault:
            found.append(fetches.fail(intake, connection, None, started_at, str(fault)))
        return found


def _poll(intake: Intake, connection: Connection, settle_s: float | None) -> Iterator[Fetch | Waiting]:
    server = connections.server(intake, connection)
    with client(server, connection.path) as talk:
        decisions = _decided(intake, connection, talk, settle_s)
        yield from (Waiting(one) for one in decisions if one.waits)
        yield from (fetches.fail(intake, connection, one.file, intake.clock(), one.error) for one in decisions if one.error and not one.waits)
        left = [one for one in decisions if one.error is None]
        left = yield from _taken(intake, connection, talk, left)
    if left:  # the connection broke: one more for the others; if that breaks too, the next poll goes on
        with client(server, connection.path) as talk:
            yield from _taken(intake, connection, talk, left)


def _decided(intake: Intake, connection: Connection, talk: Client, settle_s: float | None) -> list[Decision]:
    """Two looks, and what follows from them."""
    first = dict(connection.looked)
    if settle_s is not None:
        first = {one.file: (one.stat.size, one.stat.mtime) for one in _looked(connection, talk)}
        sleep(settle_s)
    second = matching(talk.look(), connection.pattern)
    known = fetches.known_files(intake, connection.name)
    decisions = decide(first, second, known, fetches.failing(intake, connection.name), intake.max_bytes)
    connections.looked(intake, connection.name, {one.file: (one.stat.size, one.stat.mtime) for one in decisions})
    return decisions


def _looked(connection: Connection, talk: Client) -> list[Decision]:
    return [Decision(name, stat) for name, stat in matching(talk.look(), connection.pattern).items()]


def _taken(intake: Intake, connection: Connection, talk: Client, decisions: list[Decision]) -> Generator[Fetch, None, list[Decision]]:
    """What came of each file; returns those that are left where the connection broke."""
    for number, decision in enumerate(decisions, start=1):
        started_at = intake.clock()
        try:
            result = _take(intake, connection, talk, decision, started_at)
        except FileFault as fault:
            yield fetches.fail(intake, connection, decision.file, started_at, str(fault))
            if isinstance(fault, Broken):
                return decisions[number:]
        else:
            if result is not None:
                yield result
    return []


def _take(intake: Intake, connection: Connection, talk: Client, decision: Decision, started_at: datetime) -> Fetch | None:
    arrived = intake.room(connection.name, "incoming") / uuid4().hex
    with _arriving(arrived, by_hand=False):
        with arrived.open("wb") as out:
            talk.read(decision.name, decision.stat, out)
        return importing.import_file(intake, connection, decision.file, arrived, started_at, decision.stat.mtime)


@contextmanager
def _arriving(arrived: Path, *, by_hand: bool) -> Iterator[None]:
    """Nothing of the file stays where it arrived, and a full disk is said. Raises FileFault."""
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise disk_full(by_hand=by_hand) from error
    finally:
        arrived.unlink(missing_ok=True)


def failed(results: list[Fetch | Waiting]) -> bool:
    """Whether the connection or any file failed; a file that is still being written, or whose content is known, did not."""
    return any(result.failed for result in results)


def upload(intake: Intake, name: str, file: str, content: IO[bytes], *, by: str) -> Fetch:
    """A file brought by hand, such as a corrected fix-it file: it goes the way of a fetched one, under the connection `name`.

    Raises FileFault where it is too large, JourneysError where its content was imported before.
    """
    connection = connections.find(intake, name)
    arrived = intake.room(name, "incoming") / uuid4().hex
    with intake.alone(name, BUSY_S):
        started_at = intake.clock()
        with _arriving(arrived, by_hand=True):
            with arrived.open("wb") as out:
                _copy(content, out, intake.max_bytes)
            result = importing.import_file(intake, connection, file, arrived, started_at, None)
    if result is None:
        raise JourneysError(f"The content of {file} was imported before: nothing was entered.")
    connections.noted(intake, name, "sftp.uploaded", {"file": file, "status": result.status}, by=by)
    return result


def _copy(content: IO[bytes], out: IO[bytes], max_bytes: int) -> None:
    size = 0
    while block := content.read(1 << 20):
        size += len(block)
        if size > max_bytes:
            raise FileFault(f"too large: the limit is {max_bytes:,} bytes; upload it in parts")
        out.write(block)
