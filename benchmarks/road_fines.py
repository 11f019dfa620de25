"""A real log, 561,470 events of Italian road traffic fines: ingest and build, and every number beside the expected one."""
import argparse
import json
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.measuring import Claims, fresh
from core.eventlog import EventLog
from core.metrics import Query, answer
from core.sources.ingest import ingest
from core.sources.mapping_file import read_mapping
from core.warehouse.build import build
from core.warehouse.snapshots import open_snapshot

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT.parent / "shared" / "data" / "road-traffic-fines"
JOURNEY = "road-fines"
FILE, EXPECTED = "road_traffic_fines.csv.gz", "expected_as_journey.json"


def ingested_and_built(file: Path, mapping: Path, catalog: Path, account: Path) -> dict[str, Any]:
    """What `catalog put`, `ingest` and `build` do, in one process, so that its peak is that of all three."""
    now = datetime.now(UTC)
    log = EventLog(account / "log")
    log.put_documents([json.loads(catalog.read_text(encoding="utf-8"))], replace=False, now=now)
    taken = ingest(log, [file], account_id="fines", source=None, time_zone=None, mapping=read_mapping(mapping), now=now)
    build(log, account / "warehouse", zones=((None, "Europe/Rome"),), currency="EUR", as_of=now)
    return taken.document()


def numbers(warehouse: Path) -> dict[str, Any]:
    """The numbers of expected_as_journey.json, as this project answers them."""
    snapshot = open_snapshot(warehouse)
    journey = Query((), where=(("journey", (JOURNEY,)),))
    asked = ("profiles_in_journey", "profiles_exited", "messages_sent", "messages_delivered", "goal_performers", "goal_events", "goal_value", "traffic_cost")
    row = answer(snapshot, journey.asking(*asked)).rows()[0]
    months = answer(snapshot, Query(("mep",), ("month",))).rows()
    snapshot.close()
    return {
        "profiles_in_journey": row["profiles_in_journey"], "profiles_exited_credit_collection": row["profiles_exited"],
        "messages_sent": row["messages_sent"], "messages_delivered": row["messages_delivered"], "goal_performers": row["goal_performers"],
        "goal_events": row["goal_events"], "goal_value_sum": row["goal_value"], "traffic_cost": row["traffic_cost"],
        "mep_Europe_Rome": {month["month"]: month["mep"] for month in months},
    }


def main() -> int:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--data", type=Path, default=DATA, help=f"the folder with {FILE} and {EXPECTED} (default {DATA})")
    reader.add_argument("--mapping", type=Path, default=ROOT / "docs" / "road-fines.yaml")
    reader.add_argument("--catalog", type=Path, default=ROOT / "docs" / "road-fines-catalog.json")
    chosen = reader.parse_args()
    if not (chosen.data / FILE).exists():
        print(f"skipped: {chosen.data / FILE} is not there (4TU.ResearchData, “Road Traffic Fine Management Process”); say --data FOLDER")
        return 0
    work = Path(tempfile.mkdtemp(prefix="journeys-bench-"))
    claims = Claims()
    try:
        made = fresh(ingested_and_built, chosen.data / FILE, chosen.mapping, chosen.catalog, work)
        print(f"ingest and build: {made.seconds:.1f} s ({made.cpu_s:.1f} s of CPU), peak {made.peak_mib:,.0f} MiB; {made.value}", flush=True)
        claims.at_most("ingest and build", made.seconds, 30, "s")
        claims.at_most("its memory", made.peak_mib / 1024, 1.5, "GiB")
        expected = json.loads((chosen.data / EXPECTED).read_text(encoding="utf-8"))
        for what, number in fresh(numbers, work / "warehouse").value.items():
            claims.equal(what, number, expected[what])
    finally:
        shutil.rmtree(work)
    return claims.exit_code()


if __name__ == "__main__":
    sys.exit(main())
