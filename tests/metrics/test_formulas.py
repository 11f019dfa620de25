"""Formulas: read as written, worked out exactly, null over zero, of one unit; and nothing else is ever run."""
import re
from decimal import Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.errors import WrongUsage
from core.metrics import Query, Unit
from core.metrics.formulas import Formula, checked, computed, inputs, parsed, unit
from core.metrics.rules import columns, settled, with_inputs

COUNTS = ("entries", "exits", "messages_sent", "messages_viewed")


def trees():
    """(text, Python's own value of it) of random formulas; parentheses everywhere, so that Python and we read the same."""
    leaf = some.sampled_from(COUNTS) | some.integers(0, 99).map(str)
    return some.recursive(leaf, lambda inner: some.tuples(inner, some.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"), max_leaves=8)


@given(trees(), some.fixed_dictionaries(dict.fromkeys(COUNTS, some.integers(0, 10**12))))
def test_a_formula_is_worked_out_as_arithmetic_has_it(text, row):
    text = f"(entries - entries) + {text}"
    rewritten = "".join(f"Fraction({part})" if part.isdigit() else part for part in re.split(r"(\d+)", text))
    try:
        expected = eval(rewritten, {"__builtins__": {}}, {name: Fraction(value) for name, value in row.items()} | {"Fraction": Fraction})
    except ZeroDivisionError:
        expected = None
    try:
        of = unit(Formula("f", text))
    except WrongUsage:
        return  # a count and a plain ratio are not added
    if expected is not None and of is Unit.COUNT and abs(expected) >= 2**63:
        with pytest.raises(WrongUsage, match="too large"):
            computed(pl.DataFrame([row]), [Formula("f", text)], False)
        return
    (found,) = computed(pl.DataFrame([row]), [Formula("f", text)], False)["f"].to_list()
    assert found == (None if expected is None else int(expected) if of is Unit.COUNT else float(expected))


@given(some.text(max_size=40))
def test_whatever_is_written_is_read_or_refused_with_a_sentence(text):
    try:
        tree = parsed(text)
    except WrongUsage as refused:
        assert str(refused)
    else:
        assert inputs(Formula("f", text)) and tree


@pytest.mark.parametrize("text", [
    "", "entries +", "(entries", "entries)", "entries exits", "entries ** 2", "__import__('os')", "entries.real", "entries[0]", "entries; exits", "1 + 2",
    "lambda: entries", "entries if 1 else 2", "1e9 * entries", "entries // exits", "entries % exits", "(" * 60 + "entries" + ")" * 60,
    "entries + " * 60 + "exits",
    "-" * 100 + "entries", "entrys",
])
def test_what_is_no_formula_is_refused(text):
    with pytest.raises(WrongUsage):
        parsed(text)


@pytest.mark.parametrize(("text", "of"), [
    ("entries - exits", Unit.COUNT), ("profiles_exited + active_profiles", Unit.COUNT), ("messages_sent / profiles_messaged", Unit.NUMBER),
    ("entries / 2", Unit.NUMBER), ("1 - view_rate", Unit.RATE), ("goal_value - traffic_cost", Unit.MONEY), ("traffic_cost / entries", Unit.MONEY),
    ("goal_value / traffic_cost", Unit.NUMBER), ("call_duration_s / calls", Unit.SECONDS), ("2 * traffic_cost", Unit.MONEY),
])
def test_a_formula_knows_what_its_numbers_are_of(text, of):
    assert unit(Formula("f", text)) is of


@pytest.mark.parametrize("text", ["traffic_cost * goal_value", "entries / traffic_cost", "entries + traffic_cost", "entries + view_rate",
                                  "call_duration_s * calls_answered * traffic_cost",
                                  "traffic_cost + call_duration_s", "1 / call_duration_s"])  # fmt: skip
def test_what_is_of_nothing_is_refused(text):
    with pytest.raises(WrongUsage):
        unit(Formula("f", text))


def test_a_ratio_may_be_shown_as_per_cent_and_nothing_else():
    assert unit(Formula("f", "messages_viewed / messages_sent", is_rate=True)) is Unit.RATE
    for text in ("entries - exits", "traffic_cost / entries"):
        with pytest.raises(WrongUsage):
            unit(Formula("f", text, is_rate=True))


def test_null_and_zero_give_null():
    frame = pl.DataFrame({"entries": [4, 4, None], "exits": [2, 0, 2]})
    assert computed(frame, [Formula("f", "entries / exits")], False)["f"].to_list() == [2.0, None, None]


def test_money_is_exact_to_six_decimals_half_away_from_zero():
    costs = pl.Series([Decimal("0.000001"), Decimal("-0.000001"), Decimal("10")], dtype=pl.Decimal(38, 6))
    frame = pl.DataFrame({"traffic_cost": costs, "entries": [2, 2, 3]})
    assert computed(frame, [Formula("f", "traffic_cost / entries")], False)["f"].to_list() == [Decimal("0.000001"), Decimal("-0.000001"), Decimal("3.333333")]


@pytest.mark.parametrize("name", ["", " x", "entries", "day", "x_before", "-x", "a\nb", "x" * 61])
def test_a_name_that_cannot_be_a_column_is_refused(name):
    with pytest.raises(WrongUsage):
        checked([Formula(name, "entries - exits")])
    with pytest.raises(WrongUsage):
        checked([Formula("same", "entries - exits"), Formula("same", "exits")])


def test_a_question_with_formulas_reads_back_and_has_them_as_columns():
    query = Query(("entries",), ("day",), formulas=(Formula("Left", "entries - exits"),), order="-Left", limit=3)
    assert Query.of(query.document()) == query
    assert columns(settled(query)) == ["day", "entries", "Left"]
    assert with_inputs(query) == Query(("entries", "exits"), ("day",))


def test_a_formula_obeys_the_rules_of_its_measures():
    with pytest.raises(WrongUsage, match="exits cannot be split by channel"):
        settled(Query(("messages_sent",), ("channel",), formulas=(Formula("Left", "messages_sent - exits"),)))
