"""A widget without a chart as an image: its tables as they stand on the page, a strip of tiles with what each number was before."""
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pytest

from core.metrics import MEASURES, Query, Result
from core.metrics.result import Column
from core.ui import charts, images, tables, theme, written
from core.ui.address import Chosen
from core.ui.tables import Col, Shown

CHOSEN = Chosen((date(2026, 3, 1), date(2026, 3, 7)), date(2026, 3, 9), compare="previous")


def texts(picture):
    names = [name for name in picture.frame.columns if name.startswith("c")]
    return [row[0] for row in picture.frame.select(pl.concat_list(names)).iter_rows()]


@pytest.mark.parametrize(("html", "said"), [
    ("<a href='x' target=_self><bdi>Cart &amp; more</bdi></a><br><span class=q>cart · retention</span>", "Cart & more · cart · retention"),
    ("9.50 EUR<br>1.00 USD", "9.50 EUR + 1.00 USD"),
    ("<details><summary>40</summary><p>30 no such number</p><p>10 expired</p></details>", "40"),
    ("<span class=ja-way><span class=ja-bar><i></i></span><b>60.0 %</b> <span class=q>6</span><span>yes: Offer</span></span>"
     "<span class=ja-way><b>40.0 %</b> <span class=q>4</span><span>no: End</span></span>", "60.0 % 6 yes: Offer · 40.0 % 4 no: End"),
    ('A <span class="ja-tag">control</span>', "A (control)"),
    ("<span class=q>–</span>", "–"),
])
def test_a_cells_html_becomes_its_words(html, said):
    assert written.plain(html) == said


def test_tables_are_drawn_as_on_the_page_without_bars_menus_and_hidden_columns():
    columns = [Col("Element", "t", lambda row: f"<b>{row['name']}</b>"), Col("As a bar", "b", lambda row: "<i></i>", is_hidden=True),
               Col("Menu", "m", lambda row: "…", is_hidden=True), Col("Arrived", "n", lambda row: str(row["n"]))]  # fmt: skip
    with tables.kept() as found:
        tables.keep(columns, [{"name": "Wait", "n": 3}])
        tables.keep([Col("Version", "t", lambda row: "v1")], [{}])
    tables.keep(columns, [{"name": "not of this widget", "n": 0}])
    assert texts(written.shown(found, "Elements")) == [["Element", "Arrived"], ["Wait", "3"], ["", ""], ["Version", ""], ["v1", ""]]
    assert written.shown(found, "Elements").frame["head"].to_list() == [True, False, False, True, False]
    assert written.shown([Shown(columns, [])], "Elements") is None


def test_a_strip_says_each_number_with_what_it_was_and_money_by_currency():
    query = Query(("entries", "exit_rate"), compare="previous")
    frame = pl.DataFrame({"entries": [12], "entries_before": [10], "exit_rate": [0.5], "exit_rate_before": [0.25]})
    counts = Result(frame, query, "s", datetime(2026, 3, 9, tzinfo=UTC),
                    columns=tuple(Column(name, MEASURES[name].label, MEASURES[name].unit) for name in query.measures))  # fmt: skip
    money = pl.DataFrame({"currency": ["EUR", "USD"], "traffic_cost": [Decimal("2.5"), Decimal(1)], "traffic_cost_before": [None, Decimal(2)]})
    cost = replace(counts, frame=money, query=Query(("traffic_cost",), ("currency",)),
                   columns=(Column("traffic_cost", "Traffic cost", MEASURES["traffic_cost"].unit),))  # fmt: skip
    assert texts(written.of(None, CHOSEN, [counts, cost], "Tiles")) == [
        ["", "1–7 Mar 2026", "22–28 Feb 2026", "Change"],
        ["Entries", "12", "10", "↑ 20.0 %"],
        ["Exit rate", "50.0 %", "25.0 %", "↑ 25.0 pp"],
        ["Traffic cost", "2.50 EUR", "–", "–"],
        ["Traffic cost", "1.00 USD", "2.00 USD", "↓ 50.0 %"],
    ]
    alone = replace(counts, query=replace(query, compare=None))
    assert texts(written.of(None, CHOSEN, [alone], "Tiles")) == [["", "1–7 Mar 2026"], ["Entries", "12"], ["Exit rate", "50.0 %"]]
    assert texts(written.of(None, replace(CHOSEN, compare="none"), [counts], "Tiles")) == [["", "1–7 Mar 2026"], ["Entries", "12"], ["Exit rate", "50.0 %"]]


def test_an_image_of_lines_says_which_is_which():
    keys = (("now", "March"), ("fc", "Forecast"), ("then", "February"))
    legend = images._legend(keys, theme.LIGHT)["encoding"]["color"]
    assert legend["scale"] == {"domain": ["March", "Forecast", "February"], "range": [theme.LIGHT[name] for name in ("accent", "here", "ghost")]}
    assert legend["legend"]["symbolType"] == "stroke"
    bars = images._legend(((theme.LIGHT["bad"], "Over it"),), theme.LIGHT)["encoding"]["color"]
    assert (bars["scale"]["range"], bars["legend"]["symbolType"]) == ([theme.LIGHT["bad"]], "square")
    assert charts.Picture(pl.DataFrame(), "trend", (), 1, "").keys == ()
