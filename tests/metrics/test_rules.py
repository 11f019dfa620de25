"""What cannot be asked is refused, and the refusal says what can."""

import pytest

from core.errors import WrongUsage
from core.metrics import DIMENSIONS, MEASURES, Query
from core.metrics.rules import settled


def refusal(**document):
    with pytest.raises(WrongUsage) as refused:
        settled(Query.of(document))
    return str(refused.value)


def where(**filters):
    return dict(settled(Query.of({"measures": ["entries"], "where": {"journey": ["cart"], **filters}})).where)


def test_an_unknown_name_is_answered_with_the_nearest():
    assert refusal(measures=["entrys"]) == "There is no measure “entrys”. Did you mean “entries”?"
    assert refusal(measures=["entries"], dimensions=["chanel"]) == "There is no dimension “chanel”. Did you mean “channel”?"
    assert refusal(measures=["entries"], where={"jorney": ["a"]}) == "There is no dimension “jorney”. Did you mean “journey”?"
    assert refusal(measures=["entries"], basis="enterd") == "There is no basis “enterd”. Did you mean “entered”?"
    assert refusal(measures=["entries"], order="-entires") == "There is no column to order by called “entires”. Did you mean “entries”?"
    assert refusal(measure=["entries"]) == "There is no part of a question called “measure”. Did you mean “measures”?"
    assert refusal(measures=["entries"], compare="yaer", **{"from": "2026-01-01", "to": "2026-01-02"}) == "There is no comparison “yaer”. Did you mean “year”?"


def test_a_name_twice_is_refused():
    assert refusal(measures=["entries", "entries"]) == "The measure entries is asked for twice: name it once."
    assert refusal(measures=["entries"], dimensions=["day", "day"]) == "The dimension day is asked for twice: name it once."


def test_a_range_that_ends_before_it_starts_is_refused():
    assert refusal(measures=["entries"], **{"from": "2026-03-02", "to": "2026-03-01"}) == (
        "The range ends (2026-03-01) before it starts (2026-03-02): put the earlier day in from."
    )


@pytest.mark.parametrize("text", ["2026-3-1", "20260301", "2026-W10-1", "2026-02-30", "2026-03-01T00:00:00", 20260301])
def test_a_day_is_written_in_one_way(text):
    assert refusal(measures=["entries"], **{"from": text}).startswith(f"from cannot be “{text}”: ")


def test_an_empty_list_of_values_is_refused():
    assert refusal(measures=["entries"], where={"journey": []}) == (
        "The filter on journey has an empty list of values: give at least one, or leave the filter out."
    )
    assert refusal(measures=[]) == "A question asks for at least one measure: --measures entries."


def test_an_impossible_split_names_the_splits_and_the_measures_that_work():
    assert refusal(measures=["entries", "goal_performers"], dimensions=["hour"]) == (
        "goal_performers cannot be split by hour. It can be split by: day, week, month, journey, journey_version, sub_account, arm, attribute.NAME. "
        + "hour works with: "
        + ", ".join(name for name, measure in MEASURES.items() if "hour" in measure.splits)
        + "."
    )


def test_a_filter_is_allowed_where_a_split_is_for_each_measure():
    assert refusal(measures=["messages_sent", "entries"], where={"channel": ["SMS"]}).startswith("entries cannot be filtered by channel.")


@pytest.mark.parametrize("name", [name for name, dimension in DIMENSIONS.items() if dimension.needs_journey])
def test_what_means_something_in_one_journey_needs_it(name):
    measure = next(measure.name for measure in MEASURES.values() if name in measure.splits)
    words = f"{name} means something within one journey: add journey as a dimension, or filter by one journey by its id."
    for filters in ({}, {"journey": ["a", "b"]}, {"journey": [None]}):
        assert refusal(measures=[measure], dimensions=[name], where=filters) == words
    assert refusal(measures=[measure], where={name: ["1"]}) == words
    settled(Query.of({"measures": [measure], "dimensions": [name, "journey"]}))
    settled(Query.of({"measures": [measure], "where": {name: ["1"], "journey": ["a"]}}))


