"""Single sign-on against a provider of our own on a free port: discovery, code, signed id token."""
import re
import socket
import threading
import time
from contextlib import contextmanager
from html import unescape
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from core.access import emails, sessions, users
from core.api.routes import routes
from core.cli.door import Door


@pytest.fixture(scope="module")
def provider():
    """`.url`, and `.says`: the claims of the next id token beside those that it must have; `.key` signs it."""
    told = SimpleNamespace(says={}, key=RSAKey.generate_key(2048, {"kid": "1"}), nonce=None, issuer=None, audience="journeys")
    shown = told.key.as_dict(private=False)

    def metadata(_):
        return JSONResponse({"issuer": told.url, "authorization_endpoint": f"{told.url}/authorize", "token_endpoint": f"{told.url}/token",
                             "jwks_uri": f"{told.url}/keys", "id_token_signing_alg_values_supported": ["RS256"]})

    def authorize(request):
        told.nonce = request.query_params["nonce"]
        assert request.query_params["code_challenge_method"] == "S256"
        return RedirectResponse(f"{request.query_params['redirect_uri']}?code=c&state={request.query_params['state']}", 302)

    def token(_):
        now = int(time.time())
        claims = {"iss": told.issuer or told.url, "sub": "7", "aud": told.audience, "iat": now, "exp": now + 60, "nonce": told.nonce} | told.says
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "id_token": jwt.encode({"alg": "RS256", "kid": "1"}, claims, told.key)})

    app = Starlette(routes=[Route("/.well-known/openid-configuration", metadata), Route("/authorize", authorize), Route("/token", token, methods=["POST"]),
                            Route("/keys", lambda _: JSONResponse({"keys": [shown]}))])
    with served(app) as url:
        told.url = url
        yield told


@contextmanager
def served(app):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)  # uvicorn has no event for it, only this flag
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def client(door, ana, provider, monkeypatch):
    provider.says, provider.issuer, provider.audience = {"email": "Ana@Example.com", "email_verified": True}, None, "journeys"
    monkeypatch.setenv("JOURNEYS_OIDC_SERVER_METADATA_URL", f"{provider.url}/.well-known/openid-configuration")
    monkeypatch.setenv("JOURNEYS_OIDC_CLIENT_ID", "journeys")
    monkeypatch.setenv("JOURNEYS_OIDC_CLIENT_SECRET", "s" * 20)
    emails.keep(door.store, ana, "ana@example.com", by="test", now=door.now())
    opened = Door({"data_dir": str(door.settings.data_dir)})
    yield TestClient(Starlette(routes=routes(opened)), follow_redirects=False)
    opened.store.close()


def there_and_back(client, next_address="/mep?from=2026-03-01", tamper=None):
    """The way of a browser; gives the last answer."""
    away = client.get("/auth/oidc", params={"next": next_address})
    at_provider = httpx.get(away.headers["location"], follow_redirects=False)
    back = urlsplit(at_provider.headers["location"])
    query = {name: values[0] for name, values in parse_qs(back.query).items()} | (tamper or {})
    return client.get(back.path, params=query)


