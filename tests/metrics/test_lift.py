"""Arms against control and maturity of weeks: by hand, against statsmodels and scipy, and against a naive recount of random runs."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy.stats import chisquare
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from core.errors import WrongUsage
from core.metrics import Query, answer
from core.metrics.lift import Counted, missing, newcombe, skew, wilson
from tests.metrics.world import World

COUNTED = some.integers(1, 5000).flatmap(lambda people: some.builds(Counted, some.just(people), some.integers(0, people)))


@given(COUNTED)
def test_the_interval_of_a_rate_is_wilsons(one):
    assert wilson(one) == pytest.approx(proportion_confint(one.performers, one.people, method="wilson"), abs=1e-9)


@given(COUNTED, COUNTED)
def test_the_interval_of_a_difference_is_newcombes(arm, control):
    expected = confint_proportions_2indep(arm.performers, arm.people, control.performers, control.people, compare="diff", method="newcomb", correction=False)
    found = newcombe(arm, control)
    assert found[1:] == pytest.approx(expected, abs=1e-9)
    assert found[1] - 1e-9 <= found[0] <= found[2] + 1e-9


def test_the_people_still_missing_give_the_power_asked():
    arm, control = Counted(1000, 120), Counted(500, 50)
    needed = 1000 + missing(arm, control)
    rates, spread = (0.12, 0.10), lambda p: p * (1 - p)
    effect = (rates[0] - rates[1]) / ((spread(0.12) + spread(0.10) * 2) / 3) ** 0.5  # unpooled, the control half as large
    assert needed == pytest.approx(NormalIndPower().solve_power(effect_size=effect, alpha=0.05, power=0.8, ratio=0.5, nobs1=None), rel=0.01)
    assert missing(Counted(10, 1), Counted(20, 2)) is None  # no difference is seen
    assert missing(Counted(0, 0), control) is None


@given(some.lists(some.integers(0, 500), min_size=2, max_size=4).filter(any))
def test_the_check_of_shares_is_the_chi_square_test(people):
    assert skew(people, [1 / len(people)] * len(people)) == pytest.approx(chisquare(people).pvalue, abs=1e-9)


def asked(snapshot, name, measures, by, **more):
    of = {"from": "2026-03-01", "to": "2026-03-31", "where": {"journey": ["cart"]}}
    query = Query.of({"measures": measures, "dimensions": [by], "answer": name, **of, **more})
    assert Query.of(query.document()) == query
    return answer(snapshot, query)


def arms_in(world, labels=("", "")):
    world.con.execute("CREATE TABLE arms (journey_id VARCHAR, version BIGINT, ordinal INTEGER, name VARCHAR, element_id VARCHAR, is_control BOOLEAN)")
    world.rows["arms"] = [{"journey_id": "cart", "version": 1, "ordinal": n, "name": name, "element_id": element, "is_control": name == "none"}
                          for n, (name, element) in enumerate((("A", "a"), ("none", "z")))]  # fmt: skip
    following = f'[{{"to": "a", "label": "{labels[0]}"}}, {{"to": "z", "label": "{labels[1]}"}}]'
    world.rows["elements"].append({"journey_id": "cart", "version": 1, "ordinal": 1, "element_id": "split", "next": following})
    for profile in range(1, 61):
        run = world.run(profile, "2026-03-02", arm="none" if profile % 3 == 0 else "A")
        if profile in (1, 2, 4, 5, 7, 8, 10, 3):
            world.goal(run, "2026-03-03")
    world.run(99, "2026-03-02")  # in no arm


def test_arms_stand_against_the_control_and_say_how_many_are_missing(world, tmp_path):
    arms_in(world)
    snapshot = world.snapshot(tmp_path)
    (control, arm) = asked(snapshot, "lift", ["profiles_in_journey", "goal_performers"], "arm").frame.rows()
    assert control[:5] == ("none", "control", 20, 1, 0.05)
    assert control[7:] == (None, None, None, None, None)
    assert arm[:5] == ("A", None, 40, 7, 0.175)
    assert arm[7:10] == pytest.approx(newcombe(Counted(40, 7), Counted(20, 1)))
    assert arm[10:] == ("not enough yet", missing(Counted(40, 7), Counted(20, 1)))
    snapshot.close()


@pytest.mark.parametrize(("labels", "expected", "source"), [(("", ""), (0.5, 0.5), "equal shares"), (("test, 70 %", "30%"), (0.7, 0.3), "the catalog")])
def test_the_shares_expected_are_the_catalogs_where_it_names_them(world, tmp_path, labels, expected, source):
    arms_in(world, labels)
    snapshot = world.snapshot(tmp_path)
    rows = asked(snapshot, "arm_shares", ["profiles_in_journey"], "arm").frame.rows()
    p = pytest.approx(chisquare([40, 20], [60 * share for share in expected]).pvalue)
    assert rows == [("A", 40, 40 / 60, expected[0], source, p), ("none", 20, 20 / 60, expected[1], source, p)]
    snapshot.close()


def test_lift_is_of_runs_that_started_in_the_range(world, tmp_path):
    arms_in(world)
    snapshot = world.snapshot(tmp_path)
    with pytest.raises(WrongUsage, match="on the basis entered"):
        asked(snapshot, "lift", ["profiles_in_journey", "goal_performers"], "arm", basis="happened")
    with pytest.raises(WrongUsage, match="by week, on the basis entered"):
        asked(snapshot, "maturity", ["profiles_in_journey"], "week", basis="happened")
    snapshot.close()


RUNS = some.lists(some.tuples(some.integers(1, 4), some.integers(0, 86), some.lists(some.integers(0, 20 * 24), max_size=2)), min_size=1, max_size=8)


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(RUNS)
def test_maturity_is_that_of_a_naive_recount(runs):
    """Runs: (profile, day since 1 March, hours from the start to each goal event). The world's as-of is 1 June."""
    world, told = World(), []
    for profile, day, hours in runs:
        start = datetime(2026, 3, 8, 9, tzinfo=UTC) + timedelta(day)
        run = world.run(profile, f"{start:%Y-%m-%d %H:%M}")
        for after in hours:
            world.goal(run, f"{start + timedelta(hours=after):%Y-%m-%d %H:%M}")
        told.append((profile, start.date(), hours))
    first, last, today = date(2026, 3, 8), date(2026, 5, 30), date(2026, 6, 1)
    kept = [(profile, day, hours) for profile, day, hours in told if first <= day <= last]
    expected = []
    latest: dict[tuple[date, int], int] = {}
    for profile, day, hours in kept:
        for after in hours:
            key = (day - timedelta(day.weekday()), profile)
            latest[key] = min(latest.get(key, 10**6), after // 24 + 1)
    longest = min(90, max([7, *latest.values()]))
    for week in sorted({day - timedelta(day.weekday()) for _, day, _ in kept}):
        people = {profile for profile, day, _ in kept if day - timedelta(day.weekday()) == week}
        for days in range(1, longest + 1):
            if week + timedelta(days - 1) > today:
                break
            n = sum(1 for (of, _), reached in latest.items() if of == week and reached <= days)
            done = min(week + timedelta(6), last) + timedelta(days) < today
            expected.append((week, days, len(people), n, n / len(people), "yes" if done else "not yet"))
    with TemporaryDirectory() as folder:
        snapshot = world.snapshot(Path(folder))
        result = asked(snapshot, "maturity", ["profiles_in_journey"], "week", **{"from": str(first), "to": str(last)})
        assert result.frame.rows() == expected
        snapshot.close()
