"""Alerts: what is unusual, why, whom it is told, and that nothing is told twice."""
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.access import accounts, emails, terms, users
from core.access.accounts import Account
from core.errors import WrongUsage
from core.metrics import Query
from core.metrics.formulas import Formula
from core.reports import alerting, alerts
from core.reports.alerts import Rule, after_quiet, checked, findings, said
from core.reports.unusual import Expectation, expectation, is_unusual
from core.reports.watched import numbers, only
from core.store import alerts as kept
from core.store import open_store, outbox
from tests.worlds.product import Product

NOW = datetime(2026, 3, 31, 8, tzinfo=UTC)
LAST = date(2026, 3, 30)  # a Monday
MAIL = SimpleNamespace(smtp_url="smtp://localhost:1", mail_from="journeys@example.com", base_url=None)


def entered(n, day, journey, profile):
    at = f"{day}T10:00:00Z"
    return {"source": "s", "event_id": f"{journey}-{n}", "event_type": "journey.entered", "occurred_at": at, "received_at": at, "journey_id": journey,
            "profile_id": profile}


@pytest.fixture
def snapshot(tmp_path):
    """Ten weeks with 40 entries in cart and 20 in welcome each day; on the last Monday cart has 5."""
    product = Product(tmp_path / "account", ((None, "UTC"),), "EUR", now=NOW)
    records = []
    for back in range(70):
        day = LAST - timedelta(days=back)
        for journey, n in (("cart", 5 if back == 0 else 40), ("welcome", 20)):
            records += [entered(f"{back}-{one}", day, journey, f"p{one}") for one in range(n)]
    product.ingest(records)
    product.build()
    yield product.snapshot
    product.close()


@pytest.fixture
def store(tmp_path):
    opened = open_store(f"sqlite:///{tmp_path / 'store.sqlite'}")
    accounts.add(opened, Account("acme", ((None, "UTC"),), "EUR", "scale", None, False, None), by="test", now=NOW)
    terms.accept(opened, "acme", by="test", now=NOW)
    ana = users.add(opened, "ana", "acme", "viewer", None, by="test", now=NOW)
    emails.keep(opened, ana, "ana@example.com", by="test", now=NOW)
    yield opened
    opened.close()


def test_a_fall_on_a_weekday_that_was_always_even_is_unusual_and_says_which_journey_explains_it(snapshot):
    query = checked(Query(("entries",)), Rule("unusual"))
    (found,) = findings(snapshot, query, Rule("unusual"), LAST, LAST)
    assert (found.day, found.value, found.expected) == (LAST, 25.0, 60.0)
    assert said(snapshot, query, found) == ("Entries was 25 on 30 Mar 2026: usually 60, between 29 and 91 at that time. "
                                            "Journey cart explains 100 % of it: 5, usually 40.")


def test_a_test_run_over_90_days_finds_that_one_day_alone(snapshot):
    assert [finding.day for finding, _ in alerting.test_run(snapshot, Query(("entries",)), Rule("unusual"))] == [LAST]
    assert alerting.test_run(snapshot, Query(("entries",)), Rule("unusual", direction="up")) == []


def test_a_small_number_is_not_judged(snapshot):
    assert findings(snapshot, checked(Query(("entries",)), Rule("unusual")), Rule("unusual", least_n=61), LAST, LAST) == []


def test_each_hour_is_held_against_the_same_weekday_and_hour(snapshot):
    rule = Rule("unusual", by_hour=True)
    (found,) = findings(snapshot, checked(Query(("entries",)), rule), rule, LAST, LAST)
    assert (found.when, found.value, found.expected) == ("2026-03-30 10", 25.0, 60.0)


@pytest.mark.parametrize(("rule", "days"), [(Rule("below", 30), [LAST]), (Rule("above", 59), [LAST - timedelta(days=1)]), (Rule("above", 60), [])])
def test_a_threshold_is_crossed_not_reached(snapshot, rule, days):
    query = checked(Query(("entries",)), rule)
    assert [finding.day for finding in findings(snapshot, query, rule, LAST - timedelta(days=1), LAST)] == days


def test_people_cannot_be_looked_at_by_the_hour():
    with pytest.raises(WrongUsage, match="not known by the hour"):
        checked(Query(("profiles_in_journey",)), Rule("unusual", by_hour=True))


