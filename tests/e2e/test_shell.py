"""What a stranger, each role and a new account get of the menu, in a real browser and over forged websocket messages."""
import hashlib
import json

import httpx
import pytest
from playwright.sync_api import expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from core.access import sessions, terms, users
from core.ui import menu
from tests.e2e.conftest import settled
from tests.e2e.serving import ROOT, served

pytestmark = [pytest.mark.slow, pytest.mark.browser]
ADDRESSES = [entry.url_path for entry in (*menu.MENU, menu.ENABLE)]


@pytest.fixture(scope="module")
def real(house):
    """The real web app."""
    with served(ROOT / "app.py", house.settings.data_dir) as url:
        yield url


@pytest.fixture
def enter_real(real, house):
    """Signs a page of the real app in."""
    def enter(page, name, path="/"):
        ticket = sessions.ticket(house.store, users.find(house.store, name), now=house.now())
        page.goto(f"{real}/auth/enter?ticket={ticket}&next={path}")
    return enter


def answers_to(url, message):
    """All that the server sends back over a websocket until its run has ended."""
    back = []
    with connect(url.replace("http", "ws") + "/_stcore/stream", subprotocols=["streamlit"], origin=url) as socket:
        socket.send(message.SerializeToString())
        while True:
            try:
                got = ForwardMsg.FromString(socket.recv(timeout=15))
            except TimeoutError:
                return back
            back.append(got)
            if got.WhichOneof("type") == "script_finished":
                return back


@pytest.mark.parametrize("address", ["", *ADDRESSES, "mep", "admin", "no-such-page"])
def test_a_stranger_sees_the_sign_in_at_every_address_and_nothing_else(page, real, address):
    page.goto(f"{real}/{address}")
    expect(page.get_by_label("User name")).to_be_visible()
    assert page.locator("[data-testid=stSidebarNav]").count() == 0
    assert page.locator("h1").all_inner_texts() == ["Sign in"]


@pytest.mark.parametrize("name", ["probe", "managers", "enable", "overview", ""])
@pytest.mark.parametrize("has_hash", [False, True])
def test_a_forged_message_of_a_stranger_runs_no_page(probe, name, has_hash):
    probe.told()
    message = BackMsg()
    message.rerun_script.page_name = name
    if has_hash:
        path = ROOT / "tests/e2e/probe/pages/probe.py"
        message.rerun_script.page_script_hash = hashlib.md5(str(path).encode(), usedforsecurity=False).hexdigest()
    back = answers_to(probe.url, message)
    assert "The probe" not in str(back)
    assert "For managers" not in str(back)
    assert probe.told() == []


def test_pages_are_served_from_nowhere_else(real):
    for path in ("/pages/journey/campaign_performance.py", "/app/static/../shell.py", "/app/static/%2e%2e/shell.py", "/core/settings.py", "/data/secret.key"):
        answer = httpx.get(real + path)
        assert "import " not in answer.text.split("<script")[0], path
        assert answer.status_code != 200 or answer.headers["content-type"].startswith("text/html"), path


def test_every_answer_has_the_security_headers(real):
    for path in ("/", "/healthz", "/auth/enter", "/api/events", "/media/x", "/exports/widget.csv", "/app/static/mark.svg"):
        headers = httpx.get(real + path).headers
        assert (headers["x-content-type-options"], headers["x-frame-options"], headers["referrer-policy"]) == ("nosniff", "DENY", "same-origin"), path
        assert "script-src 'self' 'sha256-" in headers["content-security-policy"], path
        assert "unsafe-eval" not in headers["content-security-policy"], path


def test_a_role_that_may_not_open_a_page_is_told_which_may_and_its_code_does_not_run(page, probe, enter):
    enter(page, "Ana", "/managers")
    expect(page.get_by_text("Managers is not open to you")).to_be_visible()
    expect(page.get_by_text("MEP consumption is open to the roles Analyze manager, Communication manager and Administrator.")).to_be_visible()
    assert page.get_by_text("For managers").count() == 0
    assert page.get_by_role("link", name="Managers").count() == 0


def test_a_role_that_may_opens_it(page, probe, enter):
    enter(page, "Mia", "/managers")
    expect(page.get_by_text("For managers")).to_be_visible()
    expect(page.locator("[aria-current=page]")).to_have_count(1)
    assert page.locator("[aria-current=page]").all_inner_texts() == ["groups\nManagers"]


def test_an_account_whose_terms_are_not_accepted_is_led_to_them_from_everywhere_and_on_afterwards(page, probe, enter):
    probe.told()
    enter(page, "New", "/probe")
    expect(page.get_by_text("Enable analytics")).to_be_visible()
    assert (page.url, probe.told()) == (f"{probe.url}/enable", [])
    settled(page)
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("link", name="Probe")).to_be_visible()
    settled(page)
    page.get_by_role("link", name="Probe").click()
    expect(page.get_by_text("The probe")).to_be_visible()


def test_the_terms_are_read_and_accepted_on_the_page_itself(page, real, house, enter_real):
    enter_real(page, "Eva", "/campaign-performance")
    expect(page.get_by_role("heading", name="Enable analytics")).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Enable").click()
    expect(page.get_by_role("button", name="Accept")).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Accept").click()
    expect(page.locator("[aria-current=page]")).to_contain_text("Overview")
    (kept,) = terms.acceptances(house.store, "new")
    assert (kept.accepted_by, kept.version) == ("Eva", terms.VERSION)


def test_the_start_leads_to_the_first_page_with_its_query(page, probe, enter):
    enter(page, "Ana", "/?journey=cart")
    expect(page.get_by_text("The probe")).to_be_visible()
    expect(page).to_have_url(f"{probe.url}/probe?journey=cart")


def test_the_menu_carries_range_basis_and_journey_and_nothing_else(page, probe, enter):
    enter(page, "Mia", "/probe?journey=cart&from=2026-03-01&channel=SMS")
    expect(page.get_by_text("The probe")).to_be_visible()
    settled(page)
    page.get_by_role("link", name="Managers").click()
    expect(page.get_by_text("For managers")).to_be_visible()
    expect(page).to_have_url(f"{probe.url}/managers?journey=cart&from=2026-03-01")
    page.go_back()
    expect(page.get_by_text("The probe")).to_be_visible()
    expect(page).to_have_url(f"{probe.url}/probe?journey=cart&from=2026-03-01&channel=SMS")


def test_the_export_route_asks_for_session_and_package(page, context, real, enter, probe):
    question = {"question": json.dumps({"measures": ["entries"]})}
    assert httpx.get(f"{real}/exports/widget.csv", params=question).status_code == 401
    enter(page, "Ana", "/probe")
    expect(page.get_by_text("The probe")).to_be_visible()
    cookies = {cookie["name"]: cookie["value"] for cookie in context.cookies()}
    answer = httpx.get(f"{real}/exports/widget.csv", params=question, cookies=cookies)
    assert (answer.status_code, answer.text) == (403, "Export belongs to the packages Grow and Scale. This account has Start.")
