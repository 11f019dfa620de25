"""`journeys sftp check|fetch|history|fixit`: files, what was fetched of them, and the rows to correct."""
import sys
from pathlib import Path
from typing import Any

import click

from core.cli.door import print_json
from core.cli.sftp_options import ACCOUNT, FORMAT, intake, reading_options
from core.errors import JourneysError
from core.metrics.numbers import plural
from core.reports import export
from core.sources.sftp import fetch, fetches, fixit, history
from core.sources.sftp.checking import Checked, checked
from core.sources.sftp.faults import FileFault
from core.sources.sftp.fetches import Fetch
from core.sources.sftp.intake import Intake
from core.sources.sftp.reading import Reading


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@reading_options(new=True)
@FORMAT
def check(file: Path, form: str, **reading: Any) -> int:
    """Judge FILE without a server. Says which rows would be entries, and why the others not."""
    if not file.is_file():
        raise JourneysError(f"{file} is not a file: name one that is there.")
    try:
        with checked(file, Reading(**reading)) as found:
            if form == "json":
                for part in found.json():
                    sys.stdout.buffer.write(part)
                sys.stdout.buffer.flush()
            else:
                _print_checked(found)
            return 3 if found.invalid else 0
    except FileFault as fault:
        raise FileFault(f"{file.name}: {fault}") from fault
    except BrokenPipeError:
        raise  # whoever read our output has enough of it
    except OSError as error:
        raise JourneysError(f"{file} cannot be read: {error.strerror}.") from error


def _print_checked(found: Checked) -> None:
    counts = found.counts()
    click.echo(f"{found.total:,} entries: {found.valid:,} valid, {found.invalid:,} invalid, {counts['duplicates']:,} duplicates of a valid one")
    click.echo(f"read as {counts['encoding']}, delimited by {counts['delimiter']}, header on line {found.layout.line}")
    for reason, count in counts["reasons"].items():
        click.echo(f"{count:>12,}  {reason}")
    for number, (line, reason) in enumerate(found.verdict_of_rows(invalid_only=True)):
        if number == 20:
            click.echo(f"… and {found.invalid - 20:,} more: --format json has all of them")
            break
        click.echo(f"line {line}: {reason}")


@click.command("fetch")
@click.argument("name")
@ACCOUNT
@click.option("--settle", "settle_s", type=click.FloatRange(0, 3600), default=2.0, help="Seconds between the two looks.")
@FORMAT
@click.pass_obj
def fetch_(obj: dict[str, Any], name: str, account_id: str, settle_s: float, form: str) -> int:
    """Poll a connection once, now."""
    results = fetch.poll(intake(obj, account_id), name, settle_s=settle_s)
    documents = [result.document() for result in results]
    if form == "json":
        print_json({"fetches": documents})
    for one in documents if form == "table" else ():
        counts = "" if one["total"] is None else f"{one['total']:,} entries: {one['valid']:,} valid, {one['invalid']:,} invalid"
        click.echo(f"{one['file'] or 'connection'}: {one['error'] or counts}")
    if fetch.failed(results):
        wrong = [result.document() for result in results if result.failed]
        more = f" (and {len(wrong) - 1} more)" if len(wrong) > 1 else ""
        click.echo(f"journeys: {name}: {wrong[0]['file'] + ': ' if wrong[0]['file'] else ''}{wrong[0]['error']}{more}", err=True)
        return 1
    return 3 if any(result.invalid for result in results) else 0


@click.command("history")
@ACCOUNT
@click.option("--connection", help="Only of this connection.")
@click.option("--limit", type=click.IntRange(1, 1_000_000), help="At most so many, the newest.")
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", help="How the answer is written.")
@click.pass_obj
def history_(obj: dict[str, Any], account_id: str, connection: str | None, limit: int | None, form: str) -> None:
    """One row a fetch, the newest first."""
    desk = intake(obj, account_id)
    found = history.newest(desk, connection=connection, limit=limit)
    rows = history.rows(desk.account, found)
    if form == "json":
        print_json([{**row, "Fetch": one.fetch_id} for row, one in zip(rows, found, strict=True)])
    elif form == "csv":
        sys.stdout.buffer.write(history.csv_bytes(rows))
        sys.stdout.buffer.flush()
    else:
        for row, one in zip(rows, found, strict=True):
            click.echo("\t".join([str(one.fetch_id), *("–" if value is None else str(value) for value in row.values())]))


@click.command("fixit")
@click.argument("which", metavar="FETCH")
@ACCOUNT
@click.option("-o", "output", type=click.Path(path_type=Path), help="The file to write; without it stdout.")
@click.pass_obj
def fixit_(obj: dict[str, Any], which: str, account_id: str, output: Path | None) -> None:
    """The invalid rows of FETCH as they were, with a reason column. FETCH: its number in the history, or a file's name (its newest import)."""
    desk = intake(obj, account_id)
    wanted = fetch_named(desk, which)
    if output is None:
        fixit.write(desk, wanted, sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return
    with export.replaced(output) as out:
        count = fixit.write(desk, wanted, out)
    click.echo(f"{plural(count, 'row')} to correct: {output}.", err=True)


def fetch_named(desk: Intake, which: str) -> Fetch:
    """The fetch with this number in the history, or the newest import of a file of this name. Raises UnknownFetch."""
    history.newest(desk, limit=1)
    if which.isdecimal() and len(which) < 10:
        return fetches.find(desk, int(which))
    named = [one for one in fetches.every(desk, file=which) if one.total is not None]
    if not named:
        raise fetches.UnknownFetch(f"There is no fetch “{which}” with entries: `journeys sftp history` lists them with their numbers.")
    return named[0]
