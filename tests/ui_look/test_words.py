"""One place says how a number, a day and a name read."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from core.ui import words


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (None, "count", "–"), (0, "count", "0"), (12345, "count", "12,345"), (-3, "count", "−3"), (1234567, "people", "1,234,567"),
        (None, "rate", "–"), (0.0, "rate", "0.0 %"), (0.0004, "rate", "<0.1 %"), (0.123, "rate", "12.3 %"), (1.0, "rate", "100.0 %"),
        (0.99999, "rate", ">99.9 %"),
        (None, "money", "–"), (Decimal("0"), "money", "0.00 EUR"), (Decimal("1234.5"), "money", "1,234.50 EUR"), (Decimal("0.004"), "money", "<0.01 EUR"),
        (Decimal("0.005"), "money", "0.01 EUR"), (Decimal("0.125"), "money", "0.13 EUR"), (Decimal("-0.004"), "money", ">−0.01 EUR"),
        (Decimal("12345678901234567890123456.785"), "money", "12,345,678,901,234,567,890,123,456.79 EUR"), (-0.0004, "rate", ">−0.1 %"),
        (Decimal("-2"), "money", "−2.00 EUR"), (0.0, "seconds", "0 s"), (59.5, "seconds", "59.5 s"), (0.04, "seconds", "<0.1 s"), (59.97, "seconds", "1 min"),
        (200.0, "seconds", "3 min 20 s"), (3600.0, "seconds", "1 h"),
        (90061.0, "seconds", "1 d 1 h"), (None, "text", "–"), ("a<b", "text", "a<b"), (date(2025, 3, 5), "text", "5 Mar 2025"),
    ],
)  # fmt: skip
def test_a_number_reads_by_its_unit(value, unit, said):
    assert words.number(value, unit, "EUR") == said


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (date(2025, 3, 1), date(2025, 3, 31), "1–31 Mar 2025"), (date(2025, 3, 5), date(2025, 3, 5), "5 Mar 2025"),
        (date(2025, 2, 28), date(2025, 3, 3), "28 Feb–3 Mar 2025"), (date(2024, 12, 30), date(2025, 1, 2), "30 Dec 2024–2 Jan 2025"),
    ],
)  # fmt: skip
def test_a_range_reads_with_an_en_dash_and_says_a_year_once(first, last, said):
    assert words.days(first, last) == said


def test_a_moment_is_told_on_the_accounts_clock():
    assert words.moment(datetime(2026, 11, 24, 9, 5, tzinfo=UTC), "Europe/Zagreb") == "24 Nov 10:05"


def test_a_name_from_the_data_is_neither_markup_nor_markdown():
    name = "<b>A</b> & *x* [l](u) :red[r] `c` $m$"
    assert words.name(name) == "<bdi>&lt;b&gt;A&lt;/b&gt; &amp; *x* [l](u) :red[r] `c` $m$</bdi>"
    assert words.plain("*x* :red[r]\n#1") == r"\*x\* \:red\[r\] \#1"


def test_one_is_not_plural():
    assert [words.plural(1, "run"), words.plural(2, "run"), words.plural(1204, "entry", "entries")] == ["1 run", "2 runs", "1,204 entries"]
