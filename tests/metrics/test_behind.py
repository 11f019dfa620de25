"""The rows behind a number add up to it, fact by fact, profile by profile, addend by addend."""
from decimal import Decimal

import polars as pl
import pytest

from core.errors import WrongUsage
from core.metrics import MEASURES, Query, answer, row_batches, rows
from core.metrics.behind import row_columns
from tests.metrics.world import World


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory):
    world = World()
    world.journey("cart", "Abandoned cart")
    for profile in (1, 2, 3):
        run = world.run(profile, f"2026-01-0{profile} 09:00", sub_account="n", version=profile, arm="A", exit="2026-01-09", active=True)
        world.message(run, "SMS", "385", "e2", sent="2026-01-05 10:00", delivered="2026-01-05", viewed="2026-01-06", clicked="2026-01-06", cost="0.10")
        world.message(run, "EMAIL", sent="2026-01-05", failed="2026-01-06", reason="full", cost="0.20")
        world.message(run, machine_viewed="2026-01-05", replied="2026-01-07", unsubscribed="2026-01-07", complained="2026-01-07")
        world.click(run, "2026-01-06", "a")
        world.goal(run, "2026-01-08", "5")
        world.goal(run, "2026-01-08")
        world.arrival(run, "e2", "2026-01-05", "passed", 10)
        world.arrival(run, "e3", "2026-01-05", "waiting", None)
        call = world.call(run, "2026-01-07", seconds=30.5, ok="2026-01-07", cost="1", last="m1")
        world.step(call, "menu", "m1")
        world.step(call, "input", "m1", "1")
        world.step(call, "collect", "m1", collect="zip")
        world.mep(profile, "2026-01-05")
    world.run(3, "2026-01-10")
    world.call(None, "2026-01-07", journey="other", seconds=1.0, cost="2")
    made = world.snapshot(tmp_path_factory.mktemp("world"))
    yield made
    made.close()


def has_rows(measure):
    return not measure.is_rate and measure.name != "element_time_median_s"


@pytest.mark.parametrize("basis", ["entered", "happened"])
@pytest.mark.parametrize("name", [measure.name for measure in MEASURES.values() if has_rows(measure)])
def test_the_rows_behind_a_number_are_the_number(snapshot, name, basis):
    for query in (Query((name,), basis=basis), Query((name,), ("month", "journey"), basis=basis), Query((name,), basis=basis, where=(("journey", ("cart",)),))):
        shown = answer(snapshot, query).frame
        behind = rows(snapshot, query)
        if name in behind.columns:
            assert behind[name].sum() == shown[name].sum()
        else:
            assert behind.height == shown[name].sum()
        assert pl.concat(row_batches(snapshot, query, size=7)).equals(behind)
        assert len(row_columns(query, behind)) == behind.width


def test_a_count_is_one_row_a_fact_in_the_order_of_the_log(snapshot):
    behind = rows(snapshot, Query(("messages_failed",), ("reason",), where=(("channel", ("EMAIL",)),)))
    assert behind.columns == ["reason", "position", "profile_id", "journey_id", "version", "sub_account_id", "arm", "source", "message_id", "channel", "sender",
                              "element_id", "sent_at", "delivered_at", "viewed_at", "clicked_at", "replied_at", "failed_at", "cost_amount", "cost_currency"]
    assert behind.select("reason", "position", "profile_id", "version", "message_id", "failed_at").rows() == [
        ("full", position, f"p{profile}", profile, f"m{position}", "2026-01-06T00:00:00+00:00")
        for profile, position in zip((1, 2, 3), behind["position"], strict=True)]


def test_people_are_one_row_a_profile_with_the_number_of_its_facts(snapshot):
    assert rows(snapshot, Query(("profiles_in_journey",))).rows() == [("p1", 1), ("p2", 1), ("p3", 2)]
    assert rows(snapshot, Query(("profiles_in_journey",), ("arm", "journey"))).rows() == [
        ("A", "cart", "p1", 1), ("A", "cart", "p2", 1), ("A", "cart", "p3", 1), (None, "cart", "p3", 1)]


def test_a_sum_is_one_row_an_addend(snapshot):
    behind = rows(snapshot, Query(("traffic_cost",), ("channel",), basis="happened", order="-traffic_cost", limit=3))
    assert behind.select("channel", "traffic_cost", "call_id", "profile_id").rows() == [
        ("VOICE", Decimal("2.000000"), behind["call_id"][0], None), ("VOICE", Decimal("1.000000"), behind["call_id"][1], "p1"),
        ("VOICE", Decimal("1.000000"), behind["call_id"][2], "p2")]


def test_a_click_and_a_step_show_the_id_of_their_message_and_call(snapshot):
    assert rows(snapshot, Query(("menu_inputs",))).select("call_id", "input").rows()[0][1] == "1"
    assert all(rows(snapshot, Query(("menu_inputs",)))["call_id"].str.starts_with("c"))


@pytest.mark.parametrize(("document", "words"), [
    ({"measures": ["exit_rate"]}, "exit_rate has no rows of its own: ask for those of profiles_exited or profiles_in_journey."),
    ({"measures": ["element_time_median_s"]}, "element_time_median_s is a median, to which no row adds: ask for the rows of a count, of people or of a sum."),
    ({"measures": ["entries", "exits"]}, "rows shows what is behind one measure: ask for one."),
    ({"measures": ["entries"], "compare": "year", "from": "2026-01-01", "to": "2026-01-31"}, "rows come from one period: leave out compare."),
])
def test_what_has_no_rows_is_refused(snapshot, document, words):
    with pytest.raises(WrongUsage) as refused:
        rows(snapshot, Query.of(document))
    assert str(refused.value) == words
