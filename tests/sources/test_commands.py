"""The commands that bring data in: what they print, and how they end."""
import orjson
import polars as pl
import pytest

from core.cli import main
from tests.contract.test_documents import CART, with_version
from tests.sources.files import file
from tests.sources.records import ENTERED

FINES = """case_id,event_idx,activity,timestamp,resource,lifecycle,amount,paymentAmount,expense
A1,0,Create Fine,2006-07-24T00:00:00+02:00,561,complete,35.0,,
A1,1,Send Fine,2006-12-05T00:00:00+01:00,,complete,,,11.0
A1,2,Insert Fine Notification,2007-01-15T00:00:00+01:00,,complete,,,
A1,3,Add penalty,2007-03-16T00:00:00+01:00,,complete,71.5,,
A1,4,Payment,2007-03-20T00:00:00+01:00,,complete,,71.5,
A1,5,Send for Credit Collection,2009-03-30T00:00:00+02:00,,complete,,,
A1,6,Something else,2009-03-30T00:00:00+02:00,,complete,,,
"""

COLUMNS = [
    *("event_id", "event_type", "profile_id", "entry_id", "message_id"),
    *("cost_amount", "cost_currency", "name", "value_amount", "value_currency"),
]


@pytest.fixture
def run(tmp_path, capsys):
    """Runs a command; gives its exit code, stdout and stderr."""

    def ran(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["--data-dir", str(tmp_path / "data"), *map(str, words)])
        out = capsys.readouterr()
        return ended.value.code, out.out, out.err

    assert ran("account", "add", "acme", "--time-zone", "Europe/Rome", "--package", "scale")[0] == 0
    return ran


def test_ingest_ends_with_3_where_something_was_rejected(run, tmp_path):
    code, out, err = run("ingest", "--account", "acme", "--format", "json", file(tmp_path, "f.ndjson", [ENTERED, b"nope"]))
    assert (code, err) == (3, "")
    assert orjson.loads(out) == {
        "records": 2,
        "accepted": 1,
        "repeated": 0,
        "conflicts": 0,
        "rejected": 1,
        "skipped": 0,
        "reasons": {"not a record": 1},
        "rejected_file": str(tmp_path / "data/accounts/acme/log/rejected/000000000001.ndjson"),
    }


def test_repeats_and_conflicts_end_with_0(run, tmp_path):
    code, out, _ = run("ingest", "--account", "acme", file(tmp_path, "f.ndjson", [ENTERED, ENTERED, {**ENTERED, "profile_id": "p2"}]))
    assert (code, out) == (0, "3 records: 1 accepted, 1 repeated, 1 conflicts, 0 rejected\n")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["ingest", "--account", "nobody", "f.ndjson"], 1, "nobody"),
        (["ingest", "--account", "acme", "missing.ndjson"], 1, "There is no file missing.ndjson."),
        (["ingest", "--account", "acme", "--mapping", "missing.yaml", "f.csv"], 1, "missing.yaml cannot be read: No such file or directory."),
        (["ingest", "--account", "acme", "--time-zone", "Mars", "f.ndjson"], 2, "There is no time zone “Mars”"),
        (["ingest", "--account", "acme"], 2, "Missing argument"),
        (["catalog", "put", "--account", "acme", "missing.json"], 1, "There is no file missing.json."),
        (["erase", "--account", "acme", "--profile", "nobody"], 1, "There is no record of the profile “nobody” in the log of acme."),
    ],
)
def test_what_goes_wrong_is_one_line(run, words, code, said):
    ended, out, err = run(*words)
    assert (ended, out, err.count("\n")) == (code, "", 1)
    assert said in err


def test_catalog_documents_are_put_all_or_none(run, tmp_path):
    cart, other = file(tmp_path, "cart.json", orjson.dumps(CART)), file(tmp_path, "other.json", orjson.dumps({**CART, "journey_id": "other"}))
    changed, broken = file(tmp_path, "changed.json", orjson.dumps(with_version(goal=None))), file(tmp_path, "broken.json", b'{"journey_id": 5}')
    assert run("catalog", "put", "--account", "acme", cart)[0] == 0
    assert run("catalog", "put", "--account", "acme", other, changed)[::2] == (
        1,
        "journeys: Journey “cart”: it changes goal of the published version 1. Put it with --replace to recompute the journey's past.\n",
    )
    assert run("catalog", "put", "--account", "acme", other, broken)[::2] == (1, f"journeys: {broken}: journey_id is not text.\n")
    assert run("catalog", "put", "--account", "acme", "--replace", cart, other, changed)[::2] == (0, "2 catalog documents logged; 1 said nothing new.\n")


