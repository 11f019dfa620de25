"""What may be added: exactly what the rules would answer, and for the rest a sentence that says why not."""
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as some

from core.errors import WrongUsage
from core.metrics import DIMENSIONS, MEASURES, Query
from core.metrics.possible import mended, possible
from core.metrics.rules import settled


def can(query):
    try:
        settled(query)
    except WrongUsage:
        return False
    return True


def questions():
    filters = some.sampled_from([(), (("journey", ("cart",)),), (("channel", ("SMS",)),), (("currency", ("EUR",)),)])
    made = some.builds(Query, some.lists(some.sampled_from(sorted(MEASURES)), min_size=1, max_size=2, unique=True).map(tuple),
                       some.lists(some.sampled_from(sorted(DIMENSIONS)), max_size=2, unique=True).map(tuple), where=filters)
    return made.filter(can)


@given(questions())
def test_what_is_offered_can_be_asked_and_what_is_not_cannot(query):
    may = possible(query)
    for name in set(MEASURES) - set(query.measures):
        assert (may.measures[name] is None) == can(replace(query, measures=(*query.measures, name))), name
    for name in set(DIMENSIONS) - set(query.dimensions):
        assert (may.dimensions[name] is None) == can(replace(query, dimensions=(*query.dimensions, name))), name


def test_each_reason_is_a_sentence_in_the_readers_words():
    may = possible(Query(("entries", "messages_sent"), ("channel",)))  # that question itself cannot be asked
    assert may.measures["exits"] == "Exits cannot be split by channel"
    assert possible(Query(("entries",))).dimensions["channel"] == "Entries cannot be split by channel"
    assert possible(Query(("messages_sent",))).dimensions["element"] == "Element means something within one journey: split by journey or choose one first"
    assert possible(Query(("messages_sent",), where=(("journey", ("cart",)),))).dimensions["element"] is None
    assert possible(Query(("entries",))).comparisons["previous"] == "A comparison needs a range with both ends."


def test_what_hangs_on_what_is_gone_goes_too():
    query = Query(("messages_sent",), ("element", "day"), where=(("arm", ("A",)), ("channel", ("SMS",))), order="-element")
    assert mended(query, ["EUR"], "EUR") == Query(("messages_sent",), ("day",), where=(("channel", ("SMS",)),))


def test_money_of_several_currencies_is_asked_in_one_of_them():
    asked = mended(Query(("traffic_cost",)), ["EUR", "USD"], "USD")
    assert asked == Query(("traffic_cost",), where=(("currency", ("USD",)),))
    assert mended(replace(asked, measures=("entries",)), ["EUR", "USD"], "USD") == Query(("entries",))
    assert mended(Query(("traffic_cost",)), ["EUR"], "EUR") == Query(("traffic_cost",))
    assert mended(Query(("traffic_cost",), ("currency",)), ["EUR", "USD"], "USD") == Query(("traffic_cost",), ("currency",))
