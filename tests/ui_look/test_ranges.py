"""Presets, and the buckets a range is drawn in."""

from datetime import date

from core.ui import ranges

TODAY, BEGINS = date(2026, 3, 31), date(2025, 6, 1)


def test_presets_end_today():
    assert {name: ranges.preset(name, TODAY, BEGINS) for name in ranges.PRESETS} == {
        "7 days": (date(2026, 3, 25), TODAY), "28 days": (date(2026, 3, 4), TODAY), "This month": (date(2026, 3, 1), TODAY),
        "90 days": (date(2026, 1, 1), TODAY), "All": (BEGINS, TODAY),
    }  # fmt: skip


def test_days_know_their_preset():
    assert ranges.preset_of((BEGINS, TODAY), TODAY, BEGINS) == "All"
    assert ranges.preset_of((date(2026, 3, 2), TODAY), TODAY, BEGINS) is None


def test_a_long_range_is_drawn_by_week_and_a_very_long_one_by_month():
    assert [ranges.grain((date(2026, 1, 1), last)) for last in (date(2026, 5, 4), date(2026, 5, 5), date(2028, 1, 10), date(2028, 1, 11))] == [
        "day", "week", "week", "month",
    ]  # fmt: skip


def test_every_bucket_of_a_range_is_there_and_the_last_ends_with_it():
    days = (date(2026, 2, 27), date(2026, 3, 10))
    assert ranges.buckets(days, "week") == [date(2026, 2, 23), date(2026, 3, 2), date(2026, 3, 9)]
    assert ranges.buckets(days, "month") == [date(2026, 2, 1), date(2026, 3, 1)]
    assert [ranges.after(bucket, "week", days) for bucket in ranges.buckets(days, "week")] == [date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 11)]
    assert ranges.after(date(2026, 2, 1), "month", days) == date(2026, 3, 1)
