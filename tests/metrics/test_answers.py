"""Answers over worlds made by hand: which rows there are, what stands in them, and in which order."""

import pytest

from core.errors import WrongUsage
from core.metrics import Query, answer


class Ask:
    """Asks the world, once it is whole: by the rollups, held against the facts."""

    def __init__(self, world, folder):
        self.world, self.folder = world, folder
        self.snapshot = self.result = None

    def __call__(self, *measures, by=(), **document):
        self.snapshot = self.snapshot or self.world.snapshot(self.folder)
        question = Query.of({"measures": list(measures), "dimensions": list(by), **document})
        self.result = answer(self.snapshot, question)
        assert answer(self.snapshot, question, force_facts=True).frame.equals(self.result.frame), "the rollups do not say what the facts say"
        return [tuple(row.values()) for row in self.result.rows()]


@pytest.fixture
def ask(world, tmp_path):
    asked = Ask(world, tmp_path)
    yield asked
    if asked.snapshot:
        asked.snapshot.close()


def test_a_row_appears_for_a_fact_of_any_measure_asked(world, ask):
    run = world.run(1, "2026-01-05")
    world.message(run, "SMS", sent="2026-01-06")
    world.message(run, "EMAIL", sent="2026-01-06", cost="0")
    world.message(run, None, failed="2026-01-06", reason="full")
    assert ask("traffic_cost", by=["channel"]) == [("EMAIL", "0.000000")]
    assert ask("delivery_rate", by=["channel"]) == [("EMAIL", 0.0), ("SMS", 0.0)]
    assert ask("click_to_view_rate", by=["channel"]) == []
    assert ask("messages_sent", "traffic_cost", "messages_failed", by=["channel"]) == [("EMAIL", 1, "0.000000", 0), ("SMS", 1, None, 0), (None, 0, None, 1)]
    assert ask("messages_failed", by=["reason"]) == [("full", 1)]


def test_without_dimensions_there_is_always_one_row(world, ask):
    world.run(1, "2026-01-05")
    nothing = {"from": "2030-01-01"}
    assert ask(
        "entries", "profiles_in_journey", "exit_rate", "traffic_cost", "call_duration_s", "element_time_median_s", "cost_per_goal_performer", "mep", **nothing
    ) == [(0, 0, None, None, None, None, None, 0)]
    assert ask("entries", by=["day"], **nothing) == []


def test_people_are_counted_in_each_row_anew(world, ask):
    world.run(1, "2026-01-31", sub_account="n")
    world.run(1, "2026-02-01")
    world.run(1, "2026-02-02")
    world.run(2, "2026-02-02", journey="other")
    assert ask("profiles_in_journey") == [(2,)]
    assert ask("profiles_in_journey", "entries", by=["month"]) == [("2026-01", 1, 1), ("2026-02", 2, 3)]
    assert ask("profiles_in_journey", by=["week"]) == [("2026-01-26", 1), ("2026-02-02", 2)]
    assert ask("profiles_in_journey", by=["week", "month"]) == [("2026-01-26", "2026-01", 1), ("2026-01-26", "2026-02", 1), ("2026-02-02", "2026-02", 2)]
    assert ask("profiles_in_journey", by=["journey", "sub_account"]) == [("cart", "n", 1), ("cart", None, 1), ("other", None, 1)]
    assert ask("profiles_in_journey", **{"from": "2026-02-01", "to": "2026-02-01"}) == [(1,)]


def test_a_bucket_holds_the_days_of_the_range_alone(world, ask):
    for day in ("2026-01-05", "2026-01-07", "2026-01-12"):
        world.run(1, day)
    assert ask("entries", "profiles_in_journey", by=["week"], **{"from": "2026-01-06", "to": "2026-01-11"}) == [("2026-01-05", 1, 1)]


def test_entered_places_a_fact_on_its_run_and_happened_on_its_own_time(world, ask):
    run = world.run(1, "2026-01-05 09:00", exit="2026-01-09 23:00")
    world.message(run, sent="2026-01-06 10:00", viewed="2026-01-08 11:00")
    assert ask("messages_viewed", "exits", by=["day", "hour"]) == [("2026-01-05", 9, 1, 1)]
    assert ask("messages_viewed", "exits", by=["day", "hour"], basis="happened") == [("2026-01-08", 11, 1, 0), ("2026-01-09", 23, 0, 1)]
    assert ask("entries", by=["weekday"], where={"weekday": [1]}) == [(1, 1)]


