"""Charts in a workbook: Excel's own, over the cells of its sheets, in the colours of the channels."""
from collections.abc import Sequence
from typing import Any

from core.metrics import Result
from core.reports.export import Book, printed

# a channel keeps its colour here as on every page; a test holds these equal to the ones of core.ui.theme
CHANNEL = {"SMS": "#0072B2", "EMAIL": "#C27A00", "VIBER": "#B0578D", "WHATSAPP": "#00875F", "RCS": "#3E94CC", "PUSH": "#D55E00", "VOICE": "#6B7A80"}
SERIES = tuple(CHANNEL.values())
INK, LINE = "#14262B", "#E3EAE9"
SIZE = {"width": 620, "height": 300}
LABELS = 10  # of a line's buckets; more would stand on their heads
A_ROW = 16  # rows of a sheet that a chart takes


def columns_of(book: Book, sheet: str, result: Result, height: int) -> list[Any]:
    """Two charts of the ladder by channel: messages by rung, and the rates of them."""
    if not height:
        return []
    messages = [("messages_sent", "#0B5F6B"), ("messages_delivered", "#5FBAC5"), ("messages_viewed", "#E8A317"), ("messages_clicked", "#B0578D")]
    rates = [("delivery_rate", "#5FBAC5"), ("view_rate", "#E8A317"), ("click_rate", "#B0578D")]
    return [_clustered(book, sheet, title, result, chosen, height, form)
            for title, chosen, form in (("Messages, by channel", messages, "#,##0"), ("Delivery, view and click rate, by channel", rates, "0%"))]


def _clustered(book: Book, sheet: str, title: str, result: Result, chosen: Sequence[tuple[str, str]], height: int, form: str) -> Any:
    chart = book.made.add_chart({"type": "column"})
    places = {column.name: at for at, column in enumerate(result.columns)}
    for name, colour in chosen:
        at = places[name]
        chart.add_series({"name": [sheet, 0, at], "categories": [sheet, 1, 0, height, 0], "values": [sheet, 1, at, height, at], "fill": {"color": colour},
                          "gap": 80})
    return _styled(chart, title, form, most=1 if form == "0%" else None)


def lines(book: Book, sheet: str, title: str, channels: Sequence[str], height: int) -> list[Any]:
    """A line a channel over the buckets of a sheet."""
    chart = book.made.add_chart({"type": "line"})
    for at, channel in enumerate(channels, 1):
        colour = CHANNEL.get(channel, SERIES[-at % len(SERIES)])
        chart.add_series({"name": [sheet, 0, at], "categories": [sheet, 1, 0, height, 0], "values": [sheet, 1, at, height, at],
                          "line": {"color": colour, "width": 2}})
    return [_styled(chart, title, "#,##0", every=-(-height // LABELS))]


def bars(book: Book, sheet: str, result: Result, height: int) -> list[Any]:
    """The cost by channel and currency, a bar a row of the sheet."""
    chart = book.made.add_chart({"type": "bar"})
    at = [column.name for column in result.columns].index("traffic_cost")
    chart.add_series({"name": [sheet, 0, at], "categories": [sheet, 1, 0, height, 1], "values": [sheet, 1, at, height, at], "fill": {"color": "#0B5F6B"}})
    return [_styled(chart, "Traffic cost, by channel and currency", "#,##0.00", is_lying=True)]


def beside(sheet: Any, book: Book, title: str, basis: str, drawn: Sequence[Any]) -> None:
    """The charts two a row below a title."""
    sheet.hide_gridlines(2)
    printed(sheet, 1)
    sheet.write_string(0, 0, title, book.made.add_format({"bold": True, "font_size": 14}))
    sheet.write_string(1, 0, f"Basis {basis}")
    if not drawn:
        sheet.write_string(3, 0, "No message was sent in this range.")
    for n, chart in enumerate(drawn):
        sheet.insert_chart(3 + n // 2 * A_ROW, n % 2 * 10, chart)


def _styled(chart: Any, title: str, form: str, *, is_lying: bool = False, every: int = 1, most: int | None = None) -> Any:
    """`every`: of so many categories one is named; `most`: where the axis of values ends. Of lying bars the values are on what xlsxwriter calls x."""
    chart.set_title({"name": title, "overlay": False, "name_font": {"size": 12, "bold": True, "color": INK}})
    of_names = {"line": {"color": INK}, "num_font": {"color": INK}, "major_gridlines": {"visible": False}, "interval_unit": every}
    of_values = {"num_format": form, "major_gridlines": {"visible": True, "line": {"color": LINE}}, "line": {"none": True}, "min": 0, "max": most}
    chart.set_x_axis(of_values if is_lying else of_names)
    chart.set_y_axis(of_names if is_lying else of_values)
    chart.set_legend({"none": True} if is_lying else {"position": "top"})
    chart.set_size(SIZE)
    return chart
