"""The history of an account's zone."""
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from core.access import zones
from core.errors import WrongUsage

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def test_a_new_zone_holds_from_the_first_instant_of_the_next_month_in_the_old_one():
    assert zones.moved(((None, "Europe/Zagreb"),), "America/New_York", NOW) == (
        (None, "Europe/Zagreb"), (datetime(2026, 3, 31, 22, tzinfo=UTC), "America/New_York"))  # 1 April, 00:00 summer time in Zagreb


def test_the_month_is_that_of_the_old_zone_at_that_moment():
    last_hour = datetime(2026, 3, 31, 22, 30, tzinfo=UTC)  # already April in Zagreb, still March in UTC
    assert zones.moved(((None, "Europe/Zagreb"),), "UTC", last_hour)[-1] == (datetime(2026, 4, 30, 22, tzinfo=UTC), "UTC")


def test_december_is_followed_by_january():
    assert zones.moved(((None, "UTC"),), "Asia/Tokyo", datetime(2026, 12, 5, tzinfo=UTC))[-1] == (datetime(2027, 1, 1, tzinfo=UTC), "Asia/Tokyo")


def test_a_change_still_pending_is_replaced():
    pending = zones.moved(((None, "Europe/Zagreb"),), "America/New_York", NOW)
    assert zones.moved(pending, "Asia/Tokyo", NOW) == ((None, "Europe/Zagreb"), (datetime(2026, 3, 31, 22, tzinfo=UTC), "Asia/Tokyo"))


def test_setting_the_zone_in_force_takes_a_pending_change_back():
    pending = zones.moved(((None, "Europe/Zagreb"),), "America/New_York", NOW)
    assert zones.moved(pending, "Europe/Zagreb", NOW) == ((None, "Europe/Zagreb"),)


def test_a_change_in_force_stays_when_another_follows():
    first = zones.moved(((None, "Europe/Zagreb"),), "America/New_York", NOW)
    later = datetime(2026, 6, 1, 3, tzinfo=UTC)  # still May in New York
    assert zones.moved(first, "Asia/Tokyo", later) == (*first, (datetime(2026, 6, 1, 4, tzinfo=UTC), "Asia/Tokyo"))


@pytest.mark.parametrize(("zone", "year", "month"), [
    ("Europe/Zagreb", 2026, 4), ("America/New_York", 2026, 11), ("Africa/Cairo", 2026, 5), ("Asia/Gaza", 2026, 4), ("Asia/Kathmandu", 2026, 1),
    ("America/Asuncion", 2017, 10), ("Pacific/Kiritimati", 1995, 1), ("America/Havana", 2026, 11)])
def test_a_month_begins_with_its_first_instant_also_where_its_midnight_is_skipped(zone, year, month):
    begins = zones.month_begins(zone, year, month)
    clock = ZoneInfo(zone)
    before = datetime.fromtimestamp(begins.timestamp() - 1, UTC).astimezone(clock)
    assert (begins.astimezone(clock).year, begins.astimezone(clock).month, before.month == month) == (year, month, False)


@pytest.mark.parametrize(("zone", "said"), [
    ("Zagreb", "Did you mean “Europe/Zagreb”?"), ("Europe/Zagrb", "Did you mean “Europe/Zagreb”?"), ("+01:00", "Write a name such as Europe/Zagreb."),
    ("", "Write a name such as Europe/Zagreb."), ("posix/Europe/Zagreb", "Did you mean “Europe/Zagreb”?")])
def test_what_is_no_zone_is_refused(zone, said):
    with pytest.raises(WrongUsage, match="There is no time zone") as refused:
        zones.checked(zone)
    assert said in str(refused.value)