def test_calls_are_placed_by_their_start_on_both_bases_and_cost_without_a_run_happened_alone(world, ask):
    run = world.run(1, "2026-01-05")
    call = world.call(run, "2026-02-06 10:00", seconds=9.5, cost="1", last="m1")
    world.step(call, "menu", "m1")
    world.step(call, "input", "m1", input="9", status="invalid")
    world.call(None, "2026-02-06 10:00", journey="other", cost="2", outcome="open", completed=False, answered=False)
    for basis in ("entered", "happened"):
        assert ask("calls", "call_duration_s", "call_completion_rate", by=["month", "journey"], basis=basis) == [
            ("2026-02", "cart", 1, 9.5, 1.0),
            ("2026-02", "other", 1, None, None),
        ]
        assert ask("menu_visits", "menu_inputs", by=["day"], basis=basis) == [("2026-02-06", 1, 1)]
    assert ask("traffic_cost", by=["day", "channel"]) == [("2026-01-05", "VOICE", "1.000000")]
    assert ask("traffic_cost", by=["day", "element", "journey"], basis="happened") == [
        ("2026-02-06", "m1", "cart", "1.000000"),
        ("2026-02-06", None, "other", "2.000000"),
    ]


def test_active_people_when_it_happened_are_of_each_first_view_and_ok(world, ask):
    run = world.run(1, "2026-01-05", active=True)
    world.message(run, viewed="2026-01-31")
    world.message(run, viewed="2026-02-02")
    world.call(run, "2026-02-03", ok="2026-03-01")
    world.call(None, "2026-04-01", ok="2026-04-01")
    assert ask("active_profiles", by=["month"], basis="happened") == [("2026-01", 1), ("2026-02", 1), ("2026-03", 1)]
    assert ask("active_profiles", by=["month"]) == [("2026-01", 1)]


def test_currencies_are_never_added(world, ask):
    run = world.run(1, "2026-01-05")
    world.message(run, sent="2026-01-06", cost="1")
    world.message(run, sent="2026-01-06", cost="2.5", currency="USD")
    world.goal(run, "2026-01-07", "10")
    refused = "Costs and values are in several currencies here (EUR, USD), which are never added: take currency as a dimension, or filter by one of them."
    for document in (
        {"measures": ["traffic_cost"]},
        {"measures": ["goal_value"]},
        {"measures": ["cost_per_goal_performer", "entries"]},
        {"measures": ["traffic_cost"], "where": {"currency": ["USD", "EUR"]}},
    ):
        with pytest.raises(WrongUsage, match=r"several currencies") as error:
            ask(*document.pop("measures"), **document)
        assert str(error.value) == refused
    assert ask("traffic_cost", by=["currency"]) == [("EUR", "1.000000"), ("USD", "2.500000")]
    assert ask("traffic_cost", "messages_sent", "cost_per_goal_performer", where={"currency": ["USD", "USD"]}) == [("2.500000", 2, "2.500000")]
    assert ask("entries") == [(1,)]


def test_cost_per_goal_performer_is_rounded_half_away_from_zero(world, ask):
    for profile, cost in ((1, "0.000001"), (2, "-0.000003")):
        run = world.run(profile, f"2026-01-0{profile}")
        world.message(run, sent="2026-01-05", cost=cost)
        world.goal(run, "2026-01-09")
        world.goal(world.run(profile + 10, f"2026-01-0{profile}"), "2026-01-09")
    assert ask("cost_per_goal_performer", by=["day"]) == [("2026-01-01", "0.000001"), ("2026-01-02", "-0.000002")]
    assert ask("cost_per_goal_performer") == [("-0.000001",)]


def test_by_currency_the_rows_are_those_of_the_cost_and_the_performers_whole_in_each(world, ask):
    run = world.run(1, "2026-01-05")
    world.message(run, sent="2026-01-06", cost="1")
    world.message(run, sent="2026-01-06", cost="3", currency="USD")
    world.goal(run, "2026-01-07", "5")
    world.goal(world.run(2, "2026-01-05"), "2026-01-07", "5", "GBP")
    world.goal(world.run(3, "2026-01-05", journey="other"), "2026-01-07")
    assert ask("cost_per_goal_performer", by=["currency", "journey"]) == [("EUR", "cart", "0.500000"), ("USD", "cart", "1.500000")]
    assert ask("cost_per_goal_performer", "goal_value", by=["currency"]) == [
        ("EUR", "0.333333", "5.000000"),
        ("GBP", None, "5.000000"),
        ("USD", "1.000000", None),
    ]


