"""IVR insights and Channels: the numbers shown, what a viewer does not see, and what an empty page says."""

import json
from urllib.parse import quote

import pytest

from core.metrics import Query, answer
from core.metrics.call_paths import FIRST
from core.ui import words
from tests.pages.accounts import built, of_events, opened, taken, told
from tests.pages.test_widgets_agree import html, tables, widgets
from tests.sources.test_vendor_calls import VENDORS, rows, sample  # noqa: F401 (a fixture)

ALL = "from=2000-01-01"


@pytest.fixture(scope="module")
def snapshot(door):
    return door.snapshot("demo")


def query_of(at, key):
    return next(widget for widget in widgets(at) if widget.key == key).queries[0][1]


def test_the_outcomes_shown_add_up_to_the_calls(run, snapshot):
    at = run("ivr-insights", f"journey=service-line&{ALL}")
    assert not at.exception
    outcomes = tables(at)["Calls by outcome and direction"]
    calls = answer(snapshot, Query(("calls",), where=(("journey", ("service-line",)),))).value("calls")
    assert sum(int(row[-2].replace(",", "")) for row in outcomes) == calls
    assert "a class=ja-flow" in html(at)  # every flow of the paths is a link


def test_a_flow_of_the_paths_opens_the_calls_behind_it(run, snapshot):
    ways = answer(snapshot, Query(("calls",), where=(("journey", ("service-line",)),), answer="call_paths")).frame
    way = ways.select("step", "element", "next_element", "outcome", "calls").row(0, named=True)
    piece = json.dumps({name: way[name] for name in ("step", "element", "next_element", "outcome")})
    at = run("ivr-insights", f"journey=service-line&{ALL}&calls={piece}")
    assert not at.exception
    found = answer(snapshot, query_of(at, "behind")).frame
    assert found.height == way["calls"] > 0
    assert words.plural(found.height, "call") in html(at)
    assert [row[0] for row in tables(at)["Calls behind the piece of the paths"]] == found["call_id"].to_list()[:FIRST]


def test_the_calls_behind_a_piece_are_shown_from_the_first_on_and_its_file_holds_all(run, snapshot, monkeypatch):
    monkeypatch.setattr("core.metrics.call_paths.FIRST", 3)
    monkeypatch.setattr("core.ui.call_paths.FIRST", 3)
    monkeypatch.setattr("streamlit.menu_button", lambda label, entries, key, **_: entries[0] if key == "m-behind" else None)
    left = []
    monkeypatch.setattr("core.ui.leaving.file", lambda viewer, chosen, kind, title, result: left.append((kind, result.frame.rows())))
    at = run("ivr-insights", f"journey=service-line&{ALL}&calls={json.dumps({'step': 0})}")
    assert not at.exception
    whole = answer(snapshot, query_of(at, "behind")).frame
    assert whole.height == answer(snapshot, Query(("calls",), where=(("journey", ("service-line",)),))).value("calls") > 3
    assert [row[0] for row in tables(at)["Calls behind the piece of the paths"]] == whole["call_id"].to_list()[:3]
    assert words.plural(whole.height, "call") in html(at)
    assert f"The first 3 of {words.count(whole.height)} calls are shown; the files hold all" in html(at)
    assert left == [("csv", whole.rows())]


@pytest.mark.parametrize("piece", ["no", "[1]", '{"step": "x"}', '{"outcome": ["a"]}', '{"other": 1}'])
def test_a_piece_of_the_paths_that_is_none_is_named(run, piece):
    at = run("ivr-insights", f"journey=service-line&{ALL}&calls={quote(piece)}")
    assert not at.exception
    assert "path_calls is followed by what is meant" in html(at)


def test_a_viewer_sees_how_often_but_not_what_was_collected(run, snapshot):
    at = run("ivr-insights", f"journey=service-line&{ALL}", user="vid")
    assert not at.exception
    shown = tables(at)["Collected values by name"]
    assert shown and {row[1] for row in shown} == {"•••"}
    values = answer(snapshot, query_of(at, "collected")).frame["collected_value"]
    assert not any(value in html(at) for value in values if len(value) > 3)


def test_a_journey_without_calls_says_so_and_which_have_some(run):
    at = run("ivr-insights", f"journey=cart&{ALL}")
    assert not at.exception
    assert "has no calls" in html(at) and "journey=service-line" in html(at)


def test_channels_stand_for_all_journeys_and_for_one(run):
    for query in (ALL, f"journey=cart&{ALL}", f"journey=service-line&{ALL}&channel=SMS"):
        at = run("channels", query)
        assert not at.exception
        assert {"ladder", "senders", "apart", "wasted"} <= {widget.key for widget in widgets(at)}


def call(kind, at, call_id, **more):
    return {"event_type": f"call.{kind}", "occurred_at": f"2026-01-05T10:{at}Z", "journey_id": "line", "call_id": call_id, "profile_id": "p1", **more}


