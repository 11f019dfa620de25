"""What is drawn: escaped HTML, gaps in sparklines, specs that name their words, and a PNG in our letters."""

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest

from core.metrics import Column, Query, Result, Unit
from core.ui import changes, columns, images, parts, series
from core.ui.address import Chosen

CHOSEN = Chosen((date(2026, 3, 1), date(2026, 3, 3)), date(2026, 3, 3))
HOSTILE = '<img src=x onerror=alert(1)> "&\u202e שלום 🛍️'


def result(dimensions, measures, rows):
    names = [*dimensions, *(name for name, _ in measures)]
    frame = pl.DataFrame([dict(zip(names, row, strict=True)) for row in rows], infer_schema_length=None)
    labels = (*(Column(name, name, Unit.TEXT) for name in dimensions), *(Column(name, name, unit) for name, unit in measures))
    return Result(frame, Query(tuple(name for name, _ in measures), tuple(dimensions)), "s-1", datetime(2026, 3, 3, tzinfo=UTC), labels)


def test_nothing_of_the_data_becomes_markup():
    for html in (parts.chip(HOSTILE), parts.status(HOSTILE), parts.mark(HOSTILE), columns.link(lambda _: HOSTILE, lambda _: HOSTILE, "x").cell({})):
        assert "<img" not in html
        assert "&lt;img src=x onerror=alert(1)&gt;" in html


def test_a_gap_stays_a_gap_in_a_sparkline():
    assert parts.line([1, None, 2, 3], 3).count("polyline") == 2
    assert parts.spark([None, None]) == '<i class="ja-sp" style="' + parts.line([None, None], 1) + '"></i>'


@pytest.mark.parametrize(
    ("now", "before", "moved"),
    [(110, 100, 10.0), (Decimal("1.5"), Decimal("3"), -50.0), (5, 0, None), (None, 5, None), (0, 5, -100.0), (-5, -10, 50.0)],
)
def test_a_change_is_per_cent_of_what_was_before(now, before, moved):
    assert changes.change(now, before) == moved


def test_a_change_is_green_or_red_only_where_up_is_plainly_good_or_bad():
    assert parts.change(4.2, True) == '<b class="d up">↑ 4.2 %</b>'
    assert parts.change(4.2, False) == '<b class="d down">↑ 4.2 %</b>'
    assert parts.change(-4.2, None) == '<b class="d">↓ 4.2 %</b>'
    assert parts.change(0.0, True) == '<b class="d">→ 0.0 %</b>'
    assert parts.change(0.01, True) == '<b class="d up">↑ <0.1 %</b>'.replace("<0.1", "&lt;0.1")


def test_rows_of_several_answers_meet_by_their_dimension_and_money_stays_by_currency():
    sent = result(("channel",), [("messages_sent", Unit.COUNT), ("view_rate", Unit.RATE)], [("SMS", 3, 0.5)])
    cost = result(
        ("channel", "currency"), [("traffic_cost", Unit.MONEY)], [("SMS", "EUR", Decimal(1)), ("SMS", "USD", Decimal(2)), ("VOICE", "EUR", Decimal(4))]
    )
    assert columns.joined([sent, cost]) == [
        {"channel": "SMS", "messages_sent": 3, "view_rate": 0.5, "traffic_cost by currency": [("EUR", Decimal(1)), ("USD", Decimal(2))]},
        {"channel": "VOICE", "messages_sent": 0, "view_rate": None, "traffic_cost by currency": [("EUR", Decimal(4))]},
    ]
    assert columns.money("traffic_cost").cell(columns.joined([sent, cost])[0]) == "1.00 EUR<br>2.00 USD"


def test_a_picture_leaves_as_a_png_of_twice_its_width():
    answer = result(("day",), [("entries", Unit.COUNT)], [(date(2026, 3, 1), 5), (date(2026, 3, 3), 7)])
    made = images.png(series.trend(answer, "entries", CHOSEN, "day", {}, "10:00"), "Entries, by day", ["adria · all journeys", HOSTILE])
    assert made[:8] == b"\x89PNG\r\n\x1a\n"
    assert int.from_bytes(made[16:20]) > 1900


def test_a_table_leaves_as_a_png_with_every_row_or_their_number():
    picture = images.written([("Journey", False), ("Sent", True)], [(f"j{n}", str(n)) for n in range(60)], "Sent")
    assert picture.frame["c0"].to_list()[-1] == "and 20 more rows"
    assert images.png(picture, "Sent, by journey", []).startswith(b"\x89PNG")
