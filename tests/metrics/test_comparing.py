"""A period beside another: which one is meant, and row n beside row n."""
from datetime import date

import pytest

from core.errors import WrongUsage
from core.metrics import Query, answer
from core.metrics.comparing import period_before, period_name
from tests.metrics.world import World


@pytest.mark.parametrize(("compare", "first", "last", "before"), [
    ("previous", "2026-01-10", "2026-01-16", "3–9 Jan 2026"),
    ("previous", "2026-03-01", "2026-03-31", "1–28 Feb 2026"),
    ("previous", "2026-01-01", "2026-03-31", "1 Oct–31 Dec 2025"),
    ("previous", "2026-03-01", "2026-03-30", "30 Jan–28 Feb 2026"),
    ("previous", "2026-03-01", "2026-03-01", "28 Feb 2026"),
    ("year", "2026-02-01", "2026-02-28", "1–28 Feb 2025"),
    ("year", "2025-02-01", "2025-02-28", "1–29 Feb 2024"),
    ("year", "2024-02-29", "2024-03-02", "28 Feb–2 Mar 2023"),
    ("weekdays", "2026-03-01", "2026-03-31", "1 Feb–3 Mar 2026"),
    ("weekdays", "2026-01-05", "2026-01-05", "8 Dec 2025"),
])
def test_the_period_that_is_meant(compare, first, last, before):
    query = Query(("entries",), first=date.fromisoformat(first), last=date.fromisoformat(last), compare=compare)
    assert period_name(*period_before(query)) == before


def test_mep_is_not_compared_with_28_days_before_which_are_no_whole_months():
    with pytest.raises(WrongUsage, match="compare it with previous or year"):
        period_before(Query(("entries", "mep"), first=date(2026, 1, 1), last=date(2026, 1, 31), compare="weekdays"))


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    world = World()
    for profile, day, journey in ((1, "2026-01-01", "a"), (2, "2026-01-31", "a"), (1, "2026-02-01", "a"), (3, "2026-02-02", "b"), (1, "2026-02-02", "b")):
        world.run(profile, day, journey, exit="2026-02-03")
    snapshot = world.snapshot(tmp_path_factory.mktemp("world"))

    def rows(*measures, by=(), **document):
        result = answer(snapshot, Query.of({"measures": list(measures), "dimensions": list(by), **document}))
        assert [column.name for column in result.columns] == result.frame.columns
        return [tuple(row.values()) for row in result.rows()], result.warnings[-1]

    yield rows
    snapshot.close()


FEBRUARY = {"from": "2026-02-01", "to": "2026-02-28", "compare": "previous"}


def test_each_measure_is_followed_by_that_of_the_other_period(ask):
    assert ask("entries", "profiles_in_journey", "exit_rate", **FEBRUARY) == ([(3, 2, 2, 2, 1.0, 1.0)], "Compared with 1–31 Jan 2026.")


def test_bucket_n_stands_beside_bucket_n_and_none_is_made_up(ask):
    assert ask("entries", by=["day"], **FEBRUARY)[0] == [("2026-02-01", "2026-01-01", 1, 1), ("2026-02-02", "2026-01-02", 2, 0)]
    assert ask("entries", by=["month"], **FEBRUARY)[0] == [("2026-02", "2026-01", 3, 2)]
    assert ask("entries", by=["month", "day"], **FEBRUARY)[0] == [
        ("2026-02", "2026-01", "2026-02-01", "2026-01-01", 1, 1), ("2026-02", "2026-01", "2026-02-02", "2026-01-02", 2, 0)]
    assert ask("entries", by=["week"], **{"from": "2026-01-31", "to": "2026-02-02", "compare": "weekdays"})[0] == [
        ("2026-01-26", "2025-12-29", 2, 0), ("2026-02-02", "2026-01-05", 1 + 1, 0)]


def test_other_dimensions_stand_by_their_values_and_order_may_be_by_the_other_period(ask):
    assert ask("entries", by=["journey"], **FEBRUARY)[0] == [("a", 1, 2), ("b", 2, 0)]
    assert ask("entries", by=["journey"], **FEBRUARY, order="entries_before", limit=1)[0] == [("b", 2, 0)]
    assert ask("entries", by=["journey"], **{**FEBRUARY, "from": "2026-03-01", "to": "2026-03-31"})[0] == [("a", 0, 1), ("b", 0, 2)]
