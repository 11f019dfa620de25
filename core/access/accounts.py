"""Accounts: the tenants, with their package, currency and the history of their time zone."""
import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from core.access import audit, zones
from core.access.features import PACKAGES, refusal
from core.errors import JourneysError, WrongUsage, unknown
from core.store import Store
from core.store import tables as t

SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
ATTRIBUTE_NAME = re.compile(r"(?!\s)[^\x00-\x1f\x7f,=]{1,64}(?<!\s)")
MOST_ATTRIBUTES = 10  # each is a row a run in every snapshot
RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")  # no folder can have these names on some systems


class UnknownAccount(JourneysError):
    """There is no such account."""


class AccountExists(JourneysError):
    """The id is taken, or differs from one that is taken by case alone: their folders could be one."""


@dataclass(frozen=True, slots=True)
class Account:
    """A tenant. `zones` is oldest first, its first `since` None, each later one the first instant of a month in the zone before."""

    account_id: str
    zones: zones.History
    currency: str
    package: str
    included_mep: int | None  # None: no limit agreed
    advanced_analytics: bool
    terms_accepted_at: datetime | None
    attributes: tuple[str, ...] = ()  # of entries, by which facts can be split and filtered

    @property
    def time_zone(self) -> str:
        """The newest zone, which may hold only from the next month on."""
        return self.zones[-1][1]

    def zone_at(self, instant: datetime) -> str:
        """The zone in force at the instant."""
        return [zone for since, zone in self.zones if since is None or since <= instant][-1]

    def refusal(self, feature: str, role: str) -> str | None:
        """Why somebody with the role may not use the feature here; None: may."""
        return refusal(feature, package=self.package, role=role, advanced_analytics=self.advanced_analytics)


def checked_id(account_id: str) -> str:
    """The id, if it can name a folder everywhere. Raises WrongUsage."""
    if not SAFE_ID.fullmatch(account_id) or account_id.endswith(".") or RESERVED.fullmatch(account_id):
        raise WrongUsage(f"“{account_id}” cannot be an account id: use 1 to 64 of a–z, A–Z, 0–9, dot, hyphen and underscore, "
                         "beginning with a letter or digit, not ending with a dot.")
    return account_id


def add(store: Store, account: Account, *, by: str, now: datetime) -> Account:
    """Keep a new account. Raises AccountExists, or WrongUsage where one of its values cannot be."""
    _check(account)
    with store.write() as connection:
        taken = connection.execute(select(t.accounts.c.account_id).where(func.lower(t.accounts.c.account_id) == account.account_id.lower())).scalar()
        if taken is not None:
            raise AccountExists(f"There is an account “{taken}” already: change it with `journeys account set {taken}`, or choose another id.")
        connection.execute(insert(t.accounts).values(account_id=account.account_id, created_at=now, **_plain(account)))
        _keep_zones(connection, account)
        said = _plain(account) | {"time_zone": account.time_zone}
        audit.record(connection, audit.Entry(now, account.account_id, by, "account.added", account.account_id, said))
    return account


def change(store: Store, account_id: str, *, by: str, now: datetime, time_zone: str | None = None, **values: Any) -> Account:
    """Change what is given of package, currency, included_mep, advanced_analytics, attributes; a new time zone holds from the next month on, other
    attributes from the next refresh on."""
    with store.write() as connection:
        before = _found(connection, account_id)
        after = replace(before, **values)
        if time_zone is not None:
            after = replace(after, zones=zones.moved(before.zones, zones.checked(time_zone), now))
        _check(after)
        connection.execute(update(t.accounts).where(t.accounts.c.account_id == account_id).values(**_plain(after)))
        if after.zones != before.zones:
            connection.execute(delete(t.account_zones).where(t.account_zones.c.account_id == account_id))
            _keep_zones(connection, after)
        said = values | ({"time_zone": time_zone} if time_zone is not None else {})
        audit.record(connection, audit.Entry(now, account_id, by, "account.changed", account_id, said))
    return after


def find(store: Store, account_id: str) -> Account:
    """The account. Raises UnknownAccount."""
    with store.read() as connection:
        return _found(connection, account_id)


def every(store: Store) -> list[Account]:
    """All accounts, by id."""
    with store.read() as connection:
        ids = connection.execute(select(t.accounts.c.account_id).order_by(t.accounts.c.account_id)).scalars().all()
        return [_found(connection, account_id) for account_id in ids]


def _found(connection: Connection, account_id: str) -> Account:
    row = connection.execute(select(t.accounts).where(t.accounts.c.account_id == account_id)).mappings().first()
    if row is None:
        known = connection.execute(select(t.accounts.c.account_id)).scalars().all()
        hint = "" if known else " Make one: journeys account add ID --time-zone ZONE --package start."
        raise UnknownAccount(unknown("account", account_id, known) + hint)
    history = connection.execute(select(t.account_zones.c.since_at, t.account_zones.c.zone)
                                 .where(t.account_zones.c.account_id == account_id).order_by(t.account_zones.c.ordinal))
    accepted = connection.execute(select(func.min(t.terms_acceptances.c.accepted_at)).where(t.terms_acceptances.c.account_id == account_id)).scalar()
    return Account(account_id, tuple((since, zone) for since, zone in history), row["currency"], row["package"], row["included_mep"],
                   row["advanced_analytics"], accepted, tuple(row["attributes"]))


def _plain(account: Account) -> dict[str, Any]:
    return {"package": account.package, "currency": account.currency, "included_mep": account.included_mep, "advanced_analytics": account.advanced_analytics,
            "attributes": list(account.attributes)}


def _keep_zones(connection: Connection, account: Account) -> None:
    connection.execute(insert(t.account_zones), [
        {"account_id": account.account_id, "ordinal": ordinal, "since_at": since, "zone": zone} for ordinal, (since, zone) in enumerate(account.zones)])


def _check(account: Account) -> None:
    checked_id(account.account_id)
    zones.checked(account.time_zone)
    if account.package not in PACKAGES:
        raise WrongUsage(unknown("package", account.package, PACKAGES))
    if not re.fullmatch(r"[A-Z]{3}", account.currency):
        raise WrongUsage(f"“{account.currency}” is no currency: write three letters such as EUR.")
    if account.included_mep is not None and not 0 <= account.included_mep < 2**31:
        raise WrongUsage(f"{account.included_mep} cannot be a number of included MEP: write a whole number from 0 on.")
    _check_attributes(account.attributes)


def _check_attributes(names: tuple[str, ...]) -> None:
    if len(names) > MOST_ATTRIBUTES:
        raise WrongUsage(f"An account filters by {MOST_ATTRIBUTES} attributes at most, not {len(names)}.")
    for name in names:
        if not ATTRIBUTE_NAME.fullmatch(name):
            raise WrongUsage(f"“{name}” cannot be an attribute to filter by: write its name as the entries have it, up to 64 characters without commas, “=” "
                             "and spaces at its ends.")
        if names.count(name) > 1:
            raise WrongUsage(f"The attribute “{name}” is there twice: name it once.")
