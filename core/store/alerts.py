"""Alerts as they are kept, and what they said."""
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from core.errors import JourneysError
from core.store.database import Store
from core.store.kept_tables import alert_firings, alerts
from core.store.names import named

LONGEST_NAME = 120
COLUMNS = [alerts.c[name] for name in ("alert_id", "account_id", "user_id", "name", "question", "rule", "recipients", "quiet", "snoozed_until", "active",
                                       "created_at", "looked_until")]
FIRED = (alert_firings.c.firing_id, alert_firings.c.alert_id, alert_firings.c.about, alert_firings.c.snapshot_id, alert_firings.c.fired_at,
         alert_firings.c.said, alert_firings.c.state)


@dataclass(frozen=True, slots=True)
class Alert:
    """`question` and `rule` are plain data; quiet is (from, to) in hours of the account's clock, None: no quiet hours."""

    alert_id: int
    account_id: str
    user_id: int
    name: str
    question: Mapping[str, Any]
    rule: Mapping[str, Any]
    recipients: tuple[int, ...]
    quiet: tuple[int, int] | None
    snoozed_until: datetime | None
    active: bool
    created_at: datetime
    looked_until: date | None  # the last local day that was looked at


@dataclass(frozen=True, slots=True)
class Firing:
    firing_id: int
    alert_id: int
    about: str
    snapshot_id: str
    fired_at: datetime
    said: str
    state: str


class UnknownAlert(JourneysError):
    """The account has no such alert."""


def add(store: Store, account_id: str, user_id: int, name: str, *, question: Mapping[str, Any], rule: Mapping[str, Any], recipients: tuple[int, ...],
        quiet: tuple[int, int] | None, now: datetime) -> int:
    """Keep a new alert; gives its id. Raises WrongUsage for a name that is none."""
    values: dict[str, Any] = {"question": dict(question), "rule": dict(rule), "recipients": list(recipients), "quiet": list(quiet or ())}
    with store.write() as connection:
        values |= {"name": named(name, LONGEST_NAME, "an alert's name"), "active": True, "created_at": now}
        made = insert(alerts).values(account_id=account_id, user_id=user_id, **values)
        return int(connection.execute(made.returning(alerts.c.alert_id)).scalar_one())


def change(store: Store, account_id: str, alert_id: int, **values: Any) -> None:
    """Change what is given: name, question, rule, recipients, quiet, snoozed_until, active, looked_until. Raises UnknownAlert, WrongUsage."""
    if "name" in values:
        values["name"] = named(values["name"], LONGEST_NAME, "an alert's name")
    if "quiet" in values:
        values["quiet"] = list(values["quiet"] or ())
    if isinstance(values.get("looked_until"), date):
        values["looked_until"] = values["looked_until"].isoformat()
    with store.write() as connection:
        if not connection.execute(update(alerts).where(alerts.c.account_id == account_id, alerts.c.alert_id == alert_id).values(**values)).rowcount:
            raise UnknownAlert("There is no such alert in this account.")


def remove(store: Store, account_id: str, alert_id: int) -> None:
    """With all that it said. Raises UnknownAlert."""
    with store.write() as connection:
        if not connection.execute(delete(alerts).where(alerts.c.account_id == account_id, alerts.c.alert_id == alert_id)).rowcount:
            raise UnknownAlert("There is no such alert in this account.")


def listed(store: Store, account_id: str) -> list[Alert]:
    """The account's alerts, by name."""
    with store.read() as connection:
        found = [_alert(row) for row in connection.execute(select(*COLUMNS).where(alerts.c.account_id == account_id))]
    return sorted(found, key=lambda one: (one.name.casefold(), one.alert_id))


def find(store: Store, account_id: str, alert_id: int) -> Alert:
    """One alert of the account. Raises UnknownAlert."""
    return next((one for one in listed(store, account_id) if one.alert_id == alert_id), None) or _unknown()


def fired(connection: Connection, alert_id: int, *, about: str, snapshot_id: str, said: str, state: str, now: datetime) -> bool:
    """Keep what the alert said of a day or hour. False: it said so already, and stays as it was."""
    if connection.execute(select(alert_firings.c.firing_id).where(alert_firings.c.alert_id == alert_id, alert_firings.c.about == about)).scalar() is not None:
        return False
    connection.execute(insert(alert_firings).values(alert_id=alert_id, about=about, snapshot_id=snapshot_id, fired_at=now, said=said, state=state))
    return True


def history(store: Store, account_id: str, limit: int = 200) -> list[Firing]:
    """What the account's alerts said, newest first."""
    wanted = select(*FIRED).join(alerts, alerts.c.alert_id == alert_firings.c.alert_id).where(alerts.c.account_id == account_id)
    with store.read() as connection:
        return [Firing(*row) for row in connection.execute(wanted.order_by(alert_firings.c.firing_id.desc()).limit(limit))]


def history_of(store: Store, alert_id: int) -> list[Firing]:
    """All that one alert said, newest first."""
    with store.read() as connection:
        found = connection.execute(select(*FIRED).where(alert_firings.c.alert_id == alert_id).order_by(alert_firings.c.firing_id.desc()))
        return [Firing(*row) for row in found]


def _alert(row: Any) -> Alert:
    said = row._mapping
    return Alert(**{**said, "recipients": tuple(said["recipients"]), "quiet": (said["quiet"][0], said["quiet"][1]) if said["quiet"] else None,
                    "looked_until": date.fromisoformat(said["looked_until"]) if said["looked_until"] else None})


def _unknown() -> Alert:
    raise UnknownAlert("There is no such alert in this account.")
