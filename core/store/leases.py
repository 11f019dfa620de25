"""A lease: the right to be the only one who does a thing, until it runs out or is given back."""
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from core.store.database import Store
from core.store.tables import leases


@dataclass(frozen=True, slots=True)
class Lease:
    """One holder's claim to a name, such as the worker's to be the one clock."""

    store: Store
    name: str
    holder: str

    def take(self, now: datetime, lasts: timedelta) -> bool:
        """Take or prolong it. False: another holds it still.

        One that would last longer than any is taken for is of a clock that was put right since, and over.
        """
        with self.store.write() as connection:
            mine = (leases.c.holder == self.holder) | (leases.c.until_at <= now) | (leases.c.until_at > now + 2 * lasts)
            if connection.execute(update(leases).where(leases.c.name == self.name, mine).values(holder=self.holder, until_at=now + lasts)).rowcount:
                return True
            if connection.execute(select(leases.c.holder).where(leases.c.name == self.name)).scalar() is not None:
                return False
            connection.execute(insert(leases).values(name=self.name, holder=self.holder, until_at=now + lasts))
            return True

    def give_back(self) -> None:
        with self.store.write() as connection:
            connection.execute(delete(leases).where(leases.c.name == self.name, leases.c.holder == self.holder))
