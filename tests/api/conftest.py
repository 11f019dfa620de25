"""A data directory with one account, and the routes over it."""
import orjson
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.access import accounts, tokens, users
from core.api.routes import routes
from core.cli.door import Door

OF_A_RUN = {"source": "shop", "profile_id": "ana", "journey_id": "cart", "entry_id": "r1"}
EVENTS = [
    OF_A_RUN | {"event_id": "1", "event_type": "journey.entered", "occurred_at": "2026-03-01T09:00:00Z"},
    OF_A_RUN | {"event_id": "2", "event_type": "message.sent", "occurred_at": "2026-03-01T09:01:00Z", "message_id": "m1", "channel": "SMS"},
]


@pytest.fixture
def door(tmp_path, monkeypatch):
    for name in ("JOURNEYS_DATABASE_URL", "JOURNEYS_BASE_URL", "JOURNEYS_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    made = Door({"data_dir": str(tmp_path / "data")})
    accounts.add(made.store, accounts.Account("acme", ((None, "Europe/Zagreb"),), "EUR", "grow", None, False, None), by="operator", now=made.now())
    yield made
    made.store.close()


@pytest.fixture
def client(door):
    return TestClient(Starlette(routes=routes(door)), follow_redirects=False)


@pytest.fixture
def bearer(door):
    """Makes the header of a token that may do what is said."""
    def make(ingest=True, read=True, account_id="acme"):
        _, secret = tokens.add(door.store, account_id, label="", may_ingest=ingest, may_read=read, by="operator", now=door.now())
        return {"Authorization": f"Bearer {secret}"}
    return make


@pytest.fixture
def ana(door):
    return users.add(door.store, "Ana", "acme", "viewer", None, by="operator", now=door.now())


def ndjson(events):
    return b"\n".join(orjson.dumps(event) for event in events) + b"\n"
