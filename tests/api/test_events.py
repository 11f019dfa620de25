"""POST /api/events: what is answered 202 is in the log."""
import gzip
import json

import pytest

from core.api import events
from tests.api.conftest import EVENTS, ndjson

LINES = {"Content-Type": "application/x-ndjson"}
JSON = {"Content-Type": "application/json"}


def counts(answer):
    return {name: answer.json()[name] for name in ("records", "accepted", "repeated", "conflicts", "rejected", "skipped")}


def test_a_batch_of_lines_is_in_the_log_before_it_is_answered(client, door, bearer):
    answer = client.post("/api/events", content=ndjson(EVENTS), headers=bearer() | LINES)
    assert (answer.status_code, counts(answer)) == (202, {"records": 2, "accepted": 2, "repeated": 0, "conflicts": 0, "rejected": 0, "skipped": 0})
    assert door.log("acme").head().position == 2


def test_the_same_batch_again_enters_nothing_and_is_no_error(client, door, bearer):
    headers = bearer() | LINES
    client.post("/api/events", content=ndjson(EVENTS), headers=headers)
    answer = client.post("/api/events", content=ndjson(EVENTS), headers=headers)
    assert (answer.status_code, answer.json()["repeated"], door.log("acme").head().position) == (202, 2, 2)


@pytest.mark.parametrize("body", [
    json.dumps(EVENTS), json.dumps(EVENTS, indent=2), "\ufeff" + json.dumps(EVENTS), " [\n" + ",\n".join(json.dumps(event) for event in EVENTS) + " ] \n"])
def test_a_json_array_is_a_batch_however_it_is_laid_out(client, bearer, body):
    answer = client.post("/api/events", content=body.encode(), headers=bearer() | JSON)
    assert (answer.status_code, answer.json()["accepted"]) == (202, 2)


def test_a_number_in_a_text_column_of_an_array_is_its_literal_text(client, door, bearer):
    body = json.dumps([EVENTS[0] | {"profile_id": "@"}]).replace('"@"', "9007199254740993.10")
    client.post("/api/events", content=body.encode(), headers=bearer() | JSON)
    import polars as pl
    assert pl.read_parquet(door.log("acme").segments()[0].path)["profile_id"].to_list() == ["9007199254740993.10"]


def test_a_number_of_thousands_of_digits_in_an_array_spoils_its_own_record_alone(client, bearer):
    body = json.dumps([EVENTS[0], EVENTS[1] | {"cost_amount": "@"}]).replace('"@"', "9" * 5000)
    answer = client.post("/api/events", content=body.encode(), headers=bearer() | JSON)
    assert (answer.status_code, answer.json()["accepted"], answer.json()["reasons"]) == (202, 1, {"bad cost_amount": 1})


def test_good_records_go_on_beside_bad_ones(client, bearer):
    answer = client.post("/api/events", content=ndjson([*EVENTS, {"event_type": "nonsense"}]), headers=bearer() | LINES)
    assert (answer.status_code, answer.json()["accepted"], answer.json()["reasons"]) == (202, 2, {"unknown event_type": 1})


@pytest.mark.parametrize(("body", "kind"), [(ndjson([{"event_type": "nonsense"}]), LINES), (b"no json", LINES), (b"[1, 2]", JSON)])
def test_a_batch_of_which_nothing_can_be_accepted_is_422_with_the_summary(client, bearer, body, kind):
    answer = client.post("/api/events", content=body, headers=bearer() | kind)
    assert (answer.status_code, answer.json()["accepted"], answer.json()["rejected"] > 0) == (422, 0, True)


@pytest.mark.parametrize("body", [b"[{]", b"[{}", b"{} {}", b"nonsense", b'"text"', b"\xff\xfe", b"[1] 2", b"[1,]", b"[,1]"])
def test_a_body_that_is_no_json_array_is_422_and_nothing_of_it_enters(client, door, bearer, body):
    answer = client.post("/api/events", content=body, headers=bearer() | JSON)
    assert (answer.status_code, door.log("acme").head().position) == (422, 0)