def test_the_order_is_by_dimensions_then_as_asked_null_last(world, ask):
    for profile, channel in ((1, "b"), (2, "a"), (3, None), (4, "é"), (5, "Z")):
        world.message(
            world.run(profile, "2026-01-05"), channel, sent="2026-01-06", **({"viewed": "2026-01-07", "delivered": "2026-01-07"} if channel == "b" else {})
        )
    assert [row[0] for row in ask("messages_sent", by=["channel"])] == ["Z", "a", "b", "é", None]
    assert [row[0] for row in ask("messages_sent", by=["channel"], order="-channel")] == ["é", "b", "a", "Z", None]
    assert ask("view_rate", "messages_sent", by=["channel"], order="-view_rate", limit=2) == [("b", 1.0, 1), ("Z", None, 1)]
    assert [row[0] for row in ask("messages_viewed", "messages_sent", by=["channel"], order="messages_viewed")] == ["Z", "a", "é", None, "b"]


def test_elements_and_the_median_of_their_visits(world, ask):
    run = world.run(1, "2026-01-05")
    world.arrival(run, "a", "2026-01-05", "passed", 10, 20, None)
    world.arrival(run, "b", "2026-01-06", "waiting", None)
    assert ask(
        "element_arrived", "element_passed", "element_waiting", "element_ended", "element_time_median_s", by=["element"], where={"journey": ["cart"]}
    ) == [("a", 1, 1, 0, 0, 15.0), ("b", 1, 0, 1, 0, None)]
    assert ask("element_time_median_s", by=["element", "journey"]) == [("a", "cart", 15.0)]


def test_links_are_clicks_and_need_the_journey(world, ask):
    run = world.run(1, "2026-01-05")
    world.click(run, "2026-01-06", "a")
    world.click(run, "2026-01-07", "a")
    world.click(run, "2026-01-07", None)
    assert ask("link_clicks", by=["url"], where={"journey": ["cart"]}) == [("a", 2), (None, 1)]
    assert ask("link_clicks", by=["day"], basis="happened") == [("2026-01-06", 1), ("2026-01-07", 2)]


def test_mep_is_by_engaged_at_on_both_bases(world, ask):
    world.run(1, "2026-01-05")
    world.mep(1, "2026-01-31")
    world.mep(2, "2026-02-01", "other", "n")
    for basis in ("entered", "happened"):
        assert ask("mep", "entries", by=["month", "journey"], basis=basis) == [("2026-01", "cart", 1, 1), ("2026-02", "other", 1, 0)]
    assert ask("mep", where={"sub_account": ["n"]}, **{"from": "2026-02-01"}) == [(1,)]


def test_filters_are_any_of_the_values_and_all_of_the_dimensions(world, ask):
    run = world.run(1, "2026-01-05", sub_account="n")
    world.message(run, "SMS", sent="2026-01-06")
    world.message(run, "EMAIL", sent="2026-01-06")
    world.message(world.run(2, "2026-01-07"), None, sent="2026-01-08")
    assert ask("messages_sent", "profiles_messaged", where={"channel": ["SMS", ""]}) == [(2, 2)]
    assert ask("messages_sent", "profiles_messaged", where={"channel": ["SMS", None], "sub_account": ["n"]}) == [(1, 1)]
    assert ask("profiles_messaged", by=["channel"], where={"channel": ["SMS", "EMAIL"]}) == [("EMAIL", 1), ("SMS", 1)]
    assert ask("messages_sent", "profiles_messaged", where={"day": ["2026-01-07", "2026-01-09"]}) == [(1, 1)]
    assert ask("messages_sent", "profiles_messaged", where={"month": ["2026-01"], "journey": ["cart"]}) == [(3, 2)]
    assert ask("profiles_in_journey", by=["month"], where={"month": ["2026-01"], "week": ["2026-01-05"]}) == [("2026-01", 2)]


def test_a_result_says_what_its_columns_are_and_what_to_know_beside_it(world, ask):
    world.journey("cart", "Abandoned cart")
    world.run(1, "2026-01-05")
    world.run(2, "2026-01-05", exit="2026-01-06")
    ask("entries", "exit_rate", by=["journey"])
    assert [(column.name, column.label, str(column.unit)) for column in ask.result.columns] == [
        ("journey", "Journey", "text"),
        ("entries", "Entries", "count"),
        ("exit_rate", "Exit rate", "rate"),
    ]
    assert ask.result.journeys == {"cart": "Abandoned cart"}
    assert ask.result.warnings == ("1 run of this range is still in the journey: these numbers may grow.",)
    ask("exit_rate", by=["day"], basis="happened")
    assert ask.result.warnings == (
        "Rates by time on the basis “happened” compare different people: who is counted above the line need not be among those below it.",
    )
    ask("calls", "mep")
    assert ask.result.warnings == ()
