"""A month of MEP by day and by journey, and its forecast, from a ledger made by hand."""

from datetime import date, timedelta

import pytest

from core.errors import WrongUsage
from core.metrics import Query, answer
from core.metrics.mep_forecast import Month, growth, months
from tests.metrics.world import moment

MARCH = {"first": date(2026, 3, 1), "last": date(2026, 3, 31)}


def told(snapshot, name, first=MARCH["first"], last=MARCH["last"], where=()):
    return answer(snapshot, Query(("mep",), first=first, last=last, where=where, answer=name)).frame


def test_a_month_is_told_by_day_with_the_days_that_have_no_line(world, tmp_path):
    world.mep(1, "2026-03-01")
    world.mep(2, "2026-03-03", "other", "n", billed="2026-04-02", late=True)
    world.mep(3, "2026-03-03")
    snapshot = world.snapshot(tmp_path)
    frame = told(snapshot, "mep_by_day")
    assert frame.head(4).select("day", "mep", "mep_so_far", "late").rows() == [
        (date(2026, 3, 1), 1, 1, 0), (date(2026, 3, 2), 0, 1, 0), (date(2026, 3, 3), 2, 3, 1), (date(2026, 3, 4), 0, 3, 0)]  # fmt: skip
    assert (frame.height, frame["mep_so_far"][-1]) == (31, 3)
    assert told(snapshot, "mep_by_day", where=(("sub_account", ("n",)),))["mep_so_far"][-1] == 1
    assert told(snapshot, "mep_by_day", where=(("sub_account", (None,)),))["mep_so_far"][-1] == 2
    assert told(snapshot, "mep_by_day", date(2026, 6, 1), date(2026, 6, 30)).rows() == [(date(2026, 6, 1), date(2026, 6, 1), 0, 0, 0)]
    snapshot.close()


def test_attributed_adds_up_engaged_does_not_and_alone_is_nobody_elses(world, tmp_path):
    world.run(1, "2026-03-01")
    world.run(1, "2026-03-02", "other")
    world.run(2, "2026-03-02", "other")
    world.run(3, "2026-02-28", "other")
    for profile, at, journey in ((1, "2026-03-01", "cart"), (2, "2026-03-02", "other"), (3, "2026-02-28", "other")):
        world.mep(profile, at, journey)
    snapshot = world.snapshot(tmp_path)
    assert told(snapshot, "mep_journeys").rows() == [("cart", 1, 0.5, 1, 0), ("other", 1, 0.5, 2, 1)]
    snapshot.close()


@pytest.mark.parametrize("query", [{"measures": ["entries"], "answer": "mep_by_day"}, {"measures": ["mep"], "dimensions": ["month"], "answer": "mep_rules"},
                                   {"measures": ["mep"], "from": "2026-03-02", "answer": "mep_journeys"},
                                   {"measures": ["mep"], "answer": "mep_forecast_before"}])  # fmt: skip
def test_an_answer_about_mep_is_of_mep_by_whole_months(world, tmp_path, query):
    snapshot = world.snapshot(tmp_path)
    with pytest.raises(WrongUsage):
        answer(snapshot, Query.of(query))
    snapshot.close()


def steady(first, a_day, days):
    return Month(first, tuple(a_day * (n + 1) for n in range(days)))


def test_a_month_like_all_before_it_is_forecast_exactly():
    past = [steady(date(2026, 1, 1), 10, 31), steady(date(2026, 3, 1), 20, 31)]
    assert [round(value) for value in growth(70, 0.5, 1, past)] == [140, 140, 140]


def test_months_that_grew_differently_widen_the_interval_and_never_below_what_is_there():
    quick = Month(date(2026, 1, 1), tuple([100] * 31))
    expected, low, high = growth(70, 0.5, 1, [quick, steady(date(2026, 3, 1), 20, 31)])
    assert (low, round(expected)) == (70, 99)
    assert high > 140


def test_without_two_whole_months_there_is_no_forecast():
    assert growth(70, 0.5, 1, [steady(date(2026, 1, 1), 10, 31)]) is None
    assert growth(0, 0.5, 1, [steady(date(2026, 1, 1), 10, 31)] * 3) is None


def test_a_month_that_the_ledger_begins_within_is_not_whole():
    lines = {date(2026, 1, 15) + timedelta(n): 1 for n in range(60)}
    assert [month.first for month in months(lines, date(2026, 3, 10))] == [date(2026, 2, 1)]
    assert [month.first for month in months(lines | {date(2026, 1, 1): 1}, date(2026, 3, 10))] == [date(2026, 1, 1), date(2026, 2, 1)]


def test_the_forecast_runs_to_the_months_end_and_each_past_month_is_forecast_from_those_before_it_alone(world, tmp_path):
    profile = 0
    for first, a_day in ((date(2026, 1, 1), 1), (date(2026, 2, 1), 2), (date(2026, 3, 1), 1), (date(2026, 4, 1), 3), (date(2026, 5, 1), 1)):
        day = first
        while day.month == first.month:
            for _ in range(a_day):
                profile += 1
                world.mep(profile, f"{day} 10:00")
            day += timedelta(1)
    snapshot = world.snapshot(tmp_path)
    snapshot.as_of = moment("2026-05-11 12:00")
    may = (date(2026, 5, 1), date(2026, 5, 31))
    ahead = told(snapshot, "mep_forecast", *may)
    assert ahead.row(0) == (date(2026, 5, 1), date(2026, 5, 10), 10, 10, 10)
    assert ahead.row(-1) == (date(2026, 5, 1), date(2026, 5, 31), 31, 31, 31)
    assert told(snapshot, "mep_forecast").rows() == []
    before = told(snapshot, "mep_forecast_before", *may)
    assert before["month"].to_list() == [date(2026, 3, 1), date(2026, 4, 1)]
    assert before["mep"].to_list() == [31, 90]
    snapshot.close()
