"""The server as its users meet it: started on a free port, signed in by a one-time link, driven over Streamlit's websocket."""
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Self

import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

STARTS_WITHIN_S = 60


def journeys(data_dir: Path, *args: str, said: str | None = None) -> str:
    """What one command prints; stops with its error where it fails."""
    done = subprocess.run([sys.executable, "-m", "core", "--data-dir", str(data_dir), *args], capture_output=True, text=True, input=said, check=False)
    if done.returncode:
        raise SystemExit(f"journeys {' '.join(args)}: exit {done.returncode}: {done.stderr.strip()}")
    return done.stdout


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    port: int
    process: psutil.Process

    def resident_mib(self) -> float:
        """Of the process that listens; the worker beside it is another one."""
        resident: int = sum(process.memory_info().rss for process in (self.process, *self.process.children(recursive=True)) if self._listens(process))
        return resident / 2**20

    def _listens(self, process: psutil.Process) -> bool:
        return any(c.laddr and c.laddr.port == self.port and c.status == psutil.CONN_LISTEN for c in process.net_connections("inet"))


@contextmanager
def serving(data_dir: Path) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (data_dir / "server.log").open("w")
    command = [sys.executable, "-m", "core", "--data-dir", str(data_dir), "serve", "--port", str(port)]
    process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env={**os.environ, "JOURNEYS_DATA_DIR": str(data_dir)})
    try:
        _wait(port, process)
        yield Server(port, psutil.Process(process.pid))
    finally:
        children = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        process.terminate()
        process.wait(20)
        _, alive = psutil.wait_procs(children, 5)
        for child in alive:
            child.kill()
        log.close()


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + STARTS_WITHIN_S
    while time.monotonic() < until:
        if process.poll() is not None:
            raise SystemExit(f"the server ended with {process.returncode} before it listened")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"the server did not answer within {STARTS_WITHIN_S} s")


def signed_in(server: Server, data_dir: Path, user: str) -> str:
    """The Cookie header of a new session of this user."""
    printed = journeys(data_dir, "link", user)
    found = re.search(r"https?://\S+?(/auth/\S+)", printed)
    if not found:
        raise SystemExit(f"journeys link printed no link: {printed!r}")
    jar = CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    opener.open(f"http://127.0.0.1:{server.port}{found[1]}", timeout=20).close()
    if not len(jar):
        raise SystemExit("the one-time link gave no session")
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in jar)


class Tab:
    """One browser tab: a websocket session on one page."""

    def __init__(self, server: Server, cookie: str, page: str, query: str) -> None:
        self._page = page
        self._socket: ClientConnection = connect(
            f"ws://127.0.0.1:{server.port}/_stcore/stream", additional_headers={"Cookie": cookie}, subprotocols=["streamlit"],  # type: ignore[list-item]
            max_size=None, compression=None, open_timeout=20)
        self._hash = ""
        self.errors: list[str] = []
        self.run(query)

    def run(self, query: str) -> float:
        """Reruns the page at this address; milliseconds until the script has finished and all it sent has arrived."""
        asked = BackMsg()
        asked.rerun_script.query_string = query
        asked.rerun_script.page_script_hash = self._hash
        if not self._hash:
            asked.rerun_script.page_name = self._page
        began = time.perf_counter()
        self._socket.send(asked.SerializeToString())
        while True:
            said = ForwardMsg.FromString(self._socket.recv(60))
            kind = said.WhichOneof("type")
            if kind == "new_session":
                self._hash = said.new_session.page_script_hash
            elif kind == "navigation":
                self._hash = said.navigation.page_script_hash
            elif kind == "delta" and said.delta.WhichOneof("type") == "new_element" and said.delta.new_element.WhichOneof("type") == "exception":
                self.errors.append(said.delta.new_element.exception.message)
            elif kind == "script_finished":
                return (time.perf_counter() - began) * 1000

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
