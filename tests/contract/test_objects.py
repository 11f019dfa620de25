"""JSON is RFC 8259, its numbers are kept to the letter and compared by value."""

import pytest

from core.contract.objects import NotJson, canonical, dumps, parse


@pytest.mark.parametrize("text", ['{"a":1.50,"b":[12345678901234567890,-0,1E+2],"c":"\\u0000\u00e9"}', '"\\ud83d\\ude00"', "null"])
def test_what_is_read_is_written_with_the_same_numbers(text):
    assert parse(dumps(parse(text))) == parse(text)
    assert dumps(parse('{"a":1.50,"b":[12345678901234567890,-0,1E+2]}')) == '{"a":1.50,"b":[12345678901234567890,-0,1E+2]}'


@pytest.mark.parametrize(
    "text", ["", "NaN", "[Infinity]", "-Infinity", '"\\ud800"', '{"\\udc00": 1}', "01", "1.", ".5", "'a'", "[1,]", '{"a":1}x', "\ufeff{}", '"\t"', "[" * 50_000]
)
def test_what_is_not_rfc_8259_is_refused(text):
    with pytest.raises(NotJson):
        parse(text)


def test_half_a_surrogate_is_found_wherever_it_stands_and_nothing_else_is_taken_for_one():
    for text in (r'{"a":"\ud800","a":"b"}', r'{"a":{"\uDFFF":1},"a":2}', r'"\udc00\ud800"', r'"\ud83d\u0041"', r'"\ud83d\ud83d\ude00"', r'"\\\ud83d"'):
        with pytest.raises(NotJson):
            parse(text)
    for text, read in (
        (r'"\\ud800"', r"\ud800"),
        (r'"\ud83d\uDE00\\"', "\U0001f600\\"),
        (r'"\ud7ff\ue000"', "\ud7ff\ue000"),
        (r'"\\\ud83d\ude00"', "\\\U0001f600"),
    ):
        assert parse(text) == read


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ('{"a":1,"b":2.50}', '{"b":25e-1,"a":1.0}'),
        ("{}", None),
        ('{"a":-0}', '{"a":0e5}'),
        ('{"a":[1e400]}', '{"a":[10e399]}'),
        ('{"a":100}', '{"a":1e2}'),
    ],
)
def test_equal_by_value(left, right):
    assert canonical(left) == canonical(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ('{"a":1}', '{"a":"1"}'),
        ('{"a":1}', '{"a":true}'),
        ('{"a":null}', "{}"),
        ('{"a":[1,2]}', '{"a":[2,1]}'),
        ('{"a":12345678901234567890}', '{"a":12345678901234567891}'),
        ('{"a":-1}', '{"a":1}'),
        ('{"a":1e2}', '{"a":1e-2}'),
    ],
)
def test_different_by_value(left, right):
    assert canonical(left) != canonical(right)
