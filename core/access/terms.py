"""The terms that enable analytics for an account: the text, and who accepted which one when."""
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from core.access import audit
from core.access.users import LONGEST_NAME
from core.store import Store
from core.store.names import named
from core.store.tables import terms_acceptances

VERSION = "2026-01"
TEXT = """\
Journey Analytics works out how your journeys perform from the events that your account sends to it.

1. Your data. Events, profile ids and collected values stay in this installation, in a folder of your account alone.
2. Your people. You send the data of profiles only where you have the right to. A profile can be erased at any time; counts and billed lines stay as they are.
3. The numbers. Monthly Engaged Persons are what your account is invoiced for. Traffic cost is what your feeds reported; it is not an invoice.
4. Who sees what. Your package and each user's role decide which pages open and what may be exported. Sign-ins, exports and changes are kept in an audit trail.
5. Early access. Visualizations, dashboards and Explore may change while they are in early access.
"""


@dataclass(frozen=True, slots=True)
class Acceptance:
    accepted_by: str
    accepted_at: datetime
    version: str
    text: str


def accept(store: Store, account_id: str, *, by: str, now: datetime) -> Acceptance:
    """Keep that the present text was accepted. Accepting it again changes nothing: the first acceptance stands. Raises WrongUsage for a name that is none."""
    by = named(by, LONGEST_NAME, "the name of who accepts")
    with store.write() as connection:
        where = (terms_acceptances.c.account_id == account_id, terms_acceptances.c.version == VERSION)
        first = connection.execute(_COLUMNS.where(*where).order_by(terms_acceptances.c.acceptance_id)).first()
        if first is not None:
            return Acceptance(*first)
        connection.execute(insert(terms_acceptances).values(account_id=account_id, accepted_by=by, accepted_at=now, version=VERSION, text=TEXT))
        audit.record(connection, audit.Entry(now, account_id, by, "terms.accepted", VERSION, {}))
    return Acceptance(by, now, VERSION, TEXT)


def acceptances(store: Store, account_id: str) -> list[Acceptance]:
    """All acceptances of the account, oldest first."""
    with store.read() as connection:
        found = connection.execute(_COLUMNS.where(terms_acceptances.c.account_id == account_id).order_by(terms_acceptances.c.acceptance_id))
        return [Acceptance(*row) for row in found]


_COLUMNS = select(terms_acceptances.c.accepted_by, terms_acceptances.c.accepted_at, terms_acceptances.c.version, terms_acceptances.c.text)
