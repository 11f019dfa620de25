"""The SQL last agreed to, a question a file."""
from datetime import date

import pytest

from core.metrics import Query
from core.metrics.rules import settled
from core.metrics.series import indexed
from core.metrics.sql import sql_for

MARCH = {"first": date(2026, 3, 1), "last": date(2026, 3, 31)}
CART = (("journey", ("cart",)),)

QUESTIONS = {
    "profiles_in_total": Query(("profiles_in_journey",), **MARCH),
    "profiles_by_day": Query(("profiles_in_journey",), ("day",), **MARCH),
    "profiles_by_week_of_a_journey": Query(("profiles_in_journey", "profiles_exited"), ("week",), **MARCH, where=CART),
    "profiles_of_three_journeys": Query(("profiles_in_journey",), **MARCH, where=(("journey", ("a", "b", None)),)),
    "top_journeys": Query(("profiles_in_journey", "exit_rate"), ("journey",), **MARCH, order="-profiles_in_journey", limit=10),
    "tiles": Query(("profiles_in_journey", "entries", "active_profiles", "goal_performers", "messages_sent", "traffic_cost"), **MARCH, where=CART),
    "channels": Query(("messages_sent", "view_rate", "profiles_messaged"), ("channel",), **MARCH, where=CART),
    "cost_per_goal_performer_by_currency": Query(("traffic_cost", "cost_per_goal_performer"), ("currency", "journey"), **MARCH),
    "cost_in_euros_beside_counts": Query(("traffic_cost", "messages_sent"), ("day",), where=(("currency", ("EUR",)),)),
    "cost_by_sender_when_it_happened": Query(("traffic_cost",), ("sender",), **MARCH, basis="happened"),
    "active_by_month_from_the_facts": Query(("active_profiles",), ("month",), basis="happened", where=(("sub_account", ("n", "s")),)),
    "rungs_by_hour": Query(("messages_sent", "messages_viewed"), ("hour",), **MARCH),
    "elements": Query(("element_arrived", "element_waiting", "element_time_median_s"), ("element",), where=CART),
    "calls": Query(("calls", "call_completion_rate", "call_duration_s"), ("outcome",), **MARCH),
}
# (measure, basis, scope, series_key, journey, version, sub-account, arm, channel): the account's and those of two journeys; nobody exited in cart
SERIES = indexed([
    ("profiles_in_journey", "entered", "account", 1, None, None, None, None, None),
    ("profiles_in_journey", "entered", "journey", 2, "cart", None, None, None, None),
    ("profiles_in_journey", "entered", "journey", 3, "news", None, None, None, None),
    ("profiles_exited", "entered", "journey", 4, "news", None, None, None, None),
    ("active_profiles", "entered", "journey", 5, "cart", None, None, None, None),
    ("goal_performers", "entered", "journey", 6, "cart", None, None, None, None),
    ("profiles_messaged", "entered", "journey_channel", 7, "cart", None, None, None, "SMS"),
    ("profiles_messaged", "entered", "journey_channel", 8, "cart", None, None, None, "EMAIL"),
])


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_sql_is_the_sql_last_agreed_to(name, golden):
    sql, params = sql_for(settled(QUESTIONS[name]), series=SERIES)
    golden(name, f"{sql}\n-- {params}")


def test_without_series_or_with_too_many_people_are_asked_of_the_view(golden):
    query = settled(QUESTIONS["top_journeys"])
    many = indexed([("profiles_in_journey", "entered", "journey", key, f"j{key}", None, None, None, None) for key in range(501)])
    assert sql_for(query) == sql_for(query, series=indexed([])) == sql_for(query, series=many)
    golden("top_of_many_journeys", sql_for(query)[0])
