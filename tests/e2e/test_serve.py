"""`journeys serve --demo`, as `make run` starts it."""
import os
import re
import signal
import socket
import subprocess
import sys
import time

import psutil
import pytest
from playwright.sync_api import expect

from tests.e2e.serving import PATIENCE_S, ROOT, answers, free_port
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def serve(data, port, *more, **how):
    command = [sys.executable, "-m", "core", "--data-dir", str(data), "serve", "--port", str(port), *more]
    return subprocess.Popen(command, cwd=ROOT, **how)


def test_the_demo_opens_signed_in_on_real_numbers_and_leaves_no_worker_behind(tmp_path, page):
    port, log = free_port(), tmp_path / "server.log"
    with log.open("w") as out:
        server = serve(tmp_path / "data", port, "--demo", stdout=out, stderr=subprocess.STDOUT)
    try:
        until = time.monotonic() + 3 * PATIENCE_S
        while not (link := re.search(r"http://localhost:\d+/auth/enter\?ticket=\S+", log.read_text())) and time.monotonic() < until:
            assert server.poll() is None, log.read_text()
            time.sleep(0.5)  # the demo is being made
        assert link, log.read_text()
        answers(f"http://127.0.0.1:{port}/healthz", server, log)
        page.goto(link.group())
        expect(page.locator("h1")).to_have_text("Overview", timeout=60_000)
        expect(page.get_by_text("Profiles in journey").first).to_be_visible()
        workers = psutil.Process(server.pid).children(recursive=True)
        assert [process for process in workers if "worker" in process.cmdline()]
    finally:
        server.terminate()
        server.wait(PATIENCE_S)
    psutil.wait_procs(workers, timeout=20)
    assert [process for process in workers if process.is_running()] == []


@pytest.mark.parametrize("name", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("who", ["server alone", "all of the terminal"])
def test_a_server_that_is_told_to_end_ends_with_its_worker_and_is_done(tmp_path, name, who):
    port, log = free_port(), tmp_path / "server.log"
    with log.open("w") as out:
        server = serve(tmp_path / "data", port, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
                       preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    answers(f"http://127.0.0.1:{port}/healthz", server, log)
    workers = until(lambda: psutil.Process(server.pid).children(recursive=True))  # the lifespan starts it after the port is open
    (os.kill if who == "server alone" else os.killpg)(server.pid, name)
    assert server.wait(PATIENCE_S) == 0, log.read_text()
    assert ([process for process in workers if process.is_running()], len(workers), "Traceback" in log.read_text()) == ([], 1, False)


def test_a_worker_ends_when_its_server_is_killed(tmp_path):
    port, log = free_port(), tmp_path / "server.log"
    with log.open("w") as out:
        server = serve(tmp_path / "data", port, stdout=out, stderr=subprocess.STDOUT)
    answers(f"http://127.0.0.1:{port}/healthz", server, log)
    workers = until(lambda: psutil.Process(server.pid).children(recursive=True))  # the lifespan starts it after the port is open
    server.kill()
    server.wait(PATIENCE_S)
    psutil.wait_procs(workers, timeout=30)
    assert ([process for process in workers if process.is_running()], len(workers)) == ([], 1)


def test_a_port_that_is_taken_is_said_in_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = serve(tmp_path / "data", taken.getsockname()[1], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        out, err = done.communicate(timeout=PATIENCE_S)
    assert (done.returncode, out, len(err.splitlines())) == (1, "", 1)
    assert "Choose another with --port." in err
