"""/auth/…: tickets, cookies, and where a browser is sent."""
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.access import sessions
from core.api.routes import routes


def ticket(door, ana):
    return sessions.ticket(door.store, ana, now=door.now())


def test_a_ticket_gives_a_cookie_that_scripts_cannot_read_and_leads_to_the_page(client, door, ana):
    answer = client.get("/auth/enter", params={"ticket": ticket(door, ana), "next": "/mep?from=2026-03-01"})
    assert (answer.status_code, answer.headers["location"], answer.headers["cache-control"]) == (303, "/mep?from=2026-03-01", "no-store")
    name, *how = answer.headers["set-cookie"].split("; ")
    assert sorted(how) == ["HttpOnly", "Max-Age=43200", "Path=/", "SameSite=lax"]
    assert sessions.user_of(door.store, name.removeprefix("journeys_session="), now=door.now()) == ana


def test_over_https_the_cookie_is_secure(door, ana):
    client = TestClient(Starlette(routes=routes(door)), base_url="https://journeys.example", follow_redirects=False)
    assert "Secure" in client.get("/auth/enter", params={"ticket": ticket(door, ana)}).headers["set-cookie"]


@pytest.mark.parametrize("given", ["", "x"])
def test_what_is_no_ticket_gives_no_cookie(client, given):
    answer = client.get("/auth/enter", params={"ticket": given})
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


def test_a_ticket_is_used_once(client, door, ana):
    used = ticket(door, ana)
    assert [client.get("/auth/enter", params={"ticket": used}).status_code for _ in range(2)] == [303, 403]


def test_looking_at_a_link_without_opening_it_uses_nothing_up(client, door, ana):
    unused = ticket(door, ana)
    asked = {"params": {"ticket": unused}}
    assert ("set-cookie" in client.head("/auth/enter", **asked).headers, client.post("/auth/enter", **asked).status_code) == (False, 405)
    assert client.get("/auth/enter", params={"ticket": unused}).status_code == 303


@pytest.mark.parametrize("address", ["//evil.example", "/\\evil.example", "https://evil.example", "evil", "/a\\b", "/a\r\nX: y", "/\t/evil", ""])
def test_it_leads_nowhere_but_to_our_own_pages(client, door, ana, address):
    assert client.get("/auth/enter", params={"ticket": ticket(door, ana), "next": address}).headers["location"] == "/"
    assert client.get("/auth/again", params={"next": address}).headers["location"] == "/"


def test_a_dead_cookie_is_taken_away_and_a_living_one_is_left(client, door, ana):
    living = sessions.redeem(door.store, ticket(door, ana), now=door.now())
    client.cookies.set(sessions.COOKIE, living)
    assert "set-cookie" not in client.get("/auth/again", params={"next": "/mep"}).headers
    sessions.end(door.store, living, now=door.now())
    answer = client.get("/auth/again", params={"next": "/mep"})
    assert (answer.headers["location"], "Max-Age=0" in answer.headers["set-cookie"]) == ("/mep", True)


def test_sign_out_ends_the_session_and_takes_the_cookie(client, door, ana):
    living = sessions.redeem(door.store, ticket(door, ana), now=door.now())
    client.cookies.set(sessions.COOKIE, living)
    answer = client.get("/auth/leave")
    assert (answer.status_code, answer.headers["location"], "Max-Age=0" in answer.headers["set-cookie"]) == (303, "/", True)
    assert sessions.user_of(door.store, living, now=door.now()) is None


def test_healthz_says_ok_to_everybody(client):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