CALLS = [
    call("started", "00:00", "a", direction="outbound"), call("answered", "00:12.400", "a"), call("menu_entered", "00:15", "a", element_id="main"),
    call("input", "00:20", "a", element_id="main", input="1"), call("ended", "01:00", "a", status="completed", duration_s=48, cost_amount="0.30"),
    call("started", "10:00", "b", direction="outbound"), call("answered", "10:04", "b"), call("menu_entered", "10:06", "b", element_id="main"),
    call("ended", "10:30", "b", status="hangup", duration_s=26, cost_amount="0.20"),
    call("started", "20:00", "c", direction="outbound"), call("ended", "20:25", "c", status="no_answer"),
    call("started", "30:00", "d", direction="inbound"), call("input", "30:08", "d", element_id="main", input="2"),  # answered, but nobody says when
    call("ended", "30:20", "d", status="transferred", duration_s=20),
]  # fmt: skip


def shown(at, caption):
    return [[cell for cell in row if cell] for row in tables(at)[caption]]


@pytest.mark.slow
def test_the_time_to_answer_is_that_from_the_start_of_the_call_to_its_answer(run, door, tmp_path):
    of_events(door, tmp_path, "line", CALLS)
    at = run("ivr-insights", "journey=line&from=2026-01-01", user="line")
    assert not at.exception
    asked = [query for widget in widgets(at) if widget.key == "time-to-answer" for _, query in widget.queries]
    bands, quartiles, _ = told(door, tmp_path, "line", asked)
    assert [tuple(row.values()) for row in bands] == [("under 10 s", 1, 0.5), ("10 to 20 s", 1, 1.0)]
    assert (quartiles[0]["calls_timed"], quartiles[0]["time_to_answer_median_s"]) == (2, 8.0)
    assert shown(at, "Answered calls, by time to answer") == [["under 10 s", "1", "50.0 %"], ["10 to 20 s", "1", "100.0 %"]]
    assert "Of 2 calls a quarter were answered within 6 s" in html(at)


@pytest.mark.slow
def test_what_calls_cost_stands_in_their_tile_and_where_they_were_lost(run, door, tmp_path):
    of_events(door, tmp_path, "costly", [{**one, "journey_id": "costly"} for one in CALLS])
    at = run("ivr-insights", "journey=costly&from=2026-01-01", user="costly")
    assert "half of 3 took at most 26 s · 0.50 EUR" in html(at)
    assert shown(at, "Answered calls that did not complete, by last element") == [["main", "1", "33.3 %", "0.50 EUR"]]


@pytest.mark.slow
def test_the_fields_of_a_vendors_call_report_arrive_on_the_page(run, door, tmp_path, rows):  # noqa: F811
    made = rows(0, reports=sample("infobip/voice_ivr_delivery_report.json"))
    (tmp_path / "infobip.ndjson").write_bytes(made)
    opened(door, "infobip")
    taken(door, "infobip", tmp_path / "infobip.ndjson", VENDORS / "infobip-voice.yaml")
    built(door, "infobip")
    at = run("ivr-insights", "journey=payment-reminder&from=2018-06-25&to=2018-06-25&compare=none", user="infobip")
    assert not at.exception
    assert "1 outbound" in html(at) and "0.30 EUR" in html(at)
    assert shown(at, "Calls by outcome and direction") == [["Completed", "1", "100.0 %"]]
    assert shown(at, "Answered calls, by their length") == [["10 to 20 s", "1", "100.0 %"]]
    assert shown(at, "Answered calls, by time to answer") == [["10 to 20 s", "1", "100.0 %"]]


@pytest.mark.slow
def test_the_steps_of_a_vendors_call_flow_arrive_on_the_page(run, door, tmp_path, rows):  # noqa: F811
    opened(door, "twilio")
    report = sample("twilio/2010_04_01_Accounts_AccountSid_Calls_Sid_json_fetch.json")
    step, execution = (sample(f"twilio/v2_Flows_FlowSid_Executions_{name}_fetch.json") for name in ("ExecutionSid_Steps_Sid_", "Sid_"))
    first = {**step, "sid": "FT1", "transitioned_to": "main_menu", "date_created": "2019-10-18T17:02:05Z"}
    files = (("twilio-calls", rows(1, call=report)), ("twilio-studio-steps", rows(2, steps={"steps": [first, step]}, execution=execution)))
    for name, content in files:
        (tmp_path / f"{name}.ndjson").write_bytes(content)
        taken(door, "twilio", tmp_path / f"{name}.ndjson", VENDORS / f"{name}.yaml")
    built(door, "twilio")
    at = run("ivr-insights", "journey=payment-reminder&from=2019-10-18&to=2019-10-18&compare=none", user="twilio")
    assert not at.exception
    assert "1 outbound" in html(at) and "0.20 USD" in html(at)
    assert shown(at, "Menus, by calls lost")[0][:2] == ["main_menu", "1"]
