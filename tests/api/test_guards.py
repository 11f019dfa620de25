"""What stands around every request."""
import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import streamlit
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.proto.BackMsg_pb2 import BackMsg

from core.access.users import User
from core.api.guards import KnownPages, LiveSession, SecurityHeaders, content_policy

INDEX = Path(streamlit.__file__).parent / "static" / "index.html"
ANA = User(1, "Ana", "acme", "viewer")


def test_the_policy_allows_the_one_script_of_the_page_and_nothing_inline_beside_it():
    policy = dict(part.split(" ", 1) for part in content_policy(INDEX.read_text(encoding="utf-8")).split("; "))
    assert re.fullmatch(r"'self' 'sha256-[A-Za-z0-9+/=]{44}'", policy["script-src"])
    assert (policy["default-src"], policy["frame-ancestors"], policy["object-src"], policy["base-uri"]) == ("'self'", "'none'", "'none'", "'none'")


def test_headers_are_set_in_place_of_those_that_are_there():
    async def page(request):
        return PlainTextResponse("x", headers={"X-Content-Type-Options": "other"})

    app = SecurityHeaders(Starlette(routes=[Route("/", page)]), policy="default-src 'self'")
    got = TestClient(app).get("/").headers
    assert {name: got.get_list(name) for name in got if name not in ("content-length", "content-type")} == {
        "content-security-policy": ["default-src 'self'"], "x-content-type-options": ["nosniff"], "x-frame-options": ["DENY"],
        "referrer-policy": ["same-origin"]}


def test_media_and_uploads_are_for_the_signed_in():
    async def ok(request):
        return PlainTextResponse("x")

    routes = [Route("/media/{x}", ok), Route("/_stcore/upload_file/{x}", ok), Route("/_stcore/metrics", ok), Route("/other", ok)]
    app = LiveSession(Starlette(routes=routes), user_of=lambda cookie: ANA if cookie == "good" else None, back_message=BackMsg)
    for cookie, wanted in (("", 401), ("bad", 401), ("good", 200)):
        client = TestClient(app, cookies={"journeys_session": cookie} if cookie else {})
        assert [client.get(path).status_code for path in ("/media/a.png", "/_stcore/upload_file/a", "/_stcore/metrics")] == [wanted] * 3
        assert client.get("/other").status_code == 200


def test_an_address_without_a_page_is_not_found_for_the_signed_in_and_a_strangers_is_left_to_the_sign_in():
    async def ok(request):
        return PlainTextResponse("x")

    app = KnownPages(Starlette(routes=[Route("/{path:path}", ok)]), user_of=lambda cookie: ANA if cookie == "good" else None, pages=("mep", "overview"),
                     reserved=("_stcore", "exports"))
    ana, stranger = TestClient(app, cookies={"journeys_session": "good"}), TestClient(app)
    html = {"accept": "text/html,*/*"}
    asked = ("/", "/mep", "/mepp", "/mep/more", "/<b>", "/exports/a/b", "/_stcore/health", "/favicon.png")
    assert [ana.get(path, headers=html).status_code for path in asked] == [200, 200, 404, 404, 404, 200, 200, 200]
    assert [stranger.get(path, headers=html).status_code for path in asked] == [200] * 8
    assert ana.get("/mepp", headers={"accept": "*/*"}).status_code == 200
    assert "There is no page “mepp”. Did you mean “mep”?" in ana.get("/mepp", headers=html).text
    assert "<b>" not in ana.get("/<b>", headers=html).text


def through(messages, users):
    """What the app receives of these messages over one websocket, while user_of answers with `users`, one after the other."""
    asked = iter(users)
    received = []

    async def app(scope, receive, send):
        for _ in messages:
            received.append(await receive())

    async def run():
        given = iter([{"type": "websocket.receive", "bytes": message.SerializeToString()} for message in messages])

        async def receive():
            return next(given)

        scope = {"type": "websocket", "headers": [(b"cookie", b"a=b; journeys_session=good")]}
        await LiveSession(app, user_of=lambda _: next(asked), back_message=BackMsg)(scope, receive, None)

    with ThreadPoolExecutor(1) as apart:  # Playwright keeps a loop running in the thread of the tests
        apart.submit(asyncio.run, run()).result()
    return [BackMsg.FromString(message["bytes"]) for message in received]


def rerun(fragment=""):
    message = BackMsg()
    message.rerun_script.query_string = "journey=cart"
    message.rerun_script.page_script_hash = "abc"
    message.rerun_script.widget_states.widgets.add(id="button", trigger_value=True)
    message.rerun_script.fragment_id = fragment
    return message


def test_messages_of_a_living_session_pass_as_they_are():
    assert through([rerun("f")], [ANA, ANA]) == [rerun("f")]


def test_after_sign_out_a_message_runs_the_shell_and_no_fragment_and_no_callback():
    (got,) = through([rerun("f")], [ANA, None])
    assert (got.rerun_script.query_string, got.rerun_script.page_script_hash) == ("journey=cart", "abc")
    assert (len(got.rerun_script.widget_states.widgets), got.rerun_script.fragment_id) == (0, "")


def test_after_sign_out_any_other_message_becomes_that_rerun_too():
    download = BackMsg()
    download.clear_cache = True
    first, second = through([rerun(), download], [ANA, ANA, None])
    assert first == rerun()
    assert (second.WhichOneof("type"), second.rerun_script.query_string, len(second.rerun_script.widget_states.widgets)) == ("rerun_script", "journey=cart", 0)


def test_a_session_that_became_another_users_is_over():
    (got,) = through([rerun("f")], [ANA, User(2, "Bo", "acme", "viewer")])
    assert got.rerun_script.fragment_id == ""
