"""Records for tests, and hypothesis strategies that come near every edge of the contract."""

from datetime import UTC, datetime

from hypothesis import strategies as some

from core.contract import COLUMNS, EVENT_TYPES, Given, Kind
from core.contract.objects import Number

NOW = datetime(2026, 3, 20, 12, 0, tzinfo=UTC)
GIVEN = Given(NOW, "acme")

ENTERED = {"source": "s", "event_id": "1", "event_type": "journey.entered", "occurred_at": "2026-01-05T10:00:00Z", "journey_id": "cart", "profile_id": "p1"}

TEXTS = some.sampled_from(
    ["", " ", "a", "A\u00e9", "\u00df", "0", "00", "1.50", '"', "\\", "\x01", "\u212a", "{}", "x" * 20, "sms", "\U0001f600", "eur", "EURO"]
)
MOMENTS = some.sampled_from(
    [
        "2026-01-05T10:00:00Z",
        "2026-01-05t10:00:00z",
        "2026-01-05 10:00:00+01:00",
        "2026-01-05T10:00:00.5-23:59",
        "2026-01-05T10:00:00.1234567Z",
        "2026-01-05T10:00:00.1234567891Z",
        "2026-01-05",
        "2026-01-05T10:00Z",
        "2026-01-05T10:00:60Z",
        "2026-01-05T24:00:00Z",
        "2026-02-30T10:00:00Z",
        "2026-01-05T10:00:00+0100",
        "2026-01-05T10:00:00+24:00",
        "2026-01-05T10:00:00",
        "2026-03-29T02:30:00",
        "2025-10-26T02:30:00",
        "1899-12-31T23:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59-01:00",
        "2026-03-20T12:00:00Z",
        "2026-03-20T12:00:00.000001Z",
        "2026-03-21T12:00:00Z",
        "2026-03-21T12:00:00.000001Z",
        "2026-03-22T00:00:00Z",
        " 2026-01-05T10:00:00Z",
        "2026-01-05T10:00:00Z\n",
        "\u0662026-01-05T10:00:00Z",
        "2026-01-05T10:00:00.Z",
        "2026-01-05T10:00:00,5Z",
        "1965-06-01T10:00:00",
        "2050-07-01T00:00:00",
    ]
)
NUMBERS = some.sampled_from(
    [
        "0",
        "-0",
        "1",
        "+1",
        "-1",
        "1.",
        ".5",
        ".",
        "1.5",
        "1.0",
        "1e3",
        "1E-3",
        "10e-1",
        "0.1234565",
        "0.1234564999999999999999999",
        "-0.0000005",
        "-0.0000004",
        "999999999999.999999",
        "999999999999.9999995",
        "999999999999.9999994",
        "1000000000000",
        "-999999999999",
        "9223372036854775807",
        "9223372036854775808",
        "-9223372036854775808",
        "-9223372036854775809",
        "1e400",
        "1e-400",
        "-1e-400",
        "1e999999999999999999999",
        "0e999999999999999999999",
        "1e-999999999999999999999",
        "NaN",
        "Infinity",
        "1_000",
        "1,5",
        " 1",
        "\u0661",
        "0x1",
        "1.2.3",
        "--1",
        "12345678901234567890.5e-10",
        "4.5e-7",
        "00012",
    ]
)
LITERALS = some.sampled_from(["0", "-0", "1", "1.50", "-1", "1e3", "0.1234565", "12345678901234567890", "1.0", "1E-7", "999999999999.9999995"]).map(Number)
BOOLEANS = some.sampled_from(["true", "TRUE", "False", "1", "0", "yes", "t", "1.0", "\u212a"])
ODDITIES = some.sampled_from([True, False, [], {}, ["a"], {"a": Number("1")}])
OBJECTS = some.dictionaries(some.sampled_from(["a", "b", "\u00e9", ""]), some.one_of(TEXTS, LITERALS, some.none(), some.booleans(), some.just([])), max_size=3)

OF_KIND = {
    Kind.TEXT: TEXTS,
    Kind.UPPER: TEXTS,
    Kind.CURRENCY: some.sampled_from(["EUR", "eur", "Usd", "EURO", "E\u00dc", "E1R", "\u212aRW"]),
    Kind.MOMENT: MOMENTS,
    Kind.INTEGER: NUMBERS,
    Kind.DECIMAL: NUMBERS,
    Kind.DOUBLE: NUMBERS,
    Kind.BOOLEAN: BOOLEANS,
    Kind.OBJECT: OBJECTS,
}


def values(column: str) -> some.SearchStrategy[object]:
    """Values of a column: mostly of its kind, at times anything that JSON can hold there."""
    own = OF_KIND[COLUMNS[column]]
    return own | own | own | TEXTS | LITERALS | ODDITIES | some.none()


@some.composite
def json_records(draw: some.DrawFn) -> dict[str, object]:
    """A record as JSON may have it: valid but for a few columns that hold whatever they like."""
    record = dict(ENTERED, event_type=draw(some.sampled_from(EVENT_TYPES)), element_id="e", name="n", call_id="c")
    for column in draw(some.lists(some.sampled_from([*COLUMNS]), max_size=4)):
        record[column] = draw(values(column))
    for key in draw(some.lists(some.sampled_from(["x", "y", "\u00e9", '"']), max_size=2)):
        record[key] = draw(TEXTS | LITERALS | ODDITIES | some.none())
    return record


@some.composite
def text_records(draw: some.DrawFn) -> dict[str, str]:
    """A record as CSV may have it."""
    record = dict(ENTERED, event_type=draw(some.sampled_from(EVENT_TYPES)), element_id="e", name="n", call_id="c")
    for column in draw(some.lists(some.sampled_from([*COLUMNS]), max_size=4)):
        record[column] = draw(TEXTS if COLUMNS[column] is Kind.OBJECT else OF_KIND[COLUMNS[column]] | TEXTS)
    if draw(some.booleans()):
        record["attributes"] = draw(
            some.sampled_from(['{"a": 1.50}', '{"a":1.5,"b":null}', "{}", "[]", "nope", '{"a": NaN}', '{"x": "own"}', '{"\\ud800": 1}', " {} "])
        )
    for key in draw(some.lists(some.sampled_from(["x", "y", "\u00e9", '"', "^a$", "*"]), max_size=2)):
        record[key] = draw(TEXTS | NUMBERS)
    return record
