"""What a widget without a chart shows as an image: its tables as they stand on the page, a strip of tiles as a list."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from typing import TYPE_CHECKING

from core.metrics import Result
from core.ui import changes, hits, images, parts, tables, words
from core.ui.address import Chosen
from core.ui.charts import Picture
from core.ui.tables import Col, Row, Shown

if TYPE_CHECKING:
    from core.ui.viewer import Viewer

TAG, NOTE, MARK = re.compile(r"<[^>]*>"), re.compile(r"<br>\s*<span class=q>"), re.compile(r'<span class="?ja-tag[^>]*>(.*?)</span>')
DETAILS = re.compile(r"<details><summary>(.*?)</summary>.*?</details>", re.S)
BAR, MENU = "b", "m"  # kinds of columns that say nothing in words


def shown(drawn: Sequence[Shown], title: str) -> Picture | None:
    """The tables that a widget has just drawn, below each other; None where it drew none."""
    found = [_texts(one) for one in drawn if one.rows]
    return images.written(*found[0], title, found[1:]) if found else None


def of(viewer: Viewer, chosen: Chosen, results: Sequence[Result], title: str) -> Picture:
    """Answers as they stand: a strip's numbers each beside what they were before, the rows of any other answer with every column."""
    first = results[0]
    if not first.query.dimensions and first.query.answer is None:
        return images.written(*_tiles(chosen, results), title)
    columns = [(column.label, column.unit != "text") for column in first.columns]
    journey = hits.journey((first,))
    rows = [[tables.text(viewer, c.name, row[c.name], str(c.unit), row.get("currency"), row.get("journey", journey)) for c in first.columns]
            for row in first.frame.iter_rows(named=True)]  # fmt: skip
    return images.written(columns, rows, title)


def plain(html: str) -> str:
    """A cell's words: of details their head, lines below each other one after the other."""
    said = NOTE.sub(" · ", MARK.sub(r" (\1)", DETAILS.sub(r"\1", html))).replace("<br>", " + ").replace("<span class=ja-way>", " · ")
    return " ".join(unescape(TAG.sub(" ", said)).split()).removeprefix("· ")


def _texts(one: Shown) -> images.Table:
    kept: list[Col] = [column for column in one.columns if column.kind not in (BAR, MENU) and not column.is_hidden]
    rows: list[list[str]] = [[plain(column.cell(row)) for column in kept] for row in one.rows]
    return [(column.label, column.kind[:1] in "nr") for column in kept], rows


def _tiles(chosen: Chosen, results: Sequence[Result]) -> images.Table:
    """(measure, now, before, change) of every number of a strip, money a line a currency."""
    rows: list[list[str]] = []
    for result in results:
        if result.query.answer is None and set(result.query.dimensions) <= {"currency"}:
            rows += [_tile(result, measure, row) for measure in result.query.measures for row in result.frame.iter_rows(named=True)]
    heads = [("", False), (words.days(*chosen.days), True)]
    if not chosen.before or not any(result.query.compare for result in results):
        return heads, [row[:2] for row in rows]
    return [*heads, (words.days(*chosen.before), True), ("Change", True)], rows


def _tile(result: Result, measure: str, row: Row) -> list[str]:
    column, currency = next(column for column in result.columns if column.name == measure), row.get("currency")
    before = row.get(f"{measure}_before")
    now, then = (words.number(value, str(column.unit), currency) for value in (row[measure], before))
    worked_out, unit = (changes.points, "pp") if column.unit == "rate" else (changes.change, "%")
    return [column.label, now, then, plain(parts.change(worked_out(row[measure], before), None, unit)) or words.MISSING]