@pytest.mark.parametrize("document", [{"kind": "odd"}, {"kind": "above"}, {"kind": "unusual", "sensitivity": "wild"}])
def test_a_rule_that_means_nothing_is_refused(document):
    with pytest.raises(WrongUsage):
        Rule.of(document)


def add(store, **more):
    ana = users.find(store, "ana", "acme")
    given = {"question": {"measures": ["entries"]}, "rule": Rule("below", 30).document(), "recipients": (ana.user_id,), "quiet": None, "now": NOW} | more
    return kept.add(store, "acme", ana.user_id, "Entries fall", **given)


def look(store, snapshot, now=NOW, settings=MAIL):
    return alerting.look(store, settings, accounts.find(store, "acme"), snapshot, lambda: now)


def test_what_an_alert_finds_is_kept_and_mailed_once_however_often_it_looks(store, snapshot):
    alert = add(store)
    assert [look(store, snapshot), look(store, snapshot)] == [1, 0]
    kept.change(store, "acme", alert, looked_until=None)  # as after a crash before that was kept
    assert look(store, snapshot) == 0
    assert [(one.about, one.state) for one in kept.history(store, "acme")] == [("2026-03-30", "mailed")]
    (mail,) = outbox.about(store, "acme", "alert-")
    assert (mail.recipient, mail.subject, mail.text) == ("ana@example.com", "Entries fall (acme)", "Entries was 25 on 30 Mar 2026, below 30.\n")


def test_one_that_was_removed_and_made_again_mails_again(store, snapshot):
    first = add(store)
    look(store, snapshot)
    kept.remove(store, "acme", first)
    add(store, now=NOW + timedelta(minutes=1))
    assert look(store, snapshot) == 1
    assert len(outbox.about(store, "acme", "alert-")) == 2


def test_a_snoozed_alert_keeps_what_it_finds_and_mails_nothing(store, snapshot):
    alert = add(store)
    kept.change(store, "acme", alert, snoozed_until=NOW + timedelta(days=1))
    assert look(store, snapshot) == 1
    assert [one.state for one in kept.history(store, "acme")] == ["snoozed"]
    assert outbox.about(store, "acme", "alert-") == []


def test_in_quiet_hours_the_mail_waits_for_their_end(store, snapshot):
    add(store, quiet=(22, 9))
    look(store, snapshot)
    assert outbox.about(store, "acme", "alert-")[0].next_at == datetime(2026, 3, 31, 9, tzinfo=UTC)


def test_an_alert_that_is_off_or_cannot_be_answered_holds_up_no_other(store, snapshot):
    off, _, _ = add(store), add(store, question={"measures": ["nothing"]}), add(store)
    kept.change(store, "acme", off, active=False)
    assert look(store, snapshot) == 1


def test_another_account_sees_and_changes_nothing(store):
    alert = add(store)
    assert (kept.listed(store, "other"), kept.history(store, "other")) == ([], [])
    with pytest.raises(kept.UnknownAlert):
        kept.change(store, "other", alert, active=False)
    with pytest.raises(kept.UnknownAlert):
        kept.remove(store, "other", alert)


@pytest.mark.parametrize(("hour", "quiet", "leaves"), [
    (8, None, 8), (8, (22, 9), 9), (21, (22, 9), 21), (23, (22, 9), 33), (9, (22, 9), 9), (13, (12, 14), 14), (14, (12, 14), 14), (5, (6, 6), 5)])
def test_quiet_hours_over_midnight_and_within_a_day(hour, quiet, leaves):
    day = datetime(2026, 3, 30, tzinfo=UTC)
    assert after_quiet(day + timedelta(hours=hour), "UTC", quiet) == day + timedelta(hours=leaves)


@given(some.lists(some.integers(0, 10_000), min_size=4, max_size=8), some.sampled_from([3.0, 4.0, 6.0]))
def test_the_middle_of_the_past_is_never_unusual(past, sigmas):
    expected = expectation(past, sigmas=sigmas)
    assert not is_unusual(expected.middle, expected, "both")
    assert expected.low <= expected.middle <= expected.high


@given(some.lists(some.integers(0, 100), max_size=3))
def test_too_short_a_past_judges_nothing(past):
    assert expectation(past, sigmas=4.0) is None


