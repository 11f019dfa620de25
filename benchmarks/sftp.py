"""SFTP import: a million rows judged and imported; a large folder listed; many connections, one of them frozen; throughput beside OpenSSH's own sftp."""
import argparse
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil

from benchmarks.measuring import Claims
from core.access import accounts
from core.access.accounts import Account
from core.sources.sftp import connections, fetches
from core.sources.sftp.client import client
from core.sources.sftp.connections import Connection
from core.sources.sftp.intake import Intake
from core.sources.sftp.looking import matching
from core.sources.sftp.polling import Poller, intake_of
from core.sources.sftp.reading import Reading
from core.store import open_store
from tests.sftp.proxy import Proxy
from tests.sftp.server import Sshd, start

FULL = {"rows": 1_000_000, "files": 100_000, "connections": 20, "mb": 500}


@dataclass(frozen=True)
class Limits:
    secret_key: str = "the key of a benchmark"
    sftp_allowed_hosts: tuple[str, ...] = ("127.0.0.0/8",)
    sftp_max_mb: int = 2048


def rows_file(file: Path, rows: int) -> None:
    """Both contacts in every row; no two rows share a contact, a domain or the place where a number's range begins."""
    chance = random.Random(7)
    seven = (2_000_000, 9_999_999)
    ranges = (("+38591", *seven), ("+491512", *seven), ("+1212", *seven), ("+4474", 10_000_000, 99_999_999), ("+39333", *seven))
    with file.open("w") as out:
        out.write("email,phone,profile_id,city,note\n")
        for number in range(rows):
            prefix, low, high = ranges[number % len(ranges)]
            phone = f"{prefix}{chance.randint(low, high)}"
            address = f"user{number}.{chance.randrange(10**6)}@mail{number}.firm{chance.randrange(10**6)}.com"
            out.write(f"{address},{phone},p{number},City {number % 500},note {number}\n")


class Peak:
    """The highest resident memory of this process's descendants together, the server left out, sampled 20 times a second."""

    def __enter__(self) -> "Peak":
        self.mib, self._stop = 0.0, threading.Event()
        self._watch = threading.Thread(target=self._sample, daemon=True)
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._watch.join()

    def _sample(self) -> None:
        own = psutil.Process()
        while not self._stop.wait(0.05):
            total = 0
            for process in own.children(recursive=True):
                try:
                    total += process.memory_info().rss if "sshd" not in process.name() else 0
                except psutil.NoSuchProcess:
                    continue
            self.mib = max(self.mib, total / 2**20)


def timed(what: Callable[[], object]) -> float:
    began = time.perf_counter()
    what()
    return time.perf_counter() - began


@contextmanager
def desk(folder: Path) -> Iterator[Intake]:
    store = open_store(f"sqlite:///{folder}/journeys.sqlite")
    account = Account("bench", ((None, "UTC"),), "EUR", "start", None, False, None)
    accounts.add(store, account, by="operator", now=datetime.now(UTC))
    limits = Limits()
    yield intake_of(store, limits, account, folder / "accounts" / "bench", lambda: datetime.now(UTC))
    store.close()


def add(intake: Intake, server: Sshd, name: str, path: Path, *, port: int | None = None, contacts: str = "both") -> Connection:
    secret = connections.sealed_key(intake, server.key)
    kept = Connection(name, "cart", "127.0.0.1", port or server.port, server.user, secret["sign_in"], secret["sealed"], (server.host_key,), str(path),
                      "*.csv", Reading(contacts))
    return connections.add(intake, kept, by="operator")


