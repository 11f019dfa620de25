"""The store is away or the disk is full: 503 to whoever asks, without a word of the machine; the log says why."""
import errno
import os

import anyio
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from core.access import sessions
from core.api import events
from core.api.events import Events
from core.api.guards import LiveSession
from core.api.routes import routes
from core.api.trouble import NOT_NOW, Trouble
from tests.api.conftest import EVENTS, ndjson

LINES = {"Content-Type": "application/x-ndjson"}


@pytest.fixture
def client(door):
    def user_of(session_id):
        return sessions.user_of(door.store, session_id, now=door.now())

    guards = [Middleware(Trouble), Middleware(LiveSession, user_of=user_of, back_message=None)]
    return TestClient(Starlette(routes=routes(door), middleware=guards), follow_redirects=False)


@pytest.fixture
def away(door, tmp_path):
    """The store's file is no longer there, and cannot be."""
    door.store.close()
    for file in (tmp_path / "data").glob("journeys.sqlite*"):
        file.unlink()
    (tmp_path / "data" / "journeys.sqlite").mkdir()


@pytest.mark.parametrize(("method", "path"), [("POST", "/api/events"), ("POST", "/api/query")])
def test_a_program_is_told_to_come_again(client, bearer, request, method, path, caplog):
    headers = bearer() | LINES
    request.getfixturevalue("away")
    answer = client.request(method, path, content=ndjson(EVENTS), headers=headers)
    assert (answer.status_code, answer.json(), answer.headers["retry-after"]) == (503, {"error": NOT_NOW}, "30")
    assert [record.getMessage().startswith(f"{path}: The store sqlite:///") for record in caplog.records if record.name == "journeys.server"] == [True]


@pytest.mark.parametrize("path", ["/exports/widget.csv", "/exports/report/1", "/auth/again", "/media/x.csv"])
def test_a_reader_is_too(client, away, path):
    answer = client.get(path, headers={"cookie": f"{sessions.COOKIE}=x"})
    assert (answer.status_code, NOT_NOW in answer.text, "sqlite" in answer.text, answer.headers["cache-control"]) == (503, True, False, "no-store")


def test_a_page_that_is_open_is_closed_to_be_opened_again(client, away):
    with pytest.raises(WebSocketDisconnect) as ended, client.websocket_connect("/_stcore/stream", headers={"cookie": f"{sessions.COOKIE}=x"}):
        pass
    assert ended.value.code == 1013


def test_a_full_disk_for_bodies_is_503_and_not_a_fault(client, bearer, monkeypatch):
    def full(**_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(events.tempfile, "TemporaryDirectory", full)
    answer = client.post("/api/events", content=ndjson(EVENTS), headers=bearer() | LINES)
    assert (answer.status_code, answer.json()) == (503, {"error": NOT_NOW})


def test_a_batch_that_the_disk_did_not_confirm_is_503_and_repeated_when_it_is_sent_again(client, door, bearer, monkeypatch):
    def fails(_):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patched:
        patched.setattr("core.eventlog.files.settle", fails)
        answer = client.post("/api/events", content=ndjson(EVENTS), headers=bearer() | LINES)
    assert (answer.status_code, answer.json()["error"].startswith("This is in the log, but "), door.log("acme").head().position) == (503, True, 2)
    again = client.post("/api/events", content=ndjson(EVENTS), headers=bearer() | LINES)
    assert (again.status_code, again.json()["accepted"], again.json()["repeated"]) == (202, 0, 2)


def test_a_program_that_hangs_up_is_no_fault(door, bearer):
    sent = []

    async def gone():
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    headers = [(name.lower().encode(), value.encode()) for name, value in (bearer() | LINES).items()]
    anyio.run(Trouble(Events(door)), {"type": "http", "method": "POST", "path": "/api/events", "headers": headers}, gone, send)
    assert (sent, door.log("acme").head().position) == ([], 0)
