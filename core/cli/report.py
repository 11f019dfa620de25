"""Commands that make reports: MEP consumption, a journey, saved questions; now, in the background or on a schedule."""
import shutil
import signal
import time
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any

import click
import orjson

from core.access import users
from core.access.accounts import Account
from core.cli import ending
from core.cli.accounts import a_format, of_account
from core.cli.accounts import listed as listed_as
from core.cli.door import Door, print_json, progress
from core.errors import JourneysError, WrongUsage
from core.metrics.answering import journey_names
from core.metrics.mep import first_day
from core.metrics.numbers import plural
from core.metrics.query import Query
from core.reports import asked, export, making, requests, schedules
from core.reports.making import Desk
from core.store import report_schedules, reports
from core.store.reports import Report

ENDINGS = (".csv", ".xlsx", ".pdf", ".zip")  # of the files that reports are


@click.group()
def report() -> None:
    """Make, list, fetch and delete reports."""


@report.command("create")
@click.argument("kind", type=click.Choice(list(asked.KINDS)))
@of_account
@click.option("--name", help="Its name (default: what kind of report it is).")
@click.option("--month", metavar="YYYY-MM", help="mep: which month.")
@click.option("--sub-account", "sub_accounts", multiple=True, metavar="S", help="mep: this sub-account's lines; again for another; empty for those of none.")
@click.option("--evidence", is_flag=True, help="mep: a zip with all that proves the number.")
@click.option("--journey", "journey_id", metavar="J", help="journey: which one.")
@click.option("--from", "first", metavar="YYYY-MM-DD", help="journey: first local day.")
@click.option("--to", "last", metavar="YYYY-MM-DD", help="journey: last local day, included.")
@click.option("--basis", default="entered", metavar="entered|happened", help="journey: runs that started in the range (default), or what happened in it.")
@click.option("--questions", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE.ndjson",
              help='custom: a line a question, as it is or as {"title": …, "question": …}.')
@click.option("--range", "range_", default="asked", metavar="|".join(asked.RANGES), help="custom: whole days before it is made (default: each question's own).")
@click.option("--format", "kind_of_file", type=click.Choice([*asked.FORMATS, asked.PICTURES]),
              help="Of the file (default: xlsx; mep: csv over 10,000 lines); pdf: only custom reports.")
@click.option("--mail", "names", multiple=True, metavar="USER", help="Send it to this user of the account; again for another.")
@click.option("--every", "rhythm", type=click.Choice(list(schedules.RHYTHMS)), help="custom: make it again on a schedule, by the account's clock.")
@click.option("--at", "hour", type=click.IntRange(0, 23), default=8, show_default=True, metavar="HOUR", help="With --every.")
@click.option("--day", type=int, metavar="N", help="With --every: weekday 1 (Monday) to 7, or day of the month, 0 its last.")
@click.option("--background", is_flag=True, help="Leave it to the worker.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Copy the file there too.")
@click.pass_obj
def create(obj: dict[str, Any], /, kind: str, account_id: str, name: str | None, names: tuple[str, ...], background: bool, output: Path | None,
           rhythm: str | None, hour: int, day: int | None, **given: Any) -> None:
    """Make a report. KIND is mep (--month), journey (--journey) or custom (--questions). Prints what is kept of it as JSON."""
    if output is not None and (background or rhythm is not None):
        raise WrongUsage("The file is made later: leave out -o, and take it with `journeys report download` when it is there.")
    door = Door(obj)
    account = door.account(account_id)
    given["kind_of_file"] = given["kind_of_file"] or _meant(output)
    parameters, usual = _parameters(door, account, kind, given)
    _check_name(output, making.suffix(kind, parameters))
    to = [users.find(door.store, one, account_id).user_id for one in names]
    if rhythm is not None:
        if kind != "custom":
            raise WrongUsage("Only a custom report has a schedule.")
        made = schedules.add(door.store, account, None, name or usual, parameters, to, rhythm, hour, day, now=door.now())
        print_json({"schedule": made.schedule_id, "name": made.name, "when": schedules.in_words(made), "next_at": made.next_at.isoformat()})
        return
    kept = requests.ask(door.store, account, None, kind, name or usual, parameters, recipients=to, now=door.now())
    if not background:
        kept = _made(door, account, kept)
        if output is not None:
            _copy(door.folder(account_id) / requests.FOLDER / str(kept.file), output)
    print_json(document(kept))


