"""Which pairs of contacts pass, and what the reason of the others says."""
import pytest

from core.sources.sftp.contacts import Contact
from core.sources.sftp.entries import judge

VALID, EMPTY, INVALID = Contact.VALID, Contact.EMPTY, Contact.INVALID


@pytest.mark.parametrize(("contact", "reason"), [(VALID, None), (EMPTY, "empty phone"), (INVALID, "invalid phone")])
def test_with_one_contact_an_empty_or_invalid_one_is_refused(contact: Contact, reason: str | None) -> None:
    assert judge([("phone", contact)]) == reason


@pytest.mark.parametrize(("phone", "email", "reason"), [
    (VALID, VALID, None),
    (VALID, EMPTY, None),
    (EMPTY, VALID, None),
    (VALID, INVALID, "invalid email"),
    (INVALID, VALID, "invalid phone"),
    (INVALID, INVALID, "invalid phone and invalid email"),
    (INVALID, EMPTY, "invalid phone and empty email"),
    (EMPTY, INVALID, "empty phone and invalid email"),
    (EMPTY, EMPTY, "empty phone and empty email"),
])
def test_with_both_one_valid_contact_passes_beside_a_valid_or_empty_one(phone: Contact, email: Contact, reason: str | None) -> None:
    assert judge([("phone", phone), ("email", email)]) == reason
