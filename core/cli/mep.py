"""The command of the ledger: a month's lines, those that came since it was exported, and its evidence pack."""
from pathlib import Path
from typing import Any

import click
import orjson

from core.access.audit import OPERATOR
from core.cli.door import Door, progress
from core.cli.outputs import ACCOUNT, OUTPUT, file_wanted, leaving
from core.cli.tables import aligned
from core.errors import WrongUsage
from core.metrics import mep as ledger
from core.reports import export, mep_evidence, mep_report


@click.command()
@ACCOUNT
@click.option("--month", required=True, metavar="YYYY-MM", help="A calendar month in the account's time zone.")
@click.option("--sub-account", "sub_accounts", multiple=True, metavar="S", help="This sub-account's lines; again for another; empty for those of none.")
@click.option("--additions", is_flag=True, help="Only the lines that came after the newest export of this month.")
@click.option("--evidence", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.zip",
              help="Write the evidence pack instead, and keep that the month was exported.")
@click.option("--format", "kind", type=click.Choice(["table", "json", "csv", "xlsx"]), default="table", help="How the answer is written.")
@OUTPUT
@click.pass_obj
def mep(obj: dict[str, Any], /, account: str, month: str, sub_accounts: tuple[str, ...], additions: bool, evidence: Path | None, kind: str,
        output: Path | None) -> None:
    """The MEP ledger of a month: one line a monthly engaged person."""
    file_wanted(kind, output)
    first, door = ledger.first_day(month), Door(obj)
    of = door.account(account)
    if evidence is not None:
        made = mep_evidence.evidence_pack(door.store, of, door.snapshot(account), door.folder(account), door.log(account), first, sub_accounts, evidence,
                                          by=OPERATOR, now=door.now())
        progress(f"{evidence}: {made.lines:,} lines, SHA-256 of their CSV {made.sha256}")
        return
    lines = mep_report.ledger_of(door.store, of, door.snapshot(account), door.folder(account), first, sub_accounts)
    after = lines.last.position if additions and lines.last else 0
    if additions and lines.last is None:
        raise WrongUsage(f"The month {month} was not exported yet, so there are no additions: leave out --additions.")
    shown = (batch.select(ledger.NAMES) for batch in lines.batches(after=after))
    if kind == "xlsx" and output is not None:
        mep_report.fits(lines.count(after))
        with export.replaced(output) as file:
            export.write_xlsx(file, ledger.COLUMNS, shown, {}, mep_report.about(lines, door.now()))
        return
    with leaving(output) as file:
        if kind == "csv":
            export.write_csv(file, ledger.COLUMNS, shown, {})
        elif kind == "json":
            parts = (orjson.dumps(batch.select(ledger.SHOWN).to_dicts())[1:-1] for batch in lines.batches(after=after))
            file.write(b"[")
            for number, part in enumerate(part for part in parts if part):
                file.write(b"," * (number > 0) + part)
            file.write(b"]\n")
        else:
            file.write(aligned(ledger.NAMES, [row for batch in shown for row in batch.rows()]).encode())
