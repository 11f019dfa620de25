"""Ranges that move with the data, and those that stay."""
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.boards.spans import LABELS, Span, meaning
from core.errors import WrongUsage

TODAY = date(2026, 3, 15)


@pytest.mark.parametrize(("text", "days"), [
    ("7d", (date(2026, 3, 9), TODAY)), ("30d", (date(2026, 2, 14), TODAY)), ("month", (date(2026, 3, 1), TODAY)), ("year", (date(2026, 1, 1), TODAY)),
    ("last_month", (date(2026, 2, 1), date(2026, 2, 28))), ("1m", (date(2026, 3, 1), date(2026, 3, 31))), ("3m", (date(2026, 1, 1), date(2026, 3, 31))),
    ("12m", (date(2025, 4, 1), date(2026, 3, 31))), ("all", (None, None)), ("2026-03-01..2026-03-31", (date(2026, 3, 1), date(2026, 3, 31))),
])
def test_a_span_means_these_days(text, days):
    assert Span.of(text).days(TODAY) == days


def test_the_last_30_days_are_other_days_tomorrow_and_two_dates_are_not():
    moving, staying = Span.of("30d"), Span.between(date(2026, 2, 14), TODAY)
    assert moving.days(date(2026, 3, 16)) == (date(2026, 2, 15), date(2026, 3, 16))
    assert staying.days(date(2026, 3, 16)) == (date(2026, 2, 14), TODAY)
    assert (moving.label, staying.label) == ("Last 30 days", "14 Feb–15 Mar 2026")


@given(some.sampled_from(sorted(LABELS)), some.dates(date(2000, 1, 1), date(2050, 1, 1)))
def test_the_meaning_of_a_spans_days_is_a_span_of_the_same_days(text, today):
    days = Span(text).days(today)
    assert meaning(*days, today).days(today) == days


@pytest.mark.parametrize("text", ["", "0d", "28", "30 days", "2026-03-31..2026-03-01", "2026-02-30..2026-03-01", "2026-03-01..", "999m", "-7d", "7D"])
def test_what_is_no_range_is_refused(text):
    with pytest.raises(WrongUsage):
        Span.of(text)
