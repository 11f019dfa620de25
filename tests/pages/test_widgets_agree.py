"""Every widget of every page is its Query: what is drawn, CSV, Excel and `journeys query` say the same, over all that the menu leads to."""

import csv
import json
import re
import subprocess
import sys
from html import unescape

import openpyxl
import pytest

from core.metrics import Query, answer
from core.reports import export
from core.ui import registry, words
from core.ui.menu import MENU

QUERIES = {
    "Journey": (
        "journey=cart",
        "journey=service-line&basis=happened",
        "journey=birthday&channel=EMAIL&compare=none",
        "journey=welcome&version=2&compare=previous&from=2025-01-01",
    ),
    "Analytics": ("", "basis=happened&compare=year", "journey=cart,winback&channel=SMS", "sub_account=bank&compare=none"),
}
SHOWS = {"overview": "top", "journeys": "list", "campaign-performance": "ladder"}  # so that the walk is known to be on the page it means
WALK = [(entry.url_path, query) for entry in MENU for query in QUERIES.get(entry.section, ("",))]


def widgets(at):
    return list(at.session_state[registry.KEY].values()) if registry.KEY in at.session_state else []


def html(at):
    return "\n".join(element.proto.body for element in at.get("html"))


def tables(at):
    """Caption → rows of texts, of all HTML tables of the page."""
    found = {}
    for caption, body in re.findall(r'aria-label="([^"]*)"[^>]*><table.*?<tbody>(.*?)</tbody>', html(at), re.S):
        rows = re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.S)
        found[unescape(caption)] = [[unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)] for row in rows]
    return found


@pytest.fixture(scope="module")
def snapshot(door):
    return door.snapshot("demo")


@pytest.mark.slow
@pytest.mark.parametrize(("page", "query"), WALK)
def test_a_widgets_files_and_the_command_line_say_what_its_query_says(run, door, snapshot, tmp_path, page, query):
    at = run(page, query)
    assert not at.exception
    asked = [question for widget in widgets(at) for _, question in widget.queries]
    assert SHOWS.get(page) in [None, *(widget.key for widget in widgets(at))]
    answered = by_command(door, tmp_path, asked)
    for question, document in zip(asked, answered, strict=True):
        result = answer(snapshot, question)
        rows = result.document()["rows"]
        assert document["rows"] == rows
        assert Query.of(question.document()) == question  # what stands in an address asks the same
        assert by_csv(tmp_path, result) == [as_text(result, row) for row in rows]
        assert by_excel(tmp_path, result) == [as_typed(result, row) for row in rows]


def by_command(door, folder, asked):
    file = folder / "questions.ndjson"
    file.write_text("\n".join(json.dumps(question.document()) for question in asked))
    asking = [sys.executable, "-m", "core", "--data-dir", str(door.settings.data_dir), "query", "--account", "demo", "--questions", str(file)]
    done = subprocess.run(asking, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def by_csv(folder, result):
    export.to_csv(result, folder / "widget.csv")
    with (folder / "widget.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))[1:]


def by_excel(folder, result):
    export.to_xlsx(result, folder / "widget.xlsx", {"Title": "test"})
    sheet = openpyxl.load_workbook(folder / "widget.xlsx").worksheets[0]
    return [[as_number(cell.value) for cell in row] for row in sheet.iter_rows(min_row=2, max_col=sheet.max_column)]


def spread(result, row):
    """(column, value) as a file has them: a journey is its id and its name."""
    for column in result.columns:
        yield column, row[column.name]
        if column.name == "journey":
            yield None, result.journeys.get(row["journey"], row["journey"])


def as_text(result, row):
    return ["" if value is None else str(value) for _, value in spread(result, row)]


def as_typed(result, row):
    return [as_number(float(value) if column is not None and column.unit == "money" and value is not None else value) for column, value in spread(result, row)]


def as_number(value):
    if hasattr(value, "isoformat"):
        return value.isoformat()[:10]
    return round(float(value), 9) if isinstance(value, int | float) else value


def test_a_tile_says_the_number_of_its_query(run, snapshot):
    at = run("campaign-performance", "journey=cart")
    six = next(widget for widget in widgets(at) if widget.key == "six")
    counts = answer(snapshot, six.queries[0][1])
    shown = dict(re.findall(r"<dt>([^<]+)</dt><dd><span class=\"v\">([^<]+)", html(at)))
    for measure in ("profiles_in_journey", "profiles_exited", "active_profiles", "goal_performers", "messages_sent"):
        label = next(column.label for column in counts.columns if column.name == measure)
        assert shown[label] == words.count(counts.value(measure))


def test_a_chart_as_a_table_shows_every_row_of_its_query(run, snapshot):
    at = run("campaign-performance", "journey=cart")
    at.button(key="vb-trend").click().run()
    trend = next(widget for widget in widgets(at) if widget.key == "trend")
    rows = answer(snapshot, trend.queries[0][1]).frame.iter_rows(named=True)
    expected = [
        [words.day(row["day"]), words.day(row["day_before"]), words.count(row["profiles_in_journey"]), words.count(row["profiles_in_journey_before"])]
        for row in rows
    ]
    assert tables(at)[trend.title] == expected


def test_the_endings_shown_are_the_rows_of_the_query(run, snapshot):
    at = run("campaign-performance", "journey=service-line&from=2000-01-01")
    endings = next(widget for widget in widgets(at) if widget.key == "endings")
    rows = {words.reason(row["exit_reason"]): words.count(row["exits"]) for row in answer(snapshot, endings.queries[0][1]).frame.iter_rows(named=True)}
    assert {row[0]: row[2] for row in tables(at)["Endings of runs"]} == rows
