"""POST /api/query: the same document as the command line's."""
import orjson
import pytest

from tests.api.conftest import EVENTS
from tests.sources.files import ingest_records

ENTRIES = {"measures": ["entries", "messages_sent"], "dimensions": ["day"]}


@pytest.fixture
def built(door):
    ingest_records(door.log("acme"), EVENTS, account_id="acme", now=door.now())
    return door.build(door.account("acme"), as_of=door.now())


def test_a_question_is_answered(client, bearer, built):
    answer = client.post("/api/query", content=orjson.dumps(ENTRIES), headers=bearer())
    assert answer.status_code == 200
    assert (answer.json()["snapshot"], answer.json()["rows"]) == (built.snapshot, [{"day": "2026-03-01", "entries": 1, "messages_sent": 1}])


@pytest.mark.parametrize(("body", "said"), [
    (b'{"measures": ["entrys"]}', "Did you mean “entries”"), (b"{", "not a JSON document"), (b"[]", "JSON object"), (b'{"measures": []}', ""),
    (b'{"measures": ["entries"], "from": "2026-03-02", "to": "2026-03-01"}', "")])
def test_a_question_that_cannot_be_answered_is_400_with_the_reason(client, bearer, built, body, said):
    answer = client.post("/api/query", content=body, headers=bearer())
    assert (answer.status_code, list(answer.json())) == (400, ["error"])
    assert said in answer.json()["error"]


def test_an_account_that_was_never_built_is_400_with_what_to_do(client, bearer):
    answer = client.post("/api/query", content=orjson.dumps(ENTRIES), headers=bearer())
    assert (answer.status_code, answer.json()) == (400, {"error": "The account acme is not built yet: journeys build --account acme."})


@pytest.mark.parametrize(("method", "path", "status", "said"), [
    ("GET", "/api/query", 405, "POST"), ("GET", "/api/events", 405, "POST"), ("PUT", "/api/events", 405, "POST"), ("POST", "/api/querry", 404, "/api/query")])
def test_an_address_or_a_method_that_is_none_of_ours_is_an_error_in_json_and_no_page(client, bearer, method, path, status, said):
    answer = client.request(method, path, headers=bearer())
    assert (answer.status_code, list(answer.json())) == (status, ["error"])
    assert said in answer.json()["error"]


def test_without_a_token_it_is_401_and_with_one_that_only_ingests_403(client, bearer, built):
    assert client.post("/api/query", content=b"{}").status_code == 401
    assert client.post("/api/query", content=orjson.dumps(ENTRIES), headers=bearer(read=False)).status_code == 403


def test_a_question_over_a_megabyte_is_413(client, bearer):
    assert client.post("/api/query", content=b" " * 1_000_001, headers=bearer()).status_code == 413


def test_a_formula_asks_for_the_package_of_explore_over_the_api_too(client, bearer, built):
    body = orjson.dumps({"measures": ["entries"], "formulas": [{"name": "Twice", "text": "entries * 2"}]})
    answer = client.post("/api/query", content=body, headers=bearer())
    assert (answer.status_code, answer.json()) == (403, {"error": "Explore belongs to the package Scale. This account has Grow."})
