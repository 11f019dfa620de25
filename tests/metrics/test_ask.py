"""The commands that ask, through their door: formats, exit codes, files."""

import json

import pytest
from click.testing import CliRunner

from core.access import accounts
from core.cli import ask, cli
from core.errors import JourneysError, WrongUsage
from tests.metrics.world import World


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    world = World()
    world.journey("cart", "Abandoned cart")
    run = world.run(1, "2026-01-05 09:00", sub_account="n", exit="2026-01-06")
    world.message(run, "SMS", sent="2026-01-06", cost="1.5")
    world.message(run, None, sent="2026-01-06")
    world.run(2, "2026-01-06", active=True)
    world.mep(1, "2026-01-05", sub_account="n")
    world.mep(2, "2026-01-06")
    made = world.snapshot(tmp_path_factory.mktemp("world"))
    yield made
    made.close()


class Log:
    position = 99

    def head(self):
        return self


@pytest.fixture
def journeys(snapshot, monkeypatch, tmp_path):
    """Runs a command; its stdout. The door leads to the snapshot of this file."""
    monkeypatch.setenv("JOURNEYS_DATA_DIR", str(tmp_path))
    door = ask.Door({})
    accounts.add(door.store, accounts.Account("acme", ((None, "UTC"),), "EUR", "grow", None, False, None), by="test", now=door.now())
    door.store.close()
    monkeypatch.setattr(ask.Door, "snapshot", lambda door, account: snapshot)
    monkeypatch.setattr(ask.Door, "log", lambda door, account: Log())

    def run(*words, code=0):
        done = CliRunner().invoke(cli, [words[0], "--account", "acme", *words[1:]], standalone_mode=False)
        if done.exception is not None:
            raise done.exception
        assert (done.return_value or 0) == code
        return done.stdout_bytes

    return run


def test_json_is_one_document(journeys):
    assert json.loads(journeys("query", "--measures", "entries,traffic_cost", "--dimensions", "day", "--from", "2026-01-05", "--format", "json")) == {
        "snapshot": "s1",
        "as_of": "2026-06-01T00:00:00+00:00",
        "basis": "entered",
        "columns": [{"name": "day", "unit": "text"}, {"name": "entries", "unit": "count"}, {"name": "traffic_cost", "unit": "money"}],
        "rows": [{"day": "2026-01-05", "entries": 1, "traffic_cost": "1.500000"}, {"day": "2026-01-06", "entries": 1, "traffic_cost": None}],
        "warnings": ["1 run of this range is still in the journey: these numbers may grow."],
    }


def test_where_again_is_any_of_the_values_and_nothing_is_null(journeys):
    def sent(*conditions):
        words = [word for condition in conditions for word in ("--where", condition)]
        return json.loads(journeys("query", "--measures", "messages_sent", *words, "--format", "json"))["rows"]

    assert sent("channel=SMS", "channel=") == [{"messages_sent": 2}]
    assert sent("channel=") == [{"messages_sent": 1}]
    assert sent("channel=SMS", "sub_account=x=y") == [{"messages_sent": 0}]


def test_a_table_a_csv_and_an_order_that_begins_with_a_dash(journeys):
    words = ("query", "--measures", "entries", "--dimensions", "sub_account", "--order", "-sub_account")
    assert journeys(*words).decode() == (
        "sub_account  entries\nn                  1\n–                  1\nentered basis, snapshot s1, as of 2026-06-01T00:00:00+00:00\n"
        "1 run of this range is still in the journey: these numbers may grow.\n"
    )
    assert journeys(*words, "--format", "csv") == b"\xef\xbb\xbfSub-account,Entries\r\nn,1\r\n,1\r\n"


