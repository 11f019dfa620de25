"""An answer by day becomes a series: every day there, today open, nothing said of days to come."""

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl

from core.metrics import Column, Query, Result, Unit
from core.ui import series
from core.ui.address import Chosen

DAYS = [date(2026, 3, day) for day in range(1, 5)]
CHOSEN = Chosen((DAYS[0], DAYS[3]), DAYS[2])


def result(frame, *columns, dimensions=("day",)):
    query = Query(tuple(name for name, _ in columns), dimensions)
    labels = [*(Column(name, name.capitalize(), Unit.TEXT) for name in dimensions), *(Column(name, name.capitalize(), unit) for name, unit in columns)]
    return Result(frame, query, "s-1", datetime(2026, 3, 3, 10, tzinfo=UTC), tuple(labels))


def test_a_count_without_a_fact_is_0_and_a_day_to_come_is_a_gap():
    answer = result(pl.DataFrame({"day": [DAYS[1], DAYS[2]], "entries": [5, 2], "entries_before": [0, 7]}), ("entries", Unit.COUNT))
    assert [(p.bucket, p.now, p.before_bucket, p.before, p.is_open, p.is_ahead) for p in series.points(answer, "entries", CHOSEN, "day")] == [
        (DAYS[0], 0, date(2026, 2, 1), 0, False, False),
        (DAYS[1], 5.0, date(2026, 2, 2), 0.0, False, False),
        (DAYS[2], 2.0, date(2026, 2, 3), 7.0, True, False),
        (DAYS[3], None, date(2026, 2, 4), 0, False, True),
    ]


def test_a_sparkline_holds_whole_days_alone():
    answer = result(pl.DataFrame({"day": [DAYS[1], DAYS[2]], "entries": [5, 2], "entries_before": [0, 7]}), ("entries", Unit.COUNT))
    assert series.sparks(series.points(answer, "entries", CHOSEN, "day")) == ([0, 5.0], [0, 0.0])


def test_money_without_a_fact_is_a_gap():
    frame = pl.DataFrame({"day": [DAYS[0]], "currency": ["EUR"], "cost": [Decimal("1.5")]}, schema_overrides={"cost": pl.Decimal(38, 6)})
    answer = result(frame, ("cost", Unit.MONEY), dimensions=("day", "currency"))
    found = series.points(answer, "cost", Chosen((DAYS[0], DAYS[1]), DAYS[2], compare="none"), "day", {"currency": "EUR"})
    assert [point.now for point in found] == [1.5, None]


def test_a_trend_marks_what_was_published_and_writes_its_numbers_as_words():
    answer = result(pl.DataFrame({"day": [DAYS[1], DAYS[2]], "entries": [1500, 2], "entries_before": [3, 7]}), ("entries", Unit.COUNT))
    frame = series.trend(answer, "entries", CHOSEN, "day", {DAYS[1]: "v2"}, "10:00").frame
    assert frame.select("now", "whole", "open", "last", "mark", "said", "now_said", "before_day_said", "before_said").rows() == [
        (0.0, True, False, False, None, "Sun 1 Mar 2026", "0", "Sun 1 Feb 2026", "0"),
        (1500.0, True, True, False, "v2", "Mon 2 Mar 2026", "1,500", "Mon 2 Feb 2026", "3"),
        (2.0, False, True, True, None, "Tue 3 Mar 2026", "2 so far", "Tue 3 Feb 2026", "7"),
        (None, False, False, False, None, "Wed 4 Mar 2026", "–", "Wed 4 Feb 2026", "0"),
    ]


def test_stacked_bars_stand_on_each_other_and_add_up_to_the_answer():
    answer = result(
        pl.DataFrame({"day": [DAYS[0]] * 3, "channel": ["SMS", "EMAIL", None], "sent": [2, 3, 4]}), ("sent", Unit.COUNT), dimensions=("day", "channel")
    )
    frame = series.stacked(answer, "sent", "channel", CHOSEN, "day", series.channels(["SMS", "EMAIL", None])).frame
    assert frame.filter(pl.col("high") > 0).select("series", "low", "high").rows() == [("SMS", 0.0, 2.0), ("Email", 2.0, 5.0), ("No channel", 5.0, 9.0)]


def test_over_seven_channels_the_rest_is_other():
    said = series.channels(["SMS", "EMAIL", "VIBER", "WHATSAPP", "RCS", "PUSH", "LINE", "MMS", None])
    assert [name for name, _ in said.values()] == ["SMS", "Email", "Viber", "WhatsApp", "RCS", "Push", "Other", "Other", "Other"]


def test_the_words_of_marks_stand_on_lines_of_their_own_where_they_would_lie_over_each_other():
    assert series._mark_places({0: "v1 Cart", 20: "v2 Cart"}, 28) == {0: 0, 20: 0}
    assert series._mark_places({3: "v2 Abandoned cart", 4: "v2 Welcome series", 5: "v3"}, 28) == {3: 0, 4: 1, 5: 2}
    assert series._mark_places({27: "v2 Abandoned cart"}, 28) == {27: -1}
    assert series._mark_places({20: "v2 Abandoned cart", 27: "v3 Abandoned cart"}, 28) == {20: 0, 27: -2}
    assert series._mark_places({0: "v1"}, 1) == {0: 0}
