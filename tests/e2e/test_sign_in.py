"""Signing in and out in a real browser, against a real server."""
import re
import time

import httpx
import pytest
from playwright.sync_api import expect

from core.access import sessions, users
from tests.e2e.conftest import PASSWORD, fill, settled

pytestmark = [pytest.mark.slow, pytest.mark.browser]


def shown(page, text="The probe"):
    expect(page.get_by_text(text, exact=True).first).to_be_visible(timeout=30_000)


def until(probe, wanted, within_s=30):
    """What has run by the time that all of `wanted` have."""
    told, end = set(), time.monotonic() + within_s
    while not wanted <= told and time.monotonic() < end:
        told |= set(probe.told())
        time.sleep(0.05)  # until it is so, or the test fails: the page runs in another process
    assert wanted <= told
    return told


def test_after_sign_in_the_page_that_was_asked_for_opens_with_its_query(page, context, probe):
    page.goto(f"{probe.url}/probe?from=2026-03-01&journey=cart")
    fill(page, " ana ", f" {PASSWORD} ")
    shown(page)
    shown(page, "Ana of acme, viewer")
    assert page.url == f"{probe.url}/probe?from=2026-03-01&journey=cart"
    (cookie,) = [cookie for cookie in context.cookies() if cookie["name"] == sessions.COOKIE]
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["value"] in page.evaluate("document.cookie")) == (True, "Lax", False)


def test_a_wrong_password_is_said_and_the_right_one_still_goes_in(page, probe):
    page.goto(f"{probe.url}/probe")
    fill(page, "Ana", "wrong")
    shown(page, "The name or the password is not right")
    fill(page, "Ana", PASSWORD)
    shown(page)


@pytest.mark.parametrize("name", ["nobody", "Ana' OR 1=1 --", "x" * 500])
def test_an_unknown_name_is_answered_like_a_wrong_password(page, probe, name):
    page.goto(probe.url)
    fill(page, name, "wrong")
    shown(page, "The name or the password is not right")


def test_a_password_over_the_limit_of_bcrypt_is_wrong_and_nothing_else(page, probe):
    page.goto(probe.url)
    fill(page, "Mia", PASSWORD + "x" * 100)
    shown(page, "The name or the password is not right")


def test_after_five_wrong_tries_the_right_password_is_refused_too(page, probe, house):
    page.goto(probe.url)
    for n in range(5):
        fill(page, "Rest", f"wrong{n}")
        shown(page, "The name or the password is not right")
        settled(page)
    fill(page, "Rest", PASSWORD)
    shown(page, "Sign-in rests")
    assert probe.told() == [] or "page" not in probe.told()


def test_a_link_opens_the_page_once(page, probe, house, browser):
    ticket = sessions.ticket(house.store, users.find(house.store, "ana"), now=house.now(), lasts=sessions.LINK_LASTS)
    page.goto(f"{probe.url}/auth/enter?ticket={ticket}&next=/probe")
    shown(page)
    other = browser.new_context().new_page()
    other.goto(f"{probe.url}/auth/enter?ticket={ticket}&next=/probe")
    expect(other.get_by_text("This sign-in link opens nothing any more")).to_be_visible()
    other.goto(f"{probe.url}/probe")
    expect(other.get_by_label("User name")).to_be_visible()
    other.context.close()


def open_tab(page, probe, enter):
    enter(page, "Ana", "/probe")
    shown(page)
    expect(page.get_by_role("button", name="Take the file")).to_be_visible()
    settled(page)
    return page