def test_mep_counts_whole_months_with_open_ends():
    words = "mep counts whole months: from is the first day of a month, to the last day of one, or they are left open."
    assert refusal(measures=["mep"], **{"from": "2026-01-02"}) == words
    assert refusal(measures=["entries", "mep"], to="2026-02-27") == words
    settled(Query.of({"measures": ["mep"], "from": "2024-02-01", "to": "2024-02-29"}))
    settled(Query.of({"measures": ["mep"], "from": "0001-01-01", "to": "9999-12-31"}))


def test_a_currency_filter_needs_money_and_a_currency_split_nothing_else():
    assert refusal(measures=["entries"], where={"currency": ["EUR"]}) == (
        "A filter on currency needs a measure of money: goal_value, traffic_cost, wasted_cost, cost_per_goal_performer."
    )
    assert refusal(measures=["traffic_cost", "messages_sent"], dimensions=["currency"]).startswith("messages_sent cannot be split by currency.")
    settled(Query.of({"measures": ["traffic_cost", "entries"], "where": {"currency": ["EUR"]}}))


def test_values_may_come_as_text_or_numbers_and_each_counts_once():
    assert where(journey_version=["1", 1, 1.0, "2"]) == {"journey": ("cart",), "journey_version": (1, 2)}
    assert where(arm=[1, "", None])["arm"] == ("1", None)
    assert where(hour=["03", 7])["hour"] == (3, 7)
    assert where(sub_account="north")["sub_account"] == ("north",)


@pytest.mark.parametrize(
    ("dimension", "value", "words"),
    [
        ("hour", 24, "hour cannot be “24”: it is a whole number from 0 to 23."),
        ("hour", "x", "hour cannot be “x”: it is a whole number from 0 to 23."),
        ("weekday", 0, "weekday cannot be “0”: it is a whole number from 1 (Monday) to 7 (Sunday)."),
        ("weekday", True, "weekday cannot be True: a value is text, a number or null."),
        ("journey_version", "1.5", "journey_version cannot be “1.5”: it is a whole number."),
        ("journey_version", 2**63, "journey_version cannot be “9223372036854775808”: it is a whole number."),
        ("day", "2026-02-30", "day cannot be “2026-02-30”: there is no such day."),
        ("week", "2026-03-03", "week cannot be “2026-03-03”: a week is named by its Monday, 2026-03-02."),
        ("month", "2026-13", "month cannot be “2026-13”: there is no such month."),
        ("arm", ["a"], "arm cannot be ['a']: a value is text, a number or null."),
    ],
)
def test_a_value_that_cannot_be_is_named(dimension, value, words):
    assert refusal(measures=["entries"], where={"journey": ["cart"], dimension: [value]}) == words


@pytest.mark.parametrize(
    "document",
    [
        [],
        "entries",
        {"measures": "entries"},
        {"measures": [1]},
        {"measures": ["entries"], "limit": "3"},
        {"measures": ["entries"], "limit": True},
        {"measures": ["entries"], "limit": -1},
        {"measures": ["entries"], "where": ["a"]},
        {"measures": ["entries"], "order": 1},
        {"measures": ["entries"], "compare": "previous", "from": "2026-01-01"},
    ],
)
def test_a_question_of_another_form_is_refused(document):
    with pytest.raises(WrongUsage):
        settled(Query.of(document))


def test_a_question_goes_to_json_and_back():
    query = settled(
        Query.of(
            {
                "measures": ["messages_sent"],
                "dimensions": ["day"],
                "from": "2026-01-01",
                "to": "2026-01-31",
                "basis": "happened",
                "where": {"month": ["2026-01", None], "hour": ["7"], "channel": ["SMS"]},
                "order": "-day",
                "limit": 3,
                "compare": "year",
            }
        )
    )
    assert settled(Query.of(query.document())) == query
