"""Users, tickets, sessions, tokens and the throttle: the store keeps hashes alone and its row decides."""
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import bcrypt
import pytest
from sqlalchemy import select

from core.access import passwords, sessions, terms, throttle, tokens, users
from core.errors import JourneysError, WrongUsage
from core.store import tables as t
from tests.access.conftest import NOW

MINUTE = timedelta(minutes=1)


@pytest.fixture
def ana(store, account):
    return users.add(store, "Ana", "acme", "viewer", passwords.hashed("correct horse"), by="operator", now=NOW)


def everything(store):
    """All that the store holds, as one text."""
    with store.read() as connection:
        return repr([connection.execute(select(table)).all() for table in t.metadata.sorted_tables])


def test_names_are_compared_without_case_over_all_accounts(store, ana):
    assert users.find(store, " ANA ") == ana
    with pytest.raises(users.UserExists):
        users.add(store, "aNA", "acme", "admin", None, by="operator", now=NOW)


def test_a_user_of_another_account_is_not_found(store, ana):
    with pytest.raises(users.UnknownUser, match="There is no user of the account other called “Ana”"):
        users.find(store, "Ana", "other")


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 129])
def test_a_name_that_cannot_be_is_refused(store, account, name):
    with pytest.raises(WrongUsage, match="cannot be a user's name"):
        users.add(store, name, "acme", "viewer", None, by="operator", now=NOW)


def test_a_password_is_kept_as_its_bcrypt_hash_without_the_space_around_it(store, ana):
    kept = users.secret_of(store, "ana")[1]
    assert bcrypt.checkpw(b"correct horse", kept.encode())
    assert bcrypt.checkpw(b"padded", passwords.hashed("  padded\n").encode())
    assert "correct horse" not in everything(store)


@pytest.mark.parametrize("password", ["", "   ", "x" * 73, "ž" * 37, "a\x00b"])
def test_a_password_that_cannot_be_is_refused_and_not_repeated(password):
    with pytest.raises(WrongUsage) as refused:
        passwords.hashed(password)
    assert not password.strip() or password not in str(refused.value)


def test_a_ticket_opens_one_session(store, ana):
    ticket = sessions.ticket(store, ana, now=NOW)
    session_id = sessions.redeem(store, ticket, now=NOW)
    assert sessions.user_of(store, session_id, now=NOW) == ana
    assert sessions.redeem(store, ticket, now=NOW) is None


def test_of_many_that_redeem_a_ticket_at_once_one_wins(store, ana):
    ticket = sessions.ticket(store, ana, now=NOW)
    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(lambda _: sessions.redeem(store, ticket, now=NOW), range(8)))
    assert len([one for one in won if one]) == 1


def test_a_ticket_is_good_for_half_a_minute_and_a_link_for_an_hour(store, ana):
    short, link = sessions.ticket(store, ana, now=NOW), sessions.ticket(store, ana, now=NOW, lasts=sessions.LINK_LASTS)
    assert sessions.redeem(store, short, now=NOW + timedelta(seconds=30)) is None
    assert sessions.redeem(store, link, now=NOW + timedelta(minutes=59)) is not None


def test_a_session_ends_with_sign_out_or_after_twelve_hours(store, ana):
    one, other = (sessions.redeem(store, sessions.ticket(store, ana, now=NOW), now=NOW) for _ in range(2))
    sessions.end(store, one, now=NOW)
    assert [sessions.user_of(store, session, now=NOW) for session in (one, other)] == [None, ana]
    assert sessions.user_of(store, other, now=NOW + timedelta(hours=12)) is None


@pytest.mark.parametrize("change", [{"role": "admin"}, {"password_hash": "x"}])
def test_a_new_role_or_password_ends_the_users_sessions_and_tickets(store, ana, change):
    session, ticket = sessions.redeem(store, sessions.ticket(store, ana, now=NOW), now=NOW), sessions.ticket(store, ana, now=NOW)
    users.change(store, "ana", "acme", by="operator", now=NOW, **change)
    assert (sessions.user_of(store, session, now=NOW), sessions.redeem(store, ticket, now=NOW)) == (None, None)


def test_a_removed_user_is_signed_out(store, ana):
    session = sessions.redeem(store, sessions.ticket(store, ana, now=NOW), now=NOW)
    users.remove(store, "Ana", "acme", by="operator", now=NOW)
    assert sessions.user_of(store, session, now=NOW) is None
    assert users.of_account(store, "acme") == []