@pytest.mark.parametrize("content", [b"", b"[]", b"nope", b'{"a":NaN}', b"\xff"])
def test_a_catalog_file_that_is_none_is_named(run, tmp_path, content):
    code, _, err = run("catalog", "put", "--account", "acme", file(tmp_path, "f.json", content))
    assert (code, err.count("\n")) == (1, 1)
    assert str(tmp_path / "f.json") in err


def test_road_fines_are_read_as_a_journey(run, tmp_path):
    code, out, _ = run("ingest", "--account", "acme", "--mapping", "docs/road-fines.yaml", "--format", "json", file(tmp_path, "fines.csv", FINES))
    assert (code, orjson.loads(out)["reasons"], orjson.loads(out)["skipped"]) == (3, {"no rule": 1}, 1)
    (segment,) = (tmp_path / "data/accounts/acme/log/segments").glob("*.parquet")
    frame = pl.read_parquet(segment).with_columns(pl.col("cost_amount", "value_amount").cast(pl.String))
    assert frame.select(COLUMNS).rows() == [
        ("A1-0", "journey.entered", "A1", "A1", None, None, None, None, None, None),
        ("A1-1", "message.sent", "A1", "A1", "A1", "11.000000", "EUR", None, None, None),
        ("A1-2", "message.delivered", "A1", "A1", "A1", None, None, None, None, None),
        ("A1-4", "event.performed", "A1", "A1", None, None, None, "Payment", "71.500000", "EUR"),
        ("A1-5", "journey.exited", "A1", "A1", None, None, None, None, None, None),
    ]
    attributes = '{"resource":"561","lifecycle":"complete","amount":"35.0"}'
    assert frame.select("source", "journey_id", "attributes").rows()[0] == ("road-fines", "road-fines", attributes)
    assert run("catalog", "put", "--account", "acme", "docs/road-fines-catalog.json")[0] == 0


def test_an_erased_profile_is_a_token(run, tmp_path):
    run("ingest", "--account", "acme", file(tmp_path, "f.ndjson", [ENTERED]))
    code, out, err = run("erase", "--account", "acme", "--profile", "p1")
    (segment,) = (tmp_path / "data/accounts/acme/log/segments").glob("*.parquet")
    (token,) = pl.read_parquet(segment)["profile_id"]
    assert (code, out, err) == (0, "", f"1 record: the id is now {token}.\n")
    assert token.startswith("erased-")


def test_an_erasure_of_nobody_is_wrong_usage_and_changes_nothing(run, tmp_path):
    run("ingest", "--account", "acme", file(tmp_path, "f.ndjson", [ENTERED, {"event_type": "", "profile_id": ""}]))
    before = {path: path.read_bytes() for path in (tmp_path / "data/accounts").rglob("*") if path.is_file()}
    assert run("erase", "--account", "acme", "--profile", "") == (2, "", "journeys: --profile is empty: give the id of the person.\n")
    assert {path: path.read_bytes() for path in (tmp_path / "data/accounts").rglob("*") if path.is_file()} == before


def test_an_erasure_that_was_stopped_is_finished_by_the_same_command(run, tmp_path, monkeypatch):
    run("ingest", "--account", "acme", file(tmp_path, "f.ndjson", [ENTERED]))

    def full(*_):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("core.warehouse.erase.erase", full)
        assert run("erase", "--account", "acme", "--profile", "p1")[0] == 1
    (segment,) = (tmp_path / "data/accounts/acme/log/segments").glob("*.parquet")
    (token,) = pl.read_parquet(segment)["profile_id"]
    again = f"0 records: the id is now {token}. The erasure that was stopped is finished.\n"
    assert run("erase", "--account", "acme", "--profile", "p1") == (0, "", again)
    assert run("erase", "--account", "acme", "--profile", "p1")[0] == 1
