"""The commands that ask: query, explain, rows, check."""
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import IO, Any, TypeVar

import click
import orjson
import polars as pl

from core.cli import against as earlier
from core.cli.door import Door, print_json
from core.cli.outputs import ACCOUNT, OUTPUT, file_wanted, leaving
from core.cli.tables import aligned
from core.errors import JourneysError, WrongUsage
from core.metrics import Query, Result, answer, checks
from core.metrics import explain as explained
from core.metrics.answering import journey_names
from core.metrics.behind import askable, row_batches, row_columns
from core.metrics.clock import rfc3339
from core.metrics.differing import moved_rows
from core.metrics.result import Column, json_value
from core.reports import export
from core.warehouse.snapshots import Snapshot
from core.warehouse.zones import local

Command = TypeVar("Command", bound=Callable[..., Any])


def choices(command: Command) -> Command:
    """The options that make a question."""
    for option in reversed((
        click.option("--measures", metavar="M,…", help="Measures, with commas between: docs/measures.md lists them."),
        click.option("--dimensions", default="", metavar="D,…", help="Split by these, with commas between."),
        click.option("--from", "first", metavar="YYYY-MM-DD", help="First local day."),
        click.option("--to", "last", metavar="YYYY-MM-DD", help="Last local day, included."),
        click.option("--basis", default="entered", metavar="entered|happened", help="Runs that started in the range (default), or what happened in it."),
        click.option("--where", "filters", multiple=True, metavar="DIMENSION=VALUE",
                     help="Filter; again for another value of it (any of them) or another dimension (all of them); nothing after = is null."),
        click.option("--order", metavar="[-]COLUMN", help="Order by a column; - for descending."),
        click.option("--limit", type=int, metavar="N", help="Only the first N rows."),
        click.option("--compare", metavar="previous|year|weekdays", help="Beside the period before, the same days a year before, or 28 days before."),
    )):
        command = option(command)
    return command


def question(asked: dict[str, Any]) -> Query:
    """The question of a command's options. Raises WrongUsage."""
    where: dict[str, list[str]] = {}
    for condition in asked["filters"]:
        name, equals, value = condition.partition("=")
        if not equals:
            raise WrongUsage(f"--where is DIMENSION=VALUE, not “{condition}”.")
        where.setdefault(name.strip(), []).append(value)
    return Query.of({"measures": _names(asked["measures"] or ""), "dimensions": _names(asked["dimensions"]), "from": asked["first"], "to": asked["last"],
                     "basis": asked["basis"], "where": where, "order": asked["order"], "limit": asked["limit"], "compare": asked["compare"]})


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


@click.command()
@ACCOUNT
@choices
@click.option("--questions", type=click.Path(dir_okay=False, allow_dash=True), metavar="FILE.ndjson", help="Many questions, one JSON line each.")
@click.option("--format", "kind", type=click.Choice(["table", "json", "csv", "xlsx"]), default="table", help="How the answer is written.")
@OUTPUT
@click.pass_obj
def query(obj: dict[str, Any], /, account: str, questions: str | None, kind: str, output: Path | None, **asked: Any) -> int:
    """Ask for measures, split and filtered."""
    door = Door(obj)
    if questions is not None:
        if any(value not in (None, "", (), "entered") for value in asked.values()):
            raise WrongUsage("Give --questions or the choices of one question, not both: a line of the file says all of its question.")
        if kind not in ("table", "json"):
            raise WrongUsage("Each of --questions is answered with one line of JSON: leave out --format, or take --format json.")
        return _answer_all(door.snapshot(account), questions, output)
    file_wanted(kind, output)
    asking = question(asked)
    result = answer(door.snapshot(account), asking)
    if kind == "xlsx" and output is not None:
        export.to_xlsx(result, output, {"Account": account})
        return 0
    with leaving(output) as file:
        if kind == "json":
            file.write(orjson.dumps(result.document()) + b"\n")
        elif kind == "csv":
            export.write_csv(file, result.columns, [result.frame], result.journeys)
        else:
            file.write(_table(result).encode())
    return 0


@click.command()
@ACCOUNT
@choices
@earlier.AGAINST
@click.option("--format", "kind", type=click.Choice(["table", "json"]), default="table", help="How the answer is written.")
@click.pass_obj
def explain(obj: dict[str, Any], /, account: str, against: str | None, kind: str, **asked: Any) -> None:
    """Why this number. Definition, basis, filters, SQL, snapshot, how many rows stand behind it, and what an earlier snapshot said."""
    door, asking = Door(obj), question(asked)
    explanation = explained(door.snapshot(account), asking)
    differing = earlier.compared(door, account, asking, against) if against else None
    if kind == "json":
        print_json(explanation.document() | ({"against": earlier.document(*differing)} if differing else {}))
        return
    for measure in explanation.measures:
        click.echo(f"{measure.label} ({measure.name}): {measure.definition}")
        click.echo(f"  = {measure.formula}; placed by {measure.placed}; {measure.rows:,} rows behind it")
    for name, text in (("Basis", explanation.basis), ("Range", explanation.range), *(("Filter", text) for text in explanation.filters),
                       ("Snapshot", f"{explanation.snapshot_id}, as of {rfc3339(explanation.as_of)}")):
        click.echo(f"{name}: {text}")
    click.echo(f"SQL:\n{explanation.sql}")
    if differing:
        earlier.show(*differing)


