"""A real server on a free port over a data directory of its own."""
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60  # the machine may be busy with other tests


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def served(launcher: Path, data_dir: Path, **environment: str) -> Iterator[str]:
    """Run the launcher until the block ends; gives its address. What it printed is in `server.log` beside the data."""
    port, log = free_port(), data_dir.parent / "server.log"
    command = [sys.executable, "-m", "streamlit", "run", str(launcher), "--server.port", str(port)]
    settings = {**os.environ, "JOURNEYS_DATA_DIR": str(data_dir), **environment}
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, env=settings)
    try:
        answers(f"http://127.0.0.1:{port}/healthz", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def answers(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the address answers."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(address).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)  # nothing says when a port begins to listen
    raise AssertionError(f"the server did not start:\n{log.read_text()}")
