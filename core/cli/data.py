"""Commands that bring data in: demo, catalog put, ingest, build, erase."""
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from core.cli.accounts import of_account
from core.cli.door import Door, print_json, progress
from core.errors import JourneysError, WrongUsage
from core.metrics.numbers import plural
from core.sources import ingest as ingesting
from core.sources.catalog import put_files
from core.sources.ingest import Summary
from core.sources.mapping_file import read_mapping
from core.store import refreshes

if TYPE_CHECKING:
    from core.eventlog import Erased

SOME_REJECTED = 3  # the exit code
files_given = click.argument("files", metavar="FILE…", nargs=-1, required=True, type=click.Path(path_type=Path))
as_json = click.option("--format", "as_json", type=click.Choice(["text", "json"]), default="text", callback=lambda _, __, value: value == "json",
                       help="How the answer is printed.")


@click.group()
def catalog() -> None:
    """The catalog: one JSON document a journey."""


@catalog.command("put")
@of_account
@click.option("--replace", is_flag=True, help="Also where a published version changes: the journey's past is then computed anew.")
@files_given
@click.pass_obj
def catalog_put(obj: dict[str, Any], /, account_id: str, replace: bool, files: tuple[Path, ...]) -> None:
    """Log the catalog documents in these files, all or none."""
    door = Door(obj)
    logged = put_files(door.log(account_id), files, replace=replace, now=door.now())
    there = len(files) - len(logged)
    progress(f"{plural(len(logged), 'catalog document')} logged" + (f"; {there} said nothing new." if there else "."))


@click.command()
@of_account
@click.option("--source", metavar="S", help="The source of records that name none.")
@click.option("--time-zone", metavar="ZONE", help="The zone of times without an offset, such as Europe/Rome.")
@click.option("--mapping", "mapping_file", metavar="FILE.yaml", type=click.Path(path_type=Path), help="For files with other columns (docs/bring-your-data.md).")
@as_json
@files_given
@click.pass_obj
def ingest(obj: dict[str, Any], /, account_id: str, source: str | None, time_zone: str | None, mapping_file: Path | None, as_json: bool,
           files: tuple[Path, ...]) -> int:
    """Take event files into the log, as one batch. NDJSON, CSV, Parquet or XLSX, by their names."""
    door = Door(obj)
    mapping = None if mapping_file is None else read_mapping(mapping_file)
    summary = ingesting.ingest(door.log(account_id), files, account_id=account_id, source=source, time_zone=time_zone, mapping=mapping, now=door.now())
    print_json(summary.document()) if as_json else click.echo(_told(summary))
    return SOME_REJECTED if summary.rejected else 0


def _told(summary: Summary) -> str:
    lines = [f"{plural(summary.records, 'record')}: {summary.accepted:,} accepted, {summary.repeated:,} repeated, {summary.conflicts:,} conflicts, "
             f"{summary.rejected:,} rejected" + (f"; {summary.skipped:,} skipped" if summary.skipped else "")]
    lines += [f"  {count:,} × {reason}" for reason, count in summary.reasons.items()]
    if summary.rejected_file:
        lines.append(f"  rejected records: {summary.rejected_file}")
    return "\n".join(lines)


@click.command()
@of_account
@click.option("--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", help="What computes the facts.")
@click.option("--full", is_flag=True, help="Compute everything anew.")
@click.option("--format", "_", type=click.Choice(["json"]), default="json", hidden=True)
@click.pass_obj
def build(obj: dict[str, Any], /, account_id: str, engine: str, full: bool, _: str) -> None:
    """Build a snapshot from the log and publish it."""
    from core.warehouse.zones import local
    door = Door(obj)
    account = door.account(account_id)
    refreshes.started(door.store, account_id, now=door.now())
    try:
        built = door.build(account, as_of=door.now(), full=full, engine=engine)
    except JourneysError as error:
        refreshes.finished(door.store, account_id, now=door.now(), error=str(error))
        raise
    refreshes.finished(door.store, account_id, now=door.now(), snapshot_id=built.snapshot, is_full=built.full, events=built.events)
    print_json({"snapshot": built.snapshot, "as_of": local(account.zones, built.as_of).isoformat(), "events": built.events, "runs": built.runs,
                "orphans": built.orphans, "full": built.full, "seconds": built.seconds})
    progress(f"Snapshot {built.snapshot}: {plural(built.events, 'event')}, {plural(built.runs, 'run')}, {plural(built.orphans, 'orphan')}; "
             f"{'full' if built.full else 'increment'}, {built.seconds:.1f} s")


@click.command()
@of_account
@click.option("--profiles", type=click.IntRange(1, 10_000_000), default=3000, show_default=True, metavar="N", help="How many people.")
@click.option("--days", type=click.IntRange(1, 3660), default=120, show_default=True, metavar="D", help="How many days back.")
@click.option("--seed", type=int, default=1, show_default=True, metavar="S", help="The same seed makes the same account.")
@click.pass_obj
def demo(obj: dict[str, Any], /, account_id: str, profiles: int, days: int, seed: int) -> None:
    """Make a demo account. A made-up world of journeys (docs/bring-your-data.md); the account is added where it is not there."""
    from core.cli import demo_account
    progress(_told(demo_account.make(Door(obj), account_id, profiles=profiles, days=days, seed=seed)))


@click.command()
@of_account
@click.option("--profile", "profile_id", required=True, metavar="P", help="The person's id in the account.")
@click.pass_obj
def erase(obj: dict[str, Any], /, account_id: str, profile_id: str) -> None:
    """Replace a person's id by a random token. Everywhere it is kept; counts and billed lines stay."""
    if not profile_id:
        raise WrongUsage("--profile is empty: give the id of the person.")
    door = Door(obj)
    log, warehouse = door.log(account_id), door.warehouse(account_id)

    def elsewhere(erased: "Erased") -> None:
        from core.reports import made
        from core.reports.forgetting import forget as forget_in_reports
        from core.sources.sftp.forgetting import forget
        from core.sources.sftp.polling import intake_of
        from core.warehouse.erase import erase as erase_in_snapshots
        erase_in_snapshots(warehouse, erased.profile_id, erased.token, segments=log.segments())
        forget(intake_of(door.store, door.settings, door.account(account_id), door.folder(account_id), door.now), erased.profile_id, erased.token)
        forget_in_reports(door.store, account_id, door.folder(account_id), erased.profile_id, erased.token, now=door.now())
        made.forget()

    erased = log.erase(profile_id, now=door.now(), then=elsewhere)
    if not erased.records and not erased.was_begun:
        raise JourneysError(f"There is no record of the profile “{profile_id}” in the log of {account_id}.")
    progress(f"{plural(erased.records, 'record')}: the id is now {erased.token}." + (" The erasure that was stopped is finished." if erased.was_begun else ""))
