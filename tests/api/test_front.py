"""What a browser loads first comes from memory, packed, and is what Streamlit's own files are."""
import gzip
import re
from pathlib import Path

import pytest
import streamlit
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from core.api import front, guards
from core.ui import menu

FRONTEND = Path(streamlit.__file__).parent / "static"
INDEX = front.index_of(FRONTEND)


@pytest.fixture(scope="module")
def client():
    async def beyond(request):
        return PlainTextResponse("beyond")

    app = Starlette(routes=[Route("/{path:path}", beyond, methods=["GET", "POST"])])
    return TestClient(front.FirstFiles(app, FRONTEND, ("overview", "mep", "dashboards")))


def test_the_index_stands_at_the_address_of_each_page_and_is_asked_for_anew_each_time(client):
    for path in ("/", "/overview", "/mep?from=2026-03-01"):
        got = client.get(path)
        assert (got.text, got.headers["cache-control"], got.headers["content-encoding"]) == (INDEX, "no-cache", "gzip")
    assert [client.get(path).text for path in ("/other", "/overview/more", "/healthz", "/static/js/none.js")] == ["beyond"] * 4
    assert client.post("/overview").text == "beyond"


def test_a_page_that_needs_more_names_it_and_has_the_same_scripts_inline(client):
    more = client.get("/dashboards").text
    assert {Path(name).name.split(".")[0] for name in set(re.findall(r'"\./(static/[^"]+)"', more)) - set(re.findall(r'"\./(static/[^"]+)"', INDEX))} >= \
        {"Selectbox", "DateInput"}
    assert guards.content_policy(more) == guards.content_policy(INDEX)
    assert set(front.ALSO) <= set(menu.ADDRESSES)


def test_every_script_that_the_index_names_is_there_and_comes_packed_and_whole(client):
    named = re.findall(r'"\./(static/[^"]+)"', INDEX)
    assert {Path(name).name.split(".")[0] for name in named} >= {"index", "Html", "MenuButton", "ArrowVegaLiteChart", "embed", "MaterialSymbols-Rounded"}
    assert len(named) == len(set(named))
    for name in named:
        got = client.get(f"/{name}")
        assert got.content == (FRONTEND / name).read_bytes()
        assert got.headers["cache-control"] == "public, immutable, max-age=31536000"
        assert got.headers.get("content-encoding") == (None if name.endswith(".woff2") else "gzip")


def test_a_browser_that_unpacks_nothing_gets_the_index_as_it_is_and_the_scripts_from_streamlit(client):
    plain = {"accept-encoding": "identity"}
    assert client.get("/overview", headers=plain).content == INDEX.encode()
    script = re.search(r'src="\.(/static/js/index[^"]+)"', INDEX)[1]
    assert client.get(script, headers=plain).text == "beyond"


def test_the_index_is_streamlits_but_for_the_font_and_what_is_named_first():
    own = (FRONTEND / "index.html").read_text(encoding="utf-8")
    added = [line.strip() for line in INDEX.splitlines() if line.strip() and line.strip() not in {line.strip() for line in own.splitlines()}]
    ours = r"<link rel=\"(module)?preload\"[^<>]*>|<script>(window\.__streamlit = |try \{ localStorage)[^<]*</script>|</head>"
    assert all(re.fullmatch(ours, line) for line in added)
    assert "SourceSans" not in INDEX
    assert gzip.decompress(front._read(FRONTEND / "static" / "css" / next((FRONTEND / "static" / "css").glob("index.*.css")).name))
