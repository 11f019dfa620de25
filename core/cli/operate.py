"""Commands of whoever operates the installation: backup, restore, doctor."""
from pathlib import Path
from typing import Any

import click

from core.cli import backups, health
from core.cli.door import Door, progress
from core.errors import JourneysError

a_folder = click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))


@click.command()
@a_folder
@click.pass_obj
def backup(obj: dict[str, Any], folder: Path) -> None:
    """Copy everything into DIR, while it runs. Store, key, logs and newest snapshots; DIR then holds secrets: keep it as safe as the data."""
    made = backups.backup(Door(obj), folder)
    progress(f"{made['files']:,} files, {made['bytes'] / 1e6:,.1f} MB are in {folder}.")


@click.command()
@a_folder
@click.pass_obj
def restore(obj: dict[str, Any], folder: Path) -> None:
    """Bring a backup back into an empty data directory."""
    door = Door(obj)
    made = backups.restore(door, folder)
    progress(f"{made['files']:,} files, {made['bytes'] / 1e6:,.1f} MB are back in {door.settings.data_dir}.")


@click.command()
@click.pass_obj
def doctor(obj: dict[str, Any]) -> None:
    """Check the installation, a line a finding. Settings, folders, store, accounts, locks, disk and versions."""
    found = list(health.examine(Door(obj)))
    for one in found:
        click.echo(f"{'ok ' if one.is_good else 'BAD'}  {one.subject}: {one.text}")
    bad = [one for one in found if not one.is_good]
    if bad:
        raise JourneysError(f"{len(bad)} of {len(found)} findings are bad, the first: {bad[0].subject}: {bad[0].text}")
