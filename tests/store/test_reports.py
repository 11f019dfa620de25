"""Reports, schedules and mails in both databases: claims, fences, and what is there once."""
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from core.access import accounts, emails, users
from core.errors import WrongUsage
from core.store import open_store, outbox, report_schedules, reports
from core.store.outbox import ClaimLost

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def store(address):
    opened = open_store(address)
    for account_id in ("acme", "other"):
        accounts.add(opened, accounts.Account(account_id, ((None, "UTC"),), "EUR", "grow", None, False, None), by="t", now=NOW)
    yield opened
    opened.close()


def add(store, account_id="acme", **more):
    with store.write() as connection:
        return reports.add(connection, account_id, kind="custom", name="n", parameters={"a": [1]}, user_id=None, asked_by="t", now=NOW, **more)


@pytest.mark.parametrize("number", [1, 2**31, 2**63 - 1, 2**63, 10**30])
def test_a_number_that_nothing_has_is_unknown_however_large_it_is(store, number):
    with pytest.raises(reports.UnknownReport):
        reports.find(store, "acme", number)
    with pytest.raises(report_schedules.UnknownSchedule):
        report_schedules.find(store, "acme", number)


def test_a_report_has_one_maker_until_its_claim_runs_out(store):
    made = add(store, recipients=(1, 2))
    mine = reports.claim(store, "one", now=NOW, until=LATER)
    assert (mine.report_id, mine.state, mine.recipients, mine.parameters) == (made.report_id, "running", (1, 2), {"a": [1]})
    assert (reports.claim(store, "two", now=NOW, until=LATER), reports.waiting(store, now=NOW), reports.waiting(store, now=LATER)) == (None, False, True)
    theirs = reports.claim(store, "two", now=LATER, until=LATER)
    with pytest.raises(ClaimLost):
        reports.progressed(store, mine, 50, until=LATER)
    reports.progressed(store, theirs, 50, until=LATER)
    assert reports.find(store, "acme", made.report_id).percent == 50
    with pytest.raises(reports.UnknownReport):
        reports.find(store, "other", made.report_id)


def test_an_occurrence_of_a_schedule_is_asked_for_once(store):
    with store.write() as connection:
        schedule = report_schedules.add(connection, "acme", now=NOW, parameters={}, recipients=(), name="n", rhythm="daily", hour=8, day=None, user_id=None,
                                        asked_by="t", next_at=NOW)
    assert [one.schedule_id for one in report_schedules.due(store, now=NOW)] == [schedule.schedule_id]
    with store.write() as connection:
        assert (report_schedules.move(connection, schedule, LATER), report_schedules.move(connection, schedule, LATER)) == (True, False)
    assert report_schedules.due(store, now=NOW) == []
    add(store, schedule_id=schedule.schedule_id, due_at=NOW)
    with pytest.raises(IntegrityError):
        add(store, schedule_id=schedule.schedule_id, due_at=NOW)
    assert [add(store).report_id, add(store).report_id] == [one.report_id for one in reversed(reports.listed(store, "acme")[:2])]


def test_a_mail_goes_from_queued_to_sent_and_only_its_holder_moves_it(store):
    with store.write() as connection:
        for dedup in ("a_1", "a_1", "ab1"):
            outbox.put(connection, "acme", dedup=dedup, message_id="<1>", recipient="x@y", subject="s", text="t", files=[("f", "F")], now=NOW)
    assert len(outbox.about(store, "acme", "a_")) == 1  # an underscore is a letter here
    mine = outbox.claim(store, now=NOW, until=LATER)
    outbox.handed(store, mine, now=NOW)
    outbox.sent(store, mine, now=NOW)
    with pytest.raises(ClaimLost):
        outbox.sent(store, mine, now=NOW)
    (kept,) = outbox.about(store, "acme", "a_")
    assert (kept.state, kept.files, kept.finished_at) == ("sent", (("f", "F"),), NOW)


def test_an_address_is_kept_beside_the_user(store):
    ana = users.add(store, "ana", "acme", "viewer", None, by="t", now=NOW)
    assert emails.of(store, ana) is None
    assert emails.keep(store, ana, " Ana@BÜRO.example ", by="t", now=NOW) == "Ana@xn--bro-hoa.example"
    assert emails.of_account(store, "acme") == {ana: "Ana@xn--bro-hoa.example"}
    with pytest.raises(WrongUsage):
        emails.keep(store, ana, "nobody", by="t", now=NOW)