def test_the_user_with_the_address_is_signed_in_and_at_the_page_that_was_asked_for(client, door, ana):
    answer = there_and_back(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/mep?from=2026-03-01")
    assert sessions.user_of(door.store, client.cookies[sessions.COOKIE], now=door.now()) == ana


def test_it_leads_nowhere_but_to_our_own_pages(client):
    assert there_and_back(client, "//evil.example").headers["location"] == "/"


@pytest.mark.parametrize("says", [{"email": "nobody@example.com"}, {"email": "ana@example.com", "email_verified": False},
                                  {"email": "ana@example.com", "email_verified": "false"}, {"email": None},
                                  {"email": "ana@example.com"}, {"email": "ana@example.com", "email_verified": None}])
def test_an_address_that_is_nobodys_or_not_verified_opens_nothing(client, provider, says):
    provider.says = says
    answer = there_and_back(client)
    assert (answer.status_code, sessions.COOKIE in client.cookies) == (403, False)


def test_another_claim_is_what_the_operator_says_it_is(client, provider, door, ana, monkeypatch):
    monkeypatch.setenv("JOURNEYS_OIDC_CLAIM", "upn")
    for says, status in (({"upn": "ana@example.com"}, 303), ({"upn": "ana@example.com", "email_verified": False}, 403), ({"email": "ana@example.com"}, 403)):
        provider.says = says
        opened = Door({"data_dir": str(door.settings.data_dir)})
        assert there_and_back(TestClient(Starlette(routes=routes(opened)), follow_redirects=False)).status_code == status
        opened.store.close()


def test_a_person_with_two_users_chooses_one_and_is_signed_in_as_that(client, door, ana):
    other = users.add(door.store, "<Ana2>", "acme", "admin", None, by="test", now=door.now())
    emails.keep(door.store, other, "ana@example.com", by="test", now=door.now())
    page = there_and_back(client)
    ways = re.findall(r'href="(/auth/enter[^"]*)">([^<]*)</a>, ([^<]*)</li>', page.text)
    assert (page.status_code, sessions.COOKIE in client.cookies, page.headers["cache-control"]) == (200, False, "no-store")
    assert sorted(way[1:] for way in ways) == [("&lt;Ana2&gt;", "Administrator of the account acme"), ("Ana", "Viewer of the account acme")]
    entered = client.get(unescape(next(way[0] for way in ways if way[1] == "&lt;Ana2&gt;")))
    assert (entered.status_code, entered.headers["location"]) == (303, "/mep?from=2026-03-01")
    assert sessions.user_of(door.store, client.cookies[sessions.COOKIE], now=door.now()) == other


def test_a_token_that_is_for_others_or_of_others_opens_nothing(client, provider):
    provider.audience = "somebody-else"
    assert there_and_back(client).status_code == 403
    provider.audience, provider.issuer = "journeys", "https://evil.example"
    assert there_and_back(client).status_code == 403


def test_a_token_with_another_key_opens_nothing(client, provider):
    own, provider.key = provider.key, RSAKey.generate_key(2048, {"kid": "1"})
    assert there_and_back(client).status_code == 403
    provider.key = own


def test_a_state_that_is_not_this_browsers_opens_nothing(client):
    assert there_and_back(client, tamper={"state": "other"}).status_code == 403
    client.cookies.clear()
    assert client.get("/auth/oidc/back", params={"code": "c", "state": "x"}).status_code == 403


def test_a_provider_that_does_not_answer_is_said_on_a_page(client, monkeypatch, door):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("JOURNEYS_OIDC_SERVER_METADATA_URL", f"http://127.0.0.1:{free.getsockname()[1]}/nobody")
        answer = TestClient(Starlette(routes=routes(Door({"data_dir": str(door.settings.data_dir)}))), follow_redirects=False).get("/auth/oidc?next=/mep")
    assert answer.status_code == 403
    assert "does not answer" in answer.text


def test_without_a_provider_the_routes_lead_home(door):
    plain = TestClient(Starlette(routes=routes(door)), follow_redirects=False)
    assert [plain.get("/auth/oidc").headers["location"], plain.get("/auth/oidc/back").headers["location"]] == ["/", "/"]


@pytest.mark.parametrize("answers", [lambda _: PlainTextResponse("<html>maintenance"), lambda _: JSONResponse({}), lambda _: PlainTextResponse("", 503)])
def test_a_provider_whose_metadata_are_something_else_is_a_page_and_no_fault(door, ana, monkeypatch, answers):
    with served(Starlette(routes=[Route("/odd", answers)])) as url:
        monkeypatch.setenv("JOURNEYS_OIDC_SERVER_METADATA_URL", f"{url}/odd")
        monkeypatch.setenv("JOURNEYS_OIDC_CLIENT_ID", "journeys")
        monkeypatch.setenv("JOURNEYS_OIDC_CLIENT_SECRET", "s" * 20)
        opened = Door({"data_dir": str(door.settings.data_dir)})
        browser = TestClient(Starlette(routes=routes(opened)), follow_redirects=False)
        for path in ("/auth/oidc", "/auth/oidc/back?code=c&state=x"):
            answer = browser.get(path)
            assert (answer.status_code, "You are not signed in" in answer.text) == (403, True)
        opened.store.close()
