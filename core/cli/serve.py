"""Commands that run the web app and its worker, until they are told to end: that is what they are done with."""
import errno
import os
import signal
import socket
import sys
from typing import Any

import click

from core.cli import ending
from core.cli.door import Door, progress
from core.errors import JourneysError
from core.settings import ROOT

DEMO_ACCOUNT = "demo"
DEMO_USER = "demo"
OF_THE_PORT = (errno.EADDRINUSE, errno.EACCES)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, metavar="H", help="The address to listen on.")
@click.option("--port", default=8501, show_default=True, type=click.IntRange(1, 65535), metavar="P", help="The port to listen on.")
@click.option("--demo", is_flag=True, help="Add a demo account and print a one-time sign-in link.")
@click.pass_obj
def serve(obj: dict[str, Any], host: str, port: int, demo: bool) -> None:
    """Run the web app with its worker."""
    door = Door(obj)
    if not (ROOT / "app.py").is_file() or not (ROOT / "pages").is_dir():
        raise JourneysError(f"There is no app.py in {ROOT}: the web app runs from a checkout (make setup), not from a plain install.")
    _free(host, port)
    if demo:
        _demo(door, port)
    door.store.close()
    door.settings.secret_key  # noqa: B018  # made now, so that a folder that cannot be written shows here
    os.environ["JOURNEYS_DATA_DIR"] = str(door.settings.data_dir)
    # one heap, given back as it empties: glibc else keeps one for each of the many threads in which pages run (a tenth of the server's memory)
    os.environ.setdefault("MALLOC_ARENA_MAX", "1")
    os.environ.setdefault("MALLOC_TRIM_THRESHOLD_", "1000000")
    progress(f"Journey Analytics listens on http://{'localhost' if host == '127.0.0.1' else host}:{port} (Ctrl+C ends it).")
    signal.pthread_sigmask(signal.SIG_BLOCK, ending.ENDS)  # what is said meanwhile is heard by the server, once it can
    os.environ["PYTHONPATH"] = os.pathsep.join(part for part in (str(ROOT), os.environ.get("PYTHONPATH")) if part)
    os.execv(sys.executable, [sys.executable, "-m", "core.cli.web", "run", str(ROOT / "app.py"), "--server.address", host, "--server.port", str(port)])


@click.command()
@click.option("--with-parent", is_flag=True, hidden=True)
@click.pass_obj
def worker(obj: dict[str, Any], with_parent: bool) -> None:
    """Run the worker alone: refreshes and SFTP polls."""
    from core.worker import main
    main(Door(obj), with_parent=with_parent)


def _free(host: str, port: int) -> None:
    """Say now, and in one line, that the port is taken: the server would try others or end with a traceback."""
    try:
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
            pass
    except OSError as error:
        why = (error.strerror or str(error)).partition(" (while")[0]
        raise JourneysError(f"Cannot listen on {host}:{port}: {why}. Choose another with {'--port' if error.errno in OF_THE_PORT else '--host'}.") from error


def _demo(door: Door, port: int) -> None:
    """The demo account, built and enabled, and a link into it."""
    from core.access import accounts, users
    from core.access.audit import OPERATOR
    from core.cli import demo_account
    from core.cli.accounts import sign_in_link
    from core.warehouse.snapshots import current

    is_there = DEMO_ACCOUNT in {account.account_id for account in accounts.every(door.store)}
    if not is_there or door.log(DEMO_ACCOUNT).head().position == 0:  # the second: an earlier start was stopped between the two
        progress("Making the demo account …")
        demo_account.make(door, DEMO_ACCOUNT)
    account = door.account(DEMO_ACCOUNT)
    if current(door.warehouse(DEMO_ACCOUNT)) is None:
        progress("Building it …")
        door.build(account, as_of=door.now())
    if users.secret_of(door.store, DEMO_USER) is None:
        users.add(door.store, DEMO_USER, DEMO_ACCOUNT, "admin", None, by=OPERATOR, now=door.now())
    click.echo(f"Sign in, once and within an hour: {sign_in_link(door, DEMO_USER, port)}")
