"""Why this number: the words, the rows behind it, and SQL that can be copied and says the same."""

import pytest

from core.metrics import Query, answer, explain
from tests.metrics.world import World


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    world = World()
    run = world.run(1, "2026-01-05", exit="2026-01-06")
    world.message(run, sent="2026-01-06", cost="1", sender="o'x?")
    world.message(run, sent="2026-01-06", cost="2")
    world.goal(run, "2026-01-07")
    world.arrival(run, "a", "2026-01-05", "ended", 5)
    world.run(1, "2026-01-07")
    made = world.snapshot(tmp_path_factory.mktemp("world"))
    yield made
    made.close()


def test_it_says_what_how_from_where_and_how_many(snapshot):
    explanation = explain(snapshot, Query.of({"measures": ["profiles_exited"], "from": "2026-01-01", "to": "2026-01-31", "where": {"journey": ["cart", None]}}))
    assert explanation.document() == {
        "snapshot": "s1",
        "as_of": "2026-06-01T00:00:00+00:00",
        "basis": "entered: facts of the runs that started in the range, placed on the day their run started",
        "range": "1–31 Jan 2026",
        "filters": ["Journey: cart or none"],
        "rows": 1,
        "sql": explanation.sql,
        "measures": [
            {
                "name": "profiles_exited",
                "label": "Profiles exited",
                "unit": "people",
                "definition": "Distinct profiles with a run that reached an exit point.",
                "formula": "count(DISTINCT profile_key)",
                "placed_by": "the start of the run",
                "rows": 1,
            }
        ],
    }


@pytest.mark.parametrize(
    ("measure", "basis", "behind"),
    [
        ("entries", "entered", 2),
        ("profiles_in_journey", "entered", 1),
        ("traffic_cost", "happened", 2),
        ("exit_rate", "entered", 2),
        ("cost_per_goal_performer", "entered", 3),
        ("element_time_median_s", "happened", 1),
        ("mep", "entered", 0),
    ],
)
def test_rows_behind(snapshot, measure, basis, behind):
    assert explain(snapshot, Query((measure,), basis=basis)).rows == behind


def test_the_sql_can_be_copied_and_answers_the_same(snapshot):
    query = Query.of({"measures": ["messages_sent", "traffic_cost"], "dimensions": ["sender"], "from": "2026-01-01", "where": {"sender": ["o'x?", None]}})
    assert snapshot.sql(explain(snapshot, query).sql).equals(answer(snapshot, query).frame)


def test_a_currency_filter_of_money_leaves_the_rows_behind_mep_whole(snapshot):
    explanation = explain(snapshot, Query(("traffic_cost", "mep"), basis="happened", where=(("currency", ("EUR",)),)))
    assert [(measure.name, measure.rows) for measure in explanation.measures] == [("traffic_cost", 2), ("mep", 0)]
