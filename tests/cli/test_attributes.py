"""Filters by attributes of the entry on the command line: named for the account, then the same number in every answer, file and row."""
import json

import pytest

ENTRY = {"source": "s", "event_type": "journey.entered", "journey_id": "cart", "occurred_at": "2026-03-05T10:00:00Z"}
PEOPLE = {"p1": {"plan": "gold", "seats": 3}, "p2": {"plan": "silver"}, "p3": {"plan": "gold, old"}, "p4": {}}


@pytest.fixture
def account(journeys, tmp_path):
    """The account a with four entries, built; two attributes are named."""
    journeys("account add a --time-zone Europe/Rome --package start --attributes plan,seats")
    file = tmp_path / "in.ndjson"
    file.write_text("".join(json.dumps(ENTRY | {"event_id": person, "profile_id": person, "attributes": said}) + "\n" for person, said in PEOPLE.items()))
    assert journeys(f"ingest --account a {file}").code == 0
    assert journeys("build --account a").code == 0
    return "--account a"


def entries(journeys, line):
    return json.loads(journeys(f"query {line} --measures entries --format json").out)["rows"][0]["entries"]


def test_one_number_in_the_answer_the_rows_the_reason_and_a_file_of_questions(journeys, account, tmp_path):
    asked = f"{account} --where attribute.plan=gold --where attribute.plan=silver"
    assert entries(journeys, asked) == 2
    assert entries(journeys, f"{asked} --where attribute.seats=3") == 1
    assert entries(journeys, f"{account} --where attribute.plan=") == 1
    assert journeys(f"rows {asked} --measures entries").out.count("\r\n") == 1 + 2
    why = journeys(f"explain {asked} --measures entries").out
    assert "plan: gold or silver" in why
    file = tmp_path / "questions.ndjson"
    file.write_text(json.dumps({"measures": ["entries"], "where": {"attribute.plan": ["gold", "gold, old"]}}) + "\n"
                    + json.dumps({"measures": ["mep"], "where": {"attribute.plan": ["gold"]}}) + "\n")
    done = journeys(f"query {account} --questions {file}")
    answered, refused = (json.loads(line) for line in done.out.splitlines())
    assert (done.code, answered["rows"]) == (3, [{"entries": 2}])
    assert "mep cannot be filtered by attribute.plan" in refused["error"]
    assert journeys(f"check {account}").code == 0


def test_what_is_not_named_is_said_and_holds_once_it_is_named_and_built(journeys, account):
    assert journeys("account set a --attributes plan").code == 0
    assert entries(journeys, f"{account} --where attribute.seats=3") == 1  # of the snapshot that there is
    assert json.loads(journeys(f"build {account}").out)["full"] is False
    done = journeys(f"query {account} --measures entries --where attribute.seats=3")
    assert (done.code, done.out) == (2, "")
    assert "There is no attribute of entries “seats”" in done.err
    assert "--attributes seats" in done.err
    assert journeys("account set a --attributes=").code == 0
    assert json.loads(journeys("account list --format json").out)[0]["attributes"] == []
    assert journeys(f"build {account}").code == 0
    assert "There is no attribute" in journeys(f"query {account} --measures entries --where attribute.plan=gold").err
