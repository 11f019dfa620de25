"""phonenumbers and email-validator decide; our quick answer for everyday addresses never differs from theirs."""
import phonenumbers
import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as some

from core.sources.sftp.contacts import EMPTY, INVALID, Contact, Judged, email, phone

LABELS = some.text("abCD019-", min_size=1, max_size=8) | some.sampled_from(["xn--nxasmq6b", "test", "LOCAL", "a--b", "com", "a" * 63, "a" * 64])
LOCALS = some.text("aB9._+-'\"! <>@\\", min_size=1, max_size=12) | some.sampled_from(["Info", "sales.x", "WEBMASTER", "a" * 64, "a" * 65])
DOMAINS = some.lists(LABELS, min_size=1, max_size=4).map(".".join)


def library(text: str) -> Judged:
    try:
        return Judged(Contact.VALID, validate_email(text.strip(), check_deliverability=False).normalized)
    except EmailNotValidError:
        return INVALID if text.strip() else EMPTY


@settings(max_examples=600, deadline=None)
@given(some.builds("{}@{}".format, LOCALS, DOMAINS) | some.text(max_size=30) | some.emails())
def test_every_address_is_judged_and_normalised_as_the_library_does(text: str) -> None:
    assert email(text) == library(text)


@settings(max_examples=400, deadline=None)
@given(some.text("+0123456789 -()/.;x#abcdefextisub=:\u0661\uff11\u00a0", max_size=24) | some.text(max_size=12), some.sampled_from([None, "HR", "US", "IT"]))
def test_every_phone_is_judged_as_the_library_does(text: str, country: str | None) -> None:
    try:
        number = phonenumbers.parse(text.strip(), country)
        expected = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) if phonenumbers.is_valid_number(number) else None
    except phonenumbers.NumberParseException:
        expected = None
    assert phone(text, country).normal == expected


@pytest.mark.parametrize("length", [253, 254, 255, 400])
def test_an_address_of_the_greatest_length_is_judged_as_the_library_does(length: int) -> None:
    text = "a@" + ("b" * 60 + ".") * 4 + "c" * (length - 2 - 4 * 61 - 3) + ".de"
    assert email(text) == library(text)


@pytest.mark.parametrize(("cell", "country", "judged"), [
    (" +385 91 123 4567 ", None, Judged(Contact.VALID, "+385911234567")),
    ("091 123 4567", "HR", Judged(Contact.VALID, "+385911234567")),
    ("091 123 4567", None, INVALID),
    ("00385911234567", None, INVALID),
    ("+39 02 1234567", None, Judged(Contact.VALID, "+39021234567")),
    ("\u00a0", "HR", EMPTY),
    ("+38591123456\x007", None, INVALID),
    ("+999123456789", None, INVALID),
    ("9" * 100_000, "HR", INVALID),
])
def test_a_phone_is_read_with_the_country_and_without_it_only_internationally(cell: str, country: str | None, judged: Judged) -> None:
    assert phone(cell, country) == judged


@pytest.mark.parametrize(("cell", "judged"), [
    (" Ana.Kos@Example.COM ", Judged(Contact.VALID, "Ana.Kos@example.com")),
    ("INFO@example.com", Judged(Contact.VALID, "info@example.com")),
    ("ana@bücher.de", Judged(Contact.VALID, "ana@bücher.de")),
    ("Ana <ana@example.com>", INVALID),
    ("ana@localhost", INVALID),
    ("ana\x00@example.com", INVALID),
    ("a@" * 400_000, INVALID),
    ("", EMPTY),
])
def test_an_address_is_stripped_normalised_and_never_looked_up(cell: str, judged: Judged) -> None:
    assert email(cell) == judged
