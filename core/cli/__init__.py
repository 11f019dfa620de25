"""The command line: a door that reads settings and the time, calls a room, and prints what it answers."""
import importlib
import signal
import sys
from typing import Any

import click

from core.cli import ending

# command → (module of core.cli, attribute): a command is imported when it is asked for, so `journeys --help` stays quick
COMMANDS = {
    "serve": ("serve", "serve"),
    "worker": ("serve", "worker"),
    "demo": ("data", "demo"),
    "account": ("accounts", "account"),
    "user": ("accounts", "user"),
    "link": ("accounts", "link"),
    "token": ("accounts", "token"),
    "terms": ("accounts", "terms"),
    "catalog": ("data", "catalog"),
    "ingest": ("data", "ingest"),
    "build": ("data", "build"),
    "erase": ("data", "erase"),
    "query": ("ask", "query"),
    "explain": ("ask", "explain"),
    "rows": ("ask", "rows"),
    "mep": ("mep", "mep"),
    "check": ("ask", "check"),
    "report": ("report", "report"),
    "sftp": ("sftp", "sftp"),
    "backup": ("operate", "backup"),
    "restore": ("operate", "restore"),
    "doctor": ("operate", "doctor"),
}
UNTIL_TOLD = ("serve", "worker")  # what these are done with when they are told to end


class Lazy(click.Group):
    """A group whose commands are imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        if name in UNTIL_TOLD:
            ending.end_well()
        module, attribute = COMMANDS[name]
        command: click.Command = getattr(importlib.import_module(f"core.cli.{module}"), attribute)
        signal.siginterrupt(signal.SIGINT, True)  # Polars, once imported, lets a read that waits go on after Ctrl+C
        return command

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        with ending.before_click():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with ending.before_click():
            return super().invoke(ctx)


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data-dir", envvar="JOURNEYS_DATA_DIR", help="Where everything lives (default: data/ beside app.py).")
@click.pass_context
def cli(ctx: click.Context, data_dir: str | None) -> None:
    """Journey Analytics: self-hosted performance analytics for customer-engagement journeys."""
    ctx.obj = {"data_dir": data_dir}


def main(args: list[str] | None = None) -> Any:
    """Run a command and leave with its exit code; a JourneysError is one line on stderr, never a traceback."""
    ending.open_streams()
    try:
        with ending.stoppable():
            ending.check_text(sys.argv[1:] if args is None else args)
            code = cli.main(args, prog_name="journeys", standalone_mode=False)
            sys.stdout.flush()
    except BaseException as ended:  # noqa: BLE001  # what is no failure of a command is raised again
        code = ending.code_of(ended)
    sys.exit(code if isinstance(code, int) else 0)
