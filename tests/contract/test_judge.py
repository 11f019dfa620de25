"""What a record is rejected for, and how what is good is read (interface §1)."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from core.contract import COLUMNS, EVENT_TYPES, Given, judge
from core.contract.objects import Number

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
TEN = datetime(2026, 1, 5, 10, tzinfo=UTC)
GIVEN = Given(NOW, "acme")
ENTERED = {"source": "s", "event_id": "1", "event_type": "journey.entered", "occurred_at": "2026-01-05T10:00:00Z", "journey_id": "cart", "profile_id": "p1"}
SENT = {**ENTERED, "event_type": "message.sent"}


def verdict(changes, given=GIVEN, base=ENTERED):
    return judge({**base, **changes}, given)


def test_a_whole_record_has_every_column_typed():
    sent = verdict(
        {
            "channel": "sms\u00df",
            "cost_amount": Number("0.1234565"),
            "cost_currency": "eur",
            "journey_version": "2.0",
            "duration_s": "1.5",
            "is_machine": "TRUE",
            "account_id": "acme",
            "x": Number("1.50"),
            "y": None,
            "z": "",
        },
        base=SENT,
    )
    assert sent == {
        **dict.fromkeys(COLUMNS),
        "source": "s",
        "event_id": "1",
        "event_type": "message.sent",
        "occurred_at": datetime(2026, 1, 5, 10, tzinfo=UTC),
        "received_at": NOW,
        "account_id": "acme",
        "profile_id": "p1",
        "journey_id": "cart",
        "journey_version": 2,
        "channel": "SMS\u00df",
        "is_machine": True,
        "cost_amount": Decimal("0.123457"),
        "cost_currency": "EUR",
        "duration_s": 1.5,
        "attributes": '{"x":1.50}',
    }
    assert list(sent) == list(COLUMNS)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"event_type": None}, "unknown event_type"),
        ({"event_type": ""}, "unknown event_type"),
        ({"event_type": "Journey.entered"}, "unknown event_type"),
        ({"event_type": True, "source": None}, "unknown event_type"),
        ({"source": None, "event_id": ""}, "missing source"),
        ({"event_id": "", "occurred_at": "nope"}, "missing event_id"),
        ({"occurred_at": ""}, "missing occurred_at"),
        ({"profile_id": None, "journey_id": None}, "missing profile_id"),
        ({"journey_id": ""}, "missing journey_id"),
        ({"event_type": "element.entered", "profile_id": None}, "missing element_id"),
        ({"event_type": "event.performed"}, "missing name"),
        ({"event_type": "call.ended"}, "missing call_id"),
        ({"source": True, "profile_id": "0"}, "bad source"),
        ({"event_id": ["1"]}, "bad event_id"),
        ({"occurred_at": "2026-01-05", "profile_id": "0"}, "bad occurred_at"),
        ({"received_at": "2026-01-05T10:00:00"}, "bad received_at"),
        ({"received_at": "2026-03-20T12:00:00.000001Z"}, "bad received_at"),
        ({"profile_id": "0"}, "bad profile_id"),
        ({"profile_id": Number("0")}, "bad profile_id"),
        ({"journey_version": "1.5"}, "bad journey_version"),
        ({"is_machine": "yes"}, "bad is_machine"),
        ({"cost_currency": "EURO", "value_currency": "E1R"}, "bad cost_currency"),
        ({"cost_amount": True}, "bad cost_amount"),
        ({"duration_s": "-0.1"}, "bad duration_s"),
        ({"duration_s": "1e400"}, "bad duration_s"),
        ({"attributes": "{}"}, "bad attributes"),
        ({"attributes": ["a"], "occurred_at": "2026-01-05T10:00:00"}, "bad attributes"),
        ({"occurred_at": "2026-01-05T10:00:00", "account_id": "other"}, "naive occurred_at"),
        ({"occurred_at": "2026-03-21T12:00:00.000001Z", "account_id": "other"}, "in the future"),
        ({"account_id": "other"}, "wrong account"),
    ],
)
def test_the_first_reason_that_applies_is_the_one(changes, reason):
    assert verdict(changes) == reason


def test_each_type_requires_its_own_columns_and_no_others():
    bare = {"source": "s", "event_id": "1", "occurred_at": "2026-01-05T10:00:00Z"}
    lacking = {event_type: judge({**bare, "event_type": event_type}, GIVEN) for event_type in EVENT_TYPES}
    assert {event_type: reason for event_type, reason in lacking.items() if isinstance(reason, str)} == {
        **dict.fromkeys(("journey.entered", "journey.exited"), "missing profile_id"),
        **dict.fromkeys(("element.entered", "element.exited"), "missing journey_id"),
        "event.performed": "missing name",
        **dict.fromkeys([name for name in EVENT_TYPES if name.startswith("call.")], "missing call_id"),
    }


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-01-05T10:00:00Z", TEN),
        ("2026-01-05t10:00:00z", TEN),
        ("2026-01-05 11:00:00+01:00", TEN),
        ("2026-01-05T10:00:00.1234569Z", TEN.replace(microsecond=123456)),
        ("2026-01-04T10:30:00-23:30", TEN),
    ],
)
def test_times_are_moments_cut_to_microseconds(written, read):
    assert verdict({"occurred_at": written})["occurred_at"] == read


@pytest.mark.parametrize(
    "written",
    [
        "2026-01-05",
        "2026-01-05T10:00Z",
        "2026-01-05T10Z",
        "2026-01-05T10:00:60Z",
        "2026-01-05T24:00:00Z",
        "2026-02-30T10:00:00Z",
        "2026-01-05T10:00:00+0100",
        "2026-01-05T10:00:00+01",
        "2026-01-05T10:00:00+24:00",
        "2026-01-05T10:00:00,5Z",
        "2026-01-05T10:00:00.Z",
        " 2026-01-05T10:00:00Z",
        "2026-01-05T10:00:00Z\n",
        "\u0662026-01-05T10:00:00Z",
        "20260105T100000Z",
        "1767607200",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        Number("2026"),
        True,
    ],
)
def test_what_is_no_time_is_bad(written):
    assert verdict({"occurred_at": written}) == "bad occurred_at"


def test_naive_times_are_placed_in_the_zone_that_is_given():
    rome = Given(NOW, "acme", zone=ZoneInfo("Europe/Rome"))
    read = verdict({"occurred_at": "2026-01-05T10:00:00", "received_at": "2026-01-06 10:00:00"}, rome)
    assert (read["occurred_at"], read["received_at"]) == (datetime(2026, 1, 5, 9, tzinfo=UTC), datetime(2026, 1, 6, 9, tzinfo=UTC))
    twice = verdict({"occurred_at": "2025-10-26T02:30:00"}, rome)
    assert twice["occurred_at"] == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)  # the first of the two


def test_a_day_ahead_is_not_the_future():
    assert verdict({"occurred_at": "2026-03-21T12:00:00Z"})["occurred_at"] == NOW + timedelta(hours=24)
    assert verdict({"received_at": "2026-03-20T12:00:00Z"})["received_at"] == NOW


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1.50", "1.500000"),
        ("+.5", "0.500000"),
        ("1.", "1.000000"),
        ("1e-7", "0.000000"),
        ("5e-7", "0.000001"),
        ("-0.0000005", "-0.000001"),
        ("-0.0000004", "0.000000"),
        ("1E3", "1000.000000"),
        ("0.1234564999999999999999999999999999999999", "0.123456"),
        ("999999999999.9999994", "999999999999.999999"),
        ("0e99999999999", "0.000000"),
        ("1e-99999999999", "0.000000"),
        ("00012", "12.000000"),
    ],
)
def test_decimals_are_rounded_half_away_from_zero(written, read):
    amount = verdict({"cost_amount": written})["cost_amount"]
    assert str(amount) == read


@pytest.mark.parametrize(
    "written", ["1e12", "-1000000000000", "999999999999.9999995", "NaN", "Infinity", "1_000", "1,5", " 1", "\u0661", "0x1", "1.2.3", ".", "", "1e", "--1"]
)
def test_what_is_no_such_number_is_bad(written):
    assert verdict({"cost_amount": written or "+"}) == "bad cost_amount"


@pytest.mark.parametrize(
    ("written", "read"), [("3", 3), ("3.0", 3), ("3e2", 300), ("30e-1", 3), ("-9223372036854775808", -(2**63)), ("+9223372036854775807", 2**63 - 1)]
)
def test_an_integer_is_any_number_without_a_fraction(written, read):
    assert verdict({"journey_version": written})["journey_version"] == read


@pytest.mark.parametrize("written", ["9223372036854775808", "-9223372036854775809", "1e19", "0.5", "1e-400", "9223372036854775807.5"])
def test_what_does_not_fit_64_bits_is_bad(written):
    assert verdict({"journey_version": written}) == "bad journey_version"


@pytest.mark.parametrize(
    ("written", "read"), [(True, True), (False, False), ("TRUE", True), ("fAlse", False), ("1", True), (Number("0"), False), (None, False)]
)
def test_booleans_in_every_writing(written, read):
    assert verdict({"is_machine": written})["is_machine"] is read


def test_a_duration_is_judged_after_rounding():
    assert verdict({"duration_s": "-1e-400"})["duration_s"] == 0.0
    assert str(verdict({"duration_s": Number("-0")})["duration_s"]) == "0.0"


def test_text_is_kept_as_it_stands_and_a_number_is_its_literal():
    read = verdict({"profile_id": Number("1.50"), "status": " A\u0301 ", "entry_id": Number("12345678901234567890")})
    assert (read["profile_id"], read["status"], read["entry_id"]) == ("1.50", " A\u0301 ", "12345678901234567890")


def test_the_source_may_come_from_outside_but_a_record_s_own_goes_first():
    given = Given(NOW, "acme", source="given")
    assert verdict({"source": ""}, given)["source"] == "given"
    assert verdict({}, given)["source"] == "s"


def test_what_is_no_column_goes_into_attributes():
    assert verdict({"a": "b", "attributes": {"a": "own", "c": None, "d": {"e": [Number("1e2")]}}})["attributes"] == '{"a":"own","c":null,"d":{"e":[1e2]}}'
    assert verdict({"attributes": {}, "a": None})["attributes"] is None
