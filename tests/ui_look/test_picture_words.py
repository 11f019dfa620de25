"""Values by size, as a picture ranks them: those of a group_by, and equal ones in the order of the answer."""

from datetime import UTC, datetime
from decimal import Decimal

import polars as pl
from hypothesis import given
from hypothesis import strategies as some

from core.metrics import Column, Query, Result, Unit
from core.ui.picture_words import largest_first

NUMBERS = some.one_of(some.none(), some.integers(0, 40))
CHANNELS = some.sampled_from(["SMS", "EMAIL", "VIBER", None])


def answered(rows, kind):
    frame = pl.DataFrame({"channel": [row[0] for row in rows], "n": [row[1] for row in rows]}, schema={"channel": pl.String, "n": kind})
    columns = (Column("channel", "Channel", Unit.TEXT), Column("n", "N", Unit.COUNT))
    return Result(frame, Query(("n",), ("channel",)), "s-1", datetime(2026, 3, 3, tzinfo=UTC), columns)


@given(some.lists(some.tuples(CHANNELS, NUMBERS), max_size=30), some.sampled_from([pl.Int64, pl.Float64]))
def test_values_are_ranked_by_the_sum_of_their_rows(rows, kind):
    result = answered(rows, kind)
    sums = dict(result.frame.group_by("channel", maintain_order=True).agg(pl.col("n").cast(pl.Float64).sum()).iter_rows())
    assert largest_first(result, "channel", "n") == sorted(sums, key=lambda value: -sums[value])


def test_equal_ones_keep_the_order_of_the_answer_and_money_is_added_too():
    rows = [("SMS", Decimal("1.5")), ("EMAIL", Decimal("3")), (None, None), ("SMS", Decimal("1.5")), ("VIBER", Decimal("4"))]
    assert largest_first(answered(rows, pl.Decimal(38, 6)), "channel", "n") == ["VIBER", "SMS", "EMAIL", None]