@pytest.mark.parametrize(("body", "kind"), [(b"", LINES), (b"\n \n", LINES), (b"[]", JSON), (b" [ ] ", JSON), (b"[" * 100_000, JSON)])
def test_a_batch_without_a_record_is_422_and_says_so(client, bearer, body, kind):
    answer = client.post("/api/events", content=body, headers=bearer() | kind)
    assert (answer.status_code, list(answer.json())) == (422, ["error"])


@pytest.mark.parametrize("said", [None, "Bearer ", "Bearer wrong", "Basic YTpi", "journeys_x"])
def test_without_a_valid_token_it_is_401(client, door, said):
    answer = client.post("/api/events", content=ndjson(EVENTS), headers=LINES | ({"Authorization": said} if said else {}))
    assert (answer.status_code, answer.headers["www-authenticate"], door.log("acme").head().position) == (401, "Bearer", 0)


def test_a_token_that_may_only_read_is_403(client, bearer):
    assert client.post("/api/events", content=ndjson(EVENTS), headers=bearer(ingest=False) | LINES).status_code == 403


def test_over_ten_megabytes_it_is_413_also_where_the_length_is_not_said(client, door, bearer):
    large = b" " * (events.LARGEST + 1)
    assert client.post("/api/events", content=large, headers=bearer() | LINES).status_code == 413
    assert client.post("/api/events", content=(large[:1_000_000] for _ in range(11)), headers=bearer() | LINES).status_code == 413
    assert door.log("acme").head().position == 0


def test_a_token_writes_into_its_own_account_alone(client, door, bearer):
    answer = client.post("/api/events", content=ndjson([EVENTS[0] | {"account_id": "other"}]), headers=bearer() | LINES)
    assert (answer.status_code, answer.json()["reasons"]) == (422, {"wrong account": 1})


@pytest.mark.parametrize(("kind", "body"), [(LINES, ndjson(EVENTS)), (JSON, json.dumps(EVENTS).encode())])
def test_a_body_may_be_packed_with_gzip_in_one_piece_or_several(client, bearer, kind, body):
    packed = gzip.compress(body[:40], mtime=0) + gzip.compress(body[40:], mtime=0)
    answer = client.post("/api/events", content=packed, headers=bearer() | kind | {"Content-Encoding": "gzip"})
    assert (answer.status_code, answer.json()["accepted"]) == (202, 2)


@pytest.mark.parametrize(("packed", "coding", "status", "said"), [
    (gzip.compress(b" " * 10_000_001, mtime=0), "gzip", 413, "over 10 MB"), (gzip.compress(ndjson(EVENTS), mtime=0)[:-9], "gzip", 422, "end too early"),
    (ndjson(EVENTS), "gzip", 422, "not gzip"), (gzip.compress(ndjson(EVENTS), mtime=0), "br", 415, "gzip or not at all"),
    (gzip.compress(ndjson(EVENTS), mtime=0), "", 422, "No record could be accepted: the body is not what its name says: it is gzip.")])
def test_a_packed_body_counts_as_unpacked_and_must_be_what_it_says(client, door, bearer, packed, coding, status, said):
    answer = client.post("/api/events", content=packed, headers=bearer() | LINES | {"Content-Encoding": coding})
    assert (answer.status_code, said in answer.json()["error"], door.log("acme").head().position) == (status, True, 0)


def test_a_body_that_unpacks_to_nothing_does_not_go_on_for_ever(client, door, bearer):
    nothing = gzip.compress(b"", mtime=0) * 50_000  # a megabyte
    answer = client.post("/api/events", content=(nothing for _ in range(14)), headers=bearer() | LINES | {"Content-Encoding": "gzip"})
    assert (answer.status_code, door.log("acme").head().position) == (413, 0)
