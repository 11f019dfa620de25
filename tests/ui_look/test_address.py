"""The address holds ids, lists with commas, and nothing that is not there; what it does not say has one default."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.errors import WrongUsage
from core.metrics import Query
from core.ui.address import Known, read, split, whole, written

TODAY = date(2026, 3, 31)
KNOWN = Known(
    today=TODAY, begins=date(2025, 6, 1), journeys={"cart": frozenset({"shop"}), "a,b": frozenset(), "loan": frozenset({"bank", "shop"})},
    channels=("EMAIL", "SMS", None), sub_accounts=("north", None), versions={"cart": (1, 2, None)},
)  # fmt: skip


@given(some.lists(some.one_of(some.none(), some.text(min_size=1)), min_size=1))
def test_a_list_is_read_as_it_was_written(values):
    assert list(split(written(values))) == values


def test_an_id_with_a_comma_is_taken_as_it_stands():
    assert read({"journey": "a,b"}, KNOWN).journeys == ("a,b",)
    assert read({"journey": "cart,loan"}, KNOWN).journeys == ("cart", "loan")
    assert read({"journey": written(["a,b", "cart"])}, KNOWN).journeys == ("a,b", "cart")


def test_without_parameters_it_is_four_weeks_of_runs_that_started_against_the_four_before():
    chosen = read({}, KNOWN)
    assert (chosen.days, chosen.basis, chosen.before) == ((date(2026, 3, 4), TODAY), "entered", (date(2026, 2, 4), date(2026, 3, 3)))
    assert chosen.ask("entries", by=("day",), compare=True) == Query(("entries",), ("day",), date(2026, 3, 4), TODAY, "entered", (), None, None, "weekdays")


def test_an_open_end_is_the_first_day_with_data_or_today():
    assert read({"from": "2026-03-30"}, KNOWN).days == (date(2026, 3, 30), TODAY)
    assert read({"to": "2025-07-01"}, KNOWN).days == (date(2025, 6, 1), date(2025, 7, 1))


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        ({"journey": "crat"}, "There is no journey “crat”. Did you mean “cart”?"), ({"from": "2026-02-30"}, "“2026-02-30” is no day"),
        ({"from": "20260101"}, "“20260101” is no day"),
        ({"from": "2026-03-02", "to": "2026-03-01"}, "ends before it starts"),
        ({"basis": "enter"}, "There is no basis “enter”. Did you mean “entered”?"), ({"compare": "x"}, "There is no compare “x”."),
        ({"channel": "FAX"}, "There is no channel “FAX”."), ({"sub_account": "south"}, "There is no sub-account “south”."),
        ({"tag": "shp"}, "There is no tag “shp”."),
        ({"version": "1"}, "choose the journey first"), ({"journey": "cart", "version": "3"}, "There is no version of this journey “3”."),
        ({"journey": "a,b", "tag": "bank"}, "None of the chosen journeys carries the tag “bank”."), ({"journey": ""}, "There is no journey “”."),
    ],
)  # fmt: skip
def test_a_value_that_is_not_valid_is_named(parameters, named):
    with pytest.raises(WrongUsage, match=".*".join(part for part in [named.replace("?", r"\?").replace(".", r"\.")])):
        read(parameters, KNOWN)


def test_a_query_takes_only_filters_that_its_measures_allow():
    chosen = read({"journey": "cart", "version": "2,", "channel": "SMS,", "sub_account": "north"}, KNOWN)
    people = chosen.ask("profiles_in_journey")
    assert people.where == (("journey", ("cart",)), ("journey_version", (2, None)), ("sub_account", ("north",)))
    assert chosen.left_out(people) == ("channel",)
    assert chosen.ask("messages_sent").where == (*people.where[:2], ("channel", ("SMS", None)), ("sub_account", ("north",)))
    assert [query.measures for query in chosen.each("entries", "messages_sent", "exits")] == [("entries", "exits"), ("messages_sent",)]


def test_tags_stand_for_their_journeys():
    assert read({"tag": "shop"}, KNOWN).ask("entries").where == (("journey", ("cart", "loan")),)
    assert read({"tag": "shop", "journey": "loan"}, KNOWN).ask("entries").where == (("journey", ("loan",)),)


@pytest.mark.parametrize(("text", "number"), [("7", 7), ("007", 7), ("", None), ("-7", None), ("²", None), ("٣", None), ("9" * 10, None)])
def test_an_id_that_is_a_number_is_plain_digits_that_the_store_can_hold(text, number):
    assert whole(text) == number
