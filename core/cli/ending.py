"""How a command ends: with its exit code and at most one line on stderr, quietly where its reader has enough, in order where it is told to stop."""
import errno
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread, current_thread, main_thread

import click

from core.errors import FULL, JourneysError, WrongUsage

TRACE = "JOURNEYS_TRACE"  # anything: a fault of ours ends with its traceback, for a report
ENDS = (signal.SIGINT, signal.SIGTERM)
OURS_ALONE = (errno.EACCES, errno.EPERM, errno.EROFS)


def open_streams() -> None:
    """stdin, stdout and stderr that lead somewhere, and take whatever text we have.

    One that was closed leads nowhere: else the next file that is opened would take its number, and with it what is printed.
    """
    while (handle := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(handle, True)
    os.close(handle)
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115  # it lasts as long as the process
        elif mode == "w" and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")  # a locale without our dashes is no fault


def check_text(args: list[str]) -> None:
    """Raises WrongUsage for an argument that is not UTF-8: neither a document nor the store can hold it, be it an id or the name of a file."""
    for one in args:
        if not one.isascii() and any("\udc80" <= letter <= "\udcff" for letter in one):
            raise WrongUsage(f"The argument “{one}” is not UTF-8: write it as UTF-8, and rename a file whose name it is.")


@contextmanager
def stoppable() -> Iterator[None]:
    """SIGTERM ends a command as Ctrl+C does: what it has begun is cleared away on its way out."""
    if current_thread() is not main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = {name: signal.getsignal(name) for name in ENDS}
    signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def end_well() -> None:
    """From here on SIGINT and SIGTERM end the process with 0, until somebody in it has more to do then.

    At once and not by an exception, which could be raised where a library swallows it: what runs so early can be killed at any point.
    """
    for name in ENDS:
        signal.signal(name, _leave)


def _leave(*_: object) -> None:
    os._exit(0)


def with_parent(stop: Event) -> None:
    """Sets `stop` when stdin closes, which it does when the parent is gone."""
    def wait() -> None:
        while os.read(0, 1024):  # not by sys.stdin, whose lock a thread that still waits would hold when the interpreter ends: that aborts it
            pass
        stop.set()

    Thread(target=wait, daemon=True).start()


class HasEnough(Exception):  # it is no error
    """Whoever read what we write has closed the pipe."""


@contextmanager
def before_click() -> Iterator[None]:
    """Names two endings before click, which has answers of its own to them: a blank line, and 1 for a closed pipe."""
    try:
        yield
    except KeyboardInterrupt as stopped:
        raise click.exceptions.Abort from stopped
    except OSError as error:
        if _is_closed_pipe(error):
            raise HasEnough from error
        raise


def code_of(ended: BaseException) -> int:
    """The exit code of what ended a command, after its line on stderr. Raises what is no failure of a command, and a fault of ours that is to be traced."""
    match ended:
        case HasEnough():
            _end_by_the_pipe()
        case click.exceptions.NoArgsIsHelpError():
            click.echo(ended.format_message(), err=True)
            return 2
        case click.UsageError():
            where = f" (see: {ended.ctx.command_path} --help)" if ended.ctx else ""
            return _said(ended.format_message() + where, 2)
        case click.ClickException():
            return _said(ended.format_message(), ended.exit_code)
        case click.exceptions.Abort() | KeyboardInterrupt():
            return _said("stopped", 1)
        case JourneysError():
            return _said(str(ended), ended.exit_code)
        case OSError() if _is_closed_pipe(ended):
            _end_by_the_pipe()
        case OSError():  # a file or folder that was named, or the data's own: not to be read or written
            return _said(_of_the_system(ended), 1)
        case Exception() if not os.environ.get(TRACE):
            fault = f"{type(ended).__name__}: {' '.join(str(ended).split())[:500]}"
            return _said(f"this is a fault of ours ({fault}). Report it with what the same command says under {TRACE}=1.", 1)
    raise ended


def _said(text: str, code: int) -> int:
    """One line, in which nothing from a file's name or a record moves the cursor."""
    line = "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in " ".join(text.split()))
    click.echo(f"journeys: {line}", err=True)
    return code


def _of_the_system(error: OSError) -> str:
    what = ": ".join(str(part) for part in (error.filename, error.strerror or error) if part)
    if error.errno in FULL:
        return f"{what}. Free some room (`journeys doctor` shows what there is), then do it again."
    if error.errno in OURS_ALONE:
        return f"{what}. Give it to the user that runs journeys, then do it again."
    return f"{what}. Nothing more was done."


def _is_closed_pipe(error: OSError) -> bool:
    """Whether it is a pipe that nobody reads any more; Polars has words of its own for it."""
    return error.errno == errno.EPIPE or (error.errno is None and "Broken pipe" in str(error))


def _end_by_the_pipe() -> None:
    """As every Unix tool whose reader has enough: not a word, and by the signal, which a shell knows as 141."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGPIPE})
    os.kill(os.getpid(), signal.SIGPIPE)
