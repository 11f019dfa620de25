"""Users: people who sign in, each with one account and one role."""
from dataclasses import dataclass
from datetime import datetime
from secrets import randbelow

from sqlalchemy import Connection, delete, insert, select, update

from core.access import audit
from core.access.features import ROLES
from core.errors import JourneysError, WrongUsage, unknown
from core.store import Store
from core.store import tables as t
from core.store.names import named

LONGEST_NAME = 128


class UnknownUser(JourneysError):
    """There is no such user."""


class UserExists(JourneysError):
    """The name is taken; names are compared without case, over all accounts, as the sign-in form asks for nothing else."""


@dataclass(frozen=True, slots=True)
class User:
    user_id: int
    name: str
    account_id: str
    role: str

    @property
    def role_label(self) -> str:
        return ROLES[self.role].label


COLUMNS = (t.users.c.user_id, t.users.c.name, t.users.c.account_id, t.users.c.role)


def key_of(name: str) -> str:
    """How the sign-in form compares names. (PostgreSQL takes no NUL in a text, so none is looked for.)"""
    return name.replace("\x00", "\ufffd").lower().strip()


def add(store: Store, name: str, account_id: str, role: str, password_hash: str | None, *, by: str, now: datetime) -> User:
    """Keep a new user. Without a password hash the user signs in by link alone. Raises UserExists, WrongUsage."""
    name = named(name, LONGEST_NAME, "a user's name")
    _check_role(role)
    with store.write() as connection:
        if connection.execute(select(t.users.c.user_id).where(t.users.c.name_key == key_of(name))).scalar() is not None:
            raise UserExists(f"There is a user “{name}” already: change it with `journeys user set`, or choose another name.")
        made = connection.execute(insert(t.users).values(user_id=_new_id(connection), name=name, name_key=key_of(name), account_id=account_id, role=role,
                                                         password_hash=password_hash, created_at=now).returning(*COLUMNS)).one()
        audit.record(connection, audit.Entry(now, account_id, by, "user.added", name, {"role": role}))
    return User(*made)


def change(store: Store, name: str, account_id: str, *, by: str, now: datetime, role: str | None = None, password_hash: str | None = None) -> User:
    """Change role or password; either ends the user's sessions and open tickets. Raises UnknownUser, WrongUsage."""
    with store.write() as connection:
        user = _found(connection, name, account_id)
        values = {column: value for column, value in (("role", role), ("password_hash", password_hash)) if value is not None}
        if role is not None:
            _check_role(role)
        if values:
            connection.execute(update(t.users).where(t.users.c.user_id == user.user_id).values(**values))
            _end(connection, user)
            audit.record(connection, audit.Entry(now, account_id, by, "user.changed", user.name, {"changed": sorted(values), "role": role or user.role}))
        return User(user.user_id, user.name, user.account_id, role or user.role)


def remove(store: Store, name: str, account_id: str, *, by: str, now: datetime) -> None:
    """Remove the user with all sessions; what the audit trail says of the name stays. Raises UnknownUser."""
    with store.write() as connection:
        user = _found(connection, name, account_id)
        _end(connection, user)
        connection.execute(delete(t.users).where(t.users.c.user_id == user.user_id))
        audit.record(connection, audit.Entry(now, account_id, by, "user.removed", user.name, {"role": user.role}))


def find(store: Store, name: str, account_id: str | None = None) -> User:
    """The user, of the account where one is given. Raises UnknownUser."""
    with store.read() as connection:
        return _found(connection, name, account_id)


def of_account(store: Store, account_id: str) -> list[User]:
    """The account's users by name."""
    with store.read() as connection:
        return [User(*row) for row in connection.execute(select(*COLUMNS).where(t.users.c.account_id == account_id).order_by(t.users.c.name_key))]


def secret_of(store: Store, name: str) -> tuple[User, str | None] | None:
    """The user and the password's hash, for the sign-in form alone; None: no such user."""
    with store.read() as connection:
        row = connection.execute(select(*COLUMNS, t.users.c.password_hash).where(t.users.c.name_key == key_of(name))).first()
    return None if row is None else (User(*row[:4]), row[4])


def _found(connection: Connection, name: str, account_id: str | None) -> User:
    of = select(*COLUMNS).where(t.users.c.name_key == key_of(name))
    row = connection.execute(of).first()
    if row is None or account_id not in (None, row[2]):
        known = select(t.users.c.name) if account_id is None else select(t.users.c.name).where(t.users.c.account_id == account_id)
        where = "user" if account_id is None else f"user of the account {account_id} called"
        raise UnknownUser(unknown(where, name, connection.execute(known).scalars().all()))
    return User(*row)


def _new_id(connection: Connection) -> int:
    """A number that no user had: SQLite would give a removed user's again, and reports, schedules and alerts keep the numbers of their recipients."""
    while True:
        drawn = randbelow(2**31 - 1) + 1
        if connection.execute(select(t.users.c.user_id).where(t.users.c.user_id == drawn)).scalar() is None:
            return drawn


def _end(connection: Connection, user: User) -> None:
    connection.execute(delete(t.sessions).where(t.sessions.c.user_id == user.user_id))
    connection.execute(delete(t.tickets).where(t.tickets.c.user_id == user.user_id))


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise WrongUsage(unknown("role", role, ROLES))