@click.command()
@ACCOUNT
@choices
@earlier.AGAINST
@click.option("--format", "kind", type=click.Choice(["csv", "json", "xlsx"]), default="csv", help="How the answer is written.")
@OUTPUT
@click.pass_obj
def rows(obj: dict[str, Any], /, account: str, against: str | None, kind: str, output: Path | None, **asked: Any) -> None:
    """The rows behind one measure. A count one row a fact, people one row a profile, a sum one row an addend; with --against those that came and went."""
    file_wanted(kind, output)
    door, asking = Door(obj), askable(question(asked))
    snapshot = door.snapshot(account)
    batches = moved_rows(earlier.earlier(door, account, against), snapshot, asking) if against else row_batches(snapshot, asking)
    first = next(batches)
    columns, batches = row_columns(asking, first), chain([first], batches)
    with leaving(output) as file:
        if kind == "json":
            _write_json_rows(file, snapshot, columns, batches)
        elif kind == "csv":
            export.write_csv(file, columns, batches, journey_names(snapshot))
        else:
            about = [("Account", account), ("Rows behind", asking.measures[0]), *export.about_query(asking), *_of_snapshot(snapshot)]
            export.write_xlsx(file, columns, batches, journey_names(snapshot), about)


@click.command()
@ACCOUNT
@click.option("--format", "kind", type=click.Choice(["table", "json"]), default="table", help="How the answer is written.")
@click.pass_obj
def check(obj: dict[str, Any], /, account: str, kind: str) -> int:
    """Every invariant of the numbers with its two sides."""
    door = Door(obj)
    snapshot = door.snapshot(account)
    found = [*checks.run(snapshot, door.log(account)), *_of_imports(door, account)]
    broken = [one for one in found if not one.holds]
    if kind == "json":
        print_json({"snapshot": snapshot.snapshot_id, "as_of": rfc3339(local(snapshot.zones, snapshot.as_of)), "holds": not broken,
                    "checks": [one.document() for one in found]})
    else:
        lines = [("ok" if one.holds else "BROKEN", one.name, one.left, one.relation, one.right) for one in found]
        click.echo(aligned(["", "invariant", "left", "", "right"], lines), nl=False)
    if broken:
        raise JourneysError(f"{len(broken)} of {len(found)} invariants do not hold, the first: {broken[0].name}. "
                            f"Rebuild with `journeys build --account {account} --full` and check again.")
    return 0


def _of_imports(door: Door, account: str) -> Iterator[checks.Check]:
    """What must hold between the history of SFTP imports and the log, which the metrics do not know of."""
    from core.sources.sftp.invariants import invariants  # with the libraries of contacts and servers: a third of a second that a query need not wait
    from core.sources.sftp.polling import intake_of

    desk = intake_of(door.store, door.settings, door.account(account), door.folder(account), door.now)
    yield from (checks.Check(one.name, one.left, one.right) for one in invariants(desk))


def _answer_all(snapshot: Snapshot, questions: str, output: Path | None) -> int:
    """One JSON line a question, in order; 3 where any was not answered."""
    refused = False
    with click.open_file(questions, "rb") as lines, leaving(output) as file:
        for number, line in enumerate(lines):
            if not line.strip():
                continue
            try:
                asked = orjson.loads(line if number else line.removeprefix(BOM_UTF8))
                document = answer(snapshot, Query.of(asked)).document()
            except orjson.JSONDecodeError as problem:
                document = {"error": f"This line is not JSON: {problem}."}
            except JourneysError as problem:
                document = {"error": str(problem)}
            refused = refused or "error" in document
            file.write(orjson.dumps(document) + b"\n")
    return 3 if refused else 0


def _table(result: Result) -> str:
    rows = [[json_value(name, value) for name, value in zip(result.frame.columns, row, strict=True)] for row in result.frame.iter_rows()]
    notes = [f"{result.query.basis} basis, snapshot {result.snapshot_id}, as of {rfc3339(result.as_of)}", *result.warnings]
    return aligned([column.name for column in result.columns], rows) + "".join(f"{note}\n" for note in notes)


def _of_snapshot(snapshot: Snapshot) -> list[tuple[str, str]]:
    return [("Snapshot", snapshot.snapshot_id), ("As of", rfc3339(local(snapshot.zones, snapshot.as_of)))]


def _write_json_rows(file: IO[bytes], snapshot: Snapshot, columns: Iterable[Column], batches: Iterable[pl.DataFrame]) -> None:
    head = {"snapshot": snapshot.snapshot_id, "as_of": rfc3339(local(snapshot.zones, snapshot.as_of)),
            "columns": [{"name": column.name, "unit": str(column.unit)} for column in columns]}
    file.write(orjson.dumps(head)[:-1] + b',"rows":[')
    comma = b""
    for frame in batches:
        for row in frame.iter_rows(named=True):
            file.write(comma + orjson.dumps({name: json_value(name, value) for name, value in row.items()}))
            comma = b","
    file.write(b"]}\n")
