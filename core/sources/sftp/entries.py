"""Which contacts make an entry, and the reason of one that does not pass (design §6)."""
from collections.abc import Iterable

from core.sources.sftp.contacts import Contact

MALFORMED = "malformed row"


def judge(contacts: Iterable[tuple[str, Contact]]) -> str | None:
    """Why the entry is refused, naming the contact that is wrong, or None.

    `contacts` has a (name, contact) for each column that the connection imports. With one, an empty or invalid contact is refused. With both,
    valid + valid and valid + empty pass and every other pair is refused.
    """
    judged = tuple(contacts)
    found = {contact for _, contact in judged}
    if Contact.INVALID not in found and Contact.VALID in found:
        return None
    return " and ".join(f"{contact.value} {name}" for name, contact in judged if contact is not Contact.VALID)


def _texts() -> tuple[str, ...]:
    single = [judge([(name, contact)]) for name in ("phone", "email") for contact in Contact]
    pairs = [judge([("phone", one), ("email", other)]) for one in Contact for other in Contact]
    return tuple(dict.fromkeys([MALFORMED, *(reason for reason in single + pairs if reason is not None)]))


# Every reason there is: a judged row carries its place in this list, one byte. 0 is malformed.
REASONS = _texts()
