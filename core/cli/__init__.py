"""The command line: a door that reads settings and the time, calls a room, and prints what it answers."""
import importlib
import os
import sys
from typing import Any

import click

from core.errors import JourneysError

TRACE = "JOURNEYS_TRACE"  # anything: a fault of ours ends with its traceback, for a report

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


class Lazy(click.Group):
    """A group whose commands are imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name]
        command: click.Command = getattr(importlib.import_module(f"core.cli.{module}"), attribute)
        return command


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data-dir", envvar="JOURNEYS_DATA_DIR", help="Where everything lives (default: data/ beside app.py).")
@click.pass_context
def cli(ctx: click.Context, data_dir: str | None) -> None:
    """Journey Analytics: self-hosted performance analytics for customer-engagement journeys."""
    ctx.obj = {"data_dir": data_dir}


def main(args: list[str] | None = None) -> Any:
    """Run a command and leave with its exit code; a JourneysError is one line on stderr, never a traceback."""
    try:
        code = cli.main(args, prog_name="journeys", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        code = 2
    except click.UsageError as error:
        where = f" (see: {error.ctx.command_path} --help)" if error.ctx else ""
        click.echo(f"journeys: {' '.join(error.format_message().split())}{where}", err=True)
        code = 2
    except click.ClickException as error:
        click.echo(f"journeys: {error.format_message()}", err=True)
        code = error.exit_code
    except click.exceptions.Abort:
        click.echo("journeys: stopped", err=True)
        code = 1
    except JourneysError as error:
        click.echo("journeys: " + " ".join(str(error).split()), err=True)
        code = error.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        code = 1
    except OSError as error:  # a file or folder that was named, or the data's own: not to be read or written
        click.echo(f"journeys: {': '.join(str(part) for part in (error.filename, error.strerror or error) if part)}. Nothing more was done.", err=True)
        code = 1
    except Exception as bug:
        if os.environ.get(TRACE):
            raise
        said = f"{type(bug).__name__}: {' '.join(str(bug).split())[:500]}"
        click.echo(f"journeys: this is a fault of ours ({said}). Report it with what the same command says under {TRACE}=1.", err=True)
        code = 1
    sys.exit(code if isinstance(code, int) else 0)
