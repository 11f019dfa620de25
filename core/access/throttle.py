"""Wrong passwords, counted in the store by name and by address: after the fifth, sign-in rests for a quarter of an hour."""
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from core.access.users import key_of
from core.store import Store
from core.store.tables import failures

RESTS = timedelta(minutes=15)
OF_A_NAME = 5
OF_AN_ADDRESS = 20  # an office shares one address: five wrong tries of one person must not shut its colleagues out


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try that may be made. It counts as failed from the start, so that tries made at once cannot outrun the count."""

    failures: tuple[int, ...]


def begin(store: Store, name: str, address: str | None, *, now: datetime) -> Attempt | datetime:
    """An attempt, or when the next one may be made. `address` None: not known (the own machine), not counted."""
    subjects = [(f"name:{key_of(name)}"[:200], OF_A_NAME)] + ([(f"address:{address}"[:200], OF_AN_ADDRESS)] if address else [])
    with store.write() as connection:
        connection.execute(delete(failures).where(failures.c.failed_at <= now - 2 * RESTS))
        until = [rest for subject, most in subjects if (rest := _rests_until(connection, subject, most, now)) is not None]
        if until:
            return max(until)
        made = connection.execute(insert(failures).returning(failures.c.failure_id), [{"subject": subject, "failed_at": now} for subject, _ in subjects])
        return Attempt(tuple(made.scalars().all()))


def succeeded(store: Store, attempt: Attempt, name: str) -> None:
    """The password was right: the attempt is no failure, and the name begins anew."""
    with store.write() as connection:
        connection.execute(delete(failures).where(failures.c.failure_id.in_(attempt.failures) | (failures.c.subject == f"name:{key_of(name)}"[:200])))


def _rests_until(connection: Connection, subject: str, most: int, now: datetime) -> datetime | None:
    newest = connection.execute(select(failures.c.failed_at).where(failures.c.subject == subject)
                                .order_by(failures.c.failed_at.desc()).limit(most)).scalars().all()
    if len(newest) < most or newest[-1] <= newest[0] - RESTS or newest[0] + RESTS <= now:
        return None
    until: datetime = newest[0] + RESTS
    return until
