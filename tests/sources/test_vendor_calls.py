"""Call reports of vendors, as their own samples have them, become calls through the mappings in docs/vendors."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from core.metrics import Query, answer
from core.sources.mapping_file import read_mapping
from core.warehouse.build import build
from core.warehouse.snapshots import open_snapshot
from tests.sources.files import file, take
from tests.sources.records import NOW

SAMPLES = Path(__file__).parents[3] / "shared/data/vendor-samples"  # beside the checkout, where there are any
VENDORS = Path(__file__).parents[2] / "docs/vendors"


def sample(name):
    if not (SAMPLES / name).exists():
        pytest.skip("the vendors' samples are not here")  # they are not ours to ship
    return json.loads((SAMPLES / name).read_text(encoding="utf-8"))


@pytest.fixture
def rows(tmp_path):
    """Runs the line of docs/vendors/README.md that makes `rows.ndjson` of these files; gives the rows."""

    def made(block, **files):
        if shutil.which("jq") is None:
            pytest.skip("jq is not here")  # .ci/run installs it
        for name, content in files.items():
            (tmp_path / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
        line = re.findall(r"```sh\n(.*?)```", (VENDORS / "README.md").read_text(encoding="utf-8"), re.S)[block]
        subprocess.run(["bash", "-ec", line], cwd=tmp_path, check=True)
        return (tmp_path / "rows.ndjson").read_bytes()

    return made


def calls_of(log, tmp_path, *batches):
    """(name of the mapping, rows, records it skips) taken and built: calls by outcome and direction, menus heard, cost."""
    for number, (name, content, skipped) in enumerate(batches):
        summary = take(log, file(tmp_path, f"{number}.ndjson", content), mapping=read_mapping(VENDORS / name))
        assert (summary.accepted + summary.skipped, summary.skipped, summary.rejected) == (content.count(b"\n"), skipped, 0)
    build(log, tmp_path / "warehouse", zones=((None, "UTC"),), currency="EUR", as_of=NOW)
    snapshot = open_snapshot(tmp_path / "warehouse")
    asked = (Query(("calls", "calls_answered", "call_duration_s"), ("outcome", "direction")), Query(("menu_visits",), ("journey", "element")),
             Query(("traffic_cost",), ("currency",), basis="happened"))
    found = [answer(snapshot, query).rows() for query in asked]
    snapshot.close()
    return found


def test_an_infobip_report_is_a_call(log, tmp_path, rows):
    made = rows(0, reports=sample("infobip/voice_ivr_delivery_report.json"))
    calls, menus, cost = calls_of(log, tmp_path, ("infobip-voice.yaml", made, 0))
    assert calls == [{"outcome": "completed", "direction": "outbound", "calls": 1, "calls_answered": 1, "call_duration_s": 10.0}]
    assert (menus, cost) == ([], [{"currency": "EUR", "traffic_cost": "0.300000"}])


def test_a_twilio_call_meets_its_steps(log, tmp_path, rows):
    call = sample("twilio/2010_04_01_Accounts_AccountSid_Calls_Sid_json_fetch.json")
    made = rows(1, call=call)
    step, execution = (sample(f"twilio/v2_Flows_FlowSid_Executions_{name}_fetch.json") for name in ("ExecutionSid_Steps_Sid_", "Sid_"))
    first = {**step, "sid": "FT1", "transitioned_from": "Trigger", "transitioned_to": "main_menu", "date_created": "2019-10-18T17:02:05Z"}
    stepped = rows(2, steps={"steps": [first, step]}, execution=execution)
    calls, menus, cost = calls_of(log, tmp_path, ("twilio-calls.yaml", made, 0), ("twilio-studio-steps.yaml", stepped, 1))
    assert calls == [{"outcome": "completed", "direction": "outbound", "calls": 1, "calls_answered": 1, "call_duration_s": 4.0}]
    assert menus == [{"journey": "payment-reminder", "element": "main_menu", "menu_visits": 1}]
    assert cost == [{"currency": "USD", "traffic_cost": "0.200000"}]
