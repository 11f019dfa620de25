"""The product, in process: an account's folder with its log and its warehouse, fed and asked as its doors do."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from core.errors import WrongUsage
from core.eventlog import EventLog
from core.metrics import Query, answer, checks, mep_lines, rows
from core.sources.ingest import ingest
from core.warehouse import build, snapshots
from tests.oracle.answers import Refused
from tests.oracle.days import Zones
from tests.worlds.world import NOW, Step, World

ALWAYS_GROW = 1e9  # touched runs as a share of all: tiny logs would else be built in full every time


@dataclass
class Product:
    """One account. `counts` are the sums of all ingests."""

    folder: Path
    zones: Zones
    currency: str
    now: datetime = NOW
    counts: dict[str, int] = field(default_factory=dict)
    attributes: tuple[str, ...] = ()
    built: Any = None
    snapshot: Any = None

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = EventLog(self.folder / "log")

    def take(self, step: Step) -> None:
        if step.document is not None:
            self.log.put_documents([step.document], replace=step.replace, now=self.now)
        if step.records:
            self.ingest(step.records)

    def ingest(self, records: list[dict[str, Any]]) -> None:
        file = self.folder / "batch.ndjson"
        file.write_text("".join(json.dumps(record, default=float) + "\n" for record in records))
        summary = ingest(self.log, [file], account_id="acme", source=None, time_zone=None, mapping=None, now=self.now).document()
        for name, value in summary.items():
            if isinstance(value, int):
                self.counts[name] = self.counts.get(name, 0) + value

    def build(self, *, full: bool = False) -> None:
        self.close()
        self.built = build.build(
            self.log,
            self.folder / "warehouse",
            zones=self.zones,
            currency=self.currency,
            as_of=self.now,
            full=full,
            touched_limit=ALWAYS_GROW,
            attributes=self.attributes,
        )
        self.reopen()

    def reopen(self) -> None:
        self.close()
        self.snapshot = snapshots.open_snapshot(self.folder / "warehouse")

    def ask(self, question: dict[str, Any]) -> list[dict[str, Any]]:
        """The rows of §5's document. Raises the oracle's Refused where the product answers wrong usage."""
        try:
            return json.loads(json.dumps(answer(self.snapshot, Query.of(question)).document()["rows"]))
        except WrongUsage as error:
            raise Refused(str(error)) from error

    def rows_behind(self, question: dict[str, Any]) -> list[dict[str, Any]]:
        """The drill-through of a question about one count, people or sum."""
        return [dict(row) for row in rows(self.snapshot, Query.of(question)).iter_rows(named=True)]

    def broken_checks(self) -> list[Any]:
        """The invariants that `journeys check` finds broken."""
        return [check for check in checks.run(self.snapshot, self.log) if not check.holds]

    def mep(self, month: str, sub_accounts: Any) -> list[dict[str, Any]]:
        wanted = [sub_accounts] if isinstance(sub_accounts, str) else list(sub_accounts or [])
        return [dict(row) for row in mep_lines(self.snapshot, date.fromisoformat(f"{month}-01"), wanted).iter_rows(named=True)]

    def close(self) -> None:
        if self.snapshot is not None:
            self.snapshot.close()
            self.snapshot = None


def product_of(world: World, folder: Path) -> Product:
    """The world taken in and built once, at the end."""
    product = Product(folder, world.zones, world.currency)
    for step in world.steps:
        product.take(step)
    product.build()
    return product
