"""When files usually come is learned from the history, and one that is missing is named."""
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.sources.sftp.cadence import Expected, expected


@dataclass(frozen=True)
class Came:
    started_at: datetime
    file: str | None = "a.csv"
    error: str | None = None
    same_as: str | None = None


MONDAY = datetime(2026, 3, 2, 5, 10, tzinfo=UTC)  # 06:10 in Zagreb
FIVE_WEEKS = [Came(MONDAY + timedelta(weeks=week, hours=-1 if week == 4 else 0)) for week in range(5)]  # summer time begins before the fifth


def test_a_file_that_came_every_monday_at_six_is_missing_two_hours_after_seven() -> None:
    sixth = datetime(2026, 4, 6, 4, 0, tzinfo=UTC)  # 06:00
    (found,) = expected(FIVE_WEEKS, "Europe/Zagreb", sixth + timedelta(hours=3))
    assert (found.weekday, found.hour, found.seen, found.missing) == (1, 6, 5, True)
    assert found.due_at.isoformat() == "2026-04-06T07:00:00+02:00"
    assert not expected(FIVE_WEEKS, "Europe/Zagreb", sixth + timedelta(hours=2, minutes=59))[0].missing


def test_a_file_that_came_is_not_missing_nor_is_one_that_came_later() -> None:
    late = [*FIVE_WEEKS, Came(datetime(2026, 4, 7, 9, tzinfo=UTC))]
    assert [one.missing for one in expected(late, "Europe/Zagreb", datetime(2026, 4, 7, 12, tzinfo=UTC)) if one.hour == 6] == [False]


def test_nothing_is_expected_of_two_weeks_of_failures_or_of_chance() -> None:
    now = datetime(2026, 4, 6, 12, tzinfo=UTC)
    assert expected(FIVE_WEEKS[3:], "Europe/Zagreb", now) == []
    assert expected([Came(one.started_at, error="empty") for one in FIVE_WEEKS], "Europe/Zagreb", now) == []
    assert expected([FIVE_WEEKS[0]], "Europe/Zagreb", now) == []
    assert expected([], "Europe/Zagreb", now) == []


def test_it_says_how_sure_it_is() -> None:
    assert Expected(1, 6, 3, 4, MONDAY, missing=False).sure == 0.75
    four_of_five = [FIVE_WEEKS[0], FIVE_WEEKS[1], FIVE_WEEKS[3], FIVE_WEEKS[4]]
    (found,) = expected(four_of_five, "Europe/Zagreb", datetime(2026, 4, 6, 12, tzinfo=UTC))
    assert (found.seen, found.weeks) == (4, 5)


def test_arrivals_about_the_full_hour_are_one_arrival_a_week() -> None:
    about = [Came(one.started_at + timedelta(minutes=45 if week % 2 else 55)) for week, one in enumerate(FIVE_WEEKS)]
    assert [(one.hour, one.seen) for one in expected(about, "Europe/Zagreb", datetime(2026, 4, 6, 12, tzinfo=UTC))] == [(7, 5)]
