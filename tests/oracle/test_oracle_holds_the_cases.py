"""The oracle alone gives every worked case's counts, answers and ledger lines."""

import pytest

from tests.oracle.answers import Refused, Warehouse
from tests.oracle.mep import mep_lines
from tests.oracle.worked_case import CASES, alike, log_of, read_case


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_oracle_holds(path):
    case = read_case(path)
    log, zones = log_of(case), ((None, case["account"]["time_zone"]),)
    warehouse = Warehouse(log, zones, case["account"]["currency"])
    found = {**log.counts, "runs": len(warehouse.facts.runs), "orphans": len(warehouse.facts.orphans)}
    assert {name: found[name] for name in found if name in case["ingest"]} == {name: case["ingest"][name] for name in found if name in case["ingest"]}
    for asked in case.get("questions", []):
        if asked.get("refused"):
            with pytest.raises(Refused):
                warehouse.answer(asked["question"])
        else:
            rows = warehouse.answer(asked["question"])
            assert alike(rows, asked["rows"]), (asked["question"], rows, asked["rows"])
    for asked in case.get("mep", []):
        assert mep_lines(log, zones, asked["month"], asked["sub_account"]) == asked["lines"]


def test_there_are_cases():
    assert len(CASES) > 70
