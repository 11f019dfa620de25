"""Schedules go by the account's clock: daylight saving, month ends, missed times, and one report a time however many processes look."""
from datetime import UTC, datetime, timedelta

import pytest

from core.access import accounts, users
from core.access.features import Refused
from core.errors import WrongUsage
from core.reports import asked, making, schedules
from core.store import report_schedules, reports
from tests.reports.conftest import NOW
from tests.reports.test_making import ENTRIES, desk
from tests.reports.world import build_account


def at(text):
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.fixture
def built(door):
    build_account(door)
    return door


@pytest.fixture
def made(built):
    def make(rhythm="daily", hour=8, day=None, by="ana", to=(), range_="1d", now=NOW):
        account, user = built.account("acme"), users.find(built.store, by)
        given = asked.custom(account, built.snapshot("acme"), [ENTRIES], range_)
        return schedules.add(built.store, account, user, "Daily", given, to, rhythm, hour, day, now=now)
    return make


def due(door, now, as_of=None):
    return schedules.ask_due(door.store, lambda account_id: as_of or now, now=now)


@pytest.mark.parametrize(("rhythm", "hour", "day", "after", "expected"), [
    ("daily", 8, None, "2026-03-10T09:00:00+01:00", "2026-03-11T08:00:00+01:00"),
    ("daily", 8, None, "2026-03-10T07:59:59+01:00", "2026-03-10T08:00:00+01:00"),
    ("daily", 8, None, "2026-03-28T09:00:00+01:00", "2026-03-29T08:00:00+02:00"),  # a day of 23 hours
    ("weekly", 6, 1, "2026-03-10T09:00:00+01:00", "2026-03-16T06:00:00+01:00"),
    ("weekly", 6, 7, "2026-03-10T09:00:00+01:00", "2026-03-15T06:00:00+01:00"),
    ("monthly", 0, 1, "2026-03-10T09:00:00+01:00", "2026-04-01T00:00:00+02:00"),
    ("monthly", 23, 0, "2026-02-10T09:00:00+01:00", "2026-02-28T23:00:00+01:00"),
    ("monthly", 8, 28, "2026-02-28T08:00:00+01:00", "2026-03-28T08:00:00+01:00"),
])
def test_the_next_time_is_of_the_accounts_clock(door, rhythm, hour, day, after, expected):
    assert schedules.next_time(door.account("acme"), rhythm, hour, day, at(after)) == at(expected)


def test_an_hour_that_a_clock_change_repeats_is_one_time_and_one_that_it_leaves_out_is_made_up_for(made, built):
    made(hour=2, now=at("2026-10-24T12:00:00+02:00"))
    times = []
    for hour in range(72):
        now = at("2026-10-24T12:30:00+02:00") + timedelta(hours=hour)
        if due(built, now):
            times.append(reports.listed(built.store, "acme")[0].due_at)
    assert times == [at("2026-10-25T02:00:00+02:00"), at("2026-10-26T02:00:00+01:00"), at("2026-10-27T02:00:00+01:00")]
    spring = schedules.next_time(built.account("acme"), "daily", 2, None, at("2026-03-28T12:00:00+01:00"))
    assert spring.date().isoformat() == "2026-03-29"


def test_a_new_zone_of_the_account_holds_for_what_is_due_after_it(door):
    accounts.change(door.store, "acme", by="operator", now=NOW, time_zone="America/Sao_Paulo")
    account = door.account("acme")
    assert schedules.next_time(account, "monthly", 8, 2, at("2026-03-10T09:00:00+01:00")) == at("2026-04-02T08:00:00-03:00")


