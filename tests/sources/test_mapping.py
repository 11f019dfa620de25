"""A mapping says how a file with other columns is read as events."""

import pytest

from core.contract.objects import Number
from core.sources.mapping import NO_RULE, SKIPPED
from core.sources.mapping_file import BadMapping, mapping_of, read_mapping

FINES = mapping_of(
    {
        "columns": {"event_id": "{case}-{idx}", "occurred_at": "time", "status": None},
        "constants": {"journey_id": "fines", "channel": ""},
        "rules": [
            {"when": {"activity": ["Create", "Open"], "points": "0"}, "set": {"event_type": "journey.entered", "profile_id": "{case}", "name": "a {{case}}"}},
            {"when": {"activity": "Note", "text": None}, "skip": "true"},
            {"when": {"activity": "Note"}, "set": {"event_type": "event.performed", "occurred_at": "{day}T00:00:00Z"}},
        ],
    }
)


def test_the_first_rule_that_matches_applies():
    record = {
        "case": "A1",
        "idx": Number("0"),
        "time": "2026-01-05T10:00:00Z",
        "activity": "Open",
        "points": Number("0"),
        "sender": "us",
        "status": "x",
        "other": "kept",
    }
    assert FINES.applied(record) == {
        "sender": "us",
        "other": "kept",
        "event_id": "A1-0",
        "occurred_at": "2026-01-05T10:00:00Z",
        "status": None,
        "journey_id": "fines",
        "channel": None,
        "event_type": "journey.entered",
        "profile_id": "A1",
        "name": "a {case}",
    }


def test_rules_skip_or_refuse():
    assert FINES.applied({"activity": "Note"}) == SKIPPED
    assert FINES.applied({"activity": "Note", "text": ""}) == SKIPPED
    assert FINES.applied({"activity": "Other"}) == NO_RULE
    assert FINES.applied({"activity": "Open", "points": "00"}) == NO_RULE


def test_a_template_with_a_null_in_it_is_null():
    mapped = FINES.applied({"activity": "Note", "text": "t", "case": "A1", "time": "now"})
    assert (mapped["event_id"], mapped["occurred_at"]) == (None, None)


def test_without_rules_every_record_is_taken():
    assert mapping_of({"columns": {"profile_id": "case"}}).applied({"case": True, "x": 1}) == {"x": 1, "profile_id": True}
    assert mapping_of({"rules": []}).applied({"case": "1"}) == NO_RULE


def test_scalars_are_the_text_that_stands_there(tmp_path):
    (tmp_path / "m.yaml").write_text("source: 1.50\nrules:\n- when: {a: [yes, 2026-01-01, null, 010]}\n  set: {status: on}\n")
    read = read_mapping(tmp_path / "m.yaml")
    assert read.source == "1.50"
    assert read.rules[0].when == (("a", ("yes", "2026-01-01", None, "010")),)
    assert read.applied({"a": "yes"}) == {"status": "on"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file must be names with their values (name: value)."),
        ("- a", "the file must be names with their values"),
        ("a: [", "is not YAML: "),
        ("colums: {}", "the file: There is no key “colums”. Did you mean “columns”?"),
        ("columns: {profil_id: x}", "columns: There is no column of an event “profil_id”. Did you mean “profile_id”?"),
        ("columns: {profile_id: [x]}", "columns.profile_id must be one text."),
        ("rules: {}", "rules must be a list (- when: …)."),
        ("rules: [{wen: {a: b}}]", "rules[0]: There is no key “wen”. Did you mean “when”?"),
        ("rules: [{when: {a: []}}]", "rules[0].when.a is an empty list: it would never match."),
        ("rules: [{skip: maybe}]", "rules[0].skip is neither true nor false."),
        ("rules: [{skip: true, set: {status: x}}]", "rules[0] has both set and skip"),
        ("rules: [{set: {profil_id: x}}]", "rules[0].set: There is no column of an event “profil_id”."),
        ("source: {a: b}", "source must be one text."),
        ("&a [*a]", "the file must be"),
        ("columns: {event_id: '{case'}", "columns.event_id: a column stands in braces ({name}), and a brace itself is written twice ({{)."),
        ("rules: [{set: {name: 'a {{ {'}}]", "rules[0].set.name: a column stands in braces"),
        ("constants: {name: a}\nconstants: {status: b}", "is not YAML: “constants” is there twice"),
        ("columns: {name: a, name: b}", "is not YAML: “name” is there twice"),
        ("columns: {name: a}\nconstants: {name: b}", "name is in columns and in constants: leave it in one of them."),
    ],
)
def test_what_is_wrong_is_named_by_its_place(tmp_path, text, said):
    (tmp_path / "m.yaml").write_text(text)
    with pytest.raises(BadMapping) as error:
        read_mapping(tmp_path / "m.yaml")
    assert said in str(error.value)
    assert str(error.value).startswith(f"{tmp_path}/m.yaml")
    assert "\n" not in str(error.value)


def test_a_mapping_that_is_not_there(tmp_path):
    with pytest.raises(BadMapping, match=r"m.yaml cannot be read: No such file or directory\."):
        read_mapping(tmp_path / "m.yaml")
