"""Every worked case through the product: in process, built once after the last batch and once after every batch; a few through the command line."""

import json
import os
import subprocess
import sys

import pytest

from tests.oracle.answers import Refused
from tests.oracle.worked_case import CASES, alike, read_case
from tests.worlds.product import Product

COUNTS = ("records", "accepted", "repeated", "conflicts", "rejected")
THROUGH_THE_DOOR = ("mep-first-received-bills", "hour-and-weekday-1", "currencies-are-never-added", "repeats-and-conflicts")


@pytest.fixture(params=CASES, ids=lambda path: path.stem)
def case(request):
    return read_case(request.param)


def product_of(case, folder, *, after_every_batch):
    product = Product(folder, ((None, case["account"]["time_zone"]),), case["account"]["currency"])
    product.log.put_documents(case["catalog"], replace=False, now=product.now)
    for batch in case["batches"]:
        product.ingest(batch)
        if after_every_batch:
            product.build()
    if not after_every_batch:
        product.build()
    return product


@pytest.mark.parametrize("after_every_batch", [False, True], ids=["built-once", "built-after-every-batch"])
def test_the_product_holds(case, tmp_path, after_every_batch):
    product = product_of(case, tmp_path, after_every_batch=after_every_batch)
    expected = case["ingest"]
    assert {name: product.counts.get(name, 0) for name in COUNTS} == {name: expected.get(name, 0) for name in COUNTS}
    assert {name: getattr(product.built, name) for name in ("runs", "orphans") if name in expected} == {
        name: expected[name] for name in ("runs", "orphans") if name in expected
    }
    for asked in case.get("questions", []):
        if asked.get("refused"):
            with pytest.raises(Refused):
                product.ask(asked["question"])
        else:
            rows = product.ask(asked["question"])
            assert alike(rows, asked["rows"]), (asked["question"], rows, asked["rows"])
    for asked in case.get("mep", []):
        assert product.mep(asked["month"], asked["sub_account"]) == asked["lines"]
    product.close()


# --- through the door ------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", THROUGH_THE_DOOR)
def test_the_command_line_holds(name, tmp_path):
    case = read_case(next(path for path in CASES if path.stem == name))
    account = case["account"]["account_id"]

    def journeys(command, *words, exit_code=0):
        done = subprocess.run(
            [sys.executable, "-m", "core", "--data-dir", str(tmp_path / "data"), *command.split(), "--account", account, *words],
            capture_output=True, text=True, check=False, env={**os.environ, "JOURNEYS_SECRET_KEY": ""},
        )  # fmt: skip
        assert done.returncode == exit_code, (command, words, done.stdout, done.stderr)
        return done.stdout

    zone, currency = case["account"]["time_zone"], case["account"]["currency"]
    added = [sys.executable, "-m", "core", "--data-dir", str(tmp_path / "data"), "account", "add", account]
    subprocess.run([*added, "--time-zone", zone, "--package", "scale", "--currency", currency], check=True, capture_output=True)
    for number, document in enumerate(case["catalog"]):
        (tmp_path / f"document{number}.json").write_text(json.dumps(document, default=float))
        journeys("catalog put", str(tmp_path / f"document{number}.json"))
    counts = dict.fromkeys(COUNTS, 0)
    for number, batch in enumerate(case["batches"]):
        file = tmp_path / f"batch{number}.ndjson"
        file.write_text("".join(json.dumps(record, default=float) + "\n" for record in batch))
        summary = json.loads(journeys("ingest", "--format", "json", str(file)))
        counts = {column: counts[column] + summary[column] for column in COUNTS}
    assert counts == {column: case["ingest"].get(column, 0) for column in COUNTS}
    assert json.loads(journeys("build", "--format", "json"))["runs"] == case["ingest"]["runs"]
    questions = tmp_path / "questions.ndjson"
    questions.write_text("".join(json.dumps(asked["question"]) + "\n" for asked in case["questions"]))
    refused = any(asked.get("refused") for asked in case["questions"])
    lines = journeys("query", "--questions", str(questions), exit_code=3 if refused else 0).splitlines()
    for line, asked in zip(lines, case["questions"], strict=True):
        answered = json.loads(line)
        assert ("error" in answered) == bool(asked.get("refused")), (asked, answered)
        assert "error" in answered or alike(answered["rows"], asked["rows"]), (asked, answered)
    for asked in case.get("mep", []):
        wanted = [asked["sub_account"]] if isinstance(asked["sub_account"], str) else asked["sub_account"] or []
        subs = [word for sub_account in wanted for word in ("--sub-account", sub_account)]
        assert json.loads(journeys("mep", "--month", asked["month"], "--format", "json", *subs)) == asked["lines"]
