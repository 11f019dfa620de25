"""A question on an earlier snapshot too: `--against` of explain and rows."""
from typing import TYPE_CHECKING, Any

import click

from core.cli.door import Door
from core.cli.tables import aligned
from core.errors import WrongUsage, unknown
from core.metrics.clock import rfc3339
from core.metrics.differing import Difference, difference
from core.metrics.query import Query
from core.metrics.result import json_value
from core.sources.in_between import Between, between
from core.warehouse.zones import local

if TYPE_CHECKING:
    from core.warehouse.snapshots import Snapshot

PREVIOUS = "previous"
AGAINST = click.option("--against", metavar="SNAPSHOT", help="An earlier snapshot that is kept, by its id; “previous”: the one before.")


def earlier(door: Door, account: str, wanted: str) -> "Snapshot":
    """The snapshot to compare the newest with. Raises WrongUsage that names those that are kept."""
    newest = door.newest_snapshot_id(account)
    known = [one.snapshot for one, _ in door.kept_snapshots(account) if one.snapshot != newest]
    if not known:
        raise WrongUsage("There is no earlier snapshot: three are kept, and those that a link holds on to for 90 days.")
    found = known[0] if wanted == PREVIOUS else wanted
    if found not in known:
        raise WrongUsage(unknown("earlier snapshot", found, known))
    return door.snapshot(account, found)


def compared(door: Door, account: str, query: Query, wanted: str) -> tuple[Difference, Between]:
    """What the newest snapshot says otherwise than an earlier one, and what came in between. Raises WrongUsage."""
    before, after = earlier(door, account, wanted), door.snapshot(account)
    return difference(before, after, query), between(door.log(account), before.published, after.published)


def document(found: Difference, came: Between) -> dict[str, Any]:
    """As JSON: the groups that differ, how many are alike, and what came in between."""
    rows = [{name: json_value(name, value) for name, value in row.items()} for row in found.groups.iter_rows(named=True)]
    return {"snapshot": found.before.snapshot_id, "as_of": rfc3339(local(found.after.zones, found.before.as_of)),
            "columns": [{"name": one.name, "unit": str(one.unit)} for one in found.columns], "rows": rows, "alike": found.alike, "between": came.document()}


def show(found: Difference, came: Between) -> None:
    """The same for people."""
    said = document(found, came)
    click.echo(f"Against {said['snapshot']}, as of {said['as_of']}:")
    if found.groups.is_empty():
        click.echo(f"  nothing differs ({found.alike:,} alike)")
    else:
        click.echo(aligned(found.groups.columns, [[row[name] for name in found.groups.columns] for row in said["rows"]]), nl=False)
        click.echo(f"  {found.groups.height:,} differ, {found.alike:,} alike")
    click.echo("What came in between:")
    rows = [[one["source"], one["event_type"], one["events"], one["late"]] for one in said["between"]["events"]]
    click.echo(aligned(["source", "event_type", "events", "late"], rows) if rows else "  no event", nl=not rows)
    for label, text in (("Catalog documents", ", ".join(came.journeys)), ("Persons erased", came.erasures or ""), ("Also differs", ", ".join(came.settings))):
        if text:
            click.echo(f"{label}: {text}")