def test_questions_are_answered_in_order_one_line_each(journeys, tmp_path):
    file = tmp_path / "q.ndjson"
    file.write_text('{"measures": ["entries"]}\n\n{"measures": ["entrys"]}\n{"measures": [}\n{"measures": ["mep"], "where": {"sub_account": [null]}}\n')
    lines = [json.loads(line) for line in journeys("query", "--questions", str(file), code=3).splitlines()]
    assert [line.get("rows", "error") for line in lines] == [[{"entries": 2}], "error", "error", [{"mep": 1}]]
    assert lines[1] == {"error": "There is no measure “entrys”. Did you mean “entries”?"}
    file.write_bytes(b'\xef\xbb\xbf{"measures": ["entries"]}')
    assert json.loads(journeys("query", "--questions", str(file), "--format", "json"))["rows"] == [{"entries": 2}]


@pytest.mark.parametrize("also", [("--measures", "entries"), ("--dimensions", "day"), ("--from", "2026-01-05"), ("--basis", "happened"), ("--format", "csv")])
def test_what_questions_would_not_heed_is_refused(journeys, tmp_path, also):
    file = tmp_path / "q.ndjson"
    file.write_text('{"measures": ["entries"]}')
    with pytest.raises(WrongUsage, match="--questions"):
        journeys("query", "--questions", str(file), *also)


def test_files(journeys, tmp_path):
    for command in (("query", "--measures", "entries"), ("mep", "--month", "2026-01"), ("rows", "--measures", "entries")):
        for kind, start in (("csv", b"\xef\xbb\xbf"), ("json", b""), ("xlsx", b"PK")):
            assert journeys(*command, "--format", kind, "-o", str(tmp_path / "file")) == b""
            assert (tmp_path / "file").read_bytes().startswith(start)
        with pytest.raises(WrongUsage, match=r"An Excel file needs a name: -o FILE\.xlsx\."):
            journeys(*command, "--format", "xlsx")


def test_rows_are_csv(journeys):
    assert journeys("rows", "--measures", "profiles_in_journey", "--dimensions", "journey", "--where", "sub_account=n") == (
        b"\xef\xbb\xbfJourney ID,Journey,Profile ID,Facts\r\ncart,Abandoned cart,p1,1\r\n"
    )
    assert journeys("rows", "--measures", "traffic_cost", "--dimensions", "channel").splitlines()[1].startswith(b"SMS,1.500000,2,p1,cart,Abandoned cart,1,n,")


def test_mep_is_a_list_of_lines_with_late_and_a_csv_without(journeys):
    assert json.loads(journeys("mep", "--month", "2026-01", "--sub-account", "n", "--format", "json")) == [
        {
            "Person ID": "p1",
            "Engaged At": "2026-01-05T00:00:00+00:00",
            "Billed At": "2026-01-05T00:00:00+00:00",
            "Campaign ID": "cart",
            "Campaign Name": "Cart",
            "late": False,
        }
    ]
    assert journeys("mep", "--month", "2026-02", "--format", "csv") == b"\xef\xbb\xbfPerson ID,Engaged At,Billed At,Campaign ID,Campaign Name\r\n"


def test_explain_says_it_in_words_and_as_json(journeys):
    assert (
        journeys("explain", "--measures", "entries")
        .decode()
        .startswith(
            "Entries (entries): Runs: each pass of a profile through a journey.\n  = count(*); placed by the run's start; 2 rows behind it\nBasis: entered: "
        )
    )
    assert json.loads(journeys("explain", "--measures", "entries", "--format", "json"))["rows"] == 2


def test_a_check_that_does_not_hold_fails(journeys, snapshot, monkeypatch):
    with pytest.raises(JourneysError, match=r"1 of \d+ invariants do not hold, the first: log position of the snapshot"):
        monkeypatch.setattr(Log, "position", 1)
        journeys("check")
    monkeypatch.setattr(Log, "position", 99)
    assert json.loads(journeys("check", "--format", "json"))["holds"] is True


def test_a_condition_without_a_value_is_wrong_usage(journeys):
    with pytest.raises(WrongUsage, match=r"--where is DIMENSION=VALUE, not “channel”\."):
        journeys("query", "--measures", "entries", "--where", "channel")