def import_rows(claims: Claims, intake: Intake, server: Sshd, folder: Path, rows: int) -> None:
    rows_file(folder / "rows.csv", rows)
    add(intake, server, "rows", folder)
    limits = Limits()
    environment = {**os.environ, "JOURNEYS_SECRET_KEY": limits.secret_key, "JOURNEYS_SFTP_ALLOWED_HOSTS": "127.0.0.0/8"}
    command = [sys.executable, "-m", "core", "--data-dir", str(intake.folder.parents[1]), "sftp", "fetch", "rows", "--account", "bench", "--settle", "0"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with Peak() as peak:
        taken = timed(lambda: subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"    {cpu:.1f} s of processor time, which two cores share: what remains true when something else runs beside it", flush=True)
    done = fetches.every(intake)[0]
    claims.equal("every row is valid and entered", (done.valid, intake.log.head().position), (rows, rows))
    claims.at_most(f"{rows:,} rows fetched, judged and imported", taken, 60, "s")
    claims.at_most("peak memory of all its processes", peak.mib, 600, "MiB")


def list_folder(claims: Claims, intake: Intake, server: Sshd, folder: Path, files: int) -> None:
    for number in range(files):
        (folder / f"entries-{number:06d}.{'csv' if number % 2 else 'txt'}").touch()
    connection = add(intake, server, "folder", folder)
    found: dict[bytes, object] = {}
    with client(connections.server(intake, connection), connection.path) as talk:
        taken = timed(lambda: found.update(matching(talk.look(), connection.pattern)))
    claims.equal("half of the files match", len(found), files // 2)
    claims.at_most(f"{files:,} files listed and matched", taken, 20, "s")


def poll_many(claims: Claims, work: Path, server: Sshd, count: int) -> None:
    """The same fetches without and with one connection whose server is frozen; the frozen one is the first to begin."""
    taken: dict[bool, float] = {}
    for frozen in (False, True):
        home = work / f"many-{frozen}"
        home.mkdir()
        with desk(home) as intake, Proxy(server.port, "mute") as mute:
            for number in range(count):
                served = home / f"in{number}"
                served.mkdir()
                rows_file(served / "rows.csv", 2_000)
                add(intake, server, f"c{number:02d}", served, port=mute.port if frozen and number == 0 else None)
            taken[frozen] = _polled(intake, count - 1)
    print(f"    {count - 1} fetches without a frozen server {taken[False]:.2f} s, with one {taken[True]:.2f} s", flush=True)
    claims.at_most("later by", taken[True] / taken[False], 1.15, "times")


def _polled(intake: Intake, others: int) -> float:
    """Seconds until `others` files of all connections are in."""
    poller = Poller(intake.store, Limits(), intake.folder.parent, intake.clock)
    now = intake.clock()
    wait(poller.poll_due(now), timeout=10)  # the first look
    for connection in connections.every(intake):
        connections.polled(intake, connection.name, datetime(2020, 1, 1, tzinfo=UTC))
    time.sleep(8)  # the frozen one's first poll has ended
    began = time.perf_counter()
    poller.poll_due(now)
    while len([one for one in fetches.every(intake) if one.total is not None and one.connection != "c00"]) < others:
        time.sleep(0.05)
    return time.perf_counter() - began


def transfer(claims: Claims, intake: Intake, server: Sshd, folder: Path, mb: int) -> None:
    with (folder / "big.csv").open("wb") as out:
        for _ in range(mb):
            out.write(os.urandom(1_000_000))
    connection = add(intake, server, "big", folder)
    arrived = folder / "arrived"
    (folder / "known").write_text(f"[127.0.0.1]:{server.port} {' '.join(server.host_key)}\n")
    command = ["sftp", "-q", "-P", str(server.port), "-i", str(server.home / "user"), "-o", f"UserKnownHostsFile={folder}/known",
               f"{server.user}@127.0.0.1:{folder}/big.csv", str(arrived)]

    def ours() -> None:
        with client(connections.server(intake, connection), connection.path) as talk, arrived.open("wb") as out:
            (seen,) = matching(talk.look(), connection.pattern).values()
            talk.read(b"big.csv", seen, out)

    own, theirs = [], []
    for _ in range(3):  # in turn, the best of each: what else runs on the machine comes and goes
        own.append(timed(ours))
        theirs.append(timed(lambda: subprocess.run(command, check=True, capture_output=True)))
    claims.equal("the bytes are the same", arrived.read_bytes() == (folder / "big.csv").read_bytes(), True)
    print(f"    OpenSSH's sftp {mb / min(theirs):,.0f} MB/s, ours {mb / min(own):,.0f} MB/s", flush=True)
    claims.at_least("of the throughput of OpenSSH's sftp", min(theirs) / min(own), 0.7, "times")


def main() -> int:
    reader = argparse.ArgumentParser(description=__doc__)
    for what, size in FULL.items():
        reader.add_argument(f"--{what}", type=int, default=size, help=f"0: leave it out (default {size:,})")
    chosen = vars(reader.parse_args())
    work = Path(tempfile.mkdtemp(prefix="journeys-bench-"))
    claims = Claims(are_meant=all(chosen[what] in (0, size) for what, size in FULL.items()))
    for part in ("sshd", "desk", "rows", "folder", "transfer"):
        (work / part).mkdir()
    server = start(work / "sshd", "MaxStartups 1000")
    try:
        with desk(work / "desk") as intake:
            if chosen["rows"]:
                import_rows(claims, intake, server, work / "rows", chosen["rows"])
            if chosen["files"]:
                list_folder(claims, intake, server, work / "folder", chosen["files"])
            if chosen["mb"]:
                transfer(claims, intake, server, work / "transfer", chosen["mb"])
        if chosen["connections"]:
            poll_many(claims, work, server, chosen["connections"])
    finally:
        server.stop()
        shutil.rmtree(work)
    return claims.exit_code()


if __name__ == "__main__":
    sys.exit(main())
