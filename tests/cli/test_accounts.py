"""`journeys account | user | link | token | terms`."""
import json
import re

import pytest

from core.access import sessions, terms, tokens, users


@pytest.fixture
def acme(journeys):
    assert journeys("account add acme --time-zone Europe/Zagreb --package grow").code == 0


def test_an_account_is_made_changed_and_listed(journeys, acme):
    assert journeys("account set acme --package scale --currency usd --included-mep 500 --advanced-analytics on --attributes plan,Tier").code == 0
    assert json.loads(journeys("account list --format json").out) == [
        {"account": "acme", "time_zone": "Europe/Zagreb", "package": "scale", "currency": "USD", "included_mep": 500, "advanced_analytics": True,
         "attributes": ["plan", "Tier"], "terms_accepted": False}]


@pytest.mark.parametrize(("line", "code", "said"), [
    ("account add acme --time-zone Europe/Zagreb --package grow", 1, "There is an account “acme” already"),
    ("account add x --package grow", 2, "needs --time-zone ZONE and --package"),
    ("account add x --time-zone Zagreb --package grow", 2, "Did you mean “Europe/Zagreb”?"),
    ("account add ../x --time-zone UTC --package grow", 2, "cannot be an account id"),
    ("account add x --time-zone UTC --package huge", 2, "huge"),
    ("account add x --time-zone UTC --package grow --included-mep -1", 2, "-1"),
    ("account set acme", 2, "Nothing to change"),
    ("account set acme --attributes a,b,a", 2, "“a” is there twice"),
    ("account set acme --attributes a,b,c,d,e,f,g,h,i,j,k", 2, "10 attributes at most, not 11"),
    ("account set acme --attributes a=b", 2, "“a=b” cannot be an attribute"),
    ("account set acne --package start", 1, "Did you mean “acme”?"),
    ("user add ana --account acme", 2, "needs --role"),
    ("user add ana --account acme --role boss", 2, "boss"),
    ("user add ana --account nope --role viewer", 1, "There is no account “nope”"),
    ("user remove ana --account acme", 1, "There is no user"),
    ("link ana", 1, "There is no user “ana”"),
    ("token remove x --account acme", 1, "There is no token “x”"),
    ("terms accept --account acme", 2, "--by"),
    ("terms accept --account acme --by=", 2, "cannot be the name of who accepts"),
    ("nonsense", 2, "nonsense")])
def test_what_cannot_be_done_is_one_line_on_stderr_with_its_exit_code(journeys, acme, line, code, said):
    done = journeys(line, said="secret password\n")
    assert (done.code, done.out, len(done.err.strip().splitlines())) == (code, "", 1)
    assert said in done.err


def test_a_users_password_is_the_first_line_of_stdin_and_never_printed(journeys, acme, door):
    done = journeys("user add ana --account acme --role viewer", said="correct horse\nsecond line\n")
    assert done.code == 0
    assert "correct horse" not in done.out + done.err
    import bcrypt
    assert bcrypt.checkpw(b"correct horse", users.secret_of(door.store, "ana")[1].encode())


def test_without_a_password_a_user_signs_in_by_link_alone(journeys, acme, door):
    assert "journeys link" in journeys("user add ana --account acme --role viewer").err
    assert users.secret_of(door.store, "ana")[1] is None


def test_a_role_is_changed_without_touching_the_password(journeys, acme, door):
    journeys("user add ana --account acme --role viewer", said="correct horse\n")
    before = users.secret_of(door.store, "ana")[1]
    assert journeys("user set ana --account acme --role admin").code == 0
    user, after = users.secret_of(door.store, "ana")
    assert (user.role, after) == ("admin", before)
    assert journeys("user set ana --account acme", said="another\n").code == 0
    assert users.secret_of(door.store, "ana")[1] != before


def test_a_user_is_removed(journeys, acme, door):
    journeys("user add ana --account acme --role viewer")
    assert journeys("user remove ana --account acme").code == 0
    assert users.of_account(door.store, "acme") == []


def test_a_link_is_printed_alone_and_signs_in_once(journeys, acme, door):
    journeys("user add ana --account acme --role viewer")
    done = journeys("link ana --port 8600")
    found = re.fullmatch(r"http://localhost:8600/auth/enter\?ticket=(\S+)\n", done.out)
    assert sessions.redeem(door.store, found.group(1), now=door.now()) is not None
    assert sessions.redeem(door.store, found.group(1), now=door.now()) is None


def test_a_link_names_the_address_that_the_operator_set(journeys, acme, monkeypatch):
    monkeypatch.setenv("JOURNEYS_BASE_URL", "https://journeys.example/")
    journeys("user add ana --account acme --role viewer")
    assert journeys("link ana").out.startswith("https://journeys.example/auth/enter?ticket=")


def test_a_token_is_shown_once_and_listed_without_its_secret(journeys, acme, door):
    secret = journeys("token add --account acme --label shop --for ingest").out.strip()
    token = tokens.of_secret(door.store, secret)
    assert (token.label, token.may_ingest, token.may_read) == ("shop", True, False)
    listed = journeys("token list --account acme --format json").out
    assert ([one["token"] for one in json.loads(listed)], secret in listed) == ([token.token_id], False)
    assert journeys(f"token remove {token.token_id} --account acme").code == 0
    assert tokens.of_secret(door.store, secret) is None


def test_the_terms_are_accepted_by_name(journeys, acme, door):
    assert journeys("terms accept --account acme --by Ana").code == 0
    (kept,) = terms.acceptances(door.store, "acme")
    assert (kept.accepted_by, kept.text) == ("Ana", journeys("terms show").out)
