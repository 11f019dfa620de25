"""`journeys mep`: its evidence pack, and the additions since an export."""

import json
import subprocess
import sys

import pytest

from core.reports.mep_evidence import SCRIPT

LINE = {"source": "s", "event_type": "journey.entered", "journey_id": "cart"}


@pytest.fixture
def account(journeys, tmp_path):
    """account(event_id, person, …) → the account a with these entries of March 2026, built."""
    journeys("account add a --time-zone Europe/Rome --package start")

    def take(*entries):
        file = tmp_path / "in.ndjson"
        file.write_text("".join(json.dumps(LINE | {"event_id": n, "profile_id": p, "occurred_at": "2026-03-05T10:00:00Z"}) + "\n" for n, p in entries))
        assert journeys(f"ingest --account a {file}").code == 0
        assert journeys("build --account a").code == 0

    return take


def test_the_pack_is_the_lines_and_counts_again_and_what_comes_later_is_an_addition(journeys, account, tmp_path):
    account(("1", "p1"), ("2", "p2"), ("3", "p1"))
    assert journeys("mep --account a --month 2026-03 --additions").code == 2
    done = journeys(f"mep --account a --month 2026-03 --evidence {tmp_path / 'pack.zip'}")
    assert (done.code, done.out) == (0, "")
    assert "2 lines" in done.err
    again = subprocess.run([sys.executable, str(SCRIPT), tmp_path / "pack.zip"], capture_output=True, text=True)
    assert (again.returncode, again.stdout.splitlines()[0]) == (0, "a, 2026-03: 3 entries, 2 persons counted, 2 lines exported")
    before = json.loads(journeys("mep --account a --month 2026-03 --format json").out)
    account(("4", "p0"))
    assert [row["Person ID"] for row in json.loads(journeys("mep --account a --month 2026-03 --additions --format json").out)] == ["p0"]
    after = json.loads(journeys("mep --account a --month 2026-03 --format json").out)
    assert [row for row in after if row["Person ID"] != "p0"] == before