def test_a_new_user_is_never_taken_for_one_who_was_removed(store, ana):
    users.remove(store, "Ana", "acme", by="operator", now=NOW)
    assert users.add(store, "Ana", "acme", "viewer", None, by="operator", now=NOW).user_id != ana.user_id


@pytest.mark.parametrize("session_id", [None, "", "x", "' OR 1=1 --"])
def test_what_is_no_session_is_nobody(store, ana, session_id):
    assert sessions.user_of(store, session_id, now=NOW) is None


def test_no_ticket_session_or_token_can_be_read_from_the_store(store, ana):
    ticket, link = sessions.ticket(store, ana, now=NOW), sessions.ticket(store, ana, now=NOW, lasts=sessions.LINK_LASTS)
    session = sessions.redeem(store, ticket, now=NOW)
    _, token = tokens.add(store, "acme", label="shop", may_ingest=True, may_read=False, by="operator", now=NOW)
    assert [secret for secret in (ticket, link, session, token) if secret in everything(store)] == []


def test_a_token_is_good_until_it_is_removed(store, ana):
    made, secret = tokens.add(store, "acme", label="shop", may_ingest=True, may_read=False, by="operator", now=NOW)
    assert (tokens.of_secret(store, secret), tokens.of_account(store, "acme"), tokens.of_secret(store, secret + "x")) == (made, [made], None)
    tokens.remove(store, "acme", made.token_id, by="operator", now=NOW)
    assert tokens.of_secret(store, secret) is None


def test_another_accounts_token_cannot_be_removed(store, ana):
    made, secret = tokens.add(store, "acme", label="", may_ingest=True, may_read=True, by="operator", now=NOW)
    with pytest.raises(JourneysError, match="There is no token"):
        tokens.remove(store, "other", made.token_id, by="operator", now=NOW)
    assert tokens.of_secret(store, secret) == made


def failed(store, times, name="ana", address=None, now=NOW):
    return [throttle.begin(store, name, address, now=now) for _ in range(times)]


def test_after_five_failures_a_name_rests_for_fifteen_minutes(store):
    assert all(isinstance(attempt, throttle.Attempt) for attempt in failed(store, 5))
    assert throttle.begin(store, " ANA", None, now=NOW + MINUTE) == NOW + 15 * MINUTE
    assert isinstance(throttle.begin(store, "ana", None, now=NOW + 15 * MINUTE), throttle.Attempt)


def test_another_name_goes_on_meanwhile(store):
    failed(store, 5)
    assert isinstance(throttle.begin(store, "bo", None, now=NOW), throttle.Attempt)


def test_a_success_wipes_the_names_failures(store):
    attempt = failed(store, 4)[-1]
    throttle.succeeded(store, attempt, "ana")
    assert all(isinstance(one, throttle.Attempt) for one in failed(store, 5))


def test_failures_spread_over_more_than_fifteen_minutes_are_no_attack(store):
    for n in range(20):
        assert isinstance(throttle.begin(store, "ana", None, now=NOW + n * 4 * MINUTE), throttle.Attempt)


def test_an_address_that_tries_many_names_rests_too(store):
    for n in range(throttle.OF_AN_ADDRESS):
        assert isinstance(throttle.begin(store, f"user{n}", "203.0.113.7", now=NOW), throttle.Attempt)
    assert throttle.begin(store, "another", "203.0.113.7", now=NOW) == NOW + 15 * MINUTE
    assert isinstance(throttle.begin(store, "another", "203.0.113.8", now=NOW), throttle.Attempt)


def test_tries_made_at_once_do_not_outrun_the_count(store):
    with ThreadPoolExecutor(12) as pool:
        tried = list(pool.map(lambda _: throttle.begin(store, "ana", None, now=NOW), range(12)))
    assert len([one for one in tried if isinstance(one, throttle.Attempt)]) == 5


def test_the_terms_keep_who_when_and_which_text_and_the_first_acceptance_stands(store, account):
    first = terms.accept(store, "acme", by="Ana", now=NOW)
    assert terms.accept(store, "acme", by="Bo", now=NOW + MINUTE) == first == terms.Acceptance("Ana", NOW, terms.VERSION, terms.TEXT)
    assert terms.acceptances(store, "acme") == [first]