@pytest.mark.parametrize(("what", "told"), [("Run the fragment", "fragment"), ("Run the callback", "callback"), ("Take the file", "download")])
def test_after_sign_out_in_another_tab_an_open_tab_runs_nothing_and_asks_for_sign_in(page, context, probe, enter, what, told):
    open_tab(page, probe, enter)
    other = context.new_page()
    other.goto(f"{probe.url}/probe")
    shown(other)
    settled(other)
    other.get_by_role("button", name="Sign out").click()
    expect(other.get_by_label("User name")).to_be_visible()
    probe.told()
    settled(page)
    page.get_by_role("button", name=what).click()
    expect(page.get_by_label("User name")).to_be_visible()
    assert probe.told() == []
    assert page.url == f"{probe.url}/probe"


def test_before_sign_out_the_same_tab_runs_them_all(page, probe, enter):
    open_tab(page, probe, enter)
    probe.told()
    page.get_by_role("button", name="Run the callback").click()
    told = until(probe, {"callback", "page"})
    settled(page)  # a click while the page is being drawn anew may meet a button that is no longer there
    with page.expect_download() as download:
        page.get_by_role("button", name="Take the file").click()
    assert download.value.path().read_text() == "secret,1\n"
    assert {"callback", "download", "page"} <= told | set(probe.told())


def test_a_link_into_media_is_worth_nothing_without_a_session(page, context, probe, enter):
    open_tab(page, probe, enter)
    address = page.locator("img[src*='/media/']").first.get_attribute("src")
    address = address if address.startswith("http") else probe.url + address
    (cookie,) = [cookie for cookie in context.cookies() if cookie["name"] == sessions.COOKIE]
    signed_in = {"Cookie": f"{sessions.COOKIE}={cookie['value']}"}
    assert [httpx.get(address).status_code, httpx.get(address, headers=signed_in).status_code] == [401, 200]
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("User name")).to_be_visible()
    assert httpx.get(address, headers=signed_in).status_code == 401


def test_a_stranger_cannot_bring_a_file(probe):
    answer = httpx.put(f"{probe.url}/_stcore/upload_file/x/y", files={"file": ("x", b"x" * 1000)})
    assert answer.status_code == 401


def test_a_cookie_that_is_replayed_after_sign_out_opens_nothing(page, context, probe, enter, browser):
    open_tab(page, probe, enter)
    kept = context.cookies()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("User name")).to_be_visible()
    thief = browser.new_context()
    thief.add_cookies(kept)
    tab = thief.new_page()
    probe.told()
    tab.goto(f"{probe.url}/probe?journey=cart")
    expect(tab.get_by_label("User name")).to_be_visible()
    assert (probe.told(), tab.url) == ([], f"{probe.url}/probe?journey=cart")
    assert sessions.COOKIE not in {cookie["name"] for cookie in thief.cookies()}
    thief.close()


def test_a_user_who_is_removed_is_out_with_the_next_click(page, probe, enter, house):
    users.add(house.store, "Gone", "acme", "viewer", None, by="operator", now=house.now())
    enter(page, "Gone", "/probe")
    shown(page)
    users.remove(house.store, "Gone", "acme", by="operator", now=house.now())
    settled(page)
    page.get_by_role("button", name="Run the callback").click()
    expect(page.get_by_label("User name")).to_be_visible()


def test_nothing_on_the_way_breaks_the_security_policy(page, probe):
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: said.append(request.url) if not request.url.startswith((probe.url, "data:", "blob:", "ws:")) else None)
    page.goto(f"{probe.url}/probe")
    fill(page, "Ana", PASSWORD)
    shown(page)
    assert [line for line in said if re.search("Content.Security.Policy|^http", line)] == []


def test_signing_in_takes_no_longer_for_a_name_that_is_there():
    # the form is the library's: the same bcrypt round runs for a user, a user without a password, and nobody
    import bcrypt

    from core.access import passwords

    def seconds(secret):
        start = time.perf_counter()
        bcrypt.checkpw(b"wrong", secret.encode())
        return time.perf_counter() - start

    there, nobody = passwords.hashed(PASSWORD), passwords.nobodys()
    assert there[:7] == nobody[:7]  # the same cost
    assert seconds(nobody) > 0.01
