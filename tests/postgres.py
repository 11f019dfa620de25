"""A PostgreSQL server of the tests' own: a fresh cluster on a free port, gone afterwards."""
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def binaries() -> Path | None:
    """Where initdb and pg_ctl lie; None: PostgreSQL is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    named = shutil.which("initdb")
    return found[-1].parent if found else Path(named).parent if named else None


@contextmanager
def server() -> Iterator[str]:
    """The address of an empty database. Skips the test where there is no PostgreSQL."""
    there = binaries()
    if there is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    as_user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []  # the server refuses to run as root
    with tempfile.TemporaryDirectory(prefix="journeys-pg-", ignore_cleanup_errors=True) as folder, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        if as_user:
            shutil.chown(folder, "postgres")
        free.close()

        def run(*command: str) -> None:
            subprocess.run([*as_user, *command], check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=60)

        data, options = f"{folder}/data", f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
        run(str(there / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
        run(str(there / "pg_ctl"), "-D", data, "-o", options, "-l", f"{folder}/log", "-w", "start")
        try:
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            run(str(there / "pg_ctl"), "-D", data, "-m", "immediate", "-w", "stop")
