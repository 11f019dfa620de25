"""Spark builds only where its Java tells the account's time as we do."""
from datetime import UTC, datetime

import pytest

from core.errors import JourneysError
from core.warehouse.spark_clocks import hold_equal

NOW = datetime(2026, 11, 30, tzinfo=UTC)


class Told:
    """A Spark that answers with these rows: UTC day since 1970, seconds ahead of UTC added up over its hours."""

    def __init__(self, seconds, **other):
        days = (datetime(2027, 12, 31, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).days
        self.rows = dict.fromkeys(range(days), seconds * 24) | {int(day[1:]): ahead for day, ahead in other.items()}

    def sql(self, text):
        assert "'Asia/Tokyo'" in text
        return self

    def collect(self):
        return list(self.rows.items())


def test_the_same_clock_is_held_equal():
    hold_equal(Told(9 * 3600), ((None, "Asia/Tokyo"),), NOW)


def test_another_clock_for_one_hour_of_one_day_is_refused_by_name_and_day():
    with pytest.raises(JourneysError, match="another time in Asia/Tokyo than ours, first on 2026-11-02"):
        hold_equal(Told(9 * 3600, _20759=9 * 3600 * 24 - 3600), ((None, "Asia/Tokyo"),), NOW)


def test_every_zone_of_the_account_is_asked_for():
    with pytest.raises(AssertionError):
        hold_equal(Told(9 * 3600), ((None, "Asia/Tokyo"), (NOW, "Europe/Rome")), NOW)
