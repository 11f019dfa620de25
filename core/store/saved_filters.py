"""Saved filters: what a reader keeps of the filter bar under a name, for himself or for the whole account."""
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from core.errors import JourneysError, WrongUsage
from core.store.database import Store
from core.store.kept_tables import saved_filters as kept
from core.store.names import named
from core.store.tables import users

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """`parameters` are those of an address, by name; `owner` is the name of who saved it."""

    filter_id: int
    name: str
    parameters: dict[str, str]
    is_shared: bool
    user_id: int
    owner: str


class NotYours(JourneysError):
    """There is no such saved filter, or somebody else's."""


def listed(store: Store, account_id: str, user_id: int) -> tuple[SavedFilter, ...]:
    """What this reader may use: the own ones, and those shared within the account; by name."""
    columns = (kept.c.filter_id, kept.c.name, kept.c.parameters, kept.c.is_shared, kept.c.user_id, users.c.name.label("owner"))
    asked = select(*columns).join(users, users.c.user_id == kept.c.user_id).where(
        kept.c.account_id == account_id, or_(kept.c.user_id == user_id, kept.c.is_shared))
    with store.read() as connection:
        found = [SavedFilter(*row) for row in connection.execute(asked)]
    return tuple(sorted(found, key=lambda one: (one.name.casefold(), one.filter_id)))


def add(store: Store, account_id: str, user_id: int, name: str, parameters: Mapping[str, str], *, is_shared: bool, now: datetime) -> int:
    """Keep these parameters; gives the new id. Raises WrongUsage for a name that is none or that this reader has already."""
    values = {"name": named(name, LONGEST_NAME, "a filter's name"), "parameters": dict(parameters), "is_shared": is_shared}
    try:
        with store.write() as connection:
            made = connection.execute(insert(kept).values(account_id=account_id, user_id=user_id, created_at=now, **values).returning(kept.c.filter_id))
            return int(made.scalar_one())
    except IntegrityError:
        raise _taken(name) from None


def rename(store: Store, account_id: str, user_id: int, filter_id: int, name: str) -> None:
    """Give one of the own filters another name. Raises WrongUsage, NotYours."""
    try:
        _change(store, account_id, user_id, filter_id, name=named(name, LONGEST_NAME, "a filter's name"))
    except IntegrityError:
        raise _taken(name) from None


def share(store: Store, account_id: str, user_id: int, filter_id: int, *, is_shared: bool) -> None:
    """Let the whole account use one of the own filters, or nobody else any more. Raises NotYours."""
    _change(store, account_id, user_id, filter_id, is_shared=is_shared)


def remove(store: Store, account_id: str, user_id: int, filter_id: int) -> None:
    """Drop one of the own filters. Raises NotYours."""
    with store.write() as connection:
        if not connection.execute(delete(kept).where(_own(account_id, user_id, filter_id))).rowcount:
            raise NotYours("Only who saved a filter can remove it.")


def _change(store: Store, account_id: str, user_id: int, filter_id: int, **values: object) -> None:
    with store.write() as connection:
        if not connection.execute(update(kept).where(_own(account_id, user_id, filter_id)).values(**values)).rowcount:
            raise NotYours("Only who saved a filter can change it.")


def _own(account_id: str, user_id: int, filter_id: int) -> ColumnElement[bool]:
    return and_(kept.c.account_id == account_id, kept.c.user_id == user_id, kept.c.filter_id == filter_id)


def _taken(name: str) -> WrongUsage:
    return WrongUsage(f"You have a saved filter “{name.strip()}” already: choose another name, or remove that one first.")
