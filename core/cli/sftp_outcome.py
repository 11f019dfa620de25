"""`journeys sftp outcome`: what the entries of a fetch did next."""
import sys
from pathlib import Path
from typing import Any

import click

from core.cli.door import Door, print_json
from core.cli.sftp_files import fetch_named
from core.cli.sftp_options import ACCOUNT, intake
from core.cli.tables import aligned
from core.errors import JourneysError
from core.metrics import following
from core.metrics.clock import rfc3339
from core.reports import export
from core.sources.sftp import importing
from core.warehouse.zones import local


@click.command()
@click.argument("which", metavar="FETCH")
@ACCOUNT
@click.option("--entries", "each", is_flag=True, help="One row an entry instead of one a step.")
@click.option("--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", help="How the answer is written.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="The CSV file to write, whole or not at all.")
@click.pass_obj
def outcome(obj: dict[str, Any], which: str, account_id: str, each: bool, form: str, output: Path | None) -> None:
    """What the entries of FETCH did next. Counts those that entered, were messaged, reached the goal, with people and rates. FETCH as in `fixit`."""
    desk = intake(obj, account_id)
    fetch = fetch_named(desk, which)
    place, snapshot = importing.positions(desk, fetch), Door(obj).snapshot(account_id)
    if place is None:
        raise JourneysError(f"No row of fetch {fetch.fetch_id} entered a journey ({fetch.status}): there is nothing that could have followed.")
    if not following.is_built(snapshot, place[1]):
        raise JourneysError(f"Fetch {fetch.fetch_id} is not in the snapshot {snapshot.snapshot_id} yet: run `journeys build --account {account_id}`.")
    columns = following.ENTRY_COLUMNS if each else following.COLUMNS
    found = (following.entries if each else following.following)(snapshot, *place)
    if form == "json":
        print_json({"fetch": fetch.fetch_id, "file": fetch.file, "journey": fetch.journey_id, "snapshot": snapshot.snapshot_id,
                    "as_of": rfc3339(local(snapshot.zones, snapshot.as_of)), "rows": found.to_dicts()})
    elif form == "table":
        click.echo(aligned([column.label for column in columns], found.rows()), nl=False)
    elif output is not None:
        with export.replaced(output) as file:
            export.write_csv(file, columns, [found], {})
    else:
        export.write_csv(sys.stdout.buffer, columns, [found], {})
        sys.stdout.buffer.flush()