def test_the_sentence_names_the_filters_and_what_it_looks_at_is_under_them(snapshot):
    query = checked(Query(("entries",), where=(("journey", ("cart",)),)), Rule("below", 30))
    (found,) = findings(snapshot, query, Rule("below", 30), LAST - timedelta(days=9), LAST)
    assert said(snapshot, query, found) == "Entries (journey cart) was 5 on 30 Mar 2026, below 30."
    both = checked(Query(("entries",), where=(("journey", ("cart", "welcome")), ("sub_account", (None,)))), Rule("below", 30))
    (found,) = findings(snapshot, both, Rule("below", 30), LAST, LAST)
    assert said(snapshot, both, found) == "Entries (journey cart or welcome, sub-account none) was 25 on 30 Mar 2026, below 30."


def test_of_a_widgets_question_one_number_is_taken_with_the_filters_that_it_knows():
    asked = Query(("messages_failed", "entries"), ("day", "channel"), LAST, LAST, "entered",
                  (("channel", ("SMS",)), ("reason", ("full",)), ("day", (LAST,)), ("journey", ("cart",))), "-entries", 5, "previous",
                  formulas=(Formula("Share", "messages_failed / messages_sent"),))
    assert numbers(asked) == ("messages_failed", "entries", "Share")
    filters = (("channel", ("SMS",)), ("reason", ("full",)), ("journey", ("cart",)))
    assert only(asked, "messages_failed") == Query(("messages_failed",), basis="happened", where=filters)
    assert only(asked, "entries") == Query(("entries",), basis="happened", where=(("journey", ("cart",)),))
    assert only(asked, "Share") == Query((), basis="happened", where=(("channel", ("SMS",)), ("journey", ("cart",))), formulas=asked.formulas)


def test_a_formula_is_watched_as_a_number_of_its_own(snapshot):
    query = checked(Query((), formulas=(Formula("Entries a head", "entries / profiles_in_journey"),)), Rule("below", 1.4))
    (found,) = findings(snapshot, query, Rule("below", 1.4), LAST - timedelta(days=9), LAST)
    assert said(snapshot, query, found) == "Entries a head was 1.25 on 30 Mar 2026, below 1.40."
    (found,) = findings(snapshot, query, Rule("unusual", sensitivity="high"), LAST, LAST)
    assert said(snapshot, query, found) == ("Entries a head was 1.25 on 30 Mar 2026: usually 1.50, between 1.27 and 1.73 at that time. "
                                            "Journey cart explains 100 % of the change in entries: 5, usually 40.")


def test_an_alert_on_a_formula_says_nothing_once_the_package_has_no_explore(store, snapshot):
    asked = Query((), formulas=(Formula("Entries a head", "entries / profiles_in_journey"),)).document()
    add(store, question=asked, rule=Rule("below", 1.4).document())
    accounts.change(store, "acme", package="grow", by="test", now=NOW)
    assert look(store, snapshot) == 0
    accounts.change(store, "acme", package="scale", advanced_analytics=True, by="test", now=NOW)
    assert look(store, snapshot) == 1


@pytest.mark.parametrize(("asked", "why"), [
    (Query(("entries", "exits")), "one number"), (Query(("mep",)), "thresholds of its own"),
    (Query(("entries",), where=(("day", (LAST,)),)), "no filter on day"),
    (Query(("entries",), where=(("channel", ("SMS",)),)), "channel")])
def test_what_cannot_be_watched_says_why(asked, why):
    with pytest.raises(WrongUsage, match=why):
        checked(asked, Rule("unusual"))


def test_a_mail_leads_to_the_day_that_it_speaks_of(store, snapshot):
    alert = add(store)
    look(store, snapshot, settings=SimpleNamespace(smtp_url="smtp://localhost:1", mail_from="journeys@example.com", base_url="https://j.example.com"))
    (mail,) = outbox.about(store, "acme", "alert-")
    assert mail.text == f"Entries was 25 on 30 Mar 2026, below 30.\n\nhttps://j.example.com/alerts?alert={alert}&about=2026-03-30\n"


def test_what_is_no_count_is_unusual_by_its_own_spread_alone():
    assert expectation([0.5] * 8, sigmas=4.0, is_count=False) == Expectation(0.5, 0.4, 0.6)
    assert expectation([-3.0, -5.0, -4.0, -4.0], sigmas=4.0, is_count=False).low < -4


def test_the_last_day_is_the_one_that_is_over(snapshot):
    assert alerts.last_day(snapshot) == LAST