def _copy(file: Path, to: Path) -> None:
    with file.open("rb") as content, export.replaced(to) as copy:
        shutil.copyfileobj(content, copy)


def _meant(output: Path | None) -> str | None:
    """The format that the name of the copy says."""
    ending = output.suffix.lower().removeprefix(".") if output else ""
    return ending if ending in (*asked.FORMATS, asked.PICTURES) else None


def _check_name(output: Path | None, suffix: str) -> None:
    if output is not None and output.suffix.lower() in ENDINGS and output.suffix.lower() != suffix:
        raise WrongUsage(f"The file is a {suffix}, and {output} says something else: name it {suffix}.")


def _parameters(door: Door, account: Account, kind: str, given: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """The report's parameters, and the name that it has where none is given."""
    snapshot = door.snapshot(account.account_id)
    if kind == "mep":
        if not given["month"]:
            raise WrongUsage("A MEP report needs --month YYYY-MM.")
        month, of = given["month"], given["sub_accounts"]
        form = given["kind_of_file"] or ("csv" if asked.mep_count(snapshot, first_day(month), of) > asked.CSV_FROM else "xlsx")
        return asked.mep(account, snapshot, month, of, form, evidence=given["evidence"]), asked.usual_name(kind, month)
    if kind == "journey":
        if not given["journey_id"]:
            raise WrongUsage("A journey report needs --journey J.")
        days = Query.of({"measures": ["entries"], "from": given["first"], "to": given["last"]})
        made = asked.journey(snapshot, given["journey_id"], days.first, days.last, given["basis"])
        return made, asked.usual_name(kind, journey_names(snapshot)[given["journey_id"]])
    if not given["questions"]:
        raise WrongUsage("A custom report needs --questions FILE.ndjson.")
    return asked.custom(account, snapshot, _questions(given["questions"]), given["range_"], given["kind_of_file"] or "xlsx"), asked.usual_name(kind)


def _questions(file: Path) -> list[dict[str, Any]]:
    found = []
    for n, line in enumerate(file.read_bytes().splitlines(), 1):
        if not line.strip():
            continue
        try:
            one = orjson.loads(line)
        except orjson.JSONDecodeError as problem:
            raise WrongUsage(f"Line {n} of {file} is not JSON: {problem}.") from problem
        found.append(one if isinstance(one, dict) and "question" in one else {"question": one})
    return found


def _made(door: Door, account: Account, kept: Report) -> Report:
    """Make it here, or watch the worker do it. Raises JourneysError where it fails."""
    desk = _desk(door)
    mine = making.take(desk, kept.report_id)
    if mine is not None:
        making.make(desk, mine, _told())
    while (found := reports.find(door.store, account.account_id, kept.report_id)).is_open and not desk.stop.is_set():
        time.sleep(0.5)  # another process makes it, and the store tells nobody when a row changes
    if found.state != reports.DONE:
        raise JourneysError(found.error or f"The report was {found.state}.")
    return found


def _told() -> Any:
    """Progress in tenths on stderr, each once."""
    said = [0]

    def told(share: float) -> None:
        if int(10 * share) > said[0]:
            said[0] = int(10 * share)
            progress(f"{10 * said[0]} %")

    return told


def _desk(door: Door) -> Desk:
    """What a maker is given; SIGTERM and SIGINT end it, and its report goes back to those that wait."""
    stop = Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    return Desk(door.store, door.settings, door, door.now, stop, _painted)


def _painted(*given: Any) -> Any:
    """A report's pictures, drawn as the pages draw them."""
    from core.ui.printing import painted  # brings Streamlit: a second that other reports need not wait

    return painted(*given)


@report.command("make")
@click.option("--with-parent", is_flag=True, hidden=True)
@click.pass_obj
def make(obj: dict[str, Any], with_parent: bool) -> None:
    """Make all reports that wait, as the worker does."""
    desk = _desk(Door(obj))
    if with_parent:
        ending.with_parent(desk.stop)
    progress(f"Made: {plural(making.make_waiting(desk), 'report')}.")


@report.command("list")
@of_account
@a_format
@click.pass_obj
def listed(obj: dict[str, Any], account_id: str, as_json: bool) -> None:
    """List the account's reports, newest first."""
    door = Door(obj)
    door.account(account_id)
    rows = [document(one) for one in reports.listed(door.store, account_id)]
    short = ("report", "kind", "name", "state", "rows", "size", "asked_by", "asked_at")
    listed_as(rows if as_json else [{key: row[key] for key in short} for row in rows], as_json)


@report.command("show")
@click.argument("report_id", type=int, metavar="REPORT")
@of_account
@click.pass_obj
def show(obj: dict[str, Any], report_id: int, account_id: str) -> None:
    """Print what is kept of a report, as JSON."""
    door = Door(obj)
    print_json(document(requests.find(door.store, door.account(account_id), None, report_id)))


@report.command("download")
@click.argument("report_id", type=int, metavar="REPORT")
@of_account
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="A file, or a folder (default: here, under the report's name).")
@click.pass_obj
def download(obj: dict[str, Any], report_id: int, account_id: str, output: Path | None) -> None:
    """Copy a report's file."""
    door = Door(obj)
    found, file = requests.downloaded(door.store, door.account(account_id), door.folder(account_id), None, report_id, now=door.now())
    to = output or Path()
    to = to / requests.file_name(found) if to.is_dir() else to
    _copy(file, to)
    progress(f"{to}: {found.size:,} bytes, SHA-256 {found.sha256}")


