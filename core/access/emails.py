"""Where users get mail: one address each, kept beside the user and no part of the sign-in."""
from datetime import datetime

from sqlalchemy import func, select, update

from core.access import audit
from core.access.users import COLUMNS, User
from core.errors import WrongUsage
from core.store import Store
from core.store import tables as t


def checked(address: str) -> str:
    """The address as mail servers write it. Raises WrongUsage."""
    from email_validator import EmailNotValidError, validate_email  # a tenth of a second that other commands need not wait

    try:
        found = validate_email(address.strip(), check_deliverability=False, allow_smtputf8=False)
    except EmailNotValidError as problem:
        raise WrongUsage(f"“{address}” is no mail address: {problem}") from None
    return found.ascii_email or found.normalized


def keep(store: Store, user: User, address: str | None, *, by: str, now: datetime) -> str | None:
    """Keep the user's address, or none for an empty one; gives it as it is kept. Raises WrongUsage."""
    kept = checked(address) if address and address.strip() else None
    with store.write() as connection:
        connection.execute(update(t.users).where(t.users.c.user_id == user.user_id).values(email=kept))
        audit.record(connection, audit.Entry(now, user.account_id, by, "user.email_changed", user.name, {"email": kept}))
    return kept


def of(store: Store, user: User) -> str | None:
    """The user's address; None: there is none."""
    with store.read() as connection:
        return connection.execute(select(t.users.c.email).where(t.users.c.user_id == user.user_id)).scalar()


def of_account(store: Store, account_id: str) -> dict[User, str | None]:
    """The account's users by name, each with the address or None."""
    wanted = select(*COLUMNS, t.users.c.email).where(t.users.c.account_id == account_id).order_by(t.users.c.name_key)
    with store.read() as connection:
        return {User(*row[:4]): row[4] for row in connection.execute(wanted)}


def users_at(store: Store, address: str) -> list[User]:
    """The users of all accounts with this address, whatever its case."""
    wanted = select(*COLUMNS).where(func.lower(t.users.c.email) == address.strip().lower()).order_by(t.users.c.user_id)
    with store.read() as connection:
        return [User(*row) for row in connection.execute(wanted)]
