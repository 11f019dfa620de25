"""The shell: a stranger runs no page, and each role opens each page of the menu that it may."""
from datetime import datetime
from types import SimpleNamespace

import pytest

from core.access import passwords, sessions, throttle, users
from core.access.features import ROLES
from core.ui import browser, menu, sign_in

PASSWORD = "correct horse"


def texts(app):
    return " ".join(str(element.proto) for element in app.main)


def test_a_stranger_gets_the_form_and_nothing_else(shell):
    app = shell()
    assert not app.exception
    assert [field.label for field in app.text_input] == ["User name", "Password"]
    assert "ja-viewer" not in app.session_state


@pytest.mark.parametrize("entry", menu.MENU, ids=lambda entry: entry.url_path)
@pytest.mark.parametrize("role", ROLES)
def test_a_page_opens_for_a_role_that_may_and_is_refused_to_others(shell, door, session, built, role, entry):
    built()
    app = shell(session(role), entry.url_path)
    refusal = door.account("acme").refusal(entry.feature, role)
    assert not app.exception
    assert ((refusal or "\0") in texts(app)) is (refusal is not None)
    assert "could not be worked out" not in texts(app)
    assert entry.title in texts(app)


def test_an_account_that_was_never_built_shows_a_page_that_says_so_and_no_error(shell, session):
    for entry in menu.MENU:
        app = shell(session("viewer"), entry.url_path)
        assert not app.exception
        assert "could not be worked out" not in texts(app)


def test_a_cookie_whose_session_is_over_leads_to_where_it_is_taken_away(shell, session, door, monkeypatch):
    session_id, sent = session("viewer"), []
    sessions.end(door.store, session_id, now=door.now())
    monkeypatch.setattr(browser, "go_again", lambda: sent.append("again"))
    app = shell(session_id)
    assert sent == ["again"]
    assert "ja-viewer" not in app.session_state


@pytest.fixture
def check(door, monkeypatch):
    """One try with the form's check."""
    users.add(door.store, "Ana", "acme", "viewer", passwords.hashed(PASSWORD), by="operator", now=door.now())
    monkeypatch.setattr(sign_in.st, "session_state", {})
    monkeypatch.setattr(browser, "network_address", lambda: None)

    def tried(name, password, now=None):
        made = sign_in.Check(door.store, now or door.now())
        return made.login(name, password), made.user and made.user.name, made.trouble and made.trouble[0]

    return tried


def test_the_right_password_is_right_with_space_around_it_and_in_any_case_of_the_name(check):
    assert check(" aNA ", f" {PASSWORD}\n") == (True, "Ana", None)


WRONG = (False, None, "The name or the password is not right")


@pytest.mark.parametrize(("name", "password"), [("Ana", "wrong"), ("Ana", PASSWORD.upper()), ("nobody", PASSWORD), ("viewer", "x"), ("Ana", PASSWORD + "\x00"),
                                                 ("Ana", "x" * 100), ("Ana", PASSWORD + " " + "x" * 72), ("ana\x00", PASSWORD)])
def test_anything_else_is_wrong_in_the_same_words(check, name, password):
    assert check(name, password) == WRONG


@pytest.mark.parametrize(("name", "password"), [("", PASSWORD), ("Ana", ""), ("  ", PASSWORD), ("Ana", "  "), (None, None)])
def test_an_empty_field_is_said_and_is_no_failure(check, name, password):
    for _ in range(10):
        assert check(name, password) == (False, None, "Name and password are both needed")
    assert check("Ana", PASSWORD)[0] is True


def test_after_five_failures_the_right_password_rests_too_and_then_opens(check, door):
    now: datetime = door.now()
    for _ in range(5):
        assert check("Ana", "wrong", now) == WRONG
    assert check("Ana", PASSWORD, now) == (False, None, "Sign-in rests")
    assert check("Ana", PASSWORD, now + throttle.RESTS) == (True, "Ana", None)


def test_the_address_of_a_page_keeps_its_query(monkeypatch):
    context = SimpleNamespace(url="https://journeys.example/mep", cookies={}, headers={})
    query = SimpleNamespace(to_dict=lambda: {"journey": "a b&c", "from": "2026-03-01"})
    monkeypatch.setattr(browser, "st", SimpleNamespace(context=context, query_params=query))
    assert browser.deep_link() == "/mep?journey=a+b%26c&from=2026-03-01"


def test_the_redirect_is_streamlits_own_message():
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
    message = ForwardMsg()
    message.auth_redirect.url = "/auth/again"
    assert message.WhichOneof("type") == "auth_redirect"
