"""One contact of a file row: what phonenumbers and email-validator say of it, and its one normal form."""
import re
from enum import Enum
from typing import NamedTuple

import phonenumbers
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
from email_validator.rfc_constants import CASE_INSENSITIVE_MAILBOX_NAMES, EMAIL_MAX_LENGTH


class Contact(Enum):
    """What a contact cell is, in the words of a row's reason."""

    VALID = "valid"
    EMPTY = "empty"
    INVALID = "invalid"


class Judged(NamedTuple):
    """A contact's verdict and its normal form, which only a valid one has."""

    contact: Contact
    normal: str | None


EMPTY = Judged(Contact.EMPTY, None)
INVALID = Judged(Contact.INVALID, None)

# An address that this matches and that `_plain` does not turn away is valid by every rule of email-validator 2: nothing to quote, to decode
# or to normalise but the case of the domain. It says yes to what it is sure of and never no; a property test holds it to the library.
_ATOM = r"[A-Za-z0-9_!#$%&'*+\-/=?^`{|}~]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9]|-(?!-)){0,61}(?<!-)"
_PLAIN = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@((?:{_LABEL}\.)+(?:{_LABEL})(?<=[A-Za-z]))", re.ASCII)
_MAILBOXES = frozenset(CASE_INSENSITIVE_MAILBOX_NAMES)
_SPECIAL = frozenset(SPECIAL_USE_DOMAIN_NAMES)


def phone(cell: str, country: str | None) -> Judged:
    """A phone number in E.164 if libphonenumber calls it valid, read with the connection's country (None: international ones only)."""
    text = cell.strip()
    if not text:
        return EMPTY
    if "\0" in text:
        return INVALID
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return INVALID
    if not phonenumbers.is_valid_number(number):
        return INVALID
    return Judged(Contact.VALID, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def email(cell: str) -> Judged:
    """An e-mail address in email-validator's normal form, without a look at DNS."""
    text = cell.strip()
    if not text:
        return EMPTY
    # Longer than an address may be: the library says so too, but its time grows with the cell.
    if len(text) > EMAIL_MAX_LENGTH or "\0" in text:
        return INVALID
    plain = _plain(text)
    if plain is not None:
        return Judged(Contact.VALID, plain)
    try:
        return Judged(Contact.VALID, validate_email(text, check_deliverability=False).normalized)
    except EmailNotValidError:
        return INVALID


def _plain(text: str) -> str | None:
    """The normal form of an everyday address, or None where the library has to be asked."""
    match = _PLAIN.fullmatch(text)
    if match is None or match.end(1) > 64:
        return None
    local, domain = match[1], match[2].lower()
    if len(domain) > 253 or domain.rpartition(".")[2] in _SPECIAL:
        return None
    lowered = local.lower()
    return f"{lowered if lowered in _MAILBOXES else local}@{domain}"