def test_a_time_that_has_come_asks_once_and_the_report_speaks_of_the_day_before_it(made, built):
    schedule = made()
    assert due(built, NOW) == 0
    morning = at("2026-03-11T08:00:01+01:00")
    assert (due(built, morning), due(built, morning), due(built, morning + timedelta(hours=3))) == (1, 0, 0)
    (report,) = reports.listed(built.store, "acme")
    assert (report.schedule_id, report.due_at, report.asked_by, report.name) == (schedule.schedule_id, at("2026-03-11T08:00:00+01:00"), "ana", "Daily")
    assert report_schedules.find(built.store, "acme", schedule.schedule_id).next_at == at("2026-03-12T08:00:00+01:00")
    making.make_waiting(desk(built))
    assert reports.find(built.store, "acme", report.report_id).state == "done"


def test_of_several_times_that_were_missed_the_newest_is_made_up_for(made, built):
    made()
    assert due(built, at("2026-03-20T09:00:00+01:00")) == 1
    (report,) = reports.listed(built.store, "acme")
    assert report.due_at == at("2026-03-20T08:00:00+01:00")


def test_it_waits_for_a_refresh_that_has_the_whole_day_but_not_for_ever(made, built):
    made()
    evening, midnight = at("2026-03-10T23:00:00+01:00"), at("2026-03-11T00:00:00+01:00")
    assert due(built, at("2026-03-11T08:00:01+01:00"), evening) == 0
    assert due(built, at("2026-03-11T08:30:00+01:00"), midnight) == 1
    assert due(built, at("2026-03-12T08:00:01+01:00"), midnight) == 0
    assert due(built, at("2026-03-12T15:00:00+01:00"), midnight) == 1  # Grow: 6 h, and one of patience


def test_two_processes_that_see_the_same_time_ask_once(made, built, monkeypatch):
    made()
    now = at("2026-03-11T08:00:01+01:00")
    seen = report_schedules.due(built.store, now=now)
    assert due(built, now) == 1
    monkeypatch.setattr(report_schedules, "due", lambda store, now: seen)
    assert due(built, now) == 0
    assert len(reports.listed(built.store, "acme")) == 1


def test_who_may_not_export_gets_no_schedule_and_whoever_lost_it_gets_a_failed_report(made, built):
    made()
    accounts.change(built.store, "acme", by="operator", now=NOW, package="start")
    with pytest.raises(Refused, match="Grow and Scale"):
        made()
    due(built, at("2026-03-12T08:00:01+01:00"))
    making.make_waiting(desk(built))
    (report,) = reports.listed(built.store, "acme")
    assert (report.state, "Grow and Scale" in report.error) == ("failed", True)


def test_one_is_switched_off_and_on_and_dropped_by_its_owner_or_an_administrator(made, built):
    schedule = made()
    account, ana, vid, ada = built.account("acme"), *(users.find(built.store, name) for name in ("ana", "vid", "ada"))
    with pytest.raises(Refused, match="Only ana or an administrator"):
        schedules.switch(built.store, account, vid, schedule.schedule_id, active=False, now=NOW)
    with pytest.raises(report_schedules.UnknownSchedule):
        schedules.remove(built.store, built.account("other"), users.find(built.store, "eve"), schedule.schedule_id, now=NOW)
    schedules.switch(built.store, account, ana, schedule.schedule_id, active=False, now=NOW)
    assert due(built, at("2026-03-12T09:00:00+01:00")) == 0
    schedules.switch(built.store, account, ada, schedule.schedule_id, active=True, now=at("2026-03-12T09:00:00+01:00"))
    assert due(built, at("2026-03-12T09:00:00+01:00")) == 0  # what was missed while it was off stays so
    schedules.remove(built.store, account, ana, schedule.schedule_id, now=NOW)
    assert report_schedules.listed(built.store, "acme") == []


@pytest.mark.parametrize(("rhythm", "hour", "day"), [("hourly", 8, None), ("daily", 24, None), ("weekly", 8, 8), ("monthly", 8, 29), ("monthly", 8, -1)])
def test_a_time_that_cannot_be_is_refused(made, rhythm, hour, day):
    with pytest.raises(WrongUsage):
        made(rhythm, hour, day)