@report.command("cancel")
@click.argument("report_id", type=int, metavar="REPORT")
@of_account
@click.pass_obj
def cancel(obj: dict[str, Any], report_id: int, account_id: str) -> None:
    """Stop a report that waits or is being made."""
    door = Door(obj)
    requests.cancel(door.store, door.account(account_id), None, report_id, now=door.now())
    progress(f"Report {report_id} is cancelled.")


@report.command("delete")
@click.argument("report_id", type=int, metavar="REPORT")
@of_account
@click.pass_obj
def delete(obj: dict[str, Any], report_id: int, account_id: str) -> None:
    """Delete a report with its file. The audit trail keeps that it was."""
    door = Door(obj)
    requests.delete(door.store, door.account(account_id), door.folder(account_id), None, report_id, now=door.now())
    progress(f"Report {report_id} is deleted.")


@report.command("schedules")
@of_account
@a_format
@click.pass_obj
def schedules_listed(obj: dict[str, Any], account_id: str, as_json: bool) -> None:
    """List the account's schedules."""
    door = Door(obj)
    door.account(account_id)
    listed_as([{"schedule": one.schedule_id, "name": one.name, "when": schedules.in_words(one), "next_at": one.next_at.isoformat() if one.active else None}
               for one in report_schedules.listed(door.store, account_id)], as_json)


@report.command("unschedule")
@click.argument("schedule_id", type=int, metavar="SCHEDULE")
@of_account
@click.pass_obj
def unschedule(obj: dict[str, Any], schedule_id: int, account_id: str) -> None:
    """Remove a schedule; its reports stay."""
    door = Door(obj)
    schedules.remove(door.store, door.account(account_id), None, schedule_id, now=door.now())
    progress(f"Schedule {schedule_id} is removed.")


def document(one: Report) -> dict[str, Any]:
    """What is kept of a report, as JSON has it."""
    def at(moment: datetime | None) -> str | None:
        return moment.isoformat() if moment else None

    return {"report": one.report_id, "kind": one.kind, "name": one.name, "state": one.state, "percent": one.percent, "rows": one.rows, "size": one.size,
            "sha256": one.sha256, "snapshot": one.snapshot_id, "asked_by": one.asked_by, "asked_at": at(one.asked_at), "finished_at": at(one.finished_at),
            "expires_at": at(one.expires_at), "file": one.file, "error": one.error, "schedule": one.schedule_id, "parameters": one.parameters}
